"""`python -m benchmarks.workers`: how runs speed up with workers of a cluster, and what a unit costs beside measuring.

The same units are measured in this process and by 1, 2 and 4 workers with one core each. Every executor measures them
twice, and the second time counts: by then each worker has compiled what it needs.
"""

import argparse
import dataclasses
import logging
import time

import pandas as pd
from rich.console import Console

from experiments import executors
from experiments.executors import Result
from experiments.plan import Unit, make_plan
from experiments.running import compose
from experiments.settings import ExecutorSettings, RunSettings

WORKERS = (1, 2, 4)

console = Console(highlight=False, soft_wrap=True)


def measured(settings: RunSettings, units: list[Unit], name: str) -> dict[str, float | str]:
    """Seconds for all units, and those of a worker's time in which it measured nothing, for each unit."""
    with executors.opened(settings, console.print) as executor:
        results: list[Result] = []
        for _ in range(2):
            begun = time.perf_counter()
            results = list(executor.results(units))
            wall = time.perf_counter() - begun
        workers = executor.workers()
    busy = sum(result.seconds for result in results)
    beside = (wall * workers - busy) / len(units)
    return {"executor": name, "workers": workers, "seconds": wall, "measuring": busy, "ms_beside_a_unit": 1e3 * beside}


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.workers", description=__doc__)
    parser.add_argument("--sweep", default="boolean", help="its units are measured (boolean)")
    parser.add_argument("--scale", default="smoke", help="of the sweep (smoke)")
    parser.add_argument("--claim", default="trained-width", help="which of its claims (trained-width)")
    parser.add_argument("--unit-cells", type=int, default=10_000, help="the most cells of a unit (10000)")
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
    for count in WORKERS:
        there = ExecutorSettings(name="ray", workers=count)
        rows.append(measured(dataclasses.replace(settings, executor=there), units, f"ray, {count}"))
        console.print(
            "  ".join(f"{value:.4g}" if isinstance(value, float) else str(value) for value in rows[-1].values())
        )
    ray.shutdown()
    rows.append(measured(settings, units, "local"))
    table = pd.DataFrame(rows).assign(units=len(units))
    console.print(table.to_string(index=False, float_format="%.2f"))


if __name__ == "__main__":
    main()
