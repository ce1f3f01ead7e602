"""Activation functions σ, by the names that settings use.

Each maps a pre-activation a to the output z = σ(a) of a neuron, coordinate by coordinate. Their derivatives σ', which
backpropagation uses, are below.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from theory.functions import Function

Activation = Callable[[Float[Array, "..."]], Float[Array, "..."]]

# The slope of a leaky rectifier for negative pre-activations.
LEAK = 0.01


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


def leaky_rectifier(a: Float[Array, "..."]) -> Float[Array, "..."]:
    """σ(a) = a if a > 0, else a / 100 (Maas et al. 2013)."""
    return jnp.where(a > 0, a, LEAK * a)


def elu(a: Float[Array, "..."]) -> Float[Array, "..."]:
    """σ(a) = a if a > 0, else exp(a) - 1 (Clevert et al. 2016)."""
    return jax.nn.elu(a)


def hard_tanh(a: Float[Array, "..."]) -> Float[Array, "..."]:
    """σ(a) = a between -1 and 1, and -1 and 1 beyond."""
    return jnp.clip(a, -1.0, 1.0)


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
    "leaky-rectifier": leaky_rectifier,
    "elu": elu,
    "hard-tanh": hard_tanh,
    "threshold": threshold,
    "sine": sine,
    "exponential": exponential,
    "softplus": softplus,
    "gelu": gelu,
    "silu": silu,
    "square": square,
    "cube": cube,
}


def identity_derivative(a: Float[Array, "..."]) -> Float[Array, "..."]:
    """σ'(a) = 1."""
    return jnp.ones_like(a)


def logistic_derivative(a: Float[Array, "..."]) -> Float[Array, "..."]:
    """σ'(a) = σ(a) (1 - σ(a))."""
    z = logistic(a)
    return z * (1 - z)


def tanh_derivative(a: Float[Array, "..."]) -> Float[Array, "..."]:
    """σ'(a) = 1 - σ(a)²."""
    z = tanh(a)
    return 1 - z * z


def rectifier_derivative(a: Float[Array, "..."]) -> Float[Array, "..."]:
    """σ'(a) = 1 if a > 0, else 0. At 0 there is no derivative; 0 is what `jax.nn.relu` says."""
    return (a > 0).astype(a.dtype)


def leaky_rectifier_derivative(a: Float[Array, "..."]) -> Float[Array, "..."]:
    """σ'(a) = 1 if a > 0, else 1 / 100; at 0 there is no derivative."""
    return jnp.where(a > 0, jnp.ones_like(a), LEAK)


def elu_derivative(a: Float[Array, "..."]) -> Float[Array, "..."]:
    """σ'(a) = 1 if a > 0, else exp(a)."""
    return jnp.exp(jnp.minimum(a, 0.0))


def hard_tanh_derivative(a: Float[Array, "..."]) -> Float[Array, "..."]:
    """σ'(a) = 1 between -1 and 1, else 0; at -1 and 1 there is no derivative."""
    return ((a > -1) & (a < 1)).astype(a.dtype)


def exponential_derivative(a: Float[Array, "..."]) -> Float[Array, "..."]:
    """σ'(a) = exp(a)."""
    return jnp.exp(a)


def softplus_derivative(a: Float[Array, "..."]) -> Float[Array, "..."]:
    """σ'(a) = 1 / (1 + exp(-a)), a logistic unit."""
    return logistic(a)


def gelu_derivative(a: Float[Array, "..."]) -> Float[Array, "..."]:
    """σ'(a) = Φ(a) + a φ(a), with the distribution function and the density of the standard normal distribution."""
    return jax.scipy.stats.norm.cdf(a) + a * jax.scipy.stats.norm.pdf(a)


def silu_derivative(a: Float[Array, "..."]) -> Float[Array, "..."]:
    """σ'(a) = s (1 + a (1 - s)), with s = 1 / (1 + exp(-a))."""
    s = logistic(a)
    return s * (1 + a * (1 - s))


def threshold_derivative(a: Float[Array, "..."]) -> Float[Array, "..."]:
    """σ'(a) = 0; at 0, where the neuron jumps, there is no derivative."""
    return jnp.zeros_like(a)


def sine_derivative(a: Float[Array, "..."]) -> Float[Array, "..."]:
    """σ'(a) = cos(a)."""
    return jnp.cos(a)


def square_derivative(a: Float[Array, "..."]) -> Float[Array, "..."]:
    """σ'(a) = 2a."""
    return 2 * a


def cube_derivative(a: Float[Array, "..."]) -> Float[Array, "..."]:
    """σ'(a) = 3a²."""
    return 3 * a * a


DERIVATIVES: dict[str, Activation] = {
    "identity": identity_derivative,
    "logistic": logistic_derivative,
    "tanh": tanh_derivative,
    "rectifier": rectifier_derivative,
    "leaky-rectifier": leaky_rectifier_derivative,
    "elu": elu_derivative,
    "hard-tanh": hard_tanh_derivative,
    "threshold": threshold_derivative,
    "sine": sine_derivative,
    "exponential": exponential_derivative,
    "softplus": softplus_derivative,
    "gelu": gelu_derivative,
    "silu": silu_derivative,
    "square": square_derivative,
    "cube": cube_derivative,
}


def neuron_function(name: str) -> Function:
    """An activation with its derivative, as a neuron of a graph takes it."""
    return Function(name, ACTIVATIONS[name], DERIVATIVES[name])
