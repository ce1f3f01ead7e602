"""The time left is that of units like those that are done, and its range holds it."""

import io
from contextlib import ExitStack

import numpy as np
import pytest
from rich.console import Console

from experiments.storage.runs import RunDirectory
from experiments.terminal import progress, watching
from tests import support


def reporter_of(units, operations):
    lines: list[str] = []
    return progress.Reporter(Console(file=io.StringIO()), units, operations, lines.append), lines


def test_the_time_left_is_what_units_to_come_take():
    reporter, _ = reporter_of(100, 100 * 5.0)
    for operations in [1.0, 9.0] * 15:
        reporter.advance(operations, 0.0, 2.0 + 3.0 * operations)
    # 70 units of 2 s, and 500 - 150 operations of 3 s.
    assert "about 19 min 50 s left (19 min 50 s to 19 min 50 s)" in reporter.facts()
    reporter.advance(1.0, 0.0, 5.0, workers=10)
    assert "10 workers" in reporter.facts()
    assert "about 1 min 5" in reporter.facts()


def test_units_that_differ_widen_the_range_and_failures_are_counted():
    reporter, lines = reporter_of(40, 40.0)
    rng = np.random.default_rng(1)
    for _ in range(39):
        reporter.advance(1.0, 0.0, float(rng.exponential(10.0)))
    text = reporter.facts()
    ends = [int(word) for word in text.partition("(")[2].replace("s", "").replace(")", "").split("to")]
    assert ends[0] < ends[1]
    reporter.advance(1.0, 0.0, 1.0, failed=True)
    assert lines[-1].startswith("40/40 units, 1 failed")


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
    assert said[-1].startswith(f"{run.name}: 0 of 1 units; to go on: python -m experiments resume")
    assert not run.is_in_use()
