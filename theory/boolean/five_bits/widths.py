"""The least number of hidden threshold units of every function of five bits, class by class, in steps.

Two units and fewer: h_1 runs through one threshold function of each class, h_2 through all of them, and the gate is
∧ or ∨. The rest are complements, as in `census`.

Three units: h_1, h_2, h_3 and a gate that depends on all of them and never falls. Only units that are right for what
they compute are needed, see `units`. So two of them never differ at an input that is essential for both, and given h_1,
h_2 and the gate, all that h_3 has to say at the essential inputs of h_1 and h_2 is known. Of 10^14 triples 83 million
are left, and they are listed in a minute or two. One step takes one function for h_1, with h_2 and h_3 of its class
or later ones.

More: a class that is not reached so far needs four. Most of these differ at one input from a function of three units:
the indicator of this input is the fourth unit. For the few that are left the `search` decides. Then the same with five.
"""

import dataclasses
from collections.abc import Callable, Iterator

import numpy as np
from jaxtyping import Int, UInt8, UInt32

from theory.boolean.five_bits.classes import Functions, all_classes
from theory.boolean.five_bits.networks import INPUTS, MOST, Networks
from theory.boolean.five_bits.search import find_network
from theory.boolean.five_bits.units import POINTS, Units, all_units, first_units

UNKNOWN = 255
ZERO, ONE = np.uint32(0), np.uint32(2**32 - 1)
# Pairs of units that are compared at a time: they fit a cache of the processor.
COMPARED_AT_A_TIME = 2**18
# Networks that are collected before the classes of their functions are looked up: some 100 MB.
COLLECTED = 4_000_000

# From truth tables of two or three units, or one of them for all, to that of the network.
Gate = Callable[..., np.ndarray]
PAIRS: tuple[Gate, ...] = (lambda a, b, _: a & b, lambda a, b, _: a | b)
# All gates that depend on three inputs and never fall when one rises: each is a threshold function.
TRIPLES: tuple[Gate, ...] = (
    lambda a, b, c: a & b & c,
    lambda a, b, c: a | b | c,
    lambda a, b, c: a & (b | c) | b & c,
    lambda a, b, c: a & (b | c),
    lambda a, b, c: b & (a | c),
    lambda a, b, c: c & (a | b),
    lambda a, b, c: a | b & c,
    lambda a, b, c: b | a & c,
    lambda a, b, c: c | a & b,
)


@dataclasses.dataclass
class Census:
    """What is known after some steps.

    Attributes:
        widths: the least number of hidden units of each class, or `UNKNOWN`.
        networks: a network of that many units for each class that is known.
        steps: how many steps are done.
    """

    widths: UInt8[np.ndarray, " classes"]
    networks: Networks
    steps: int = 0

    @classmethod
    def empty(cls) -> "Census":
        """Nothing is known."""
        count = len(all_classes().sizes)
        networks = Networks(np.zeros((count, MOST), np.uint32), np.zeros(count, np.uint32))
        return cls(np.full(count, UNKNOWN, np.uint8), networks)

    def record(self, width: int, functions: Functions, hidden: list, gate: np.ndarray | np.uint32) -> None:
        """Classes that were unknown get this width and a network.

        Args:
            width: their least number of units, if they are not known already.
            functions: truth tables.
            hidden: for each hidden unit, its truth tables for all functions, or one for all.
            gate: the truth tables of the gates, or one for all.
        """
        count = len(functions)
        functions, which = np.unique(functions, return_index=True)
        classes, first = np.unique(all_classes().of(functions), return_index=True)
        new = self.widths[classes] == UNKNOWN
        classes, which = classes[new], which[first[new]]
        self.widths[classes] = width
        self.networks.gate[classes] = np.broadcast_to(gate, count)[which]
        for i, units in enumerate(hidden):
            self.networks.hidden[classes, i] = np.broadcast_to(units, count)[which]

    def sizes(self) -> dict[int, tuple[int, int]]:
        """For each width how many classes and how many functions have it."""
        sizes = all_classes().sizes
        return {int(w): (int((self.widths == w).sum()), int(sizes[self.widths == w].sum())) for w in set(self.widths)}


def number_of_steps() -> int:
    """The first step counts what needs two units or fewer, the last what needs more than three."""
    return len(first_units()[0].functions) + 2


def advance(census: Census) -> None:
    """One more step, in place. After the last one every class is known."""
    if census.steps == 0:
        _up_to_two(census)
    elif census.steps < number_of_steps() - 1:
        _three(census, census.steps - 1)
    else:
        for width in range(4, MOST + 1):
            _one_input_changed(census, width)
            _searched(census, width)
        if (census.widths == UNKNOWN).any():
            raise AssertionError(f"a function needs more than {MOST} units, and no network of more is built")
    census.steps += 1


