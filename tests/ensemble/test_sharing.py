"""A trial is alone: it waits for all that train, and nothing begins to train beside it."""

import dataclasses
import functools
import threading

import pytest

from experiments.ensemble import sharing
from experiments.ensemble.sharing import Shared
from experiments.settings import ExecutorSettings


def started(block, until: threading.Event | None = None) -> tuple[threading.Thread, threading.Event]:
    """A thread within a block, and whether it has come in."""
    inside = threading.Event()

    def run():
        with block:
            inside.set()
            if until is not None:
                until.wait(10)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, inside


def test_ensembles_train_together_and_a_trial_waits_for_all_of_them():
    shared, ends = Shared(), [threading.Event(), threading.Event()]
    threads = []
    for end in ends:
        thread, inside = started(shared.training(), end)
        assert inside.wait(10), "another one is training already"
        threads.append(thread)
    trial, alone = started(shared.alone())
    for end in ends:
        assert not alone.wait(0.05)
        end.set()
    assert alone.wait(10)
    for thread in (*threads, trial):
        thread.join()


def test_nothing_begins_to_train_beside_a_trial():
    shared, end = Shared(), threading.Event()
    trial, alone = started(shared.alone(), end)
    assert alone.wait(10)
    training, inside = started(shared.training())
    assert not inside.wait(0.05)
    end.set()
    assert inside.wait(10)
    trial.join()
    training.join()


def test_an_error_frees_the_devices_again():
    shared = Shared()
    with pytest.raises(ArithmeticError), shared.training():
        raise ArithmeticError
    with pytest.raises(ArithmeticError), shared.alone():
        raise ArithmeticError
    with shared.alone():
        pass


def test_the_calls_of_all_units_that_run_at_once_fit_into_the_queues():
    (most,) = (one.metadata["high"] for one in dataclasses.fields(ExecutorSettings) if one.name == "at_once")
    assert most * sharing.IN_FLIGHT <= sharing.QUEUE


def test_of_many_calls_few_are_in_flight(monkeypatch):
    begun, waited = list[int](), list[int]()

    def call(number: int) -> int:
        begun.append(number)
        return number

    monkeypatch.setattr("jax.block_until_ready", waited.append)
    found = list(sharing.launched(functools.partial(call, number) for number in range(10)))
    assert found == begun == list(range(10))
    # Before the fifth call begins, the first is waited for, and so on.
    assert sharing.IN_FLIGHT == 4
    assert waited == list(range(6))
    assert list(sharing.launched([])) == []
