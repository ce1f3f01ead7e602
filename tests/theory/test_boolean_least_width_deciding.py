"""Widths that formulas decide against censuses by other algorithms, planted networks, and proofs checked by hand."""

import threading

import numpy as np
import pytest

from tests.claims.boolean.proofs import is_proof
from theory import boolean
from theory.boolean import five_bits, least_width
from theory.boolean.least_width import deciding

PARITY = {n: boolean.functions.parity(n, np.random.default_rng()) for n in range(2, 8)}


@pytest.mark.parametrize("n", [2, 3, 4])
def test_widths_are_those_of_the_census_for_classes(n):
    """That census composes threshold functions; no formula is in it."""
    widths = boolean.minimum_widths(n)
    # Of four bits every third class, and parity, the only one that needs four units.
    functions = np.unique(boolean.npn_classes(n))
    for function in functions.tolist() if n < 4 else [*functions[::3].tolist(), boolean.pack(PARITY[4])]:
        if widths[function]:
            found = least_width.bounds(boolean.unpack(function, n), 10_000)
            assert (found.lower, found.upper) == (widths[function], widths[function])


def test_widths_of_five_bits_are_those_that_a_search_finds():
    rng = np.random.default_rng(17)
    for _ in range(3):
        truth = rng.integers(0, 2, 32).astype(np.uint8)
        lower, upper, network = least_width.bounds(truth, 10_000)
        assert lower == upper
        assert five_bits.has_network(boolean.pack(truth), upper)
        assert not five_bits.has_network(boolean.pack(truth), upper - 1)
        assert network is not None
        np.testing.assert_array_equal(network(), truth)


@pytest.mark.parametrize("n", [4, 5, 6])
def test_a_planted_network_is_found_with_its_gate(n):
    rng = np.random.default_rng(5)
    for gate in (
        least_width.Gate((1,) * 4, 2),
        least_width.Gate((3, 2, 2, 1), 5),
        least_width.Gate((2, 1, 1, 1, 1), 3),
    ):
        bits = boolean.inputs(n)
        hidden = np.stack([bits @ rng.normal(size=n) > rng.normal() for _ in range(gate.units)]).astype(np.uint8)
        truth = gate.of(hidden)
        formula = least_width.network_exists(truth, gate) + least_width.of_one_order(n, gate)
        answer = least_width.decide(formula)
        assert answer.satisfiable
        np.testing.assert_array_equal(least_width.network_of(answer, n, gate)(), truth)


def test_a_solver_that_gives_up_leaves_both_ends():
    """Then what is not excluded is open, and without a network the construction is the upper end."""
    assert least_width.bounds(PARITY[5], 20) == (4, 16, None)


def test_other_threads_go_on_while_a_solver_works():
    """One that kept Python's lock would let this thread look once, at its end."""
    gate = least_width.equal_gates(5)[0]
    formula = least_width.network_exists(PARITY[6], gate) + least_width.of_one_order(6, gate)
    ended, looks = threading.Event(), 0

    def solve() -> None:
        least_width.decide(formula, conflicts=5_000)
        ended.set()

    threading.Thread(target=solve).start()
    while not ended.wait(0.001):
        looks += 1
    assert looks > 10


def test_integer_weights_give_every_threshold_function_of_four_bits_and_no_other():
    threshold = boolean.threshold_functions(4)
    for function in threshold[:: len(threshold) // 60]:
        weights, least = least_width.integer_unit(boolean.unpack(int(function), 4))
        np.testing.assert_array_equal(boolean.inputs(4) @ weights >= least, boolean.unpack(int(function), 4) == 1)
    with pytest.raises(ValueError, match="no threshold function"):
        least_width.integer_unit(PARITY[2])


def test_a_network_that_computes_another_function_is_not_believed():
    answer = least_width.decide(least_width.network_exists(PARITY[3], least_width.equal_gates(3)[0]))
    network = least_width.network_of(answer, 3, least_width.equal_gates(3)[0])
    with pytest.raises(ValueError, match="computes another function"):
        deciding._right(network, 1 - PARITY[3])


@pytest.mark.parametrize("n", [2, 3, 4])
def test_proofs_that_parity_needs_n_units_can_be_followed_without_a_solver(n):
    for gate in least_width.gates(n - 1):
        formula = least_width.network_exists(PARITY[n], gate) + least_width.of_one_orientation(n)
        answer = least_width.decide(formula, proof=True)
        assert answer.satisfiable is False
        assert is_proof(formula, answer.proof)
        # Without the clauses of parity there is nothing to contradict.
        assert not is_proof(least_width.of_one_orientation(n), answer.proof)
