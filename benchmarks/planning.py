"""`python -m benchmarks.planning`: what a plan costs before the first unit begins, from 10^5 to 10^8 cells.

Each size is planned in a process of its own: the sweep is composed and checked, units are named, their work is
estimated, the manifest's list of units is made, and the cells of the first unit. Then the cells of all units are made
one unit after the other, as for executors; no network is trained. With --write the table and its figure are kept
with the reference.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
from rich.console import Console

from experiments.claims import claims_of
from experiments.drawing.files import rendered
from experiments.drawing.style import Drawing, house_style, new_figure
from experiments.plan import make_plan
from experiments.running import compose, expecting, provenance
from experiments.storage.writing import atomic

FOLDER = Path(__file__).parents[1] / "results" / "reference" / "benchmark"
SIZES = (10**5, 10**6, 10**7, 10**8)
# Cells for each restart: 9 sizes, 3 rates and 5 functions.
OTHER_CELLS = 135
CLAIM = "trained-width"


def overrides_of(cells: int) -> list[str]:
    """A sweep of one claim with about this number of cells; some of its axes are static."""
    axes = "n=[4,5,6] width=[2,4,8] family=[random] activation=[tanh] functions=5 learning_rate=[0.01,0.03,0.1]"
    mine = [f"sweep.{CLAIM}.{one}" for one in [*axes.split(), f"restarts={cells // OTHER_CELLS}"]]
    others = ["~sweep." + name for name in claims_of("boolean") if name != CLAIM]
    return ["+sweep=boolean", "seed=101", "device=cpu", *mine, *others]


def planned(cells: int) -> dict[str, float]:
    """Seconds and memory of a plan of about this number of cells, in this process."""
    compose.register_defaults()
    # What is loaded once is loaded.
    compose.check_overrides(overrides_of(100 * OTHER_CELLS))
    before, begun = _megabytes(), time.perf_counter()
    overrides = compose.check_overrides(overrides_of(cells))
    settings = compose.compose_settings(overrides)
    units = make_plan(settings)
    expecting.works_of(units)
    provenance.unit_names(units)
    units[0].afresh().cells  # noqa: B018
    first, memory = time.perf_counter() - begun, _megabytes() - before
    count = sum(len(unit.afresh().cells) for unit in units)
    whole = time.perf_counter() - begun
    return {
        "cells": count,
        "units": len(units),
        "seconds_to_first_unit": first,
        "MB_to_first_unit": memory,
        "seconds_in_all": whole,
        "MB_in_all": _megabytes() - before,
    }


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def drawn(table: pd.DataFrame) -> Drawing:
    """Time and memory against the number of cells."""
    figure = new_figure(width=7.0, height=2.9, columns=2)
    left, right = figure.axes
    kinds = (("to_first_unit", "to the first unit", "o-"), ("in_all", "all cells, unit after unit", "s--"))
    for kind, label, style in kinds:
        left.plot(table["cells"], table[f"seconds_{kind}"], style, label=label)
        right.plot(table["cells"], table[f"MB_{kind}"], style, label=label)
    left.set(xscale="log", yscale="log", xlabel="cells", ylabel="seconds")
    right.set(xscale="log", xlabel="cells", ylabel="MB more than for few cells", ylim=(0, None))
    left.legend(fontsize=8)
    last = table.iloc[-1]
    title = f"The first unit of {last['cells']:,.0f} cells begins after {last['seconds_to_first_unit']:.1f} s"
    return Drawing(figure, table, title)


def main() -> None:
    """Measures every size in a process of its own and prints the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.planning", description=__doc__)
    parser.add_argument("--cells", type=int, help="plan this number of cells alone, in this process")
    parser.add_argument("--write", action="store_true", help="keep the table and its figure with the reference")
    arguments = parser.parse_args()
    if arguments.cells:
        print(json.dumps(planned(arguments.cells)))
        return
    rows = []
    for cells in SIZES:
        command = [sys.executable, "-m", "benchmarks.planning", "--cells", str(cells)]
        rows.append(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
        Console(highlight=False).print(rows[-1])
    table = pd.DataFrame(rows)
    print(table.round(2).to_string(index=False))
    if arguments.write:
        with house_style():
            files = rendered(drawn(table.round(3)), ("csv", "png"))
        for kind, content in files.items():
            with atomic(FOLDER / f"planning.{kind}") as new:
                new.write_bytes(content)


if __name__ == "__main__":
    main()
