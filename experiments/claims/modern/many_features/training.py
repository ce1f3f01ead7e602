"""Training of models of many features: fresh points at every step, for many models at once.

A model is a matrix of m + 3 rows: W, b, the importances of its features and their p, which stay.
"""

import functools
import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from jaxtyping import Float

from experiments.claims.modern.many_features.verdicts import RECTIFIER
from experiments.plan import Unit, random_generator

if TYPE_CHECKING:
    from experiments.ensemble.fitting import Draw, Fit


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
    starts[:, m + 2] = unit.cells["active"].to_numpy(float)[:, None]
    return fitting.fit(
        _of_rectifier if unit.static("output") == RECTIFIER else _of_identity,
        starts,
        np.full(len(starts), settings.learning_rate),
        random_generator(unit.seed, "features", n, m).integers(2**32, size=2, dtype=np.uint32),
        settings.steps,
        settings.optimizer,
        settings.schedule,
        _batches(n, math.ceil(settings.batch / n)),
    )


def importances(unit: Unit) -> Float[np.ndarray, "cells n"]:
    """I^i of every cell and feature; features count from 0."""
    return unit.cells["importance"].to_numpy(float)[:, None] ** np.arange(unit.static("n"))


def models(fit: "Fit") -> Models:
    """What was trained."""
    points = np.asarray(fit.points)
    return Models(points[:, :-3], points[:, -3])


@functools.cache
def _batches(n: int, points: int) -> "Draw":
    """Draws as many points for each number k = 1, ..., n of active features."""
    import jax
    import jax.numpy as jnp

    def draw(data: Any, t: Any) -> Any:
        values, scores = jax.random.split(jax.random.fold_in(jax.random.wrap_key_data(data, impl="threefry2x32"), t))
        # Of each point the k features with the least scores are active.
        ranks = jax.random.uniform(scores, (points, n)).argsort(1).argsort(1)
        return jax.random.uniform(values, (n, points, n)) * (ranks < jnp.arange(1, n + 1)[:, None, None])

    return draw


def _of_rectifier(model: Any, x: Any) -> Any:
    import jax

    return _loss(model, x, jax.nn.relu)


def _of_identity(model: Any, x: Any) -> Any:
    return _loss(model, x, lambda u: u)


def _loss(model: Any, x: Any, σ: Any) -> Any:
    """The loss: each number of active features counts by its probability, and that of none is without an error."""
    import jax
    import jax.numpy as jnp

    n = model.shape[1]
    W, b, (importance, p) = model[:-3], model[-3], jax.lax.stop_gradient(model[-2:])
    k = np.arange(n + 1)
    share = jnp.array([math.comb(n, one) for one in k]) * p[0] ** k * (1 - p[0]) ** (n - k)
    losses = ((x - σ(x @ W.T @ W + b)) ** 2 @ importance).mean(1)
    return share[0] * (σ(b) ** 2 @ importance) + share[1:] @ losses
