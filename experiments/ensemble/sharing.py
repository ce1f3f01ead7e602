"""Devices are shared: several ensembles may train at once, in threads of one process, but none beside a trial."""

import collections
import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import jax

# A CPU's devices take this number of calls each, of all threads, and further ones wait for room. Two threads whose
# calls waited so, one before the first device and one before the second, waited for ever.
QUEUE = 32
# Calls of a thread that are launched and not done, at most: enough that devices do not wait for the host.
IN_FLIGHT = 4


class Shared:
    """Devices on which ensembles train together, and a trial is alone."""

    def __init__(self) -> None:
        """Devices on which nothing trains."""
        self._changed = threading.Condition()
        self._training = 0

    @contextlib.contextmanager
    def training(self) -> Iterator[None]:
        """Within the block an ensemble trains; it waits for a trial to end."""
        with self._changed:
            self._training += 1
        try:
            yield
        finally:
            with self._changed:
                self._training -= 1
                self._changed.notify_all()

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Within the block nothing trains; it begins when all that train have ended."""
        with self._changed:
            self._changed.wait_for(lambda: self._training == 0)
            yield


DEVICES = Shared()


def launched(calls: Iterable[Callable[[], Any]]) -> Iterator[Any]:
    """The results of calls of programs, in their order; at most `IN_FLIGHT` of them are on the devices at a time.

    Args:
        calls: each launches a program and returns while the devices still work.
    """
    waiting = collections.deque[Any]()
    for call in calls:
        if len(waiting) == IN_FLIGHT:
            first = waiting.popleft()
            jax.block_until_ready(first)
            yield first
        waiting.append(call())
    yield from waiting
