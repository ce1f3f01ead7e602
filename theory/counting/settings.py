"""All settings of a small network with one hidden layer: which boolean functions they give, and how many give each.

A network n-m-1 has W = (n + 1) m + m + 1 weights and biases, and each takes one of k levels: k^W settings. They are not
tried one by one. A hidden unit has few different outputs on all 2^n inputs, each from several settings. So it is enough
to go through sums of m products v h of an output weight v and a hidden unit's outputs h, each different sum once with
the number of its settings, and through the output's bias b:

    f(x) = 1 where b + Σ_j v_j h_j(x) > 0, else 0.

Hidden units apply a threshold (1 where a > 0, else 0), max(0, a), or tanh(a), to whole numbers a. Sums of thresholds
and of rectifiers are whole numbers. Sums of whole multiples of 1, tanh 1, tanh 2, ... are zero only where all multiples
are: as functions of e², tanh a = 1 - 2 / (e^2a + 1) have different poles, and e² is no root of a polynomial with whole
coefficients (Lindemann). The smallest others are far above the rounding of float64, which is asserted.
"""

import itertools
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int, UInt64

from theory.boolean.functions import inputs

HIDDEN: dict[str, Callable[[Any], Any]] = {
    "threshold": lambda a: (a > 0).astype(float),
    "rectifier": lambda a: np.maximum(a, 0.0),
    "tanh": np.tanh,
}
# Sums below this are rounding of 0. Others are no smaller than the distance of tanh from 1, which is 8e-11 at 12.
ZERO = 1e-13
LEAST = 1e-11
# Sums that are held at a time: 2^22 numbers of 8 bytes.
HELD = 2**22


# Functions below this number are tallied in a table, others by sorting.
TABLE = 2**16

# Rows of outputs, one number for each input, and by how many settings each row is given: whole numbers below 2^53.
RowsWithCounts = tuple[Float[np.ndarray, "_ inputs"], Float[np.ndarray, " _"]]


class Functions(NamedTuple):
    """Boolean functions as integers, ascending, and by how many settings each is given."""

    functions: UInt64[np.ndarray, " functions"]
    settings: Float[np.ndarray, " functions"] | Int[np.ndarray, " functions"]

    def of(self, function: int) -> int:
        """By how many settings a function is given."""
        place = int(np.searchsorted(self.functions, np.uint64(function)))
        found = place < len(self.functions) and int(self.functions[place]) == function
        return int(self.settings[place]) if found else 0


def weights(n: int, m: int) -> int:
    """Weights and biases of a network n-m-1."""
    return (n + 1) * m + m + 1


def functions(n: int, m: int, levels: tuple[int, ...], activation: str) -> Functions:
    """Every function that a setting of the network n-m-1 gives on {0, 1}^n, with its number of settings; exact.

    Args:
        n: bits, at most 6: a function is an integer of 2^n bits.
        m: hidden units.
        levels: what every weight and bias may be, whole numbers.
        activation: of the hidden units, a key of `HIDDEN`; the output is 1 where its sum is above 0.

    Raises:
        ValueError: if there are more bits, or more settings than 64 bits count.
    """
    if not 1 <= n <= 6:
        raise ValueError(f"functions of {n} bits do not fit into 64 bits; give n from 1 to 6")
    if len(levels) ** weights(n, m) >= 2**53:
        raise ValueError(
            f"{len(levels)}^{weights(n, m)} settings are more than float64 counts; give fewer units or levels"
        )
    terms = products(hidden_outputs(n, levels, activation), levels)
    sums = terms
    for _ in range(m - 2):
        sums = _merged(_added(sums, terms))
    parts = [
        _tallied(_packed(_above_zero(outputs + bias)), settings)
        for outputs, settings in (_in_parts(sums, terms) if m > 1 else [terms])
        for bias in levels
    ]
    different, place = np.unique(np.concatenate([part.functions for part in parts]), return_inverse=True)
    settings = np.bincount(place, np.concatenate([part.settings for part in parts]))
    return Functions(different, settings.astype(np.int64))


def hidden_outputs(n: int, levels: tuple[int, ...], activation: str) -> RowsWithCounts:
    """The different outputs that a hidden unit has on all inputs, and by how many settings each."""
    settings = np.array(list(itertools.product(levels, repeat=n + 1)), float)
    pre_activations = settings[:, :n] @ inputs(n).T + settings[:, n:]
    return _merged((HIDDEN[activation](pre_activations), np.ones(len(settings))))


def products(hidden: RowsWithCounts, levels: tuple[int, ...]) -> RowsWithCounts:
    """The different products of an output weight and a hidden unit's outputs, and by how many settings each."""
    outputs, settings = hidden
    return _merged((np.concatenate([level * outputs for level in levels]), np.tile(settings, len(levels))))


def _merged(counted: RowsWithCounts) -> RowsWithCounts:
    """Equal rows as one."""
    rows, settings = counted
    # Zero is written in one way, so that equal rows are found.
    different, place = np.unique(rows + 0.0, axis=0, return_inverse=True)
    return different, np.bincount(place.ravel(), settings)


def _added(sums: RowsWithCounts, terms: RowsWithCounts) -> RowsWithCounts:
    """Every sum with every term added; settings multiply, so that orders are counted."""
    rows = (sums[0][:, None] + terms[0]).reshape(-1, terms[0].shape[1])
    return rows, np.outer(sums[1], terms[1]).ravel()


def _in_parts(sums: RowsWithCounts, terms: RowsWithCounts) -> Iterator[RowsWithCounts]:
    """The same in parts that fit into memory."""
    at_a_time = max(1, HELD // terms[0].size)
    for first in range(0, len(sums[0]), at_a_time):
        yield _added((sums[0][first : first + at_a_time], sums[1][first : first + at_a_time]), terms)


def _above_zero(sums: Float[np.ndarray, "sums inputs"]) -> Bool[np.ndarray, "sums inputs"]:
    """Whether each sum is above 0, where whatever is nearly 0 is 0.

    Raises:
        ArithmeticError: if a sum is neither 0 nor far from it, so that float64 does not decide.
    """
    above = sums > ZERO
    if (above & (sums < LEAST)).any() or ((sums < -ZERO) & (sums > -LEAST)).any():
        raise ArithmeticError(f"a sum lies between {ZERO} and {LEAST}: float64 does not say whether it is above 0")
    return above


def _packed(values: Bool[np.ndarray, "sums inputs"]) -> UInt64[np.ndarray, " sums"]:
    """Rows of truth values as integers, bit i for input i."""
    octets = np.packbits(values, axis=1, bitorder="little")
    filled = np.pad(octets, ((0, 0), (0, 8 - octets.shape[1])))
    return filled.view("<u8")[:, 0].astype(np.uint64)


def _tallied(functions: UInt64[np.ndarray, " sums"], settings: Float[np.ndarray, " sums"]) -> Functions:
    """Equal functions as one."""
    if len(functions) and int(functions.max()) < TABLE:
        every = np.bincount(functions.astype(np.int64), settings)
        found = np.flatnonzero(every)
        return Functions(found.astype(np.uint64), every[found])
    different, place = np.unique(functions, return_inverse=True)
    return Functions(different, np.bincount(place, settings))
