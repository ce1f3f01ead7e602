"""Within a block, what was calculated once is not calculated again.

A rule is asked about one table at many levels (see `p_values`). Sorting rows and resampling do not depend on the level,
and take nearly all of the time.
"""

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

_memory: ContextVar[dict[Any, Any] | None] = ContextVar("memory", default=None)


@contextlib.contextmanager
def remembering() -> Iterator[None]:
    """Within the block, functions that are `remembered` give the same objects for the same arguments.

    Whoever opens it knows that no table is changed in place before it ends.
    """
    token = _memory.set({})
    try:
        yield
    finally:
        _memory.reset(token)


def remembered(function: F) -> F:
    """Makes a function, of which nobody changes the results, remember them within `remembering`.

    Arguments are the same if they are the same object, or equal words or numbers. Of a generator the items are kept.
    """

    @functools.wraps(function)
    def call(*arguments: Any) -> Any:
        memory = _memory.get()
        if memory is None:
            return function(*arguments)
        key = (function, *(one if isinstance(one, str | int | float) else id(one) for one in arguments))
        if key not in memory:
            result = function(*arguments)
            # Kept with its arguments: an object that is alive shares its id with no other.
            memory[key] = list(result) if inspect.isgenerator(result) else result, arguments
        return memory[key][0]

    return call  # type: ignore[return-value]
