"""Threshold networks of given functions, sought by descent on many soft ones at once, see theory/boolean/softened.py.

Adam goes down the cross-entropy while the gain rises from `GAIN[0]` to `GAIN[1]`. After every segment of updates each
network is judged as a threshold network; the first that is right for all inputs ends the search for its function.
A search that finds none says nothing.
"""

import contextlib
import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from experiments.ensemble.descent import everywhere
from theory.boolean import softened
from theory.boolean.functions import Truth
from theory.boolean.least_width import Network, integer_network

Numbers = Any

# Settled on functions of seven bits that no claim draws: with these, descent finds six units most often.
STEP_SIZE = 0.02
GAIN = (0.2, 4.0)
# Decay of Adam's averages of the gradient and of its square.
DECAY = (0.9, 0.999)
# What Adam adds to the root of the average square.
TINY = 1e-8
# Updates between two looks at the networks.
SEGMENT = 100


class Searching(NamedTuple):
    """Networks on their way; an axis of them is in front.

    Attributes:
        θ: weights, see `softened`.
        mean, square: Adam's averages of the gradient and of its square.
        y: targets, -1 and 1.
    """

    θ: Float[Numbers, "networks parameters"]
    mean: Float[Numbers, "networks parameters"]
    square: Float[Numbers, "networks parameters"]
    y: Float[Numbers, "networks points"]


def found(
    truths: list[Truth], units: int, restarts: int, updates: int, rngs: list[np.random.Generator]
) -> list[Network | None]:
    """For each function a network in integers that computes it with at most so many hidden units, or none.

    Args:
        truths: functions of the same number of bits.
        units: hidden units.
        restarts: networks that are trained for each function.
        updates: the most updates of each.
        rngs: from which the first weights of each function's networks are drawn.
    """
    n = len(truths[0]).bit_length() - 1
    answers: list[Network | None] = [None] * len(truths)
    function = np.repeat(np.arange(len(truths)), restarts)
    θ = np.array([softened.initial(n, units, rng) for rng in rngs for _ in range(restarts)], np.float32)
    y = np.array([truths[which] for which in function], np.float32) * 2 - 1
    state = Searching(θ, np.zeros_like(θ), np.zeros_like(θ), y)
    for begin in range(0, updates, SEGMENT):
        state, wrong = everywhere(_segment(n, units), θ.shape[1], state, np.int32(begin), np.int32(updates))
        for member in np.flatnonzero(wrong == 0):
            which = function[member]
            if answers[which] is None:
                hidden = softened.hidden_truths(state.θ[member], n, units)
                # A sum may be 0 up to rounding, or weights have large denominators: then another network is sought.
                with contextlib.suppress(ValueError):
                    answers[which] = integer_network(hidden, truths[which])
        open_ = np.array([answer is None for answer in answers])[function]
        state, function = Searching(*(leaf[open_] for leaf in state)), function[open_]
        if not len(function):
            break
    return answers


@functools.cache
def _segment(n: int, units: int) -> Callable[..., tuple[Searching, Array]]:
    x = softened.signed_with_bias(n).astype(np.float32)
    slope = jax.grad(softened.loss)

    def of_one(one: Searching, begin: Array, updates: Array) -> tuple[Searching, Array]:
        def update(one: Searching, t: Array) -> tuple[Searching, None]:
            done = t / updates.astype(jnp.float32)
            gain = GAIN[0] * (GAIN[1] / GAIN[0]) ** done
            gradient = slope(one.θ, x, one.y, gain, units)
            mean = DECAY[0] * one.mean + (1 - DECAY[0]) * gradient
            square = DECAY[1] * one.square + (1 - DECAY[1]) * gradient**2
            # Steps become shorter over the second half of the way.
            size = STEP_SIZE * jnp.minimum(1.0, 2 * (1 - done))
            size *= jnp.sqrt(1 - DECAY[1] ** (t + 1)) / (1 - DECAY[0] ** (t + 1))
            return Searching(one.θ - size * mean / (jnp.sqrt(square) + TINY), mean, square, one.y), None

        times = (begin + jnp.arange(SEGMENT, dtype=jnp.int32)).astype(jnp.float32)
        one, _ = jax.lax.scan(update, one, times)
        return one, softened.wrong(one.θ, x, one.y, units)

    return jax.vmap(of_one, (0, None, None))
