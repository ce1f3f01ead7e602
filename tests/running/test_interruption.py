"""Ctrl-C at every moment: what is said, and the status."""

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

SMALL = (
    *("+sweep=boolean", "scale=smoke", "device=cpu", "sweep.minimum-width.n=[1,2]"),
    *(f"~sweep.{claim}" for claim in claims_of("boolean") if claim != "minimum-width"),
)
# Where the program is when Ctrl-C comes: a function that is replaced by one that says so and takes for ever.
PATIENCE = """
import sys, time
from experiments import __main__
from experiments.running import interruption
interruption.listen()
import experiments.{module} as patched
def waiting(*arguments, **named):
    print("NOW", flush=True)
    while True:
        try:
            time.sleep(60)
        except KeyboardInterrupt:
            {on_interrupt}
patched.{function} = waiting
sys.exit(__main__.main(sys.argv[1:]))
"""
MOMENTS = {
    "planning": ("running.run", "make_plan", "No run was begun."),
    "starting": ("ensemble.devices", "describe", "No run was begun."),
    "compiling": ("executors.measuring", "_measured", "python -m experiments resume boolean/"),
    "judging": ("running.conclude", "judged", "python -m experiments resume boolean/"),
    "drawing": ("running.conclude", "drawn", "python -m experiments resume boolean/"),
}


def interrupted(cli, *command: str, after: str) -> tuple[int, str, str]:
    process = subprocess.Popen(
        [sys.executable, "-u", *command],
        cwd=cli.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    said = ""
    while after and after not in said:
        line = process.stdout.readline()
        assert line, said
        said += line
    time.sleep(0.1 if after else 0.25)
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=60)
    return process.returncode, said + rest, errors


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_run_and_the_command_that_goes_on_are_named(cli, moment):
    module, function, words = MOMENTS[moment]
    # What comes up in a place that swallows exceptions is answered all the same.
    code = PATIENCE.format(module=module, function=function, on_interrupt="pass")
    status, _, errors = interrupted(cli, "-c", code, "run", *SMALL, "results=elsewhere", after="NOW")
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
    status, _, errors = interrupted(cli, "-m", "experiments", "run", *SMALL, after="")
    assert (status, errors.split()) == (130, ["interrupted", "No", "run", "was", "begun."])


def test_a_report_that_is_interrupted_is_not_resumed(cli):
    code = PATIENCE.format(module="report.gather", function="choose_runs", on_interrupt="raise")
    status, _, errors = interrupted(cli, "-c", code, "report", after="NOW")
    assert (status, errors.split()) == (130, ["interrupted", "Nothing", "was", "written."])


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
