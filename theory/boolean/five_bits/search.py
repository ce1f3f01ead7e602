"""Whether one function of five bits has a network of w hidden units: an exact search that asks no census.

Let f = g(h_1, ..., h_w), where g never falls when an h_i rises, and all h_i are right for f, see `units`. Take inputs x
with f(x) = 1 and y with f(y) = 0. If every h_i were at y at least what it is at x, so would be g. So some h_i *splits*
the pair: it is 1 at x and 0 at y. The units of a network split all pairs together. That is a covering problem, and the
search goes through all its solutions: some unit has to split the first pair that is not split yet, and each that does
is tried. Where the function has many symmetries, one unit of each of their orbits is tried first, and later ones go
without the orbits that are done.

A solution is a network if a threshold function g separates what the units say at the ones of f from what they say at
its zeros. If no solution is a network then f has none of w units: the search is the proof.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int, UInt32, UInt64

from theory.boolean.census import threshold_functions
from theory.boolean.five_bits.symmetry import orbits
from theory.boolean.five_bits.units import POINTS, are_threshold, right_units

Chosen = tuple[int, ...]


class Network(NamedTuple):
    """A network with one hidden layer: the truth tables of its hidden units and of its output unit over them."""

    hidden: tuple[int, ...]
    gate: int


class _Cover(NamedTuple):
    """Which unit splits which pairs. Pairs that fewer units split come first; words hold 64 of them each.

    Attributes:
        units: the truth tables of the units.
        splits: whether a unit splits a pair.
        words: the same, in bits.
        groups: all pairs, and the pairs of neighbours on the cube, in bits.
        most: how many pairs of each group one unit splits at most.
    """

    units: UInt32[np.ndarray, " units"]
    splits: Bool[np.ndarray, "units pairs"]
    words: UInt64[np.ndarray, "units words"]
    groups: UInt64[np.ndarray, "groups words"]
    most: Int[np.ndarray, " groups"]


def has_network(function: int, width: int) -> bool:
    """Whether a network of at most `width` hidden units computes a function; by the search for two units or more."""
    if function in (0, 2**POINTS - 1):
        return True
    if width < 1 or are_threshold(np.array([function], np.uint32))[0]:
        return width >= 1
    return width >= 2 and find_network(function, width) is not None


def find_network(function: int, width: int) -> Network | None:
    """A network of at most `width` >= 2 hidden units for a function that is not constant; None if there is none."""
    cover = _cover(function)
    gates = threshold_functions(width)
    for chosen in _all_coverings(cover, function, width):
        gate = _gate(function, cover.units[list(chosen)], gates)
        if gate is not None:
            return Network(tuple(cover.units[list(chosen)].tolist()), gate)
    return None


def _all_coverings(cover: _Cover, function: int, width: int) -> Iterator[Chosen]:
    """All coverings by at most `width` units, up to the symmetries of the function where it has many."""
    every = np.bitwise_or.reduce(cover.words, axis=0)
    allowed = np.ones(len(cover.units), bool)
    orbit, first_of = orbits(function, cover.units)
    if width == 2 or len(first_of) >= cover.splits[:, _first(every)].sum():
        yield from _coverings(cover, every, width, allowed)
        return
    for number, first in enumerate(first_of.tolist()):
        left = every & ~cover.words[first]
        yield from ((first, *others) for others in _coverings(cover, left, width - 1, orbit >= number))


def _cover(function: int) -> _Cover:
    units = right_units(function).functions
    points = np.arange(POINTS)
    is_one = (function >> points & 1).astype(bool)
    one, zero = (pair.ravel() for pair in np.meshgrid(points[is_one], points[~is_one]))
    values = (units[:, None] >> points.astype(np.uint32) & 1).astype(bool)
    splits = values[:, one] & ~values[:, zero]
    order = np.argsort(splits.sum(0), kind="stable")
    splits, neighbours = splits[:, order], np.bitwise_count(one ^ zero)[order] == 1
    words = _in_words(splits)
    groups = _in_words(np.stack([np.ones_like(neighbours), neighbours]))
    most = np.bitwise_count(words[:, None] & groups).sum(2, dtype=np.int64).max(0)
    return _Cover(units, splits, words, groups, most)


def _in_words(bits: Bool[np.ndarray, "rows bits"]) -> UInt64[np.ndarray, "rows words"]:
    padded = np.zeros((len(bits), -(-bits.shape[1] // 64) * 64), bool)
    padded[:, : bits.shape[1]] = bits
    return np.packbits(padded, axis=1, bitorder="little").view(np.uint64)


def _coverings(
    cover: _Cover, left: UInt64[np.ndarray, " words"], width: int, allowed: Bool[np.ndarray, " units"]
) -> Iterator[Chosen]:
    """All sets of at most `width` allowed units that split the pairs that are left, each set once."""
    if not left.any():
        yield ()
        return
    options = np.flatnonzero(cover.splits[:, _first(left)] & allowed)
    rest = left & ~cover.words[options]
    counts = np.bitwise_count(rest[:, None] & cover.groups).sum(2, dtype=np.int64)
    hopeful = (counts <= (width - 1) * cover.most).all(1)
    # An option without hope is in no solution, and whoever comes later has been tried with those before.
    allowed = allowed.copy()
    allowed[options[~hopeful]] = False
    order = np.flatnonzero(hopeful)[np.argsort(counts[hopeful, 0], kind="stable")]
    options, rest = options[order], rest[order]
    if width == 2:
        yield from _last_two(cover, options, rest, allowed)
        return
    for option, still_left in zip(options.tolist(), rest, strict=True):
        allowed[option] = False
        yield from ((option, *others) for others in _coverings(cover, still_left, width - 1, allowed))


def _last_two(
    cover: _Cover,
    options: Int[np.ndarray, " options"],
    rest: UInt64[np.ndarray, "options words"],
    allowed: Bool[np.ndarray, " units"],
) -> Iterator[Chosen]:
    """Pairs of an option and an allowed unit that splits all that the option leaves."""
    others = np.flatnonzero(allowed)
    missing = ~cover.words[others]
    found = np.flatnonzero((rest[:, 0, None] & missing[None, :, 0]).ravel() == 0)
    one, other = found // len(others), found % len(others)
    fits = ~(rest[one] & missing[other]).any(1)
    yield from zip(options[one[fits]].tolist(), others[other[fits]].tolist(), strict=True)


def _first(left: UInt64[np.ndarray, " words"]) -> int:
    """The number of the first bit that is set; one is."""
    word = int(np.flatnonzero(left)[0])
    bits = int(left[word])
    return 64 * word + (bits & -bits).bit_length() - 1


def _gate(function: int, hidden: UInt32[np.ndarray, " width"], gates: Int[np.ndarray, " gates"]) -> int | None:
    """A threshold function of the hidden units that is the function; None if there is none."""
    values = hidden[:, None].astype(np.int64) >> np.arange(POINTS) & 1
    code = (values << np.arange(len(hidden))[:, None]).sum(0)
    is_one = (function >> np.arange(POINTS) & 1).astype(bool)
    ones = np.bitwise_or.reduce(np.int64(1) << code[is_one])
    zeros = np.bitwise_or.reduce(np.int64(1) << code[~is_one])
    fits = gates[((gates & ones) == ones) & ((gates & zeros) == 0)]
    return int(fits[0]) if len(fits) else None
