"""`python -m benchmarks.workers`: how runs speed up with workers of a cluster, and what a unit costs beside measuring.

The same units are measured in this process and by 1, 2 and 4 workers with one core each, and their parts are written:
by the driver, or by the workers themselves. Every executor measures them twice, and the second time counts: by then
each worker has compiled what it needs. Seconds mean something on idle cores only, with at least a core a worker; the
milliseconds for which the driver itself computes hardly depend on what else the machine does. `speed_up` is over this
process alone.
"""

import argparse
import dataclasses
import itertools
import logging
import tempfile
import time
from pathlib import Path

import pandas as pd
from rich.console import Console

from experiments import executors
from experiments.executors import Result, circumstances, handing
from experiments.plan import Unit, make_plan
from experiments.running import compose
from experiments.settings import ExecutorSettings, RunSettings
from experiments.storage.runs import RunDirectory

WORKERS = (1, 2, 4)

console = Console(highlight=False, soft_wrap=True)


def measured(settings: RunSettings, units: list[Unit], name: str) -> dict[str, float | str]:
    """Seconds for all units and their parts, and for each unit: a worker's time beside measuring, the driver's own."""
    own = circumstances.of(settings.family)
    with executors.opened(settings, console.print) as executor:
        results: list[Result] = []
        for _ in range(2):
            with tempfile.TemporaryDirectory(prefix="workers-") as folder:
                directory, results = RunDirectory(Path(folder)), []
                begun, computed = time.perf_counter(), time.process_time()
                for result in executor.results(units, directory.at("parts")):
                    handing.keep(result, directory, own)
                    results.append(result._replace(table=None))
                wall, computed = time.perf_counter() - begun, time.process_time() - computed
        workers = executor.workers()
    busy = sum(result.seconds for result in results)
    beside = (wall * workers - busy) / len(units)
    return {
        "executor": name,
        "workers": workers,
        "seconds": wall,
        "measuring": busy,
        "ms_beside": 1e3 * beside,
        "ms_driver": 1e3 * computed / len(units),
    }


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.workers", description=__doc__)
    parser.add_argument("--sweep", default="boolean", help="its units are measured (boolean)")
    parser.add_argument("--scale", default="smoke", help="of the sweep (smoke)")
    parser.add_argument("--claim", default="trained-width", help="which of its claims (trained-width)")
    parser.add_argument("--unit-cells", type=int, default=2, help="the most cells of a unit (2)")
    arguments = parser.parse_args()
    compose.register_defaults()
    overrides = [f"+sweep={arguments.sweep}", f"scale={arguments.scale}", "seed=101", "device=cpu"]
    overrides.append(f"engine.unit_cells={arguments.unit_cells}")
    settings = compose.compose_settings(compose.check_overrides(overrides))
    units = [unit for unit in make_plan(settings) if unit.claim == arguments.claim]
    import ray

    # More workers than cores may be asked for.
    ray.init(num_cpus=max(WORKERS), include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
    rows = []
    for count, shared in itertools.product(WORKERS, (False, True)):
        there = ExecutorSettings(name="ray", workers=count, shared=shared)
        who = "workers write" if shared else "the driver writes"
        rows.append(measured(dataclasses.replace(settings, executor=there), units, f"ray, {count}, {who}"))
        console.print(
            "  ".join(f"{value:.4g}" if isinstance(value, float) else str(value) for value in rows[-1].values())
        )
    ray.shutdown()
    rows.append(measured(settings, units, "local"))
    table = pd.DataFrame(rows).assign(units=len(units))
    table.insert(3, "speed_up", table["seconds"].iloc[-1] / table["seconds"])
    console.print(table.to_string(index=False, float_format="%.2f"))


if __name__ == "__main__":
    main()
