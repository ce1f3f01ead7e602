"""Ctrl-C at every moment: what is said, and the status."""

import functools
import importlib
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from experiments.claims import claims_of
from experiments.running import interruption
from tests.conftest import ROOT
from tests.verbs import copies

SMALL = (
    *("+sweep=boolean", "scale=smoke", "device=cpu", "sweep.minimum-width.n=[1,2]"),
    *(f"~sweep.{claim}" for claim in claims_of("boolean") if claim != "minimum-width"),
)
# Where the program is when Ctrl-C comes: a function that is replaced by one that says so and takes for ever.
MOMENTS = {
    "planning": ("running.run", "make_plan", "No run was begun."),
    "starting": ("ensemble.devices", "describe", "No run was begun."),
    "compiling": ("executors.measuring", "_measured", "python -m experiments resume boolean/"),
    "judging": ("running.conclude", "judged", "python -m experiments resume boolean/"),
    "drawing": ("running.conclude", "drawn", "python -m experiments resume boolean/"),
}


def for_ever(module: str, function: str, swallows: bool) -> None:
    """Replaces a function by one that takes for ever, and may swallow what comes up in it."""

    def waiting(*arguments: object, **named: object) -> None:
        print("NOW", flush=True)
        while True:
            try:
                time.sleep(60)
            except KeyboardInterrupt:
                if not swallows:
                    raise

    setattr(importlib.import_module(f"experiments.{module}"), function, waiting)


def interrupted(cli, module: str, function: str, *command: str, swallows: bool) -> tuple[int | None, str]:
    """The status of a command that is interrupted in a function, and what it complains of."""
    process = copies.start(cli.folder, *command, first=functools.partial(for_ever, module, function, swallows))
    while not ((said := cli.folder / "said.txt").exists() and "NOW" in said.read_text()):
        assert process.is_alive(), (cli.folder / "complained.txt").read_text()
        time.sleep(0.01)
    time.sleep(0.1)
    os.kill(process.pid, signal.SIGINT)  # type: ignore[arg-type]
    process.join(60)
    return process.exitcode, (cli.folder / "complained.txt").read_text()


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_run_and_the_command_that_goes_on_are_named(cli, moment):
    module, function, words = MOMENTS[moment]
    # What comes up in a place that swallows exceptions is answered all the same.
    status, errors = interrupted(cli, module, function, "run", *SMALL, "results=elsewhere", swallows=True)
    assert status == 130, errors
    assert words in errors
    assert "interrupted" in errors
    assert "Traceback" not in errors
    runs = list(cli.folder.glob("elsewhere/boolean/*"))
    assert [f"resume boolean/{run.name} --results elsewhere" in errors for run in runs] == [True] * len(runs)
    if moment in ("judging", "drawing"):
        assert re.search(r"(\d+) of \1 units are kept. Nothing that was finished is lost", errors), errors
    if moment == "drawing":
        done = cli(*re.search(r"experiments (resume .*)", errors).group(1).split())  # type: ignore[union-attr]
        assert done.returncode == 0, done.stderr


def test_in_the_first_moment_nothing_was_begun(cli):
    """In a process that is begun as a person begins it, and has loaded next to nothing."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "experiments", "run", *SMALL],
        cwd=cli.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(0.25)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors.split()) == (130, ["interrupted", "No", "run", "was", "begun."])


def test_a_report_that_is_interrupted_is_not_resumed(cli):
    status, errors = interrupted(cli, "report.gather", "choose_runs", "report", swallows=False)
    assert (status, errors.split()) == (130, ["interrupted", "Nothing", "was", "written."])


def test_a_verb_that_ends_in_order_ends_at_once_where_it_writes_nothing():
    with interruption.in_order():
        assert not interruption._Now.at_once
        with interruption.at_once():
            assert interruption._Now.at_once
        assert not interruption._Now.at_once
    assert interruption._Now.at_once


@pytest.mark.parametrize(("at_once", "came", "answered"), [(True, False, 1), (False, False, 0), (True, True, 0)])
def test_a_thread_that_reads_late_does_not_answer_what_was_answered(monkeypatch, at_once, came, answered):
    left: list[int] = []
    monkeypatch.setattr(interruption, "_leave", lambda: left.append(1))
    monkeypatch.setattr(interruption._Now, "at_once", at_once)
    monkeypatch.setattr(interruption._Now, "came", came)
    read, write = os.pipe()
    os.write(write, bytes([signal.SIGINT]))
    os.close(write)
    interruption._watch(read)
    os.close(read)
    assert len(left) == answered
