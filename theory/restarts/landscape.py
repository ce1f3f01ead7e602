"""The end of training: trained networks are polished to full precision, and their units are examined there."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from theory.activations import ACTIVATIONS
from theory.damped import Known, Method, move, scaled
from theory.network import Network, Numbers, affine
from theory.restarts.kinds import ON_A_KINK, SATURATED, STATIONARY

# The first damping of Levenberg and Marquardt's method.
DAMPING = 1e-2
# The factors on the damping after a step that is taken, and after one that is not.
EASED, RAISED = 0.2, 4.0


class LossDerivatives(NamedTuple):
    """A loss, its gradient and its Hessian at several points."""

    loss: Float[np.ndarray, " points"]
    gradient: Float[np.ndarray, "points parameters"]
    hessian: Float[np.ndarray, "points parameters parameters"]

    def norms(self) -> Float[np.ndarray, " points"]:
        """Euclidean norms of the gradients."""
        return np.linalg.norm(self.gradient, axis=1)


class EndPoint(NamedTuple):
    """The ends of polishing, for several points.

    Attributes:
        parameters: θ.
        loss: L(θ).
        gradient_norm: Euclidean norm of the gradient.
        smallest, largest: eigenvalues of the Hessian; NaN where it is not finite.
    """

    parameters: Float[np.ndarray, "points parameters"]
    loss: Float[np.ndarray, " points"]
    gradient_norm: Float[np.ndarray, " points"]
    smallest: Float[np.ndarray, " points"]
    largest: Float[np.ndarray, " points"]


def polish(
    derivatives: Callable[[Float[np.ndarray, "points parameters"]], LossDerivatives],
    θ: Float[np.ndarray, "points parameters"],
    steps: int,
) -> EndPoint:
    """Goes down to a near place where the gradient vanishes, by damped Newton steps with the exact Hessian.

    A step is -(H + μ I)^-1 g, with a μ that makes the matrix positive definite. A step is taken if it lowers the loss,
    or if it lowers the gradient where the loss cannot fall any more. So points move away from saddles.

    Args:
        derivatives: the derivatives of a function that is twice differentiable almost everywhere.
        θ: the points at the start; each moves independently of the others.
        steps: the most steps; a point has arrived when the norm of its gradient is a hundredth of `STATIONARY`.
    """

    def arrived(known: Known, damping: np.ndarray) -> np.ndarray:
        here = LossDerivatives(*known)
        finite = np.isfinite(here.loss) & np.isfinite(here.hessian).all((1, 2))
        return ~(finite & (here.norms() > STATIONARY / 100))

    method = Method(
        evaluate=lambda θ, numbers: derivatives(θ),
        first_damping=lambda known: np.full(len(known[0]), DAMPING),
        step=lambda known, damping: _step(LossDerivatives(*known), damping),
        better=lambda there, here: _better(LossDerivatives(*there), LossDerivatives(*here)),
        arrived=arrived,
        summary=lambda known: _summary(LossDerivatives(*known)),
        damping=scaled(EASED, RAISED),
    )
    points, summaries = move(method, θ, steps)
    return EndPoint(points, *summaries)


def _step(here: LossDerivatives, damping: Float[np.ndarray, " points"]) -> Float[np.ndarray, "points parameters"]:
    """(H + μ I)^-1 g; μ falls with the gradient, so that convergence is quadratic in the end."""
    λ, Q = np.linalg.eigh(here.hessian)
    μ = np.maximum(-λ[:, 0], 0) * (1 + damping) + damping * here.norms()
    scaled = np.einsum("pji,pj->pi", Q, here.gradient) / (λ + μ[:, None] + np.finfo(float).tiny)
    return np.einsum("pij,pj->pi", Q, scaled)


def _better(there: LossDerivatives, here: LossDerivatives) -> Bool[np.ndarray, " points"]:
    # Near the bottom the losses are equal to the last bit, and the gradient still tells which point is better.
    same = np.abs(there.loss - here.loss) <= 4 * np.finfo(float).eps * here.loss
    return (there.loss < here.loss) | (same & (there.norms() < here.norms()))


def _summary(here: LossDerivatives) -> Known:
    """Loss, norm of the gradient, smallest and largest eigenvalue of the Hessian."""
    smallest, largest = np.full((2, len(here.loss)), np.nan)
    finite = np.isfinite(here.hessian).all((1, 2))
    λ = np.linalg.eigvalsh(here.hessian[finite])
    smallest[finite], largest[finite] = λ[:, 0], λ[:, -1]
    return here.loss, here.norms(), smallest, largest


class Units(NamedTuple):
    """The state of the units in the first hidden layer; for one network, or with an axis of networks in front.

    Attributes:
        dead: whether a rectifier is zero on every point of the data.
        saturated: whether the slope of a logistic or tanh unit on some point is nearly 0.
        on_a_kink: whether a rectifier's kink lies on a point.
    """

    dead: Bool[Numbers, "*networks"]
    saturated: Bool[Numbers, "*networks"]
    on_a_kink: Bool[Numbers, "*networks"]


def units_of(θ: Network, x: Float[Array, "points inputs"], activation: str) -> Units:
    """The state of the units in a network's first hidden layer on these points."""
    a = affine(x, θ[0])
    if activation == "rectifier":
        return Units(jnp.any(jnp.all(a <= 0, axis=0)), jnp.zeros((), bool), jnp.any(jnp.abs(a) <= ON_A_KINK))
    slope = jax.vmap(jax.grad(ACTIVATIONS[activation]))
    no = jnp.zeros((), bool)
    return Units(no, jnp.min(slope(a.reshape(-1))) < SATURATED * slope(jnp.zeros(1, a.dtype))[0], no)
