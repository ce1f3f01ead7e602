"""The least number of hidden threshold units for every boolean function of up to four bits, exactly.

A network with one hidden layer of k threshold units and one threshold output computes f = g(h_1, ..., h_k). Here g is a
threshold function of k bits, and every h_i is one of the T(n) threshold functions of n bits. Weights and biases are any
real numbers. So the functions of width at most k are compositions of finitely many threshold functions, and a census is
a closure, not a search over weights:

- T is closed under complement, so only *positive* g matter, up to complement of f: x ∧ y for two bits; x ∧ y ∧ z,
  x ∧ (y ∨ z) and the majority for three bits. (Other g depend on fewer bits, or are complements.)
- T is closed under the symmetries of the cube. So h_1 runs through one function of each class, and the result is closed
  under the symmetries afterwards.

Functions that need more than three units are sought among x ∧ (y ∨ (z ∧ w)) of four units, which is a threshold
function of weights 3, 2, 1, 1. For n <= 4 this gives all functions: only parity of four bits and its complement need
four units. No published census was found for comparison. The tests compare with mixed-integer programs.
"""

import itertools

import numpy as np
from jaxtyping import Bool, Int, UInt8, UInt16

from theory.boolean.functions import inputs

# The census covers n up to this: all 2^(2^n) functions of 5 bits do not fit into memory. For them see `five_bits`.
LARGEST_N = 4

# Integer weights up to this size give every threshold function of n bits (Muroga 1971); the tests count the functions.
LARGEST_WEIGHT = (0, 1, 1, 2, 3, 5)

Functions = UInt16[np.ndarray, " functions"]
Representatives = UInt16[np.ndarray, " representatives"]
Subset = Bool[np.ndarray, " functions"]


def threshold_functions(n: int) -> Int[np.ndarray, " functions"]:
    """All threshold functions of n = 1 to 5 bits as sorted integers, constants included."""
    if not 1 <= n < len(LARGEST_WEIGHT):
        raise ValueError(f"threshold functions are listed for n from 1 to {len(LARGEST_WEIGHT) - 1}, not {n}")
    largest = LARGEST_WEIGHT[n]
    weights = np.array(list(itertools.product(range(-largest, largest + 1), repeat=n)))
    a = weights @ inputs(n).T
    place = 1 << np.arange(2**n)
    found = [np.unique((a > θ) @ place) for θ in range(-n * largest - 1, n * largest + 1)]
    return np.unique(np.concatenate(found))


def symmetries(n: int) -> list[Functions]:
    """The n! 2^n symmetries of the cube, each as its permutation of the 2^(2^n) functions of n <= 4 bits."""
    functions = np.arange(2**2**n)
    bits, place = inputs(n), 1 << np.arange(n)
    sources = [
        (bits[:, list(order)] @ place) ^ flips for order in itertools.permutations(range(n)) for flips in range(2**n)
    ]
    return [_permute_inputs(functions, source) for source in sources]


def _permute_inputs(functions: Int[np.ndarray, " functions"], source: Int[np.ndarray, " inputs"]) -> Functions:
    """The functions i -> f(source[i]), by two look-ups of a byte instead of one per input."""
    byte = np.arange(256)
    low, high = np.zeros(256, np.uint16), np.zeros(256, np.uint16)
    for i, j in enumerate(source):
        half = low if j < 8 else high
        half |= (((byte >> (j % 8)) & 1) << i).astype(np.uint16)
    return low[functions & 255] | high[functions >> 8]


def npn_classes(n: int) -> Functions:
    """The least member of the NPN class of every function: inputs permuted, inputs negated, output negated."""
    _check_size(n)
    images = np.stack(symmetries(n))
    # The least complement is the complement of the greatest image.
    return np.minimum(images.min(0), np.uint16(2**2**n - 1) - images.max(0))


def minimum_widths(n: int) -> UInt8[np.ndarray, " functions"]:
    """The least number of hidden threshold units for each of the 2^(2^n) functions of n <= 4 bits, exactly.

    Entry f is 0 for a constant, 1 for a threshold function, and so on; f is the truth table as an integer.
    """
    _check_size(n)
    symmetric = symmetries(n)
    T = np.zeros(2**2**n, bool)
    T[threshold_functions(n)] = True
    representatives = np.unique(np.stack(symmetric).min(0)[T])

    two = _and_with_threshold(T, representatives, symmetric)
    nested = _and_with_threshold(_or_complement(two), representatives, symmetric)
    majority = _majorities(T, representatives, symmetric)
    four = _and_with_threshold(_or_complement(nested), representatives, symmetric)

    widths = np.full(len(T), 255, np.uint8)
    for width, members in ((4, four), (3, nested | majority), (2, two), (1, T)):
        widths[_or_complement(members)] = width
    widths[[0, -1]] = 0
    if (widths == 255).any():
        raise AssertionError("a function needs more than four units, and only compositions of four are enumerated")
    return widths


def _check_size(n: int) -> None:
    if not 1 <= n <= LARGEST_N:
        raise ValueError(f"the census covers n from 1 to {LARGEST_N}: 2^(2^{n}) functions are too many")


def _or_complement(members: Subset) -> Subset:
    """Functions that are members or complements of members: f and 2^(2^n) - 1 - f are mirrored in the array."""
    return members | members[::-1]


def _close(members: Subset, symmetric: list[Functions]) -> Subset:
    """All images of the members under the symmetries of the cube."""
    closed = np.zeros_like(members)
    for image in symmetric:
        closed[image[members]] = True
    return closed


def _and_with_threshold(members: Subset, representatives: Representatives, symmetric: list[Functions]) -> Subset:
    """All h ∧ s with a threshold function h and a member s; the members are closed under the symmetries."""
    s = np.flatnonzero(members).astype(np.uint16)
    reached = np.zeros_like(members)
    for h in representatives:
        reached[h & s] = True
    return _close(reached, symmetric)


def _majorities(T: Subset, representatives: Representatives, symmetric: list[Functions]) -> Subset:
    """All majorities of three threshold functions: (x ∧ (y ∨ z)) ∨ (y ∧ z)."""
    t = np.flatnonzero(T).astype(np.uint16)
    first, second = np.triu_indices(len(t))
    either, both = t[first] | t[second], t[first] & t[second]
    reached = np.zeros_like(T)
    for h in representatives:
        reached[h & either | both] = True
    return _close(reached, symmetric)
