"""The least number of steps that make a boolean function of up to four bits, exactly: gates of a formula.

A formula is a tree of gates of two inputs; its leaves are input bits, and each gate is used once. Its length is the
number of its gates. Functions of length r are joined from those of length j and r - 1 - j, by any gate that depends on
both:

    L(f) = min over gates g and f = g(a, b) of L(a) + L(b) + 1,    L = 0 for constants, inputs and their complements.

Complements are free because the complement of a gate is a gate. So up to complement only a ∧ b, with either one
complemented, and a ⊕ b matter. Lengths do not change under the symmetries of the cube, so a runs through one function
of each class.
Source of the recurrence: Knuth, *The Art of Computer Programming* 4A, section 7.1.2, Algorithm L.
"""

import numpy as np
from jaxtyping import Int, UInt8, UInt16

from theory.boolean.census import LARGEST_N, npn_classes, symmetries
from theory.boolean.functions import inputs

UNKNOWN = 255


def formula_lengths(n: int) -> UInt8[np.ndarray, " functions"]:
    """The least number of gates of a formula for each of the 2^(2^n) functions of n <= 4 bits.

    Raises:
        ValueError: if n is not from 1 to 4.
    """
    if not 1 <= n <= LARGEST_N:
        raise ValueError(f"lengths are computed for n from 1 to {LARGEST_N}, not {n}")
    lengths = np.full(2**2**n, UNKNOWN, np.uint8)
    bits = (inputs(n).T @ (1 << np.arange(2**n))).tolist()
    lengths[[0, *bits]] = 0
    lengths = np.minimum(lengths, lengths[::-1])
    symmetric, classes = symmetries(n), npn_classes(n)
    length = 0
    while (lengths == UNKNOWN).any():
        length += 1
        for j in range((length + 1) // 2):
            found = _joined(lengths, classes, j, length - 1 - j)
            for image in symmetric:
                lengths[image[found]] = length
            lengths = np.minimum(lengths, lengths[::-1])
    return lengths


def _joined(
    lengths: UInt8[np.ndarray, " functions"], classes: UInt16[np.ndarray, " functions"], j: int, k: int
) -> Int[np.ndarray, " found"]:
    """Functions not yet known, up to symmetry and complement, of a gate whose inputs have the lengths j and k."""
    everything = np.flatnonzero(lengths == k).astype(np.uint16)
    reached = np.zeros(len(lengths), bool)
    # Members of a class differ by symmetries of the cube and a complement, which lists of one length are closed under.
    for a in np.unique(classes[lengths == j]):
        reached[a & everything] = True
        reached[~a & np.uint16(len(lengths) - 1) & everything] = True
        reached[a ^ everything] = True
    return np.flatnonzero(reached & (lengths == UNKNOWN))
