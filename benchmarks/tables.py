"""How quickly the runs of a sweep open as one table: `python -m benchmarks.tables [RUNS] [ROWS]`.

Runs are made up, with the columns of trained networks, and half of them have a column that the others do not have.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.dataset as ds

from experiments.storage import finding, tables
from experiments.storage.runs import RunDirectory
from tests import support


def make_run(results: str, seed: int, rows: int) -> None:
    """A finished run of one claim with this number of rows."""
    rng = np.random.default_rng(seed)
    words = {name: rng.choice(["logistic", "tanh", "rectifier"], rows) for name in ("family", "activation")}
    numbers = {name: rng.integers(0, 100, rows) for name in ("n", "width", "restart", "errors", "steps")}
    table = pd.DataFrame({**words, **numbers, "loss": rng.random(rows, np.float32), "seed": seed})
    run = RunDirectory.create(results, "made-up", support.manifest("up", sweep="made-up", family="made"))
    run.write_part("up-0", "made.up", table.assign(late=1.0) if seed % 2 else table, support.FACTS)
    run.write_table(run.manifest(), run.parts(run.manifest()).fitting)


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Prints how long the block took."""
    start = time.perf_counter()
    yield
    print(f"{what:52} {time.perf_counter() - start:7.2f} s")


def main(runs: int = 100, rows: int = 10_000) -> None:
    """Makes the runs, opens them as one and reads them in several ways."""
    with tempfile.TemporaryDirectory() as results:
        for seed in range(runs):
            make_run(results, seed, rows)
        print(f"{runs} runs, {runs * rows:,} rows")
        with timed("find the runs and open them as one dataset"):
            found, _ = finding.runs_with_rows("made-up", results)
            dataset = tables.opened(found)
        with timed("count the rows"):
            assert dataset.count_rows() == runs * rows
        with timed("three columns of all rows, grouped by run and width"):
            frame = dataset.to_table(columns=["run", "width", "loss"]).to_pandas()
            assert len(frame.groupby(["run", "width"])["loss"].mean()) == 100 * runs
        with timed("the rows of one run"):
            assert dataset.to_table(filter=ds.field("run") == found[0].name).num_rows == rows
        for suffix in ("parquet", "csv"):
            with timed(f"write all of it as {suffix}"):
                tables.write(tables.selected(found, "made.up"), Path(results) / f"all.{suffix}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
