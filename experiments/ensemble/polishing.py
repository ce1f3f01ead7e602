"""Polishes many trained networks in float64 and names what they are, by theory/restarts/landscape.py and kinds.py.

Derivatives are compiled; the linear algebra is numpy's, on the host. Within programs for several devices of a CPU the
same routines of LAPACK were seen to wait for each other for ever.
"""

import functools
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Float

from experiments.ensemble.program import LOSSES, Program
from experiments.ensemble.requests import with_logits
from theory import network
from theory.activations import ACTIVATIONS
from theory.network import Network
from theory.restarts.kinds import kinds
from theory.restarts.landscape import Derivatives, EndPoint, Units, polish, units_of

# Points are handed to a compiled program in numbers that are powers of two, from this one on.
FEWEST = 64

Function = Callable[[Float[Array, " parameters"]], tuple]


def polished(
    program: Program,
    x: Float[np.ndarray, "points inputs"],
    y: Float[np.ndarray, " points"],
    networks: Network,
    steps: int,
) -> tuple[EndPoint, list[str]]:
    """End points of many networks, and what each is called.

    Args:
        program: whose loss, activations and sizes count.
        x, y: the points and targets that all were trained on.
        networks: with an axis of networks in front, of any precision.
        steps: of polishing, at most.
    """
    program, y = with_logits(program, y)
    count = len(networks[0].b)
    θ = np.concatenate([np.reshape(leaf, (count, -1)) for leaf in jax.tree.leaves(networks)], 1).astype(np.float64)
    with jax.enable_x64(True):
        derivatives, units = _of_network(program.activation, program.output, program.loss, program.sizes)
        data = jnp.asarray(x, float), jnp.asarray(y, float)
        points = polish(lambda θ: Derivatives(*_of_all(derivatives, data, θ)), θ, steps)
        seen = _of_all(units, data, points.parameters)
    return points, kinds(*points[1:], *seen)


def _of_all(function: Callable, data: tuple[Array, Array], θ: np.ndarray) -> list[np.ndarray]:
    """A compiled function of every point; the last one stands for those that are missing to a full number."""
    count = max(FEWEST, 1 << (len(θ) - 1).bit_length())
    filled = np.concatenate([θ, np.repeat(θ[-1:], count - len(θ), 0)])
    return [np.asarray(leaf)[: len(θ)] for leaf in function(*data, filled)]


@functools.lru_cache(maxsize=64)
def _of_network(activation: str, output: str, loss: str, sizes: tuple[int, ...]) -> tuple[Callable, Callable]:
    """Compiled functions of (x, y, parameters of many networks): derivatives of the mean loss, and what units do."""
    σ, σ_output, loss_of = ACTIVATIONS[activation], ACTIVATIONS[output], LOSSES[loss]
    zeros = network.from_normals(np.zeros(network.parameter_count(sizes)), sizes, 1.0)
    _, as_network = ravel_pytree(jax.tree.map(jnp.asarray, zeros))

    def derivatives(x: Array, y: Array, θ: Float[Array, " parameters"]) -> tuple[Array, Array, Array]:
        def mean_loss(θ: Float[Array, " parameters"]) -> Float[Array, ""]:
            z = jax.vmap(lambda point: network.apply(as_network(θ), point, σ, σ_output)[0])(x)
            return jnp.mean(loss_of(y, z))

        return *jax.value_and_grad(mean_loss)(θ), jax.hessian(mean_loss)(θ)

    def units(x: Array, y: Array, θ: Float[Array, " parameters"]) -> Units:
        return units_of(as_network(θ), x, activation)

    return jax.jit(jax.vmap(derivatives, (None, None, 0))), jax.jit(jax.vmap(units, (None, None, 0)))
