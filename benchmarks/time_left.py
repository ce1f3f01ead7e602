"""`python -m benchmarks.time_left RESULTS ...`: how near the time left comes that a run says while it goes on.

Finished runs below folders of results are replayed unit by unit, in the order of their logs, with the seconds of their
parts. At every unit from a tenth of the run on the time left is compared with what was left indeed. The paces
that are known beforehand are those of the reference, or of another run of the sweep at the same scale, if there is one
in a second folder, see --before.
"""

import argparse
import re
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from experiments.plan import make_plan
from experiments.running import expecting
from experiments.running.compose import settings_from_plain
from experiments.storage.finding import find_runs
from experiments.storage.runs import RunDirectory
from experiments.terminal import listing
from experiments.terminal.time_left import Step, TimeLeft

FIRST = 0.1
# Nearer to its end than this part of a run a factor says more of the last unit than of the estimate.
LAST = 0.95
# An estimate is near if it is neither more than so many times what is left, nor less than what is left divided by it.
WITHIN = 2


class Replayed(NamedTuple):
    """A run that was replayed.

    Attributes:
        seconds: that it took.
        share: of the time from a tenth to 95 % of it at which the estimate was within a factor of two.
        worst: the largest factor between both from a tenth to 95 % of the time.
    """

    seconds: float
    share: float
    worst: float


def replayed(run: RunDirectory, before: list[RunDirectory]) -> Replayed:
    """Compares the time left with what was left, as if the run went on again.

    Args:
        run: a finished run, with its parts and its log.
        before: earlier runs, the first that knows a claim says its pace.
    """
    manifest = run.manifest()
    units = {unit.id: unit for unit in make_plan(settings_from_plain(manifest["settings"], manifest["sweep"]))}
    facts = {unit: part.facts for unit, part in run.parts(manifest).fitting.items()}
    ordered = [name for name in re.findall(r"(\S+): \d+ rows in", run.at("run.log").read_text()) if name in units]
    ordered = list(dict.fromkeys(ordered))
    left = TimeLeft(expecting.loads(list(units.values())), expecting.paces(before))
    spent = np.array([facts[name]["seconds"] for name in ordered])
    elapsed, seen, rows = np.cumsum(spent), set[tuple](), []
    for number, name in enumerate(ordered):
        unit, one = units[name], facts[name]
        new = unit.program not in seen
        seen.add(unit.program)
        measuring = one["seconds"] - one["compile_seconds"]
        operations = expecting.work_of(unit.afresh()).operations
        left.add(Step(unit.claim, float(new), operations, one["compile_seconds"], measuring))
        following = spent[number + 1] if number + 1 < len(spent) else 0.0
        # Until the next unit is done: at its beginning, and when half of its time has passed.
        for waited in (0.0, following / 2):
            rows.append((elapsed[number] + waited, elapsed[-1] - elapsed[number] - waited, left.seconds(waited)))
    return compared(np.array(rows), float(elapsed[-1]))


def compared(rows: Float[np.ndarray, "moments 3"], total: float) -> Replayed:
    """How near the time left was.

    Args:
        rows: seconds since the run began, those that were left indeed, and those that were said.
        total: seconds of the run.
    """
    at, true, said = rows.T
    weights = np.diff(at, append=total)
    counted = (at >= FIRST * total) & (at < LAST * total)
    if not counted.any():
        return Replayed(total, np.nan, np.nan)
    factor = np.exp(np.abs(np.log(np.maximum(said, 1e-9) / np.maximum(true, 1e-9))))
    share = weights[counted & (factor <= WITHIN)].sum() / weights[counted].sum()
    return Replayed(total, float(share), float(factor[counted].max()))


def main() -> None:
    """Prints a line for each run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("results", nargs="+", help="folders of finished runs")
    parser.add_argument("--before", help="a folder of results with earlier runs (default: the reference alone)")
    args = parser.parse_args()
    earlier = find_runs(args.before) if args.before else []
    print(f"{'run':40} {'scale':8} {'seconds':>8} {'within 2':>9} {'worst':>7}")
    for run in (one for folder in args.results for one in find_runs(folder)):
        manifest = run.manifest()
        if listing.state(run, manifest) != listing.FINISHED:
            continue
        found = replayed(run, expecting.earlier(manifest["sweep"], manifest["settings"]["scale"], earlier, run))
        scale = manifest["settings"]["scale"]
        print(f"{run.name:40} {scale:8} {found.seconds:8.1f} {found.share:9.0%} {found.worst:7.2f}", flush=True)


if __name__ == "__main__":
    main()
