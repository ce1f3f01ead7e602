"""A run that is killed again and again: whatever was finished is there, and the table is the same in the end."""

import os
import random
import re
import shutil
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

import pandas as pd
import pytest

from experiments.claims import claims_of
from experiments.storage import bundling
from experiments.storage.parts import rows_of
from experiments.storage.runs import RunDirectory
from tests.verbs import copies

MANY_UNITS = (
    "+sweep=boolean",
    "device=cpu",
    *(f"~sweep.{claim}" for claim in claims_of("boolean") if claim != "perceptron-counts"),
    "engine.unit_cells=1",
    "sweep.perceptron-counts.draws=100000",
)


def bundling_all_the_time() -> None:
    """Many kills are to come while parts are bundled."""
    bundling.MANY, bundling.MANY_BUNDLES, bundling.MANY_AT_THE_END = 4, 3, 2


def started(cli, *arguments: str) -> BaseProcess:
    """Starts a command, and returns once it has begun to measure."""
    process = copies.start(cli.folder, *arguments, first=bundling_all_the_time)
    said = cli.folder / "said.txt"
    while not (said.exists() and re.search("results go to|units? done", said.read_text())):
        assert process.is_alive(), said.read_text()
        time.sleep(0.002)
    return process


def parts_of(cli) -> set[str]:
    return {unit for run in cli.runs() for unit in RunDirectory(run).done()}


@pytest.fixture
def undisturbed(cli) -> tuple[Path, float]:
    """The run without a kill, and the seconds that it measures."""
    done = cli("run", *MANY_UNITS, "results=undisturbed")
    assert done.returncode == 0, done.stderr
    (run,) = cli.folder.glob("undisturbed/boolean/*")
    return run, float(re.search(r"took (\d+) s", done.stdout).group(1))  # type: ignore[union-attr]


@pytest.mark.parametrize("most", [2, pytest.param(12, marks=pytest.mark.slow)])
def test_killed_at_random_moments_no_finished_unit_is_lost(most, cli, undisturbed):
    """Every kill comes at a random moment of the measuring; then every part must be whole and none may be missing."""
    reference, seconds = undisturbed
    rng = random.Random(os.urandom(8))
    kills, finished = 0, False
    while kills < most:
        runs = cli.runs()
        if finished or not runs:
            shutil.rmtree(cli.folder / "results", ignore_errors=True)
            arguments = ["run", *MANY_UNITS]
        else:
            arguments = ["resume", runs[0].name]
        before = parts_of(cli)
        process = started(cli, *arguments)
        process.join(rng.uniform(0, max(seconds, 1) / 4))
        finished = not process.is_alive()
        kills += not finished
        process.kill()
        process.join()
        after = parts_of(cli)
        assert finished or before <= after or not runs
        for run in cli.runs():
            directory = RunDirectory(run)
            found = directory.parts(directory.manifest())
            assert not found.misfits
            assert set(found.fitting) == directory.done()
            assert all(len(rows) > 0 for _, rows in rows_of(found.fitting))
    (run,) = cli.runs()
    done = cli("resume", run.name)
    assert done.returncode == 0, done.stderr
    assert not list(run.rglob(".tmp-*"))
    pd.testing.assert_frame_equal(pd.read_parquet(run / "table.parquet"), pd.read_parquet(reference / "table.parquet"))
