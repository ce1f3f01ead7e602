"""Deep linear networks: the loss is not convex, and yet no local minimum is spurious.

Layers have identity units and no biases, W = W_L ... W_1. Inputs have the covariance I, and targets are M x. So the
loss over all inputs is half the squared Frobenius norm

    F(W_1, ..., W_L) = ½ |W_L ... W_1 - M|².

Through a hidden layer of r units only matrices of rank r pass, and the least loss is half the sum of the squared
singular values of M beyond the r largest (Eckart & Young 1936): reduced-rank regression. Critical points are
projections of M to some of its singular directions. A critical point is a saddle if it leaves out a larger singular
value than one that it keeps. No local minimum is above the least loss (Kawaguchi 2016; Baldi & Hornik 1989 for two
layers; cited from memory).

M is diagonal here. This is no restriction if initial weights are normal numbers: rotations of inputs and outputs change
neither their distribution nor F. Layers are held as one vector, W_1 first, row after row.
"""

import functools
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
from jaxtyping import Float

Numbers = Any


def shapes(singular: tuple[float, ...], layers: int, width: int) -> tuple[tuple[int, int], ...]:
    """Shapes of W_1, ..., W_L: as many inputs and outputs as M has singular values, layers of `width` in between."""
    sizes = (len(singular), *[width] * (layers - 1), len(singular))
    return tuple((after, before) for before, after in itertools.pairwise(sizes))


def weight_count(singular: tuple[float, ...], layers: int, width: int) -> int:
    """Length of the vector that holds all layers."""
    return sum(rows * columns for rows, columns in shapes(singular, layers, width))


def matrices(θ: Float[Numbers, " weights"], singular: tuple[float, ...], layers: int, width: int) -> list[Numbers]:
    """W_1, ..., W_L of the vector that holds all layers."""
    parts = shapes(singular, layers, width)
    ends = np.cumsum([rows * columns for rows, columns in parts]).tolist()
    return [
        θ[end - rows * columns : end].reshape(rows, columns) for (rows, columns), end in zip(parts, ends, strict=True)
    ]


def dense_layers(
    θ: Float[np.ndarray, " weights"], singular: tuple[float, ...], layers: int, width: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """(W, b) of each layer, as networks of other kinds have them; b is 0."""
    return [(W.T, np.zeros(len(W))) for W in matrices(θ, singular, layers, width)]


def least_loss(singular: tuple[float, ...], layers: int, width: int) -> float:
    """The least loss of a network of one layer or more."""
    rank = min(width, len(singular)) if layers > 1 else len(singular)
    return float(np.sum(np.sort(np.square(singular))[: len(singular) - rank]) / 2)


@functools.cache
def loss(singular: tuple[float, ...], layers: int, width: int) -> Callable[[Float[Numbers, " weights"]], Numbers]:
    """F as a function of all weights; the same object for the same arguments."""

    def F(θ: Float[Numbers, " weights"]) -> Numbers:
        product = np.eye(len(singular))
        for W in matrices(θ, singular, layers, width):
            product = W @ product
        return ((product - np.diag(singular)) ** 2).sum() / 2

    return F


@functools.cache
def gradient(singular: tuple[float, ...], layers: int, width: int) -> Callable[[Float[Numbers, " weights"]], Numbers]:
    """The gradient of F; the same object for the same arguments."""
    import jax

    return jax.grad(loss(singular, layers, width))
