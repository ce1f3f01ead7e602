"""Activation functions σ, by the names that settings use.

Each maps a pre-activation a to the output z = σ(a) of a neuron, coordinate by coordinate.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

Activation = Callable[[Float[Array, "..."]], Float[Array, "..."]]


def identity(a: Float[Array, "..."]) -> Float[Array, "..."]:
    """σ(a) = a."""
    return a


def logistic(a: Float[Array, "..."]) -> Float[Array, "..."]:
    """σ(a) = 1 / (1 + exp(-a))."""
    return jax.nn.sigmoid(a)


def tanh(a: Float[Array, "..."]) -> Float[Array, "..."]:
    """σ(a) = (exp(a) - exp(-a)) / (exp(a) + exp(-a))."""
    return jnp.tanh(a)


def rectifier(a: Float[Array, "..."]) -> Float[Array, "..."]:
    """σ(a) = max(0, a)."""
    return jax.nn.relu(a)


def sine(a: Float[Array, "..."]) -> Float[Array, "..."]:
    """σ(a) = sin(a)."""
    return jnp.sin(a)


def exponential(a: Float[Array, "..."]) -> Float[Array, "..."]:
    """σ(a) = exp(a)."""
    return jnp.exp(a)


def softplus(a: Float[Array, "..."]) -> Float[Array, "..."]:
    """σ(a) = log(1 + exp(a)), a smooth rectifier."""
    return jax.nn.softplus(a)


def gelu(a: Float[Array, "..."]) -> Float[Array, "..."]:
    """σ(a) = a Φ(a), with Φ the distribution function of the standard normal distribution."""
    return jax.nn.gelu(a, approximate=False)


def silu(a: Float[Array, "..."]) -> Float[Array, "..."]:
    """σ(a) = a / (1 + exp(-a))."""
    return jax.nn.silu(a)


def square(a: Float[Array, "..."]) -> Float[Array, "..."]:
    """σ(a) = a², a polynomial: networks of one hidden layer are polynomials of degree 2, however wide."""
    return a * a


def cube(a: Float[Array, "..."]) -> Float[Array, "..."]:
    """σ(a) = a³, a polynomial: networks of one hidden layer are polynomials of degree 3, however wide."""
    return a * a * a


def threshold(a: Float[Array, "..."]) -> Float[Array, "..."]:
    """σ(a) = 1 if a > 0, else 0: a neuron that fires or does not."""
    return (a > 0).astype(a.dtype)


ACTIVATIONS: dict[str, Activation] = {
    "identity": identity,
    "logistic": logistic,
    "tanh": tanh,
    "rectifier": rectifier,
    "threshold": threshold,
    "sine": sine,
    "exponential": exponential,
    "softplus": softplus,
    "gelu": gelu,
    "silu": silu,
    "square": square,
    "cube": cube,
}
