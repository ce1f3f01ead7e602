"""Where the time of a sweep goes, claim by claim: compiling, the host, and the devices.

    python -m benchmarks.claims SWEEP [CLAIM ...] [--scale smoke] [--seed 101] [--csv FILE]

Every unit is measured once, in the order of the plan, from an empty cache of compiled programs. Nothing is kept of the
rows. Beside wall time there is the CPU time of the process, because on a busy machine only that tells what a claim
costs. The main thread traces, runs Python and numpy, and waits for the devices; other threads are the devices, and
XLA while it compiles. `compile` is JAX's own clock: tracing, lowering and compiling, by wall time.
"""

# First: it holds numpy to one thread, as in a run.
import experiments  # noqa: F401  # isort: skip
import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import pandas as pd

from experiments.claims import claims_of
from experiments.ensemble import devices
from experiments.plan import Unit, make_plan
from experiments.running import compose

COLUMNS = ("wall", "compile", "main_cpu", "other_cpu")


def plan_of(sweep: str, scale: str, seed: int) -> list[Unit]:
    """The units of a sweep."""
    compose.register_defaults()
    overrides = compose.check_overrides([f"+sweep={sweep}", f"scale={scale}", f"seed={seed}", "device=cpu"])
    settings = compose.compose_settings(overrides)
    devices.start(settings.device, settings.precision)
    return make_plan(settings)


def measured(units: list[Unit]) -> Iterator[dict[str, Any]]:
    """A row for each unit: seconds by the wall, of compiling, and of the CPU in the main thread and in all others."""
    from experiments.executors.measuring import CompileClock

    clock = CompileClock()
    for unit in units:
        before = _clocks(clock.seconds)
        claims_of(unit.family)[unit.claim].measure(unit)
        spent = [now - then for now, then in zip(_clocks(clock.seconds), before, strict=True)]
        yield {"claim": unit.claim, "unit": unit.id, **dict(zip(COLUMNS, spent, strict=True))}


def _clocks(compiling: float) -> tuple[float, float, float, float]:
    main = time.thread_time()
    return time.perf_counter(), compiling, main, time.process_time() - main


def by_claim(rows: pd.DataFrame) -> pd.DataFrame:
    """Sums over the units of each claim, the largest CPU time first, and of all claims."""
    totals = rows.groupby("claim")[list(COLUMNS)].sum().assign(units=rows.groupby("claim").size())
    totals.loc["all"] = totals.sum()
    totals["cpu"] = totals["main_cpu"] + totals["other_cpu"]
    return totals.sort_values("cpu", ascending=False)


def main() -> None:
    """Measures and prints the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.claims", description=__doc__)
    parser.add_argument("sweep")
    parser.add_argument("claims", nargs="*", metavar="CLAIM", help="its claims to measure (all)")
    parser.add_argument("--scale", default="default")
    # Not the seed of the reference: nothing is looked at here but time, and even so its rows stay unseen.
    parser.add_argument("--seed", type=int, default=101)
    parser.add_argument("--csv", help="also write a row for each unit to this file")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        units = plan_of(arguments.sweep, arguments.scale, arguments.seed)
        chosen = [unit for unit in units if not arguments.claims or unit.claim in arguments.claims]
        rows = pd.DataFrame(measured(chosen))
    if arguments.csv:
        rows.to_csv(arguments.csv, index=False, float_format="%.4g")
    print(by_claim(rows).round(1).to_string())


if __name__ == "__main__":
    main()
