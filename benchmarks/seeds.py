"""Do two runs that differ by their seed alone count as consistent? Every sweep, some seeds, every pair of runs.

    python -m benchmarks.seeds --results /tmp/seeds --seeds 10 [SWEEP ...]

Runs every sweep at smoke scale with the seeds 100, 101, ..., unless a run with that seed is below the results folder
already, and compares each with each. It takes minutes for each sweep, and so is no part of the gate. Status 0 if at
least 99 % of all pairs are consistent, else 1, with the verdicts that are not and how often.
"""

import argparse
import itertools
import sys
from collections import Counter
from pathlib import Path

from experiments import __main__ as verbs
from experiments.comparing import DIFFERENT, compare
from experiments.running import groups
from experiments.storage.finding import find_runs
from experiments.storage.runs import RunDirectory

FIRST_SEED = 100
CONSISTENT = 0.99


def runs_of(sweep: str, seeds: range, results: Path) -> list[RunDirectory]:
    """A run for each seed, made where it is missing."""
    there = {
        run.manifest()["settings"]["seed"]: run for run in find_runs(str(results)) if run.path.parent.name == sweep
    }
    for seed in seeds:
        if seed not in there or there[seed].read_verdicts() is None:
            verbs.main(["run", f"+sweep={sweep}", "scale=smoke", f"seed={seed}", "device=cpu", f"results={results}"])
    again = {
        run.manifest()["settings"]["seed"]: run for run in find_runs(str(results)) if run.path.parent.name == sweep
    }
    return [again[seed] for seed in seeds]


def main() -> int:
    """Runs, compares and prints what differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("sweep", nargs="*", default=[name for name in groups.sweeps() if name != "calibration"])
    parser.add_argument("--results", default="/tmp/seeds", help="folder of the runs")
    parser.add_argument("--seeds", type=int, default=10, help=f"how many seeds, from {FIRST_SEED} on")
    args = parser.parse_args()
    pairs = consistent = tested = 0
    for sweep in args.sweep:
        runs = runs_of(sweep, range(FIRST_SEED, FIRST_SEED + args.seeds), Path(args.results))
        different: Counter[str] = Counter()
        changed: Counter[str] = Counter()
        mine = 0
        for a, b in itertools.combinations(runs, 2):
            found = compare(a, b)
            mine += found.consistent
            tested += int(found.verdicts["p_value"].notna().sum())
            different.update(found.verdicts["claim"][found.verdicts["outcome"] == DIFFERENT])
            # Before any correction: what a claim's own intervals explain least.
            changed.update(found.verdicts["claim"][found.verdicts["p_value"] <= 0.01])
        of = len(runs) * (len(runs) - 1) // 2
        pairs, consistent = pairs + of, consistent + mine
        print(f"{sweep}: {mine} of {of} pairs are consistent")
        for name, times in different.most_common():
            print(f"  different in {times} of {of}: {name}")
        for name, times in changed.most_common(10):
            print(f"  p <= 0.01 in {times} of {of}: {name}")
    print(f"all: {consistent} of {pairs} pairs are consistent, {tested:,} verdicts compared by a test")
    return 0 if consistent >= CONSISTENT * pairs else 1


if __name__ == "__main__":
    sys.exit(main())
