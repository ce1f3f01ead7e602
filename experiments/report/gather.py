"""The runs of a report, and what each of them says of itself. What cannot be read becomes a note, not an error.

A run with a manifest that cannot be read is left out, and named.
"""

import dataclasses
import datetime
from typing import Any, NamedTuple

import pandas as pd

from experiments import house
from experiments.errors import UserError, amount
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from experiments.judging.table import COLUMNS, NUMBERS
from experiments.storage import manifests, standing
from experiments.storage.directory import REFERENCE
from experiments.storage.finding import find_run, find_runs
from experiments.storage.runs import CONCLUDED, RunDirectory
from experiments.terminal import listing, show

# Columns of verdicts.csv.
RECORDED = COLUMNS
OUTCOMES = (SUPPORTED, CONTRADICTED, INCONCLUSIVE)


@dataclasses.dataclass(frozen=True)
class Recorded:
    """A run as a report reads it.

    Attributes:
        run: its directory.
        sweep: the name of its sweep.
        family: the family of its claims.
        claims: the names of its claims, without the family.
        facts: where, when and with what it was made.
        scale, seed: its settings of these names.
        figures: for each claim, without its family, the files of its figures.
        verdicts: the verdicts as they are in the run: `RECORDED`, and a column for each switch.
        failures: units that failed, with the error of each.
        spoilt: the files that cannot be believed, and why.
        notes: what a reader has to know: what is missing, what could not be read.
    """

    run: RunDirectory
    sweep: str
    family: str
    claims: tuple[str, ...]
    facts: dict[str, str]
    scale: str
    seed: str
    figures: dict[str, tuple[str, ...]]
    verdicts: pd.DataFrame
    failures: dict[str, str]
    spoilt: list[str]
    notes: list[str]


def choose_runs(names: list[str], results: str) -> tuple[list[RunDirectory], list[str]]:
    """The runs with these names. Without names: for every sweep the newest finished run among those that say most.

    A run with the settings of a larger scale says more, see `standing`. A reference says as much as a run of its scale,
    and is taken if there is no such run. The name `reference` means all kept runs.

    Returns:
        Runs with a manifest that can be read, and what is wrong with others that would have been looked at.

    Raises:
        UserError: if there is no such run, none at all, or one that was named cannot be read.
    """
    known, problems = _known(find_runs(results))
    if names:
        kept = [one.run for one in known if one.run.path.parent.name == REFERENCE]
        found = [run for name in names for run in (kept if name == REFERENCE else [find_run(name, results)])]
        for run in found:
            run.manifest()
        return list({str(run.path.resolve()): run for run in found}.values()), problems if REFERENCE in names else []
    newest: dict[str, RunDirectory] = {}
    # The oldest first: of two that say as much the later one is taken, and a run before a reference.
    for one in sorted((one for one in known if one.finished), key=lambda one: (one.rank, not one.run.is_kept())):
        newest[one.sweep] = one.run
    if not newest:
        none = f"no finished run below {results}/: make one with {house.command('run', '+sweep=NAME')}"
        raise UserError(*problems, none)
    return [newest[sweep] for sweep in sorted(newest)], problems


def passed_over(chosen: list[RunDirectory], results: str) -> list[str]:
    """A line for each sweep with a newer run that was not chosen because it says less."""
    lines = []
    known = _known(find_runs(results))[0]
    for run in chosen:
        mine = run.manifest()
        began = _moment(mine)
        newer = [one for one in known if one.finished and one.sweep == mine["sweep"] and one.started > began]
        if newer:
            last = max(newer, key=lambda one: one.started)
            both = f"it has {last.words}, and {run.name} has {standing.in_words(mine)}"
            lines.append(f"the newer run {last.run.name} is not used: {both}; name it to use it")
    return lines


class _Known(NamedTuple):
    """What decides which run is taken. Whole manifests of thousands of runs would take gigabytes."""

    run: RunDirectory
    sweep: str
    started: datetime.datetime
    rank: standing.Rank
    words: str
    finished: bool


def _moment(manifest: dict[str, Any]) -> datetime.datetime:
    """When a run was started, in whatever time zone; the beginning of time if it does not say it."""
    return manifests.started(manifest) or datetime.datetime.min.replace(tzinfo=datetime.UTC)


def _known(runs: list[RunDirectory]) -> tuple[list[_Known], list[str]]:
    """The runs that can be read at all, and what is wrong with the others."""
    known: list[_Known] = []
    problems: list[str] = []
    for run in runs:
        try:
            manifest = run.manifest()
            finished = listing.state(run, manifest) in (listing.FINISHED, listing.KEPT)
        except UserError as error:
            problems += error.problems
            continue
        words, rank = standing.in_words(manifest), standing.rank(manifest)
        known.append(_Known(run, manifest["sweep"], _moment(manifest), rank, words, finished))
    return known, problems


def read(run: RunDirectory) -> Recorded:
    """What a run says of itself.

    Raises:
        UserError: if it has no manifest of ours.
    """
    manifest = run.manifest()
    settings = manifest["settings"]
    parts = run.parts(manifest)
    spoilt = run.misfits_of(parts, manifest)
    verdicts = _verdicts(run, spoilt)
    notes = [*spoilt, *([] if len(verdicts) else ["it has no verdicts yet"]), *_missing(run, manifest)]
    return Recorded(
        run=run,
        sweep=manifest["sweep"],
        family=settings["sweep"]["family"],
        claims=tuple(name for name in settings["sweep"] if name != "family"),
        facts=show.facts(run, manifest, parts.fitting.values()),
        scale=settings["scale"],
        seed=str(settings["seed"]),
        figures={name: tuple(files) for name, files in manifest.get(CONCLUDED, {}).get("claims", {}).items()},
        verdicts=verdicts,
        failures={unit: failure["error"] for unit, failure in run.failures().items()},
        spoilt=spoilt,
        notes=notes,
    )


def _verdicts(run: RunDirectory, spoilt: list[str]) -> pd.DataFrame:
    """The verdicts of a run; none if they cannot be read."""
    try:
        found = run.read_verdicts()
    except UserError as error:
        spoilt += error.problems
        found = None
    if found is None:
        found = pd.DataFrame(columns=list(RECORDED))
    return found.astype(dict.fromkeys(NUMBERS, float))


def _missing(run: RunDirectory, manifest: dict[str, Any]) -> list[str]:
    if run.is_kept():
        return []
    missing = len(set(manifest["units"]) - run.done())
    resume = run.way_on
    if not missing:
        return [f"{line}; judge and draw again with: {resume}" for line in run.unconcluded(manifest)]
    share = f"{missing} of {amount(len(manifest['units']), 'unit')}"
    return [f"missing: {share}, and claims without all of theirs are not judged; to go on: {resume}"]
