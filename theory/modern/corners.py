"""The squared loss of deep networks over all corners of a cube, for a linear target: with or without rectifiers.

Inputs are the 2^n corners of {-1, 1}^n, whose covariance is I, and targets are M x with M diagonal. Layers have no
biases and are held as one vector, see theory/restarts/deep_linear.py. With identity units the mean over the corners is

    F = ½ |W_L ... W_1 - M|²,

so that its least value is that of reduced-rank regression. With rectifiers between the layers the least value is 0 if
hidden layers have 2n units: M x is the difference of the positive and the negative parts of the entries of x.
"""

import functools
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
from jaxtyping import Float

from theory.restarts import deep_linear

Numbers = Any
IDENTITY, RECTIFIER = "identity", "rectifier"


def least_loss(activation: str, singular: tuple[float, ...], layers: int, width: int) -> float:
    """The least loss; of rectifiers only where hidden layers are as wide as twice the inputs.

    Raises:
        ValueError: for rectifiers in narrower layers, whose least loss is not known.
    """
    if activation == IDENTITY:
        return deep_linear.least_loss(singular, layers, width)
    if width < 2 * len(singular):
        raise ValueError(f"the least loss of rectifiers is known from width {2 * len(singular)} on, and not of {width}")
    return 0.0


def corners(n: int) -> Float[np.ndarray, "corners n"]:
    """All 2^n points with entries -1 and 1."""
    return np.array(list(itertools.product((-1.0, 1.0), repeat=n)))


@functools.cache
def loss(
    activation: str, singular: tuple[float, ...], layers: int, width: int
) -> Callable[[Float[Numbers, " weights"]], Numbers]:
    """F as a function of all weights; the same object for the same arguments."""
    import jax.numpy as jnp

    x = corners(len(singular))

    def F(θ: Float[Numbers, " weights"]) -> Numbers:
        z: Any = x
        for layer, W in enumerate(deep_linear.matrices(θ, singular, layers, width)):
            a = z @ W.T
            z = jnp.maximum(a, 0) if activation == RECTIFIER and layer < layers - 1 else a
        return ((z - x * np.array(singular)) ** 2).sum() / 2 / len(x)

    return F


@functools.cache
def gradient(
    activation: str, singular: tuple[float, ...], layers: int, width: int
) -> Callable[[Float[Numbers, " weights"]], Numbers]:
    """The gradient of F; the same object for the same arguments."""
    import jax

    return jax.grad(loss(activation, singular, layers, width))
