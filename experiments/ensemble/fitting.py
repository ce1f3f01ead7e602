"""Optimisers on any smooth loss of one point, for many points at once: for models that are no networks of layers.

    θ_{t+1} = θ_t - η s(t / steps) direction(∇F(θ_t)),    t = 0, ..., steps - 1,

with a direction of optimizers.py and a schedule s of program.py, in float64. All members make all steps. A member's
result does not depend on its neighbours, see `descent.everywhere`.
"""

import functools
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from experiments.ensemble.descent import everywhere
from experiments.ensemble.optimizers import direction
from experiments.ensemble.program import SCHEDULES
from theory.network import Numbers

Loss = Callable[[Array, Any], Array]
# (data, t) -> the data of step t.
Draw = Callable[[Any, Array], Any]


class Fit(NamedTuple):
    """The ends of members, their losses at these ends, and their losses before each step."""

    points: Float[Numbers, "members *shape"]
    loss: Float[Numbers, " members"]
    curve: Float[Numbers, "members steps"]


def fit(
    loss: Loss,
    starts: Float[np.ndarray, "members *shape"],
    learning_rates: Float[np.ndarray, " members"],
    data: Any,
    steps: int,
    optimizer: str = "adam",
    schedule: str = "cosine",
    draw: Draw | None = None,
) -> Fit:
    """Makes `loss(point, data)` small from every start.

    Args:
        loss: a function of a module, compiled once for every shape of point and data.
        starts: the first point of each member.
        learning_rates: η of each member.
        data: arrays that are the same for all members.
        steps: the number of steps of every member.
        optimizer, schedule: see `optimizers.direction` and `SCHEDULES`.
        draw: a function of a module that makes the data of step t from `data` and t, such as a fresh batch. Losses at
            the ends are on the batch after the last step. Without it, every step has `data` itself.
    """
    members = np.asarray(starts, float), np.asarray(learning_rates, float)
    return everywhere(_work(loss, steps, optimizer, schedule, draw), math.prod(starts.shape[1:]), members, data)


@functools.cache
def _work(loss: Loss, steps: int, optimizer: str, schedule: str, draw: Draw | None) -> Callable[..., Fit]:
    chosen, fall = direction(optimizer), SCHEDULES[schedule]

    def work(members: tuple[Array, Array], data: Any) -> Fit:
        starts, learning_rates = members
        rates = learning_rates.reshape(-1, *[1] * (starts.ndim - 1))
        values = jax.vmap(jax.value_and_grad(loss), (0, None))
        update = jax.vmap(chosen.update, (0, 0, 0, None))

        def step(state: tuple[Array, Any], t: Array) -> tuple[tuple[Array, Any], Array]:
            points, memory = state
            value, gradient = values(points, data if draw is None else draw(data, t))
            change, memory = update(gradient, memory, points, t)
            return (points - rates * fall(t / steps) * change, memory), value

        begun = starts, jax.tree.map(jnp.asarray, chosen.start(starts))
        (points, _), curve = jax.lax.scan(step, begun, jnp.arange(steps))
        last = data if draw is None else draw(data, jnp.asarray(steps))
        return Fit(points, jax.vmap(loss, (0, None))(points, last), curve.T)

    return work
