"""The steps of the census of five bits, each by itself, against enumerations without any trick."""

import itertools

import numpy as np
import pytest

from theory import boolean
from theory.boolean import five_bits
from theory.boolean.five_bits import UNKNOWN, Census, widths
from theory.boolean.five_bits.networks import INPUTS

PARITY = boolean.pack(boolean.functions.parity(5, np.random.default_rng()))
ODD = 0x16A9C978  # no function of three units differs from it at one input


@pytest.fixture(scope="module")
def begun():
    census = Census.empty()
    five_bits.advance(census)
    return census


def number_of(function: int) -> int:
    return int(five_bits.all_classes().of(np.array([function], np.uint32))[0])


def test_the_first_step_knows_constants_and_threshold_functions(begun):
    sizes = begun.sizes()
    assert sizes[0] == (1, 2)
    assert sizes[1][1] == boolean.THRESHOLD_FUNCTIONS[5] - 2
    assert sum(functions for _, functions in sizes.values()) == 2**32
    known = np.flatnonzero(begun.widths != UNKNOWN)
    networks = five_bits.Networks(begun.networks.hidden[known], begun.networks.gate[known])
    assert networks.shows(known, begun.widths[known]).all()
    assert not networks.shows(known, np.maximum(begun.widths[known], 1) - 1)[1:].any()


def test_the_first_step_agrees_with_the_search(begun):
    rng = np.random.default_rng(101)
    for number in rng.choice(np.flatnonzero(begun.widths == 2), 20):
        assert five_bits.has_network(int(five_bits.all_classes().representatives[number]), 2)
    for number in rng.choice(np.flatnonzero(begun.widths == UNKNOWN), 20):
        assert not five_bits.has_network(int(five_bits.all_classes().representatives[number]), 2)


def test_gates_are_all_that_never_fall_and_depend_on_three_inputs():
    x = boolean.inputs(3)
    rises = [(i, i | 1 << j) for i in range(8) for j in range(3) if not i >> j & 1]

    def never_falls(g):
        return all(g >> low & 1 <= g >> high & 1 for low, high in rises)

    def depends_on_all(g):
        return all(any((g >> low ^ g >> high) & 1 for low, high in rises if low ^ high == 1 << j) for j in range(3))

    wanted = {g for g in range(256) if never_falls(g) and depends_on_all(g)}
    columns = [np.uint32(boolean.pack(column.astype(np.uint8))) for column in x.T]
    assert sorted(int(gate(*columns)) for gate in widths.TRIPLES) == sorted(wanted)
    assert wanted <= set(boolean.threshold_functions(3).tolist())


@pytest.mark.parametrize("step", [40, 50, 58])
def test_triples_are_all_those_that_are_right_for_what_they_compute(step):
    firsts, order = five_bits.first_units()
    first, units = firsts.some(np.array([step])), five_bits.all_units()
    rng = np.random.default_rng(step)
    among = np.sort(rng.choice(np.flatnonzero(order >= step), 150, replace=False))
    others = units.some(among)
    a, Ea = first.functions.item(), first.essential.item()
    pairs = list(itertools.combinations_with_replacement(range(len(among)), 2))
    b, c = others.some(np.array([b for b, _ in pairs])), others.some(np.array([c for _, c in pairs]))
    reached = 0
    for gate in widths.TRIPLES:
        f = gate(np.uint32(a), b.functions, c.functions)
        right = (f ^ a) & Ea | (f ^ b.functions) & b.essential | (f ^ c.functions) & c.essential
        wanted = {pair for pair, wrong in zip(pairs, right.tolist(), strict=True) if not wrong}
        blocks = [
            zip(one.tolist(), other.tolist(), strict=True) for one, other in widths._right_pairs(first, others, gate)
        ]
        found = list(itertools.chain.from_iterable(blocks))
        assert len(found) == len(set(found))
        assert set(found) == wanted
        reached += len(wanted)
    assert reached


def test_a_step_reaches_the_classes_of_all_right_triples_of_its_class_and_later_ones():
    step = 50
    firsts, order = five_bits.first_units()
    (a,), (Ea,) = firsts.some(np.array([step]))
    later = five_bits.all_units().some(order >= step)
    reached = set()
    for gate in widths.TRIPLES:
        for b, Eb in zip(*later, strict=True):
            f = gate(a, b, later.functions)
            wrong = (f ^ a) & Ea | (f ^ b) & Eb | (f ^ later.functions) & later.essential
            reached |= set(f[wrong == 0].tolist())
    wanted = np.unique(five_bits.all_classes().of(np.array(sorted(reached), np.uint32)))
    census = Census.empty()
    census.steps = step + 1
    five_bits.advance(census)
    assert np.array_equal(np.flatnonzero(census.widths == 3), wanted)
    assert len(wanted) > 10


def test_a_step_of_three_units_records_networks_that_show_it(begun):
    census = Census(begun.widths.copy(), five_bits.Networks(*(part.copy() for part in begun.networks)), 26)
    five_bits.advance(census)
    assert census.steps == 27
    new = np.flatnonzero(census.widths == 3)
    networks = five_bits.Networks(census.networks.hidden[new], census.networks.gate[new])
    assert len(new) > 100
    assert networks.shows(new, census.widths[new]).all()
    assert np.array_equal(networks.numbers_of_units(), census.widths[new])
    for number in np.random.default_rng(102).choice(new, 10):
        assert not five_bits.has_network(int(five_bits.all_classes().representatives[number]), 2)


def test_one_changed_input_takes_one_more_unit():
    """Majority with one input changed: known by the network of majority."""
    majority = boolean.pack(boolean.functions.majority(5, np.random.default_rng()))
    reached = {number_of(majority ^ 1 << point) for point in range(32)}
    census = Census.empty()
    census.widths[:] = 3
    census.widths[[*reached, number_of(majority), number_of(PARITY)]] = UNKNOWN
    census.record(1, np.array([majority], np.uint32), [np.uint32(majority)], INPUTS[0])
    widths._one_input_changed(census, 2)
    assert set(np.flatnonzero(census.widths == 2).tolist()) == reached - {number_of(majority)}
    assert census.widths[number_of(PARITY)] == UNKNOWN
    new = np.flatnonzero(census.widths == 2)
    networks = five_bits.Networks(census.networks.hidden[new], census.networks.gate[new])
    assert networks.shows(new, census.widths[new]).all()


def test_what_is_left_is_searched_and_parity_is_left_again():
    census = Census.empty()
    census.widths[:] = 3
    census.widths[[number_of(PARITY), number_of(ODD)]] = UNKNOWN
    widths._searched(census, 4)
    assert census.widths[number_of(ODD)] == 4
    assert census.widths[number_of(PARITY)] == UNKNOWN
    number = np.array([number_of(ODD)])
    networks = five_bits.Networks(census.networks.hidden[number], census.networks.gate[number])
    assert networks.shows(number, np.array([4], np.uint8)).all()


def test_a_class_keeps_the_first_width_and_network_it_got():
    census = Census.empty()
    and_all = np.array([2**31], np.uint32)
    census.record(1, and_all, [and_all], INPUTS[0])
    census.record(2, and_all, [and_all, and_all], INPUTS[1])
    assert census.widths[number_of(2**31)] == 1
    assert census.networks.gate[number_of(2**31)] == INPUTS[0]
