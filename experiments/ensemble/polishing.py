"""Polishes many trained networks in float64 and names the kind of each, by theory/restarts/landscape.py and kinds.py.

Derivatives are compiled; the linear algebra is numpy's, on the host. Within programs for several devices of a CPU, the
same routines of LAPACK were seen to deadlock.
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
from experiments.errors import UserError
from theory import network
from theory.activations import ACTIVATIONS
from theory.damped import SEATS
from theory.network import Network
from theory.restarts.kinds import kinds
from theory.restarts.landscape import EndPoint, LossDerivatives, Units, polish, units_of
from theory.restarts.least_squares import Residuals, Settled, settle

Objective = Callable[[Float[Array, " parameters"]], tuple]


def polished(
    program: Program,
    x: Float[np.ndarray, "points inputs"],
    y: Float[np.ndarray, " points"],
    networks: Network,
    steps: int,
) -> tuple[EndPoint, list[str]]:
    """End points of many networks, and the name of each one's kind.

    Args:
        program: its loss, activations and sizes count.
        x, y: the points and targets that all were trained on.
        networks: with an axis of networks in front, of any precision.
        steps: the most steps of polishing.
    """
    _refuse_others(program)
    program, y = with_logits(program, y)
    θ = _parameters(networks)
    with jax.enable_x64(True):
        derivatives, units = _of_network(program.activation, program.output, program.loss, program.sizes)
        data = jnp.asarray(x, float), jnp.asarray(y, float)
        points = polish(lambda θ: LossDerivatives(*_of_all(derivatives, data, θ)), θ, steps)
        seen = _of_all(units, data, points.parameters)
    return points, kinds(*points[1:], *seen)


def settled(
    program: Program,
    x: Float[np.ndarray, "points inputs"],
    targets: Float[np.ndarray, "networks points"],
    networks: Network,
    steps: int,
    loss_bound: float,
    gradient_bound: float,
) -> Settled:
    """Where many trained networks come to rest, each with targets of its own, see `least_squares.settle`.

    Args:
        program: its activations and sizes count; the loss is the mean squared error.
        x, targets: the points that all were trained on, and what each was to learn.
        networks: with an axis of networks in front, of any precision.
        steps, loss_bound, gradient_bound: as `settle` has them.
    """
    _refuse_others(program)
    θ = _parameters(networks)
    with jax.enable_x64(True):
        function = _residuals(program.activation, program.output, program.sizes)
        data, targets = jnp.asarray(x, float), np.asarray(targets, float)

        def residuals(θ: np.ndarray, rows: np.ndarray) -> Residuals:
            found = function(data, targets[_filled(rows)], _filled(θ))
            return Residuals(*(np.asarray(leaf)[: len(θ)] for leaf in found))

        return settle(residuals, θ, steps, loss_bound, gradient_bound)


def _refuse_others(program: Program) -> None:
    if program.patches or program.several_outputs:
        raise UserError("end points are polished of dense networks with one output only")


def _parameters(networks: Network) -> Float[np.ndarray, "networks parameters"]:
    """The parameters of many networks as rows, in double precision."""
    count = len(networks[0].b)
    return np.concatenate([np.reshape(leaf, (count, -1)) for leaf in jax.tree.leaves(networks)], 1).astype(np.float64)


@functools.lru_cache(maxsize=64)
def _residuals(activation: str, output: str, sizes: tuple[int, ...]) -> Callable:
    """A compiled function of (x, y, parameters of many networks): outputs less targets, and their derivatives."""
    σ, σ_output, as_network = ACTIVATIONS[activation], ACTIVATIONS[output], _as_network(sizes)

    def one(x: Array, y: Array, θ: Float[Array, " parameters"]) -> tuple[Array, Array]:
        def z(θ: Float[Array, " parameters"], point: Array) -> Float[Array, ""]:
            return network.apply(as_network(θ), point, σ, σ_output)[0]

        outputs, derivatives = jax.vmap(jax.value_and_grad(z), (None, 0))(θ, x)
        return outputs - y, derivatives

    return jax.jit(jax.vmap(one, (None, 0, 0)))


def _as_network(sizes: tuple[int, ...]) -> Callable[[Array], Network]:
    zeros = network.from_normals(np.zeros(network.parameter_count(sizes)), sizes, 1.0)
    return ravel_pytree(jax.tree.map(jnp.asarray, zeros))[1]


def _of_all(function: Callable, data: tuple[Array, Array], θ: np.ndarray) -> list[np.ndarray]:
    """A compiled function at every point, `SEATS` of them at a time."""
    parts = [
        [np.asarray(leaf)[: len(some)] for leaf in function(*data, _filled(some))]
        for some in np.split(θ, range(SEATS, len(θ), SEATS))
    ]
    return [np.concatenate(leaves) for leaves in zip(*parts, strict=True)]


def _filled(rows: np.ndarray) -> np.ndarray:
    """Rows for the one shape that is compiled: the last of them also takes the empty seats."""
    return rows[np.minimum(np.arange(SEATS), len(rows) - 1)]


@functools.lru_cache(maxsize=64)
def _of_network(activation: str, output: str, loss: str, sizes: tuple[int, ...]) -> tuple[Callable, Callable]:
    """Compiled functions of (x, y, parameters of many networks): derivatives of the mean loss, and what units do."""
    σ, σ_output, loss_of = ACTIVATIONS[activation], ACTIVATIONS[output], LOSSES[loss]
    as_network = _as_network(sizes)

    def derivatives(x: Array, y: Array, θ: Float[Array, " parameters"]) -> tuple[Array, Array, Array]:
        def mean_loss(θ: Float[Array, " parameters"]) -> Float[Array, ""]:
            z = jax.vmap(lambda point: network.apply(as_network(θ), point, σ, σ_output)[0])(x)
            return jnp.mean(loss_of(y, z))

        return *jax.value_and_grad(mean_loss)(θ), jax.hessian(mean_loss)(θ)

    def units(x: Array, y: Array, θ: Float[Array, " parameters"]) -> Units:
        return units_of(as_network(θ), x, activation)

    return jax.jit(jax.vmap(derivatives, (None, None, 0))), jax.jit(jax.vmap(units, (None, None, 0)))
