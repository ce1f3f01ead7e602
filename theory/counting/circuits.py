"""The least number of gates of a circuit, exactly, for every boolean function of up to four bits.

A *circuit* is a chain of two-input gates, any of the ten that depend on both inputs. Each takes two of the inputs and
of the gates before it, and a gate's output may be used several times. Inputs, constants and negations cost nothing. (In
a *formula* every output is used once, see `complexity.least_formula`.)

All circuits are searched, in three steps that lose none:

- A gate can be taken for the one that is negated at its output, at all it feeds, and so on. So only functions with
  f(0) = 0 are looked at, and five gates: x ∧ y, x ∧ ¬y, ¬x ∧ y, x ∨ y and x ⊕ y.
- What matters of a chain is the set of functions that its gates compute. Sets of r functions come from those of r - 1.
- Symmetries of the cube carry chains to chains, so one set of each class is enough to begin from.

A function is of r gates if one gate makes it of some set of r - 1 functions and of the inputs, and of no smaller set.
Sets are made up to five functions. Then only functions of more than six gates are left, and as all of them have a
formula of seven, that is how many they need.
Source: the question and the table that the tests hold this against are Knuth's (The Art of Computer Programming 4A,
7.1.2), who finds the numbers in another way.
"""

import functools
import itertools

import numpy as np
from jaxtyping import Bool, Int, UInt16, UInt64

from theory.boolean.census import symmetries
from theory.boolean.functions import inputs
from theory.counting.complexity import LARGEST_N, least_formula

# Sets of more functions are not made; see the top of this module.
LARGEST_SET = 5
# Four functions of 16 bits fill a name of 64 bits: of larger sets no class is sought.
NAMED = 4
# Sets that are extended together, so that memory stays within some ten megabytes.
TOGETHER = 8192

Sets = UInt16[np.ndarray, "_sets _size"]


@functools.cache
def least_circuit(n: int) -> Int[np.ndarray, " functions"]:
    """The least number of gates of a circuit for every function of n <= 4 bits, by the integer of its truth table.

    Raises:
        ValueError: for more bits, which take too long.
    """
    if not 1 <= n <= LARGEST_N:
        raise ValueError(f"least numbers of gates are found for n from 1 to {LARGEST_N}, not {n}")
    images = np.stack([_normal(image, n) for image in symmetries(n)])
    literals, sets, gates = _literals(n), np.zeros((1, 0), np.uint16), 0
    normal = _normal(np.arange(2**2**n, dtype=np.uint16), n)
    least = np.full(2**2**n, -1)
    least[[0, *literals]] = 0
    while (least[normal] < 0).any() and gates <= LARGEST_SET:
        gates += 1
        # An image of a function takes as many gates.
        reached = images[:, _made(sets, literals, 2**2**n)].ravel()
        least[reached[least[reached] < 0]] = gates
        if gates <= LARGEST_SET:
            sets = _extended(sets, literals, images if gates <= NAMED else None)
    return _completed(least[normal], least_formula(n))


def _completed(least: Int[np.ndarray, " functions"], formula: Int[np.ndarray, " functions"]) -> np.ndarray:
    """Functions that were not found need as many gates as their formula, if that is one more than was searched."""
    unknown = least < 0
    if (formula[unknown] != LARGEST_SET + 2).any():
        raise ArithmeticError("circuits of more gates have to be searched")
    return np.where(unknown, formula, least)


def _literals(n: int) -> list[int]:
    return [int(sum(1 << i for i in np.flatnonzero(inputs(n)[:, j]))) for j in range(n)]


def _normal(functions: UInt16[np.ndarray, " functions"], n: int) -> UInt16[np.ndarray, " functions"]:
    """Each function, or its negation, whichever is 0 at the input 0."""
    return np.where(functions & 1, np.uint16(2**2**n - 1) - functions, functions)


def _gates(sets: Sets, literals: list[int]) -> UInt16[np.ndarray, "_sets _gates"]:
    """All that one more gate makes of the inputs and the functions of each set."""
    inputs_too = np.concatenate([np.tile(np.array(literals, np.uint16), (len(sets), 1)), sets], 1)
    first, second = np.array(list(itertools.combinations(range(inputs_too.shape[1]), 2)), int).reshape(-1, 2).T
    f, g = inputs_too[:, first], inputs_too[:, second]
    return np.concatenate([f & g, f & ~g, ~f & g, f | g, f ^ g], 1)


def _made(sets: Sets, literals: list[int], count: int) -> Int[np.ndarray, " made"]:
    """All functions that one more gate makes of any set."""
    made: Bool[np.ndarray, " functions"] = np.zeros(count, bool)
    for begin in range(0, len(sets), TOGETHER):
        made[_gates(sets[begin : begin + TOGETHER], literals)] = True
    return np.flatnonzero(made)


def _extended(sets: Sets, literals: list[int], images: np.ndarray | None) -> Sets:
    """The sets with one function more, each once; with `images` one of each class."""
    found = []
    for begin in range(0, len(sets), TOGETHER):
        some = sets[begin : begin + TOGETHER]
        new = _gates(some, literals)
        known = (new == 0) | (new[..., None] == np.array(literals, np.uint16)).any(-1)
        known |= (new[..., None] == some[:, None]).any(-1)
        larger = np.concatenate([np.repeat(some, new.shape[1], 0), new.reshape(-1, 1)], 1)[~known.ravel()]
        found.append(np.unique(np.sort(larger, 1), axis=0))
    every = np.unique(np.concatenate(found), axis=0)
    return every if images is None else _classes(every, images)


def _classes(sets: Sets, images: UInt16[np.ndarray, "symmetries functions"]) -> Sets:
    """One set of each class under the symmetries: that of the least name."""
    names: UInt64[np.ndarray, " sets"] = np.full(len(sets), 2**64 - 1, np.uint64)
    for image in images:
        mapped = np.sort(image[sets], 1).astype(np.uint64)
        name = np.zeros(len(sets), np.uint64)
        for column in mapped.T:
            name = (name << np.uint64(16)) | column
        names = np.minimum(names, name)
    return sets[np.unique(names, return_index=True)[1]]
