"""What is said of a run while it goes on, here and in another terminal."""

import io
from contextlib import ExitStack

import pytest
from rich.console import Console

from experiments.storage.runs import RunDirectory
from experiments.terminal import progress, watching
from experiments.terminal.time_left import Load, Pace, Step
from tests import support


def reporter_of(paces, terminal=False):
    lines: list[str] = []
    loads = {"a": Load(10, 0, 10.0), "b": Load(10, 0, 10.0)}
    console = Console(file=io.StringIO(), force_terminal=terminal)
    return progress.Reporter(console, loads, lambda: paces, lines.append), lines


def advance(reporter, claim, clock, seconds=2.0, **how):
    clock[0] += seconds
    reporter.advance(Step(claim, 0, 1.0, 0.0, seconds), 100.0, **how)


@pytest.fixture
def clock(monkeypatch):
    """A clock that only a test moves."""
    now = [100.0]
    monkeypatch.setattr(progress.time, "perf_counter", lambda: now[0])
    return now


def test_the_time_left_is_said_from_the_first_tenth_on(clock):
    reporter, lines = reporter_of({"a": Pace(0.0, 2.0), "b": Pace(0.0, 8.0)})
    advance(reporter, "a", clock)
    assert "left" not in reporter.facts()
    for _ in range(9):
        advance(reporter, "a", clock)
    assert "about 1 min 20 s left (1 min 20 s to 1 min 20 s)" in reporter.facts()
    assert "about 1 min 20 s left" in lines[-1]
    clock[0] += 6
    assert "about 1 min 14 s left" in reporter.facts()
    advance(reporter, "b", clock, seconds=8.0, workers=4)
    assert reporter.facts().startswith("4 workers")
    assert "about 18 s left" in reporter.facts()


def test_what_nothing_is_known_of_is_a_guess(clock):
    reporter, _ = reporter_of({})
    for _ in range(5):
        advance(reporter, "a", clock)
    assert "perhaps 30 s left" in reporter.facts()


def test_before_the_first_unit_is_done_earlier_runs_say_how_long_it_takes(clock):
    reporter, _ = reporter_of({"a": Pace(0.0, 2.0), "b": Pace(0.0, 8.0)})
    clock[0] += 1.0
    assert "left" not in reporter.facts()
    clock[0] += 11.0
    assert "about 1 min 42 s left" in reporter.facts()  # the first unit is overdue
    unknown, _ = reporter_of({})
    clock[0] += 30.0
    assert "left" not in unknown.facts()


def test_a_run_of_seconds_asks_no_earlier_runs(clock):
    reporter, lines = reporter_of({})
    reporter.known = lambda: 1 / 0
    for claim in ("a", "b"):
        for _ in range(10):
            advance(reporter, claim, clock, seconds=0.1, failed=claim == "b")
    assert lines == ["20/20 units, 10 failed, 1 k network-steps/s, took 2 s"]


@pytest.fixture
def run(tmp_path):
    return RunDirectory.create(str(tmp_path), "boolean", support.manifest("trained-width"))


def test_a_run_is_followed_while_it_is_in_use(run, monkeypatch):
    out = io.StringIO()
    log, looks = run.path / "run.log", iter(["third\nfourth", "\n", None])

    def look(_):
        assert run.is_in_use()
        text = next(looks)
        if text is None:
            holding.close()
        else:
            with open(log, "a") as file:
                file.write(text)

    holding = ExitStack()
    holding.enter_context(run.in_use())
    log.write_text("".join(f"{i}\n" for i in range(20)) + "second\n")
    monkeypatch.setattr(watching.time, "sleep", look)
    watching.follow(run, Console(file=out, width=300))
    said = out.getvalue().splitlines()
    assert said[:10] == [*map(str, range(11, 20)), "second"]
    assert said[10:12] == ["third", "fourth"]
    assert said[-1].startswith(f"{run.name}: 0 of 1 unit; to go on: python -m experiments resume")
    assert not run.is_in_use()
