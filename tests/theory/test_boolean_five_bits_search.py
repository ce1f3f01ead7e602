"""The search for one function against the census of four bits, integer programs, and known cases."""

import itertools

import numpy as np
import pytest
import scipy.optimize

from theory import boolean
from theory.boolean import five_bits
from theory.boolean.five_bits import symmetry

PARITY = boolean.pack(boolean.functions.parity(5, np.random.default_rng()))


def computed(network: five_bits.Network) -> int:
    """What a network computes, input by input."""
    codes = [sum((h >> x & 1) << i for i, h in enumerate(network.hidden)) for x in range(32)]
    return sum((network.gate >> code & 1) << x for x, code in enumerate(codes))


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_the_search_finds_the_census_of_fewer_bits_for_every_class(n):
    """A function of n bits is one of five that ignores the rest; that census enumerates all compositions."""
    widths = boolean.minimum_widths(n)
    for function in np.unique(boolean.npn_classes(n)).tolist():
        width, wide = int(widths[function]), function
        for bits in range(n, 5):
            wide |= wide << 2**bits
        assert five_bits.has_network(wide, width)
        assert not (width and five_bits.has_network(wide, width - 1))


def test_parity_of_five_bits_needs_five_units():
    assert five_bits.find_network(PARITY, 4) is None
    network = five_bits.find_network(PARITY, 5)
    assert network is not None
    assert computed(network) == PARITY


@pytest.mark.parametrize("width", [2, 3, 4])
def test_networks_that_are_found_are_of_threshold_functions_and_compute_the_function(width):
    rng = np.random.default_rng(101)
    T, gates = five_bits.all_units().functions, boolean.threshold_functions(width)
    for _ in range(10):
        planted = five_bits.Network(tuple(rng.choice(T, width).tolist()), int(rng.choice(gates)))
        function = computed(planted)
        if function in (0, 2**32 - 1):
            continue
        network = five_bits.find_network(function, width)
        assert network is not None
        assert computed(network) == function
        assert len(network.hidden) <= width
        assert network.gate in gates
        assert five_bits.are_threshold(np.array(network.hidden, np.uint32)).all()


def test_symmetries_do_not_hide_a_threshold_function():
    for function in (1, 2**31, 0xFFFF0000, 0xFFFFFFFE):
        assert five_bits.has_network(function, 1)
        assert five_bits.find_network(function, 3) is not None
    assert five_bits.has_network(0, 0)
    assert not five_bits.has_network(1, 0)


def fewest_units(function: int) -> int:
    """The fewest threshold functions that split all pairs of a one and a zero, by an integer program.

    All are allowed, not only those that are right; of those that split the same pairs or fewer, one is kept. Every
    partial function of three hidden units that never falls extends to a threshold function, so up to three this is the
    least width.
    """
    T = five_bits.all_units().functions
    truth = boolean.unpack(function, 5).astype(bool)
    values = (T[:, None] >> np.arange(32, dtype=np.uint32) & 1).astype(bool)
    errors = (T ^ np.uint32(function)).astype(np.uint32)
    few = np.argsort(np.bitwise_count(errors), kind="stable")
    kept: list[int] = []
    least = np.zeros(0, np.uint32)
    for at in few.tolist():
        if not ((least & ~errors[at]) == 0).any():
            kept.append(at)
            least = np.append(least, errors[at])
    splits = (values[kept][:, truth][:, :, None] & ~values[kept][:, ~truth][:, None, :]).reshape(len(kept), -1)
    done = scipy.optimize.milp(
        np.ones(len(kept)),
        constraints=scipy.optimize.LinearConstraint(splits.T.astype(float), 1, np.inf),
        bounds=scipy.optimize.Bounds(0, 1),
        integrality=1,
        options={"time_limit": 120},
    )
    assert done.status == 0, done.message
    return round(done.fun)


def test_integer_programs_agree_on_functions_of_few_units():
    rng = np.random.default_rng(102)
    T = five_bits.all_units().functions
    a, b, c = rng.choice(T, (3, 4))
    for function in [*(a & b).tolist(), *(a & b | b & c | a & c).tolist()]:
        if function in (0, 2**32 - 1):
            continue
        fewest = fewest_units(function)
        assert fewest <= 3
        assert five_bits.has_network(function, fewest)
        assert not five_bits.has_network(function, fewest - 1)


def test_an_integer_program_agrees_that_three_units_are_too_few():
    function = 0x69FF960
    assert fewest_units(function) == 4
    assert not five_bits.has_network(function, 3)
    assert five_bits.has_network(function, 4)


def test_orbits_of_parity_are_closed_under_all_symmetries():
    units = five_bits.right_units(PARITY).functions
    orbit, first = symmetry.orbits(PARITY, units)
    assert np.array_equal(orbit[first], np.arange(len(first)))
    place = {int(h): int(k) for h, k in zip(units, orbit, strict=True)}
    x = boolean.inputs(5)
    # Two inputs exchanged keep parity; one negated input negates it, and so its units.
    exchanged = x[:, [1, 0, 2, 3, 4]] @ (1 << np.arange(5))
    for h, k in itertools.islice(place.items(), 200):
        truth = boolean.unpack(h, 5)
        assert place[boolean.pack(truth[exchanged])] == k
        assert place[2**32 - 1 - boolean.pack(truth[np.arange(32) ^ 4])] == k
    # Classes of all threshold functions are as coarse as orbits can be.
    assert len(first) >= len(np.unique(five_bits.least_members(units)[0]))


def test_a_function_without_symmetry_leaves_every_unit_alone():
    function = 0x12345678
    assert int(five_bits.least_members(np.array([function], np.uint32))[1][0]) == 7680
    units = five_bits.right_units(function).functions
    orbit, first = symmetry.orbits(function, units)
    assert np.array_equal(np.sort(orbit), np.arange(len(units)))
    assert len(first) == len(units)
