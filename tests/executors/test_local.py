"""Units in this process: one at a time or several at once, with the same rows."""

import os
import threading
import time

import pandas as pd
import pytest

from experiments import executors
from experiments.claims.boolean import minimum_width, trained_width
from experiments.claims.containing import ClaimError, contained
from experiments.executors import local
from experiments.executors.local import Local, SharedTime
from experiments.executors.results import Result
from experiments.plan import make_plan
from experiments.settings import ExecutorSettings, RunSettings


def settings_of(at_once):
    claims = {
        "minimum-width": minimum_width.Settings(n=[1, 2]),
        "trained-width": trained_width.Settings(
            n=[2], width=[1, 2, 3], family=["parity"], activation=["tanh"], functions=1, restarts=3, steps=50
        ),
    }
    return RunSettings(
        sweep=claims, family="boolean", name="boolean", seed=5, device="cpu", executor=ExecutorSettings(at_once=at_once)
    )


@pytest.mark.parametrize("at_once", [2, 5])
def test_rows_are_the_same_if_several_units_run_at_once(at_once):
    tables = []
    for settings in (settings_of(1), settings_of(at_once)):
        results = list(executors.agreeing(Local(settings).results(make_plan(settings))))
        assert not any(result.error for result in results)
        tables.append({result.unit.id: result.table for result in results})
    one_by_one, together = tables
    assert one_by_one.keys() == together.keys()
    for unit, table in one_by_one.items():
        pd.testing.assert_frame_equal(table, together[unit], check_exact=True)


def test_two_units_run_at_once_unless_settings_say_otherwise():
    assert Local(settings_of(0)).at_once == 2
    assert Local(settings_of(1)).at_once == 1


def test_the_seconds_of_units_add_up_to_those_of_the_run_and_a_unit_alone_takes_all(monkeypatch):
    now, shared = [0.0], SharedTime()
    monkeypatch.setattr(local.time, "perf_counter", lambda: now[0])
    outer, inner = make_plan(settings_of(2))[:2]
    within = []

    def measure(unit):
        start = now[0]
        now[0] += 1
        if unit is outer:
            within.append(shared.measured(inner))
            now[0] += 5
        seconds = now[0] - start
        return Result(unit, None, "", seconds, seconds / 2, [], {})

    monkeypatch.setattr(local, "measure", measure)
    # One second alone, one together, five alone.
    result = shared.measured(outer)
    assert (result.seconds, result.compile_seconds) == (6.5, 3.25)
    assert (within[0].seconds, within[0].compile_seconds) == (0.5, 0.25)
    now[0] += 100
    assert shared.measured(inner).seconds == 1, "nothing ran in between"


def test_the_seconds_of_units_that_run_at_once_are_not_counted_twice(monkeypatch):
    def measure(unit):
        time.sleep(0.05)
        return Result(unit, None, "", 0.05, 0.0, [], {})

    monkeypatch.setattr(local, "measure", measure)
    settings = settings_of(2)
    started = time.perf_counter()
    seconds = [result.seconds for result in Local(settings).results(make_plan(settings))]
    assert len(seconds) == len(make_plan(settings)) > 1
    assert 0 < sum(seconds) <= time.perf_counter() - started


def test_several_threads_may_be_contained_at_once():
    leave, inside, out = os._exit, threading.Event(), threading.Event()

    def first():
        with contained():
            inside.set()
            out.wait(10)

    thread = threading.Thread(target=first)
    thread.start()
    inside.wait(10)
    with pytest.raises(ClaimError), contained():
        os._exit(0)
    assert os._exit is not leave, "the other thread is still contained"
    out.set()
    thread.join()
    assert os._exit is leave


def test_a_unit_with_another_kind_of_column_fails_and_the_others_stand():
    settings = settings_of(1)
    first, second, *others = Local(settings).results(make_plan(settings)[:3])
    assert second.table is not None
    strange = second._replace(table=second.table.assign(n="two"))
    kept, refused, *rest = executors.agreeing([first, strange, *others])
    assert kept.table is not None
    assert refused.table is None
    assert refused.error is not None
    assert "the column n holds texts here, and numbers in another unit" in refused.error
    assert all(result.error is None for result in rest)
