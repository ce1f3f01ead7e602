"""Pure Python functions on all cores of this machine.

Workers are fresh interpreters. They start at the first call and are used again. They leave Ctrl-C to the process that
started them, and end when it ends for any reason.
"""

import functools
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

from experiments.ensemble import devices

T = TypeVar("T")


def spread(function: Callable[..., T], arguments: Sequence[tuple[Any, ...]]) -> list[T]:
    """Results of a function for each of some tuples of arguments, in their order.

    With one core or a single call, the work stays in this process.

    Args:
        function: a function of a module, not nested; its result may depend on its arguments alone.
        arguments: the arguments of each call, for about a second of work.
    """
    if devices.cores() == 1 or len(arguments) < 2:
        return [function(*one) for one in arguments]
    try:
        return list(_pool().map(function, *zip(*arguments, strict=True)))
    except BaseException:
        # After an interruption, calls that have not begun are cancelled. Those that have end first: a pool that is left
        # behind makes Python complain of its semaphores.
        _pool().shutdown(cancel_futures=True)
        _pool.cache_clear()
        raise


@functools.cache
def _pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(devices.cores(), multiprocessing.get_context("spawn"), initializer=_begin)


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
