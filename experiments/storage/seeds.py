"""The seeds that have been seen: a rule that was chosen with the rows of one seed in view must be tried on another."""

import contextlib
from collections import Counter
from pathlib import Path

from experiments import house
from experiments.errors import UserError
from experiments.storage.directory import REFERENCE
from experiments.storage.finding import find_runs


def seen_before(sweep: str, results: str) -> dict[str, int]:
    """The number of runs of a sweep by their seed: those in the results folder, and those kept as a reference."""
    folders = dict.fromkeys(Path(one).resolve() for one in (results, "results", house.RESULTS))
    runs = {
        run.path.resolve(): run
        for folder in folders
        for run in find_runs(str(folder))
        if run.name == f"{REFERENCE}/{sweep}" or (folder == Path(results).resolve() and run.path.parent.name == sweep)
    }
    seeds: Counter[str] = Counter()
    for run in runs.values():
        with contextlib.suppress(UserError):  # the seed of a run that cannot be read is unknown
            seeds[str(run.manifest()["settings"]["seed"])] += 1
    return dict(sorted(seeds.items(), key=lambda one: int(one[0])))


def in_words(seed: int, before: dict[str, int]) -> str:
    """Whether a seed had been seen when its run started."""
    same, all_of_them = before.get(str(seed), 0), sum(before.values())
    if all_of_them == 1:
        return f"{seed}; the one run of this sweep that was here when it started had {'it too' if same else 'another'}"
    if same:
        return f"{seed}; {same} of {all_of_them} runs of this sweep that were here when it started had it too"
    return f"{seed}; none of {all_of_them} runs of this sweep that were here when it started had it"
