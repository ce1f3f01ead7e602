"""Bilinear schemes: the product of two 2x2 matrices through r products of numbers.

A scheme is U, V (r x 4) and W (r x 4): with vec of a matrix row by row,

    vec(A B)_k = Σ_p W_pk (U_p · vec A) (V_p · vec B),    p = 1, ..., r,

This is a network with r hidden neurons that multiply. It is right for all matrices, and for matrices of blocks, if and
only if Brent's equations hold: Σ_p U_pi V_pj W_pk = T_ijk, the tensor of the product. The least r is 7: Strassen 1969
found 7; Winograd 1971 and Hopcroft & Kerr 1971 proved that 6 are never enough. By Landsberg 2006, 6 do not even come
arbitrarily close, because the border rank is 7 (theorems from the literature, not proved here).
"""

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int, Num

RANK = 7

# Of the host or of a device, traced ones among them.
Numbers = Any


class Scheme(NamedTuple):
    """Combinations of A's entries, of B's entries, and which products every entry of AB is summed from."""

    U: Num[Numbers, "*schemes r 4"]
    V: Num[Numbers, "*schemes r 4"]
    W: Num[Numbers, "*schemes r 4"]


def product_tensor() -> Int[np.ndarray, "4 4 4"]:
    """T_ijk: 1 where entry i of A times entry j of B is a term of entry k of AB."""
    T = np.zeros((2, 2, 2, 2, 2, 2), int)
    for row, middle, column in np.ndindex(2, 2, 2):
        T[row, middle, middle, column, row, column] = 1
    return T.reshape(4, 4, 4)


def defects(scheme: Scheme) -> Num[Numbers, "*schemes 4 4 4"]:
    """By how much each of Brent's 64 equations is missed; in integers if the scheme is."""
    pairs = scheme.U[..., :, :, None] * scheme.V[..., :, None, :]
    r = pairs.shape[-3]
    flat = pairs.reshape(*pairs.shape[:-3], r, 16).swapaxes(-1, -2) @ scheme.W
    return flat.reshape(*flat.shape[:-2], 4, 4, 4) - product_tensor()


def residual(scheme: Scheme) -> Float[np.ndarray, "*schemes"]:
    """Root of the sum of squares of the defects."""
    return np.asarray(np.sqrt(np.sum(np.asarray(defects(scheme), float) ** 2, axis=(-3, -2, -1))))


def naive() -> Scheme:
    """The definition of the product: 8 products, each of one entry with one entry."""
    i, j, k = np.nonzero(product_tensor())
    return Scheme(*(np.eye(4, dtype=int)[index] for index in (i, j, k)))


def strassen() -> Scheme:
    """Strassen 1969: 7 products; 12 non-zeros in each of U, V and W."""
    U = [[1, 0, 0, 1], [0, 0, 1, 1], [1, 0, 0, 0], [0, 0, 0, 1], [1, 1, 0, 0], [-1, 0, 1, 0], [0, 1, 0, -1]]
    V = [[1, 0, 0, 1], [1, 0, 0, 0], [0, 1, 0, -1], [-1, 0, 1, 0], [0, 0, 0, 1], [1, 1, 0, 0], [0, 0, 1, 1]]
    W = [[1, 0, 0, 1], [0, 0, 1, -1], [0, 1, 0, 1], [1, 0, 1, 0], [-1, 1, 0, 0], [0, 0, 0, 1], [1, 0, 0, 0]]
    return Scheme(np.array(U), np.array(V), np.array(W))


def winograd() -> Scheme:
    """Winograd's variant: 7 products and, where sums are shared, 15 additions instead of 18; 14 non-zeros each.

    Sharing a sum is to reuse a neuron, which takes more layers; written as one layer before and one after the products
    nothing is shared.
    """
    U = [[1, 0, 0, 0], [0, 1, 0, 0], [1, 1, -1, -1], [0, 0, 0, 1], [0, 0, 1, 1], [-1, 0, 1, 1], [1, 0, -1, 0]]
    V = [[1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [1, -1, -1, 1], [-1, 1, 0, 0], [1, -1, 0, 1], [0, -1, 0, 1]]
    W = [[1, 1, 1, 1], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, -1, 0], [0, 1, 0, 1], [0, 1, 1, 1], [0, 0, 1, 1]]
    return Scheme(np.array(U), np.array(V), np.array(W))


SCHEMES = {"naive": naive, "strassen": strassen, "winograd": winograd}
