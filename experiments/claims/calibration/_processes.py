"""Pure Python functions on all cores of this machine.

Workers start at the first call and are used again, see experiments/processes.py.
"""

import functools
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

from experiments import processes
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
        with processes.starting():
            results = _pool().map(function, *zip(*arguments, strict=True))
        return list(results)
    except BaseException:
        # After an interruption, calls that have not begun are cancelled. Those that have end first: a pool that is left
        # behind makes Python complain of its semaphores.
        _pool().shutdown(cancel_futures=True)
        _pool.cache_clear()
        raise


@functools.cache
def _pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(devices.cores(), processes.FRESH, initializer=processes.begin)
