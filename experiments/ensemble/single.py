"""One network at a time, evaluated: networks that are built have shapes of their own, and a program for each of them
takes longer to compile than to run.

Matrices are multiplied by numpy. Activations are those of all networks, applied by programs for powers of four of
numbers, which networks of all shapes share.
"""

import functools

import jax
import numpy as np
from jaxtyping import Float

from experiments.ensemble.powers import least_power
from theory.activations import ACTIVATIONS
from theory.dense import Layers


def evaluate(
    layers: Layers, x: Float[np.ndarray, "points inputs"], activation: str, precision: str = "float64"
) -> Float[np.ndarray, "points outputs"]:
    """The outputs of a network with a linear output layer, as `network.evaluate` has them but for rounding.

    Args:
        layers: W and b of each layer.
        x: points.
        activation: of the hidden neurons, a key of `ACTIVATIONS`.
        precision: of all numbers.
    """
    z = np.asarray(x, precision)
    *hidden, (V, c) = [(np.asarray(W, precision), np.asarray(b, precision)) for W, b in layers]
    # A sum that overflows is infinite, and what becomes of it is no number, without a warning as on a device.
    with np.errstate(over="ignore", invalid="ignore"):
        for W, b in hidden:
            z = applied(activation, z @ W + b)
        return z @ V + c


def applied(activation: str, a: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """σ(a) of an array of the host."""
    padded = np.zeros(least_power(4, a.size), a.dtype)
    padded[: a.size] = a.ravel()
    with jax.enable_x64(a.dtype == np.float64):
        return np.asarray(program(activation)(padded))[: a.size].reshape(a.shape)


@functools.cache
def program(activation: str) -> jax.stages.Wrapped:
    """σ, compiled for each size of arrays."""
    return jax.jit(ACTIVATIONS[activation])
