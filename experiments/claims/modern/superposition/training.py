"""Training of superposition: the population loss by a quadrature, for many models at once."""

from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.claims.modern.superposition.verdicts import RECTIFIER, SPREAD
from experiments.plan import Unit

if TYPE_CHECKING:
    from experiments.ensemble.fitting import Fit

# Nodes of the quadrature for each active feature.
NODES = 12


def trained(unit: Unit) -> "Fit":
    """Trains a model for every cell: its row is w, b, and the p and the importance of its cell, which stay."""
    from experiments.ensemble import fitting

    starts = [np.append(SPREAD * np.random.default_rng(key).normal(size=2), [0, 0]) for key in unit.keys.tolist()]
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    settings = unit.settings
    return fitting.fit(
        _of_rectifier if unit.static("output") == RECTIFIER else _of_identity,
        np.column_stack([starts, unit.cells[["active", "importance"]].to_numpy(float)]),
        np.full(len(starts), settings.learning_rate),
        (np.append(0.0, (nodes + 1) / 2), weights / 2),
        settings.steps,
        settings.optimizer,
        settings.schedule,
    )


def _of_rectifier(θ: Any, data: Any) -> Any:
    import jax

    return _loss(θ, data, jax.nn.relu)


def _of_identity(θ: Any, data: Any) -> Any:
    return _loss(θ, data, lambda a: a)


def _loss(θ: Any, data: Any, σ: Any) -> Any:
    """The loss by quadrature; features are the nodes, 0 first."""
    import jax
    import jax.numpy as jnp

    x, weights = data
    p, importance = jax.lax.stop_gradient(θ[4:])
    q = jnp.append(1 - p, p * weights)
    stored = θ[0] * x[:, None] + θ[1] * x[None, :]
    first = (x[:, None] - σ(θ[0] * stored + θ[2])) ** 2
    second = (x[None, :] - σ(θ[1] * stored + θ[3])) ** 2
    return q @ (first + importance * second) @ q
