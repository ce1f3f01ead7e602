"""How complex a boolean function is: exactly, by gates; and for more bits by how its truth table can be parsed.

Formula size: the least number of two-input gates (any of the ten that depend on both inputs) in a formula. Negations,
inputs and constants cost nothing, and every gate's output is used once. Where it may be used several times, fewer gates
can do: see `circuits`. Formula size is found for all functions of n <= 4 bits:
those of r gates are all combinations by one gate of a function of a gates and one of r - 1 - a that were not found
before.

Lempel-Ziv (1976): a text is cut into words from the left, each the shortest that has not occurred before in what
precedes its own last letter. Dingle, Camargo & Louis 2018 take log2(N) times the mean number of words of a text of N
letters and of its reverse, and log2(N) for a text of one letter only; Valle-Pérez et al. 2019 do so for truth tables.
"""

import functools
import math

import numpy as np
from jaxtyping import Float, Int

from theory.boolean.functions import inputs

# All 2^(2^n) functions of more bits do not fit into memory.
LARGEST_N = 4


@functools.cache
def least_formula(n: int) -> Int[np.ndarray, " functions"]:
    """The least number of gates of a formula for every function of n <= 4 bits, by the integer of its truth table.

    Raises:
        ValueError: for more bits, which take too long.
    """
    if not 1 <= n <= LARGEST_N:
        raise ValueError(f"least numbers of gates are found for n from 1 to {LARGEST_N}, not {n}")
    everything = 2**2**n - 1
    least = np.full(everything + 1, -1)
    literals = [int(sum(1 << i for i in np.flatnonzero(inputs(n)[:, j]))) for j in range(n)]
    found = [_new(least, np.array([0, *literals]), everything, 0)]
    while (least < 0).any():
        gates = len(found)
        pairs = [(found[a], found[gates - 1 - a]) for a in range((gates + 1) // 2)]
        combined = np.zeros(everything + 1, bool)
        for fewer, more in pairs:
            _combine(combined, fewer, more, everything)
        found.append(_new(least, np.flatnonzero(combined), everything, gates))
    return least


def _combine(combined: np.ndarray, fewer: Int[np.ndarray, " a"], more: Int[np.ndarray, " b"], everything: int) -> None:
    """Marks whatever one gate makes of two functions, up to a negation: both sets hold their complements."""
    if len(fewer) > len(more):
        fewer, more = more, fewer
    for f in fewer:
        combined[f & more] = True
        combined[f ^ more] = True


def _new(least: np.ndarray, functions: np.ndarray, everything: int, gates: int) -> Int[np.ndarray, " new"]:
    """Of some functions and their complements those that are not known yet, which become so."""
    both = np.union1d(functions, everything - functions)
    new = both[least[both] < 0]
    least[new] = gates
    return new


def words(text: str) -> int:
    """Number of words into which Lempel and Ziv (1976) cut a text."""
    count = start = 0
    while start < len(text):
        length = 1
        while start + length <= len(text) and text.find(text[start : start + length], 0, start + length - 1) >= 0:
            length += 1
        count += 1
        start += length
    return count


def lempel_ziv(table: str) -> float:
    """Complexity of a truth table, written as a text of zeros and ones."""
    bits = math.log2(len(table))
    if len(set(table)) < 2:
        return bits
    return bits * (words(table) + words(table[::-1])) / 2


@functools.cache
def lempel_ziv_of_all(n: int) -> Float[np.ndarray, " functions"]:
    """Complexity of the truth table of every function of n <= 4 bits, by the integer of it."""
    if not 1 <= n <= LARGEST_N:
        raise ValueError(f"all truth tables are read for n from 1 to {LARGEST_N}, not {n}")
    # Bit i of the integer is letter i: the text begins with the output for input 0.
    return np.array([lempel_ziv(format(function, f"0{2**n}b")[::-1]) for function in range(2**2**n)])
