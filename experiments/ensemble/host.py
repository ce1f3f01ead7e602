"""What the host calculates network by network: fits and searches in numpy and scipy, for which devices are no help.

Matrices are of many shapes there, and some steps are decompositions or linear programs. numpy keeps Python's lock only
between its operations, so threads are enough to use all cores.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from experiments.ensemble import devices

Result = TypeVar("Result")


def on_all_cores(function: Callable[..., Result], *arguments: Iterable[Any]) -> list[Result]:
    """`map` as a list, with a thread for each core; `function` must not depend on what else is calculated.

    Raises:
        Exception: the first that a call raises.
    """
    with ThreadPoolExecutor(devices.cores()) as threads:
        return list(threads.map(function, *arguments))
