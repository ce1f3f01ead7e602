"""The rest of the way down: trained networks are moved to a point where their squared error is at rest.

Gradient descent takes long to come to rest; steps of Levenberg and Marquardt do not. With the residuals r of N points,
their derivatives J by p parameters, and a damping μ > 0, a step is

    δ = -(JᵀJ + μ I)⁻¹ Jᵀr = -Jᵀ(JJᵀ + μ I)⁻¹ r,

The first form solves p equations, the second N. A step is made only if it lowers the mean of r². So no network ends
higher than it began. It is at rest where the gradient 2 Jᵀr / N vanishes.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from theory.damped import Known, Method, move, scaled

# At first μ is this share of the mean square of a row of J.
DAMPING = 1e-2
# The factors on μ after a step that lowers the loss, and after one that does not.
EASED, RAISED = 0.25, 4.0
# With a larger μ steps are so small that no number changes.
LARGEST_DAMPING = 1e20


class Residuals(NamedTuple):
    """Residuals of several networks, and their derivatives by the parameters."""

    r: Float[np.ndarray, "networks points"]
    J: Float[np.ndarray, "networks points parameters"]

    def losses(self) -> Float[np.ndarray, " networks"]:
        """The mean of r² of each network; infinite for a network that overflows."""
        with np.errstate(over="ignore", invalid="ignore"):
            return np.nan_to_num(np.mean(self.r**2, axis=1), nan=np.inf, posinf=np.inf)

    def gradient_norms(self) -> Float[np.ndarray, " networks"]:
        """Euclidean norms of 2 Jᵀr / N."""
        with np.errstate(over="ignore", invalid="ignore"):
            return np.linalg.norm(2 / self.r.shape[1] * np.einsum("npk,np->nk", self.J, self.r), axis=1)


class Settled(NamedTuple):
    """The ends of networks: parameters, mean squared residuals, norms of the gradients."""

    parameters: Float[np.ndarray, "networks parameters"]
    loss: Float[np.ndarray, " networks"]
    gradient_norm: Float[np.ndarray, " networks"]


def settle(
    residuals: Callable[[Float[np.ndarray, "some parameters"], Int[np.ndarray, " some"]], Residuals],
    θ: Float[np.ndarray, "networks parameters"],
    steps: int,
    loss_bound: float,
    gradient_bound: float,
) -> Settled:
    """Moves every network down until it is at rest.

    Args:
        residuals: (parameters of some networks, their numbers) -> their residuals; each may have targets of its own.
        θ: the parameters at the start; networks without a finite loss stay there.
        steps: the largest number of steps.
        loss_bound, gradient_bound: a network has arrived if its loss, or the norm of its gradient, is at most this.
    """

    def evaluate(θ: np.ndarray, numbers: np.ndarray) -> Known:
        found = residuals(θ, numbers)
        return found.r, found.J, found.losses(), found.gradient_norms()

    def first_damping(known: Known) -> np.ndarray:
        with np.errstate(over="ignore", invalid="ignore"):
            damping: np.ndarray = DAMPING * np.mean(np.sum(known[1] ** 2, axis=2), axis=1)
        return damping

    def arrived(known: Known, damping: np.ndarray) -> np.ndarray:
        _, _, loss, norm = known
        on = (loss > loss_bound) & (norm > gradient_bound) & np.isfinite(loss) & np.isfinite(norm)
        return ~(on & (damping < LARGEST_DAMPING))

    method = Method(
        evaluate=evaluate,
        first_damping=first_damping,
        step=lambda known, damping: _step(Residuals(*known[:2]), damping),
        better=lambda there, here: there[2] < here[2],
        arrived=arrived,
        summary=lambda known: known[2:],
        damping=scaled(EASED, RAISED),
    )
    θ, (loss, norm) = move(method, θ, steps)
    return Settled(θ, loss, norm)


def _step(at: Residuals, damping: Float[np.ndarray, " networks"]) -> Float[np.ndarray, "networks parameters"]:
    """(JᵀJ + μ I)⁻¹ Jᵀr, by the smaller of the two systems."""
    r, J = at
    points, parameters = J.shape[1:]
    transposed = np.swapaxes(J, 1, 2)
    # A damping below the rounding of the matrix has no effect, and the system could be singular.
    floor = 1e-15 * np.sum(J**2, axis=(1, 2))
    μ = np.maximum(damping, floor)[:, None, None]
    if points <= parameters:
        return (transposed @ np.linalg.solve(J @ transposed + μ * np.eye(points), r[:, :, None]))[:, :, 0]
    return np.linalg.solve(transposed @ J + μ * np.eye(parameters), transposed @ r[:, :, None])[:, :, 0]
