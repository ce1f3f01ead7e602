"""Programs that XLA emits as one function, on a CPU, in place of a call for every small operation."""

from collections.abc import Callable
from typing import Any

import jax
from jax.experimental.xla_metadata import set_xla_metadata

Tree = Any


def as_one_function(function: Callable[..., Tree]) -> Callable[..., Tree]:
    """Asks XLA to emit one function, with all its loops, instead of a call for every small operation.

    XLA does so by itself for the smallest loops only. The attributes are hints: a version that does not know them
    compiles a slower program with the same meaning. XLA ends the process if such a function has an unused parameter,
    and cannot link one that sorts. Where it multiplies matrices, compile with `devices.compiler_options(dots=True)`.
    """

    def called(*arguments: Any) -> Tree:
        first, *others = jax.tree.leaves(result := jax.jit(function)(*arguments))
        # Marks the call that gives the value, and none of the calls within.
        marked = set_xla_metadata(first, xla_cpu_small_call="true", inlineable="false")
        return jax.tree.unflatten(jax.tree.structure(result), [marked, *others])

    return called
