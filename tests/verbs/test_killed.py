"""A run that is killed again and again: whatever was finished is there, and the table is the same in the end."""

import multiprocessing
import os
import random
import re
import shutil
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from experiments.__main__ import main
from experiments.claims import claims_of
from experiments.storage import bundling
from experiments.storage.parts import rows_of
from experiments.storage.runs import RunDirectory

KILLS = 10
MANY_UNITS = (
    "+sweep=boolean",
    "device=cpu",
    *(f"~sweep.{claim}" for claim in claims_of("boolean") if claim != "perceptron-counts"),
    "engine.unit_cells=1",
    "sweep.perceptron-counts.draws=100000",
)
# Every process begins as a copy of one that has loaded all modules: loading them is not what is killed here.
SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(["experiments.__main__", "experiments.verbs.starting", "experiments.verbs.making", "jax"])


def command(folder: Path, said: Path, arguments: list[str]) -> None:
    """A command in a process of its own, which writes its words to a file."""
    os.chdir(folder)
    # Parts are bundled all the time, so that many kills come while they are.
    bundling.MANY, bundling.MANY_BUNDLES, bundling.MANY_AT_THE_END = 4, 3, 2
    sys.argv = ["python -m experiments"]
    with said.open("w", buffering=1) as sys.stdout:
        status = main(arguments)
    os._exit(status)


def started(cli, *arguments: str) -> multiprocessing.process.BaseProcess:
    """Starts a command, and returns once it has begun to measure."""
    said = cli.folder / "said.txt"
    said.unlink(missing_ok=True)
    process = SERVER.Process(target=command, args=(cli.folder, said, [*arguments]))
    process.start()
    while not (said.exists() and re.search("results go to|units are done", said.read_text())):
        assert process.is_alive(), said.read_text()
        time.sleep(0.002)
    return process


def parts_of(cli) -> set[str]:
    return {unit for run in cli.runs() for unit in RunDirectory(run).done()}


@pytest.fixture
def undisturbed(cli) -> tuple[Path, float]:
    """The run without a kill, and the seconds that it measures."""
    done = cli.process("run", *MANY_UNITS, "results=undisturbed")
    assert done.returncode == 0, done.stderr
    (run,) = cli.folder.glob("undisturbed/boolean/*")
    return run, float(re.search(r"took (\d+) s", done.stdout).group(1))  # type: ignore[union-attr]


def test_killed_at_ten_random_moments_no_finished_unit_is_lost(cli, undisturbed):
    """Every kill comes at a random moment of the measuring; then every part must be whole and none may be missing."""
    reference, seconds = undisturbed
    rng = random.Random(os.urandom(8))
    kills, finished = 0, False
    while kills < KILLS:
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
