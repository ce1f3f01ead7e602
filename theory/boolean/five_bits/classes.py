"""The 616,126 NPN classes of the 2^32 functions of five bits, and the least member of the class of any function.

Two functions are in one class if negated inputs, exchanged inputs and a negated output turn one into the other. A
function is its truth table as an integer of 32 bits. Its upper 16 bits are the function of four bits that is left when
the last input is 1, and its lower 16 bits that with 0. A symmetry of the five-cube that turns some input into the last
one acts on both halves by the same symmetry of the four-cube. So the least member needs tables of four bits only:

- every input is made the last one, as it is or negated, and the output is negated or not: 20 pairs of halves;
- the least upper half that any pair can get is looked up, and only pairs that reach it go on;
- the least lower half is looked up too, among the symmetries that keep the upper half.
"""

import functools
from typing import NamedTuple

import numpy as np
from jaxtyping import Int, UInt16, UInt32

from theory.boolean.census import symmetries

Functions = UInt32[np.ndarray, " functions"]
Halves = UInt16[np.ndarray, " functions"]

# 5! orders of the inputs, 2^5 negations of inputs, and a negated output or not.
SYMMETRIES = 7680
# For input j < 4: the points with input j = 1 and input 4 = 0. These change places with input j = 0 and input 4 = 1.
_EXCHANGED = (0x0000AAAA, 0x0000CCCC, 0x0000F0F0, 0x0000FF00)
# Functions whose pairs of halves are held at a time: they fit a cache of the processor.
AT_A_TIME = 2**15


class _FourBits(NamedTuple):
    """Tables of the symmetries of the four-cube, which are 384, on the 65,536 functions of four bits.

    Attributes:
        image: image[s, f] is function f under symmetry s.
        to_least: a symmetry that takes f to the least function it can become.
        representatives: the functions that can become nothing less: 402.
        which: the number of the representative that f becomes.
        least_beside: least_beside[k, f] is the least that f can become by symmetries that keep representative k.
        ways: ways[k, f] is the number of these symmetries that reach it.
    """

    image: UInt16[np.ndarray, "symmetries functions"]
    to_least: UInt16[np.ndarray, " functions"]
    representatives: UInt16[np.ndarray, " representatives"]
    which: UInt16[np.ndarray, " functions"]
    least_beside: UInt16[np.ndarray, "representatives functions"]
    ways: UInt16[np.ndarray, "representatives functions"]


@functools.cache
def _four_bits() -> _FourBits:
    image = np.stack(symmetries(4))
    representatives, which = np.unique(image.min(0), return_inverse=True)
    least = np.empty((len(representatives), image.shape[1]), np.uint16)
    ways = np.empty_like(least)
    for k, representative in enumerate(representatives):
        keeping = image[image[:, representative] == representative]
        least[k] = keeping.min(0)
        ways[k] = (keeping == least[k]).sum(0)
    return _FourBits(image, image.argmin(0).astype(np.uint16), representatives, which.astype(np.uint16), least, ways)


def least_members(functions: Functions) -> tuple[Functions, Int[np.ndarray, " functions"]]:
    """The least member of the NPN class of every function, and the number of functions in that class."""
    least, sizes = np.empty(len(functions), np.uint32), np.empty(len(functions), np.int64)
    for start in range(0, len(functions), AT_A_TIME):
        here = slice(start, start + AT_A_TIME)
        least[here], sizes[here] = _least_members(functions[here])
    return least, sizes


def _least_members(functions: Functions) -> tuple[Functions, Int[np.ndarray, " functions"]]:
    four = _four_bits()
    pairs = [pair for output in (functions, ~functions) for j in range(5) for pair in _halves(output, j)]
    upper, lower = (np.stack(halves) for halves in zip(*pairs, strict=True))
    which = four.which[upper]
    best = which.min(0)
    pair, function = np.nonzero(which == best)
    moved = four.image[four.to_least[upper[pair, function]], lower[pair, function]]
    k = best[function]
    reached, ways = four.least_beside[k, moved], four.ways[k, moved]
    least = np.full(len(functions), 2**16 - 1, np.uint16)
    np.minimum.at(least, function, reached)
    # How many symmetries take the function to the least one: as many as keep it.
    keeping = np.bincount(function, np.where(reached == least[function], ways, 0), len(functions)).astype(np.int64)
    return four.representatives[best].astype(np.uint32) << np.uint32(16) | least, SYMMETRIES // keeping


def _halves(functions: Functions, j: int) -> tuple[tuple[Halves, Halves], tuple[Halves, Halves]]:
    """Both halves with input j in the place of the last one, (with 1, with 0), and the same with input j negated."""
    if j < 4:
        distance = np.uint32(16 - 2**j)
        moved = ((functions >> distance) ^ functions) & np.uint32(_EXCHANGED[j])
        functions = functions ^ moved ^ (moved << distance)
    one, zero = (functions >> np.uint32(16)).astype(np.uint16), functions.astype(np.uint16)
    return (one, zero), (zero, one)


class Classes(NamedTuple):
    """All classes: their least members in ascending order, and how many functions each has."""

    representatives: UInt32[np.ndarray, " classes"]
    sizes: Int[np.ndarray, " classes"]

    def of(self, functions: Functions) -> Int[np.ndarray, " functions"]:
        """The number of the class of every function."""
        return np.searchsorted(self.representatives, least_members(functions)[0])


@functools.cache
def all_classes() -> Classes:
    """All NPN classes of five bits; their sizes add up to 2^32.

    The upper half of a least member is a representative of four bits, and its lower half is least beside it. Among
    these 2.6 million candidates the least members are those that are their own.
    """
    four = _four_bits()
    found = []
    for k, upper in enumerate(four.representatives):
        candidates = np.uint32(upper) << np.uint32(16) | np.unique(four.least_beside[k]).astype(np.uint32)
        least, sizes = least_members(candidates)
        found.append((least[least == candidates], sizes[least == candidates]))
    representatives, sizes = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return Classes(representatives, sizes)
