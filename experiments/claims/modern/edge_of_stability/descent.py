"""Gradient descent on many small networks at once, and the exact sharpness of each now and then, in float64.

Hessians are made on the devices, and their eigenvalues on the host, by LAPACK for all networks at once.
"""

import functools
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, UInt32

from experiments.ensemble.descent import everywhere
from theory.modern import stability

Numbers = Any


class Networks(NamedTuple):
    """Networks on their way, each with points of its own; an axis of them is in front.

    Attributes:
        θ, v: weights and velocities.
        x, y: points and targets.
        step, momentum: of each network.
        key: from which its batches are drawn.
    """

    θ: Float[Numbers, "networks parameters"]
    v: Float[Numbers, "networks parameters"]
    x: Float[Numbers, "networks points inputs"]
    y: Float[Numbers, "networks points"]
    step: Float[Numbers, " networks"]
    momentum: Float[Numbers, " networks"]
    key: UInt32[Numbers, "networks 2"]


class Seen(NamedTuple):
    """All networks after some updates, with the largest eigenvalue of the Hessian and the loss, both of all points."""

    updates: int
    θ: Float[np.ndarray, "networks parameters"]
    sharpness: Float[np.ndarray, " networks"]
    loss: Float[np.ndarray, " networks"]


def follow(networks: Networks, sizes: tuple[int, ...], batch: int, every: int, looks: int) -> Iterator[Seen]:
    """Looks at the networks before training, and after every `every` updates.

    Args:
        networks: before training.
        sizes: inputs, hidden widths, and 1 output.
        batch: points of an update, drawn anew each time; 0 for all.
        every, looks: updates between two looks, and their number.
    """
    for look in range(looks + 1):
        if look:
            begin = np.int32((look - 1) * every)
            θ, v = everywhere(_segment(sizes, batch, every), networks.θ.shape[1], networks, begin)
            networks = networks._replace(θ=θ, v=v)
        loss, H = everywhere(_look(sizes), networks.θ.shape[1], networks)
        finite = np.isfinite(H).all((1, 2))
        # A network that diverged has no sharpness; LAPACK refuses its Hessian.
        largest = np.linalg.eigvalsh(np.where(finite[:, None, None], H, 0.0))[:, -1]
        yield Seen(look * every, networks.θ, np.where(finite, largest, np.inf), loss)


@functools.cache
def _segment(sizes: tuple[int, ...], batch: int, every: int) -> Callable[..., tuple[Array, Array]]:
    slope = jax.grad(functools.partial(stability.loss, sizes=sizes))

    def of_one(one: Networks, begin: Array) -> tuple[Array, Array]:
        key = jax.random.wrap_key_data(one.key, impl="threefry2x32")

        def update(state: tuple[Array, Array], t: Array) -> tuple[tuple[Array, Array], None]:
            θ, v = state
            x, y = one.x, one.y
            if batch:
                chosen = jax.random.permutation(jax.random.fold_in(key, t), len(y))[:batch]
                x, y = x[chosen], y[chosen]
            v = one.momentum * v + slope(θ, x, y)
            return (θ - one.step * v, v), None

        return jax.lax.scan(update, (one.θ, one.v), begin + jnp.arange(every, dtype=jnp.int32))[0]

    return jax.vmap(of_one, (0, None))


@functools.cache
def _look(sizes: tuple[int, ...]) -> Callable[..., tuple[Array, Array]]:
    def of_one(one: Networks) -> tuple[Array, Array]:
        arguments = one.θ, one.x, one.y, sizes
        return stability.loss(*arguments), stability.hessian(*arguments)

    return jax.vmap(of_one)
