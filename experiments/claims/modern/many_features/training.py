"""Training of models of many features: fresh points at every step, for many models at once.

Every point moves on a torus by random steps of its own, x_t = x_0 + t α modulo 1. So it is uniform over the steps, and
needs no random numbers on the way. A model is a matrix of m + 3 rows: W, b, and two that stay: the importances of its
features; and p and the slope of its output below 0, which is 0 with a rectifier and 1 without.
"""

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from jaxtyping import Float

from experiments.claims.modern.many_features.verdicts import IDENTITY
from experiments.plan import Unit, random_generator

if TYPE_CHECKING:
    from experiments.ensemble.fitting import Fit


class Models(NamedTuple):
    """W and b of every model."""

    W: Float[np.ndarray, "models m n"]
    b: Float[np.ndarray, "models n"]


def trained(unit: Unit) -> "Fit":
    """Trains a model for every cell. All see the same points."""
    from experiments.ensemble import fitting

    n, m, settings = unit.static("n"), unit.static("m"), unit.settings
    starts = np.zeros((len(unit.cells), m + 3, n))
    for start, key in zip(starts, unit.keys.tolist(), strict=True):
        start[:m] = np.random.default_rng(key).normal(size=(m, n)) / math.sqrt(m)
    starts[:, m + 1] = importances(unit)
    starts[:, m + 2, 0] = unit.cells["active"]
    starts[:, m + 2, 1] = unit.cells["output"] == IDENTITY
    # Values of points for each number of active features, and scores by which features are active.
    shape = (n + 1, math.ceil(settings.batch / n), n)
    return fitting.fit(
        _loss,
        starts,
        np.full(len(starts), settings.learning_rate),
        random_generator(unit.seed, "points", n, m).random((2, *shape)),
        settings.steps,
        settings.optimizer,
        settings.schedule,
        _moved,
    )


def importances(unit: Unit) -> Float[np.ndarray, "cells n"]:
    """I^i of every cell and feature; features count from 0."""
    return unit.cells["importance"].to_numpy(float)[:, None] ** np.arange(unit.static("n"))


def models(fit: "Fit") -> Models:
    """What was trained."""
    points = np.asarray(fit.points)
    return Models(points[:, :-3], points[:, -3])


def _moved(data: Any, t: Any) -> Any:
    """The points of step t: as many for each number k = 1, ..., n of active features."""
    import jax.numpy as jnp

    at = (data[0] + t * data[1]) % 1
    values, order = at[:-1], at[-1]
    # Of each point the k features that come first in order are active.
    ranks = (order[:, None] < order[:, :, None]).sum(2)
    return values * (ranks < jnp.arange(1, len(values) + 1)[:, None, None])


def _loss(model: Any, x: Any) -> Any:
    """The loss: each number of active features counts by its probability, and that of none is known."""
    import jax
    import jax.numpy as jnp

    n = model.shape[1]
    W, b, (importance, others) = model[:-3], model[-3], jax.lax.stop_gradient(model[-2:])
    p, below = others[0], others[1]

    def σ(u: Any) -> Any:
        return jnp.maximum(u, below * u)

    k = np.arange(n + 1)
    share = jnp.array([math.comb(n, one) for one in k]) * p**k * (1 - p) ** (n - k)
    losses = ((x - σ(x @ W.T @ W + b)) ** 2 @ importance).mean(1)
    return share[0] * (σ(b) ** 2 @ importance) + share[1:] @ losses
