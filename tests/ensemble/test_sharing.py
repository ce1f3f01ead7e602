"""A trial is alone: it waits for all that train, and nothing begins to train beside it."""

import functools
import threading
import time

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from experiments.ensemble import devices, sharing
from experiments.ensemble.sharing import Shared


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


def test_of_many_calls_few_are_in_flight(monkeypatch):
    begun, waited = list[int](), list[int]()
    monkeypatch.setattr(devices, "calls_at_once", lambda: 1)

    def call(number: int) -> int:
        begun.append(number)
        return number

    def wait(number: int) -> int:
        waited.append(number)
        return number

    monkeypatch.setattr("jax.block_until_ready", wait)
    results = sharing.launched(functools.partial(call, number) for number in range(10))
    assert next(results) == 0
    assert len(begun) == sharing.IN_FLIGHT == 4
    assert waited == [0]
    # Before the fifth call begins, the first is waited for, and so on.
    assert next(results) == 1
    assert len(begun) == 5
    assert [0, 1, *results] == begun == waited == list(range(10))
    assert list(sharing.launched([])) == []


def test_on_a_cpu_as_many_calls_work_at_once_as_there_are_cores(monkeypatch):
    monkeypatch.setattr(devices, "calls_at_once", lambda: 3)
    together = threading.Barrier(3)
    threads = set[str]()

    def call(number: int) -> int:
        together.wait(10)
        threads.add(threading.current_thread().name)
        return number

    # None of three ends before all three have begun, and they come in their order.
    assert list(sharing.launched(functools.partial(call, number) for number in range(6))) == list(range(6))
    assert len(threads) == 3


def test_a_call_is_calculated_by_the_thread_that_calls(monkeypatch):
    """If its arguments are still being copied, XLA leaves a call to the one thread that it has for all."""
    monkeypatch.setattr(devices, "calls_at_once", lambda: 2)
    slow = jax.jit(lambda x: jax.lax.fori_loop(0, 300, lambda _, x: jnp.sin(x), x))
    slow(np.ones(100_000, np.float32)).block_until_ready()
    for number in range(5):
        # A view that is not aligned, which XLA cannot take as it is.
        x = np.full(100_001, number, np.float32)[1:]
        assert sharing.called(slow, x).is_ready()


def test_what_was_not_begun_is_not_begun_any_more_where_a_call_fails(monkeypatch):
    monkeypatch.setattr(devices, "calls_at_once", lambda: 2)
    begun = list[int]()

    def call(number: int) -> int:
        begun.append(number)
        if number == 0:
            raise ArithmeticError
        time.sleep(0.01)
        return number

    with pytest.raises(ArithmeticError):
        list(sharing.launched(functools.partial(call, number) for number in range(1000)))
    assert len(begun) < 10
