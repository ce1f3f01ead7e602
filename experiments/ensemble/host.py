"""What the host calculates network by network, on all cores: decompositions of matrices in float64, and formulas.

numpy keeps Python's lock only between its operations, and a solver only while it reads a formula, so threads are
enough. They help where operations are long, as in fits of hundreds of units. Linear programs and searches of small
networks took as long as before.
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
