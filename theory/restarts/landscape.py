"""Where training ends: trained networks polished to full precision, and what can be seen of their units there."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from theory.activations import ACTIVATIONS
from theory.network import Network, affine
from theory.restarts.kinds import ON_A_KINK, SATURATED, STATIONARY

# Of Levenberg and Marquardt's damping: where it begins, how it is eased after a success and raised after a failure.
DAMPING, EASED, RAISED = 1e-2, 0.2, 4.0


class EndPoint(NamedTuple):
    """Where polishing ended; for one point, or with an axis of points in front of each.

    Attributes:
        parameters: θ.
        loss: L(θ).
        gradient_norm: Euclidean norm of the gradient.
        smallest, largest: eigenvalues of the Hessian.
    """

    parameters: Float[Array, "*points parameters"]
    loss: Float[Array, "*points"]
    gradient_norm: Float[Array, "*points"]
    smallest: Float[Array, "*points"]
    largest: Float[Array, "*points"]


class Units(NamedTuple):
    """What the units of the first hidden layer do; for one network, or with an axis of networks in front.

    Attributes:
        dead: whether a rectifier is zero on every point of the data.
        saturated: whether the slope of a logistic or tanh unit on some point is next to nothing.
        on_a_kink: whether a rectifier's kink lies on a point.
    """

    dead: Bool[Array, "*networks"]
    saturated: Bool[Array, "*networks"]
    on_a_kink: Bool[Array, "*networks"]


def units_of(θ: Network, x: Float[Array, "points inputs"], activation: str) -> Units:
    """What the units of a network's first hidden layer do on these points."""
    a = affine(x, θ[0])
    if activation == "rectifier":
        return Units(jnp.any(jnp.all(a <= 0, axis=0)), jnp.zeros((), bool), jnp.any(jnp.abs(a) <= ON_A_KINK))
    slope = jax.vmap(jax.grad(ACTIVATIONS[activation]))
    no = jnp.zeros((), bool)
    return Units(no, jnp.min(slope(a.reshape(-1))) < SATURATED * slope(jnp.zeros(1, a.dtype))[0], no)


def polish(
    loss: Callable[[Float[Array, " parameters"]], Float[Array, ""]], θ: Float[Array, " parameters"], steps: int
) -> EndPoint:
    """Goes down to the nearest place where the gradient vanishes, by damped Newton steps with the exact Hessian.

    A step is -(H + μ I)^-1 g, with μ at least so large that the matrix is positive definite; it is taken if it lowers
    the loss, or the gradient where the loss cannot be lowered any more. So saddles are left, not approached.

    Args:
        loss: twice differentiable almost everywhere.
        θ: from where.
        steps: the most there are; it ends when the gradient's norm is a hundredth of `STATIONARY`.
    """
    slope = jax.value_and_grad(loss)

    def unfinished(state: tuple[Array, Array, Array, Array, Array]) -> Array:
        _, value, g, _, count = state
        return (count < steps) & (jnp.linalg.norm(g) > STATIONARY / 100) & jnp.isfinite(value)

    def step(state: tuple[Array, Array, Array, Array, Array]) -> tuple[Array, Array, Array, Array, Array]:
        θ, value, g, damping, count = state
        λ, Q = jnp.linalg.eigh(jax.hessian(loss)(θ))
        shift = jnp.maximum(-λ[0], 0) * (1 + damping) + damping * jnp.linalg.norm(g)
        new = θ - Q @ ((Q.T @ g) / (λ + shift + jnp.finfo(θ.dtype).tiny))
        new_value, new_g = slope(new)
        # Near the bottom the loss is the same to the last bit, and the gradient still says which point is better.
        same = jnp.abs(new_value - value) <= 4 * jnp.finfo(θ.dtype).eps * value
        better = (new_value < value) | (same & (jnp.linalg.norm(new_g) < jnp.linalg.norm(g)))
        chosen = jax.tree.map(lambda a, b: jnp.where(better, a, b), (new, new_value, new_g), (θ, value, g))
        return *chosen, jnp.where(better, damping * EASED, damping * RAISED), count + 1

    value, g = slope(θ)
    begin = (θ, value, g, jnp.asarray(DAMPING, θ.dtype), jnp.asarray(0))
    end, value, g, _, _ = jax.lax.while_loop(unfinished, step, begin)
    λ = jnp.linalg.eigvalsh(jax.hessian(loss)(end))
    return EndPoint(end, value, jnp.linalg.norm(g), λ[0], λ[-1])
