"""Training of minimum-width: networks of two outputs, by an optimiser in float64."""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.claims.modern.minimum_width.verdicts import KNOWN, POINTS
from experiments.plan import Unit
from theory.dense import Layers
from theory.modern import plane_curves as theory

if TYPE_CHECKING:
    from experiments.ensemble.fitting import Fit


def sizes(unit: Unit) -> tuple[int, ...]:
    """Inputs, units of every hidden layer, and outputs."""
    return (1, *[unit.static("width")] * unit.static("layers"), 2)


def trained(unit: Unit) -> "Fit":
    """Trains a network for every cell. Its parameters are what normal numbers are at the start, see `layers_of`."""
    from experiments.ensemble import fitting
    from theory.network import parameter_count

    shape, settings = sizes(unit), unit.settings
    starts = [np.random.default_rng(key).normal(size=parameter_count(shape)) for key in unit.keys.tolist()]
    x = np.linspace(-1, 1, POINTS)
    return fitting.fit(
        _loss(shape),
        np.array(starts),
        np.full(len(starts), settings.learning_rate),
        (x, theory.follow(KNOWN[unit.static("curve")], (x + 1) / 2)),
        settings.steps,
        settings.optimizer,
        settings.schedule,
    )


@functools.cache
def _loss(shape: tuple[int, ...]) -> Callable[[Any, Any], Any]:
    """Mean squared distance of a network to the points of a curve."""
    import jax
    import jax.numpy as jnp

    from theory import network
    from theory.activations import identity, rectifier

    def loss(θ: jax.Array, data: tuple[jax.Array, jax.Array]) -> jax.Array:
        x, y = data
        layers = network.from_normals(θ, shape, network.WEIGHT_VARIANCE["rectifier"])
        found = network.propagate(layers, x[:, None], rectifier, identity, network.affine)
        return jnp.mean(jnp.sum((found - y) ** 2, axis=1))

    return loss


def layers_of(unit: Unit, parameters: np.ndarray) -> Layers:
    """A trained network for x from 0 to 1; it was trained on 2 x - 1."""
    from theory import network

    (W, b), *others = network.from_normals(parameters, sizes(unit), network.WEIGHT_VARIANCE["rectifier"])
    first = 2 * np.asarray(W), np.asarray(b) - np.asarray(W)[0]
    return first, *((np.asarray(W), np.asarray(b)) for W, b in others)
