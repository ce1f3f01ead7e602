"""Work of the host on all cores: results in order, on as many threads as there are cores, and errors that come up."""

import threading
import time

import pytest

from experiments.ensemble import devices, host


def test_results_are_in_order_whoever_is_ready_first():
    def late(number: int, factor: int) -> int:
        time.sleep(0.002 * (5 - number))
        return number * factor

    assert host.on_all_cores(late, range(5), [10] * 5) == [0, 10, 20, 30, 40]
    assert host.on_all_cores(late, [], []) == []


def test_every_core_has_a_thread(monkeypatch):
    monkeypatch.setattr(devices, "cores", lambda: 3)
    all_three = threading.Barrier(3, timeout=20)
    # A thread that waits for two others would wait in vain if there were fewer.
    assert len(host.on_all_cores(lambda _: all_three.wait(), range(3))) == 3


def test_an_error_comes_up():
    def fails(number: int) -> None:
        raise ArithmeticError(f"not for {number}")

    with pytest.raises(ArithmeticError, match="not for 0"):
        host.on_all_cores(fails, range(3))
