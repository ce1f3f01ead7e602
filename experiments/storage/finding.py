"""The runs below a results folder, and the run that a name means."""

from pathlib import Path

from experiments import house
from experiments.errors import UserError, nearest
from experiments.storage.directory import REFERENCE, TABLE
from experiments.storage.runs import RunDirectory
from experiments.storage.writing import ASIDE, TEMPORARY, mend

# Of many runs, an error names the newest.
LISTED = 8


def find_runs(results: str) -> list[RunDirectory]:
    """All runs below a results folder, oldest first, then the kept references.

    If a process was killed while it replaced a reference, the old reference is put back first.
    """
    mend(Path(results) / REFERENCE)
    found = [path.parent for path in Path(results).glob("*/*/manifest.json")]
    # In a checkout the kept runs are those of the folder `results`, as every other run.
    if house.IS_INSTALLED:
        here = {path.name for path in found if path.parent.name == REFERENCE}
        came = [path.parent for path in (house.RESULTS / REFERENCE).glob("*/manifest.json")]
        found += [path for path in came if path.name not in here]
    paths = [path for path in found if not path.name.startswith((TEMPORARY, ASIDE))]
    return [RunDirectory(path) for path in sorted(paths, key=lambda path: (path.parent.name == REFERENCE, path.name))]


def reference_of(sweep: str, results: str) -> RunDirectory:
    """The kept run that a sweep is answered from: that of a results folder, else the one that was installed."""
    here, installed = RunDirectory(Path(results) / REFERENCE / sweep), installed_reference(sweep)
    return installed if installed and not here.path.exists() else here


def installed_reference(sweep: str) -> RunDirectory | None:
    """The kept run of a sweep that came with an installed package; None in a checkout, or if there is none."""
    path = house.RESULTS / REFERENCE / sweep
    return RunDirectory(path) if house.IS_INSTALLED and path.is_dir() else None


def find_run(name: str, results: str) -> RunDirectory:
    """The run with a path, a name `<sweep>/<run id>`, a run id or the beginning of only one, or the newest of a sweep.

    The name of a sweep without a run here means its kept reference.

    Raises:
        UserError: if there is no such run, or more than one.
    """
    runs = find_runs(results)
    of_sweep = [run for run in runs if run.path.parent.name == name]
    own = [run for run in runs if not run.is_kept()]
    matching = [run for run in own if run.path.name.startswith(name) or run.name.startswith(name)]
    if of_sweep:
        return of_sweep[-1]
    if kept := [run for run in runs if run.path.parent.name == REFERENCE and name in (run.path.name, run.name)]:
        return kept[0]
    if len(matching) == 1:
        return matching[0]
    for path in (Path(name), Path(results) / name):
        if path.is_dir():
            run = RunDirectory(path)
            run.manifest()
            return run
    known = some_of([run.name for run in matching or [*reversed(own), *(run for run in runs if run not in own)]])
    what = "more than one run begins like that" if matching else "no such run"
    raise UserError(f"{name}: {what} below {results}/; runs: {known}")


def some_of(names: list[str]) -> str:
    """The first of these names of runs, and how many more there are."""
    more = len(names) - LISTED
    rest = f", and {more} more, see {house.command('list')}" if more > 0 else ""
    return (", ".join(names[:LISTED]) or "none yet") + rest


def runs_with_rows(sweep: str, results: str) -> tuple[list[RunDirectory], list[str]]:
    """All runs of a sweep with a table that can be read, oldest first. Without such a run, the kept reference.

    Returns:
        These runs, and what is wrong with the runs that are left out.

    Raises:
        UserError: if there is neither a run nor a reference.
    """
    with_rows = [run for run in find_runs(results) if (run.path / TABLE).exists()]
    own = [run for run in with_rows if run.path.parent.name == sweep]
    kept = [run for run in with_rows if run.name == f"reference/{sweep}"]
    if not own and not kept:
        names = {run.path.name if run.is_kept() else run.path.parent.name for run in with_rows}
        raise UserError(f"{sweep}: no run of such a sweep below {results}/ has a table yet; {nearest(sweep, names)}")
    chosen: list[RunDirectory] = []
    problems: list[str] = []
    for run in own or kept:
        try:
            run.columns()
            run.check_large_table()
            chosen.append(run)
        except UserError as error:
            problems += error.problems
    if not chosen:
        raise UserError(*problems)
    return chosen, problems
