"""Two runs of one sweep, compared: do rounding and sampling explain all that differs?

Rows with the same settings and seed are compared one by one, see judging/row_pairs.py. Verdicts of claims with the same
settings are compared by their measured values and intervals, see judging/verdict_pairs.py; today's rules judge both
tables for that. For two seeds this is all that can be compared. Holm's method corrects all tests together. Runs are
consistent if nothing is different. Two runs that differ only by their seed are called different in at most one
comparison of a hundred.
"""

import dataclasses
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims import claims_of, verdicts_of
from experiments.claims.containing import contained
from experiments.errors import UserError
from experiments.judging import row_pairs, statistics, verdict_pairs
from experiments.judging.verdict import Verdict
from experiments.running import provenance
from experiments.running.compose import settings_from_plain
from experiments.settings import RunSettings
from experiments.storage.directory import TABLE
from experiments.storage.runs import RunDirectory

DIFFERENT = "different"


@dataclasses.dataclass(frozen=True)
class Comparison:
    """The result of comparing two runs.

    Attributes:
        changes: what differs between their manifests, a line each.
        columns: one row for each claim and measured column, see `compare_columns`; also `adjusted` and `outcome`.
        verdicts: one row for each verdict, see `verdict_pairs.compare_verdicts`; also `adjusted` and `outcome`.
        notes: claims or rows that could not be compared, and why.
        seconds: the seconds of measuring each claim in both runs, NaN where they are not known.
    """

    changes: list[str]
    columns: pd.DataFrame
    verdicts: pd.DataFrame
    notes: list[str]
    seconds: pd.DataFrame

    @property
    def comparable(self) -> bool:
        """Whether anything could be compared at all: a column of rows, or a verdict that both runs have."""
        in_both = self.verdicts["verdict_a"].notna() & self.verdicts["verdict_b"].notna()
        return len(self.columns) > 0 or bool((self.verdicts["same_settings"].astype(bool) & in_both).any())

    @property
    def consistent(self) -> bool:
        """Whether rounding and sampling explain all there is to compare."""
        return self.comparable and not any(
            (table["outcome"] == DIFFERENT).any() for table in (self.columns, self.verdicts)
        )


def compare(a: RunDirectory, b: RunDirectory) -> Comparison:
    """Compares run b with run a.

    Raises:
        UserError: if they are not of one sweep, or one of them has no table or verdicts yet.
    """
    manifests = a.manifest(), b.manifest()
    if manifests[0]["sweep"] != manifests[1]["sweep"]:
        raise UserError(
            f"{a.name} is of the sweep {manifests[0]['sweep']} and {b.name} of {manifests[1]['sweep']}; "
            "two runs of one sweep can be compared"
        )
    for run in (a, b):
        if run.read_verdicts() is None or not (run.path / TABLE).exists():
            raise UserError(f"{run.name}: nothing to compare yet; finish it with: resume {run.name}")
    settings = [_settings(run, manifest) for run, manifest in zip((a, b), manifests, strict=True)]
    if settings[0].family != settings[1].family:
        raise UserError(f"{a.name} is of the family {settings[0].family} and {b.name} of {settings[1].family}")
    columns, notes = _columns(a, b, *settings)
    notes += [problem for run, manifest in zip((a, b), manifests, strict=True) for problem in run.misfits(manifest)]
    verdicts = _verdicts(a, b, settings[0], settings[1], notes)
    tested = pd.concat([columns["p_value"], verdicts["p_value"]], ignore_index=True)
    adjusted = _holm(tested)
    columns, verdicts = (
        table.assign(adjusted=values)
        for table, values in ((columns, adjusted[: len(columns)]), (verdicts, adjusted[len(columns) :]))
    )
    return Comparison(
        changes=provenance.changes(*manifests),
        columns=columns.assign(outcome=[row_pairs.outcome(row, verdict_pairs.LEVEL) for row in columns.itertuples()]),
        verdicts=verdicts.assign(
            outcome=[verdict_pairs.outcome(row, verdict_pairs.LEVEL) for row in verdicts.itertuples()]
        ),
        notes=notes,
        seconds=_seconds(*manifests),
    )


def _settings(run: RunDirectory, manifest: dict[str, Any]) -> RunSettings:
    try:
        return settings_from_plain(manifest["settings"], manifest["sweep"])
    except UserError as error:
        raise UserError(f"{run.name}: its settings are not valid for today's code", *error.problems) from error


