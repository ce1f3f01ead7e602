"""A deep network of identity units is one matrix: W = W^(1) ... W^(L), and one bias.

    x W^(1) + b^(1) = a,  a W^(2) + b^(2) = ...    =>    x W + b,  b = (...(b^(1) W^(2) + b^(2)) ...) W^(L) + b^(L).

However wide and deep, it computes what a single layer does; its matrix has at most the rank of the narrowest layer, so
with hidden layers at least as wide as the smaller of inputs and outputs it is any matrix, and with narrower ones not.
For an affine f the second difference f(x) + f(-x) - 2 f(0) vanishes at every x: a network for which it does not is not
one matrix. Source: the post, ch. III; any course on linear algebra.

Over whole numbers all of this is exact; float64 is within `rounding` of it.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from theory.dense import Layers

# The relative rounding error of one operation in float64, at most.
UNIT = 2.0**-53


def collapse(layers: Layers) -> tuple[np.ndarray, np.ndarray]:
    """The one layer (W, b) that layers of identity units are; exact for Python's integers."""
    W, b = layers[0]
    for V, c in layers[1:]:
        W, b = W @ V, b @ V + c
    return W, b


def outputs(layers: Layers, x: np.ndarray, σ: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Outputs for many samples, layer by layer, in whatever numbers the weights are."""
    for W, b in layers[:-1]:
        x = σ(x @ W + b)
    return x @ layers[-1][0] + layers[-1][1]


def identity(a: np.ndarray) -> np.ndarray:
    """σ(a) = a."""
    return a


def rectify(a: np.ndarray) -> np.ndarray:
    """max(0, a), of whole numbers too."""
    return a * (a > 0)


def second_difference(layers: Layers, x: np.ndarray, σ: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """f(x) + f(-x) - 2 f(0): zero for all x if the network is one matrix and a bias."""
    return outputs(layers, x, σ) + outputs(layers, -x, σ) - 2 * outputs(layers, 0 * x, σ)


def random_whole(sizes: Sequence[int], largest: int, rng: np.random.Generator) -> Layers:
    """Layers of whole weights and biases between -largest and largest, as Python's integers of any size."""

    def draw(*shape: int) -> np.ndarray:
        return rng.integers(-largest, largest + 1, shape).astype(object)

    return tuple((draw(inputs, outputs), draw(outputs)) for inputs, outputs in pairwise(sizes))


def rounding(layers: Layers, x: np.ndarray) -> np.ndarray:
    """Bound on the error of float64: every sum of n products rounds 2 n times at most, each by a share u.

    It is (Σ_l 2 (n_l + 1)) u times what comes out if all numbers are replaced by their sizes; u² is left out.
    """
    sizes = tuple((np.abs(W), np.abs(b)) for W, b in layers)
    steps = sum(2 * (len(W) + 1) for W, _ in layers)
    return steps * UNIT * outputs(sizes, np.abs(x), identity).astype(float)