def _up_to_two(census: Census) -> None:
    units = all_units().functions
    census.record(0, np.array([ZERO]), [], ZERO)
    census.record(1, units, [units], INPUTS[0])
    for first in first_units()[0].functions:
        for gate in PAIRS:
            census.record(2, gate(first, units, ZERO), [first, units], gate(*INPUTS[:2], ZERO))


def _three(census: Census, step: int) -> None:
    """All triples with unit `step` of `first_units` as h_1."""
    firsts, order = first_units()
    units = all_units()
    first = firsts.some(np.array([step]))
    fits = ((units.functions ^ first.functions) & units.essential & first.essential) == 0
    others = units.some(fits & (order >= step))
    found: list[tuple] = []
    collected = 0
    for gate in TRIPLES:
        table = gate(*INPUTS[:3])
        for b, c in _right_pairs(first, others, gate):
            second, third = others.functions[b], others.functions[c]
            found.append((gate(first.functions, second, third), second, third, np.full(len(b), table)))
            collected += len(b)
            if collected > COLLECTED:
                _record_triples(census, first, found)
                found, collected = [], 0
    _record_triples(census, first, found)


def _record_triples(census: Census, first: Units, found: list[tuple]) -> None:
    if found:
        functions, second, third, gates = (np.concatenate(parts) for parts in zip(*found, strict=True))
        census.record(3, functions, [first.functions, second, third], gates)


def _right_pairs(first: Units, others: Units, gate: Gate) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Places b <= c of units among `others` such that all three are right for what the gate makes of them."""
    h, essential = others
    low, high = gate(first.functions, h, ZERO), gate(first.functions, h, ONE)
    open_to_third = low ^ high
    needed = first.essential | essential
    right = first.essential & first.functions | essential & h
    asked = needed & open_to_third
    answer = right & asked
    apart = first.essential & essential & (first.functions ^ h)
    second = np.flatnonzero((needed & ~open_to_third & (low ^ right) | apart) == 0)
    for b in _grouped(second, h & first.essential):
        # What the first unit asks of the third is the same for all of the group.
        by_first, answer_first = asked[b[0]] & first.essential, answer[b[0]] & first.essential
        third = np.flatnonzero((h & by_first) == answer_first)
        for one, other in _meeting(b, third, h, asked, answer):
            wrong = ~open_to_third[one] & essential[other] & (low[one] ^ h[other])
            fits = (wrong == 0) & (one <= other)
            yield one[fits], other[fits]


def _grouped(places: Int[np.ndarray, " places"], keys: UInt32[np.ndarray, " units"]) -> list[np.ndarray]:
    """The places in groups of equal keys, ascending in each."""
    order = places[np.argsort(keys[places], kind="stable")]
    ends = np.flatnonzero(np.diff(keys[order])) + 1
    return np.split(order, ends) if len(order) else []


def _meeting(
    second: Int[np.ndarray, " seconds"],
    third: Int[np.ndarray, " thirds"],
    h: Functions,
    asked: Functions,
    answer: Functions,
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pairs of a second and a third unit that gives the answer where it is asked, in blocks."""
    rows = max(1, COMPARED_AT_A_TIME // max(1, len(third)))
    for start in range(0, len(second), rows):
        b = second[start : start + rows]
        c = third[np.searchsorted(third, b[0]) :]
        if len(c):
            met = np.flatnonzero((h[c] & asked[b, None]).ravel() == np.repeat(answer[b], len(c)))
            yield b[met // len(c)], c[met % len(c)]


def _one_input_changed(census: Census, width: int) -> None:
    """Unknown classes with a function that differs at one input from one of `width` - 1 units, or fewer."""
    classes, bits = all_classes(), [np.uint32(1 << point) for point in range(POINTS)]
    unknown = classes.representatives[census.widths == UNKNOWN]
    near = np.unique(np.concatenate([classes.of(unknown ^ bit) for bit in bits]))
    near = near[census.widths[near] < width]
    hidden, gates = census.networks.hidden[near], census.networks.gate[near]
    functions = Networks(hidden, gates).functions()
    last = INPUTS[width - 1]
    for bit in bits:
        added, removed = gates | last, gates & last
        is_zero = (functions & bit) == 0
        units = np.where(is_zero, bit, ~bit)
        before = [hidden[:, i] for i in range(width - 1)]
        census.record(width, functions ^ bit, [*before, units], np.where(is_zero, added, removed))


def _searched(census: Census, width: int) -> None:
    """Unknown classes that the search finds a network for; the others need more than `width` units."""
    for number in np.flatnonzero(census.widths == UNKNOWN):
        function = all_classes().representatives[number]
        network = find_network(int(function), width)
        if network is not None:
            gate = np.uint32(network.gate * (2**32 - 1) // (2**2**width - 1))
            census.record(width, np.array([function]), [np.uint32(h) for h in network.hidden], gate)
