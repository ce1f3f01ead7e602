"""Devices are shared: several ensembles may train at once, in threads of one process, but none beside a trial."""

import collections
import contextlib
import functools
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import jax
import numpy as np

from experiments.ensemble import devices

# Calls of a thread that are launched and not done, at most, or twice as many as work at once: enough that devices do
# not wait for the host.
IN_FLIGHT = 4
# Arrays of fewer bytes are copied before a call begins, others while it waits: XLA's limit is 100 KiB.
COPIED_ASIDE = 1 << 16
# Before and after a call its thread needs Python's lock. Whoever holds it, such as a unit that compiles, keeps it for
# this time at most; Python's own 5 ms are as long as many calls.
SWITCH_SECONDS = 5e-4


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
    """The results of calls of programs, in their order, some of them at once.

    On a CPU each core takes a call, whichever thread of this process has asked for it. On other devices calls wait for
    each other. A result is complete.

    Args:
        calls: each calls a program, see `called`; none launches further ones so.
    """
    at_once = devices.calls_at_once()
    results: Iterable[Any] = (call() for call in calls)
    if at_once > 1:
        pool = _cores(at_once)
        results = (pool.submit(call) for call in calls)
    ahead, waiting = max(IN_FLIGHT, 2 * at_once), collections.deque[Any]()
    try:
        for result in results:
            waiting.append(result)
            if len(waiting) == ahead:
                yield _ready(waiting.popleft())
        while waiting:
            yield _ready(waiting.popleft())
    finally:
        for result in waiting:
            if isinstance(result, Future):
                result.cancel()


def called(program: Callable[..., Any], *arguments: Any) -> Any:
    """A program called so that a CPU calculates in this thread.

    While arguments are still being copied, XLA would leave the call to one of its own threads, which others wait for.
    """
    if devices.calls_at_once() > 1:
        arguments = jax.tree.map(_copied_if_large, arguments)
    return program(*arguments)


def copied(arrays: Any) -> Any:
    """Arrays of the host on a device, once all of them are there."""
    return jax.block_until_ready(jax.device_put(arrays))


def _copied_if_large(leaf: Any) -> Any:
    return copied(leaf) if isinstance(leaf, np.ndarray) and leaf.nbytes >= COPIED_ASIDE else leaf


def _ready(result: Any) -> Any:
    return jax.block_until_ready(result.result() if isinstance(result, Future) else result)


@functools.cache
def _cores(count: int) -> ThreadPoolExecutor:
    sys.setswitchinterval(SWITCH_SECONDS)
    return ThreadPoolExecutor(count, thread_name_prefix="core")
