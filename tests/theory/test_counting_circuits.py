"""Least circuits against searches without symmetry, against formulas, and against a published table."""

import itertools

import numpy as np
import pytest

from theory.boolean.census import npn_classes
from theory.boolean.functions import FAMILIES, inputs, pack
from theory.counting import circuits
from theory.counting.complexity import least_formula

RNG = np.random.default_rng(0)
# Haaswijk, Testa, Soeken & De Micheli, "Classifying functions with exact synthesis", ISMVL 2017, table I, after Knuth,
# The Art of Computer Programming 4A, 7.1.2: how many classes, and how many functions, need 0, 1, ... gates.
PUBLISHED_CLASSES = [2, 2, 5, 20, 34, 75, 72, 12]
PUBLISHED_FUNCTIONS = [10, 60, 456, 2474, 10624, 24184, 25008, 2720]


def literals(n):
    return [pack(inputs(n)[:, j].astype(np.uint8)) for j in range(n)]


def by_all_sets(n):
    """The least number of gates, from the sets of functions of all chains, ten gates, no symmetry, in plain Python."""
    everything = 2**2**n - 1
    least = dict.fromkeys([0, everything, *literals(n), *(everything ^ f for f in literals(n))], 0)
    chains: set[frozenset[int]] = {frozenset()}
    gates = 0
    while len(least) <= everything:
        gates += 1
        longer = set()
        for chain in chains:
            values = [*literals(n), *chain]
            values += [everything ^ f for f in values]
            new = {f & g for f, g in itertools.combinations(values, 2)}
            new |= {f ^ g for f, g in itertools.combinations(values, 2)}
            for f in new:
                least.setdefault(f, gates)
                least.setdefault(everything ^ f, gates)
            longer |= {chain | {min(f, everything ^ f)} for f in new}
        chains = {chain for chain in longer if len(chain) == gates}
    return [least[f] for f in range(everything + 1)]


@pytest.mark.parametrize("n", [1, 2, 3])
def test_least_circuits_are_those_of_all_chains(n):
    assert circuits.least_circuit(n).tolist() == by_all_sets(n)


def of_chains(n, length):
    """All functions of chains of so many gates, whatever they compute; AND with any negations, and XOR."""
    everything = 2**2**n - 1
    found = set()

    def extend(values, left):
        found.update(values)
        if not left:
            return
        for f, g in itertools.combinations(values, 2):
            for made in (f & g, f & (everything ^ g), (everything ^ f) & g, everything ^ (f | g), f ^ g):
                extend([*values, made], left - 1)

    extend(literals(n), length)
    return found | {everything ^ f for f in found} | {0, everything}


def test_functions_of_four_bits_with_few_gates_are_those_of_all_chains():
    least = circuits.least_circuit(4)
    for gates in (0, 1, 2, 3):
        assert set(np.flatnonzero(least <= gates).tolist()) == of_chains(4, gates)


def test_all_functions_and_classes_of_four_bits_are_as_published():
    least, classes = circuits.least_circuit(4), npn_classes(4)
    assert sum(PUBLISHED_FUNCTIONS) == len(least) == 65_536
    assert sum(PUBLISHED_CLASSES) == len(np.unique(classes)) == 222
    assert np.bincount(least).tolist() == PUBLISHED_FUNCTIONS
    assert np.bincount(least[np.unique(classes)]).tolist() == PUBLISHED_CLASSES
    np.testing.assert_array_equal(least, least[classes])


def test_known_functions():
    least = circuits.least_circuit(4)
    assert least[pack(FAMILIES["parity"](4, RNG))] == least[pack(FAMILIES["and"](4, RNG))] == 3
    # The majority of three bits, as in a full adder: four gates, as the five of an adder share one.
    assert circuits.least_circuit(3)[pack(FAMILIES["majority"](3, RNG))] == 4


def test_sharing_saves_gates_and_costs_none():
    circuit, formula = circuits.least_circuit(4), least_formula(4)
    assert (circuit <= formula).all()
    assert (circuit < formula).any()
    # Without a use of a gate twice there are no savings in small functions.
    np.testing.assert_array_equal(circuits.least_circuit(3), least_formula(3))


def test_what_is_not_searched_is_refused():
    with pytest.raises(ValueError, match="from 1 to 4"):
        circuits.least_circuit(5)
    with pytest.raises(ArithmeticError, match="more gates"):
        circuits._completed(np.array([0, -1]), np.array([0, 8]))
    assert circuits._completed(np.array([0, -1]), np.array([0, 7])).tolist() == [0, 7]