def _columns(a: RunDirectory, b: RunDirectory, *settings: RunSettings) -> tuple[pd.DataFrame, list[str]]:
    family, found, notes, apart = settings[0].family, [row_pairs.NOTHING], [], []
    precision = "float32" if "float32" in {one.precision for one in settings} else "float64"
    for claim in settings[0].sweep:
        if claim not in settings[1].sweep:
            notes.append(f"{claim}: only {a.name} has it")
            continue
        empty = [run.name for run in (a, b) if f"{family}.{claim}" not in run.columns()]
        if empty:
            notes.append(f"{claim}: no rows in {' and '.join(empty)}")
            continue
        differing = row_pairs.constants_that_differ(*(one.sweep[claim] for one in settings))
        if differing:
            notes.append(f"{claim}: rows are not compared, {', '.join(differing)} differs")
            continue
        key = row_pairs.key_of(claims_of(family)[claim], settings[0].sweep[claim])
        columns = a.columns()[f"{family}.{claim}"], b.columns()[f"{family}.{claim}"]
        # A run of older code has no column for an axis that its claim did not have.
        lacking = [
            f"{run.name} has no {name}"
            for run, own in zip((a, b), columns, strict=True)
            for name in key
            if name not in own
        ]
        if lacking:
            notes.append(f"{claim}: rows are not compared, {', '.join(lacking)}")
            continue
        first, second = (_columns_of(run, f"{family}.{claim}") for run in (a, b))
        places = row_pairs.matched(first, second, key)
        if not len(places[0]):
            apart.append(claim)
        both = [name for name in columns[0] if name in columns[1] and name not in (*key, "claim")]
        pairs = ((name, *_paired(first(name), second(name), *places)) for name in both)
        found.append(row_pairs.compare_columns(claim, pairs, row_pairs.TOLERANCE[precision]))
    if apart:
        notes.append(f"no row has the same setting and seed in both, only verdicts are compared: {', '.join(apart)}")
    notes += [f"{claim}: only {b.name} has it" for claim in settings[1].sweep if claim not in settings[0].sweep]
    return pd.concat(found, ignore_index=True), notes


def _columns_of(run: RunDirectory, claim: str) -> row_pairs.Column:
    """Gives a column of a claim by its name: as tables may be larger than memory, no more is read at a time."""
    rows = run.rows(claim)

    def column(name: str) -> pd.Series:
        with run.explained():
            return rows.column(name)

    return column


def _paired(
    a: pd.Series, b: pd.Series, of_a: row_pairs.Numbers, of_b: row_pairs.Numbers
) -> tuple[pd.Series, pd.Series]:
    """A column of both runs, with the same row of both in each place."""
    if len(of_a) == len(a) == len(b) and (of_a == of_b).all():
        return a, b
    return a.take(of_a).reset_index(drop=True), b.take(of_b).reset_index(drop=True)


def _verdicts(
    a: RunDirectory, b: RunDirectory, settings_a: RunSettings, settings_b: RunSettings, notes: list[str]
) -> pd.DataFrame:
    """The verdicts of every claim with rows in both runs, judged by today's rules."""
    found = [pd.DataFrame(columns=list(verdict_pairs.COLUMNS))]
    tables = set(a.columns()) & set(b.columns())
    for claim in [name for name in settings_a.sweep if f"{settings_a.family}.{name}" in tables]:
        same = _same_but_for_counts(claim, settings_a, settings_b), settings_a.seed == settings_b.seed
        try:
            judged = [_judged(run, settings_a.family, claim) for run in (a, b)]
            found.append(verdict_pairs.compare_verdicts(judged[0], judged[1], *same))
        except Exception as error:  # a table of older code
            notes.append(f"{claim}: its verdicts are not compared, because today's rules cannot judge it: {error!r}")
            continue
        for run, mine in zip((a, b), judged, strict=True):
            recorded = run.read_verdicts()
            others = [] if recorded is None else list(verdict_pairs.recorded_otherwise(recorded, mine))
            if others:
                notes.append(f"{run.name} has recorded other outcomes than its table gives today: {', '.join(others)}")
    known = [table for table in found if len(table)]
    return pd.concat(known or found, ignore_index=True)


def _judged(run: RunDirectory, family: str, claim: str) -> list[Verdict]:
    table = run.read_table(f"{family}.{claim}", keys=False)
    with contained():
        return verdicts_of(family, claim, table)


def _same_but_for_counts(claim: str, a: RunSettings, b: RunSettings) -> bool:
    """Whether a claim has the same settings in both runs, apart from its numbers of repetitions."""
    if claim not in b.sweep:
        return False
    plain = [row_pairs.without_counts(one.sweep[claim]) for one in (a, b)]
    return plain[0] == plain[1]


def _holm(p_values: pd.Series) -> np.ndarray:
    known = p_values.dropna()
    return pd.Series(statistics.holm(known.to_numpy(float)), known.index).reindex(p_values.index).to_numpy()


def _seconds(a: dict[str, Any], b: dict[str, Any]) -> pd.DataFrame:
    """Seconds of measuring each claim, without compiling, and whether both runs measured the same units."""
    table = pd.DataFrame({name: manifest.get("seconds", {}) for name, manifest in (("a", a), ("b", b))}, dtype=float)
    units = [{unit: facts["claim"] for unit, facts in manifest["units"].items()} for manifest in (a, b)]
    other = {claim for one, two in (units, units[::-1]) for unit, claim in one.items() if unit not in two}
    return table.assign(same_work=[claim not in other for claim in table.index])
