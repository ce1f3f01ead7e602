"""Which runs a report is of, and what each of them says of itself. What cannot be read becomes a note, not an error."""

import dataclasses
from typing import Any

import pandas as pd

from experiments import show
from experiments.errors import UserError
from experiments.store import RunDirectory, find_run, find_runs
from experiments.verdict import COLUMNS, CONTRADICTED, INCONCLUSIVE, SUPPORTED

REFERENCE = "reference"
NUMBERS = ("measured", "low", "high", "samples", "p_value")
# Columns of verdicts.csv; runs from before there were p-values lack the last.
RECORDED = COLUMNS
OUTCOMES = (SUPPORTED, CONTRADICTED, INCONCLUSIVE)


@dataclasses.dataclass(frozen=True)
class Recorded:
    """A run as a report reads it.

    Attributes:
        run: where it is.
        sweep: its name.
        family: of its claims.
        claims: their names, without the family's.
        facts: where, when and with what it was made.
        scale, seed: as they were set.
        verdicts: as they stand in the run, with the columns `RECORDED`; p_value is NaN where there is none.
        has_p_values: whether its verdicts were given p-values.
        failures: units that failed, with the error of each.
        notes: what a reader has to know: what is missing, what could not be read.
    """

    run: RunDirectory
    sweep: str
    family: str
    claims: tuple[str, ...]
    facts: dict[str, str]
    scale: str
    seed: str
    verdicts: pd.DataFrame
    has_p_values: bool
    failures: dict[str, str]
    notes: list[str]


def choose(names: list[str], results: str) -> list[RunDirectory]:
    """The runs with these names; without names the newest finished run of every sweep, else its kept reference.

    The name `reference` stands for all that are kept.

    Raises:
        UserError: if there is no such run, or none at all.
    """
    if names:
        kept = [run for run in find_runs(results) if run.path.parent.name == REFERENCE]
        found = [run for name in names for run in (kept if name == REFERENCE else [find_run(name, results)])]
        return list({str(run.path.resolve()): run for run in found}.values())
    newest: dict[str, RunDirectory] = {}
    # Oldest first, references last: a reference is taken only where nothing else is there.
    for run in find_runs(results):
        sweep = _sweep_if_finished(run)
        if sweep is not None and not (run.is_kept() and sweep in newest):
            newest[sweep] = run
    if not newest:
        raise UserError(f"no finished run below {results}/: make one with python -m experiments run +sweep=NAME")
    return [newest[sweep] for sweep in sorted(newest)]


def _sweep_if_finished(run: RunDirectory) -> str | None:
    try:
        manifest = run.manifest()
        return str(manifest["sweep"]) if show.state(run, manifest) in ("finished", "kept") else None
    except (UserError, AttributeError, TypeError):
        return None


def read(run: RunDirectory) -> Recorded:
    """What a run says of itself.

    Raises:
        UserError: if it has no manifest of ours.
    """
    manifest = run.manifest()
    notes: list[str] = []
    sweep = manifest["settings"].get("sweep") if isinstance(manifest["settings"], dict) else None
    if not isinstance(sweep, dict):
        notes.append("its settings cannot be read, nor which claims it is of")
        sweep = {}
    verdicts, has_p_values = _verdicts(run, notes)
    failures = _failures(run, notes)
    notes += _missing(run, manifest)
    return Recorded(
        run=run,
        sweep=str(manifest["sweep"]),
        family=str(sweep.get("family", manifest["sweep"])),
        claims=tuple(str(name) for name in sweep if name != "family"),
        facts=_facts(run, manifest, notes),
        scale=_setting(manifest, "scale"),
        seed=_setting(manifest, "seed"),
        verdicts=verdicts,
        has_p_values=has_p_values,
        failures=failures,
        notes=notes,
    )


def _setting(manifest: dict[str, Any], name: str) -> str:
    settings = manifest["settings"]
    return str(settings.get(name, "unknown")) if isinstance(settings, dict) else "unknown"


def _facts(run: RunDirectory, manifest: dict[str, Any], notes: list[str]) -> dict[str, str]:
    try:
        return {name: str(value) for name, value in show.facts(run, manifest).items()}
    except Exception as error:  # whatever a foreign manifest holds
        notes.append(f"its manifest cannot be understood in full: {error!r}")
        return {name: str(manifest[name]) for name in ("command", "started", "device", "versions")}


def _verdicts(run: RunDirectory, notes: list[str]) -> tuple[pd.DataFrame, bool]:
    """Verdicts with every column there should be, words as words and numbers as numbers."""
    try:
        found = run.read_verdicts()
    except (ValueError, OSError) as error:
        notes.append(f"its verdicts.csv cannot be read: {error}")
        found = None
    if found is None or found.empty:
        notes.append("it has no verdicts yet")
        found = pd.DataFrame()
    has_p_values = "p_value" in found
    if len(found) and not has_p_values:
        notes.append("it was judged before verdicts had p-values: Holm's correction leaves its verdicts out")
    clean = pd.DataFrame(index=found.index)
    for name in RECORDED:
        column = found[name] if name in found else pd.Series(None, index=found.index, dtype=object)
        clean[name] = (
            pd.to_numeric(column, errors="coerce").astype(float)
            if name in NUMBERS
            else column.astype(object).where(column.notna(), "").astype(str)
        )
    return clean, has_p_values


def _failures(run: RunDirectory, notes: list[str]) -> dict[str, str]:
    try:
        return {unit: str(failure.get("error")) for unit, failure in run.failures().items()}
    except (ValueError, AttributeError) as error:
        notes.append(f"its failures cannot be read: {error}")
        return {}


def _missing(run: RunDirectory, manifest: dict[str, Any]) -> list[str]:
    if run.is_kept() or not isinstance(manifest["units"], dict):
        return []
    missing = len(set(manifest["units"]) - run.done())
    if not missing:
        return []
    resume = f"python -m experiments resume {run.name}"
    share = f"{missing} of {len(manifest['units'])} units"
    return [f"{share} are missing, and claims without all of theirs are not judged; to go on: {resume}"]
