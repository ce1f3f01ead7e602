"""Clauses against threshold functions that are known, and symmetries that hide no network."""

import itertools

import numpy as np
import pytest

from theory import boolean
from theory.boolean import least_width
from theory.boolean.least_width import formulas


@pytest.mark.parametrize("n", [2, 3, 4])
def test_only_threshold_functions_have_no_equal_sums_on_both_sides(n):
    """All 2^(2^n) functions are evaluated; integer weights give the threshold functions."""
    values = boolean.inputs(2**n)
    broken = np.zeros(len(values), bool)
    for a, b, c, d in least_width.equal_sums(n):
        broken |= (values[:, a] & values[:, b] & ~values[:, c] & ~values[:, d] & 1) == 1
    np.testing.assert_array_equal(np.flatnonzero(~broken), boolean.threshold_functions(n))


def test_equal_sums_are_all_of_them():
    """By trying all pairs of pairs of three bits."""
    bits = boolean.inputs(3)
    pairs = list(itertools.combinations(range(8), 2))
    expected = {
        (*one, *other)
        for one in pairs
        for other in pairs
        if one != other and (bits[list(one)].sum(0) == bits[list(other)].sum(0)).all()
    }
    listed = least_width.equal_sums(3)
    assert {tuple(row) for row in listed.tolist()} == expected
    assert len(listed) == len(expected)


@pytest.mark.parametrize("n", [2, 3, 4])
def test_every_threshold_function_has_an_image_of_one_orientation(n):
    """The symmetric images of each are looked through; an orientation that few have would exclude networks."""
    clauses = least_width.of_one_orientation(n)
    images = np.stack(boolean.symmetries(n))
    values = boolean.inputs(2**n)
    allowed = np.ones(2 ** (2**n), bool)
    for not_low, high in clauses:
        allowed &= (values[:, -not_low - 1] == 0) | (values[:, high - 1] == 1)
    for function in boolean.threshold_functions(n):
        assert allowed[images[:, function]].any()


def test_units_of_equal_weight_are_in_one_order_and_no_set_of_units_is_lost():
    """Three functions of three bits with weights 2, 1, 1: of both orders of the last two, one is left."""
    gate = least_width.Gate((2, 1, 1), 2)
    clauses = least_width.of_one_order(3, gate)
    compared = np.argsort(np.abs(2 * boolean.inputs(3).sum(1) - 3), kind="stable")[: formulas.COMPARED]
    rng = np.random.default_rng(3)
    for _ in range(60):
        hidden = rng.integers(0, 2, (3, 8))
        hidden[2] = np.where(rng.random(8) < 0.7, hidden[1], hidden[2])
        held = np.concatenate([formulas.variables(unit, 8) for unit in range(3)])
        fixed = np.where(hidden.ravel() == 1, held, -held)[:, None].tolist()
        in_order = hidden[1][compared].tolist() >= hidden[2][compared].tolist()
        assert least_width.decide(clauses + fixed).satisfiable == in_order


def test_a_unit_that_is_apart_is_not_ordered():
    gate = least_width.Gate((1, 1), 1)
    assert least_width.of_one_order(3, gate, apart=0) == []
    assert least_width.of_one_order(3, gate) != []


@pytest.mark.parametrize("n", [2, 3, 4])
def test_targets_that_are_left_out_have_a_network_where_their_duals_have_one(n):
    """All gates of up to n units with both targets are decided, and compared with the target that stands for them."""
    parity = boolean.functions.parity(n, np.random.default_rng())
    gates = [gate for units in range(1, n + 1) for gate in least_width.gates(units)]
    kept = least_width.targets_of_parity(n, gates)
    found = {}
    for gate, complement in itertools.product(gates, (False, True)):
        formula = least_width.network_exists(parity ^ np.uint8(complement), gate) + least_width.of_one_orientation(n)
        found[gate, complement] = least_width.decide(formula).satisfiable
    assert any(found.values())
    for gate, complement in found.keys() - set(kept):
        stands_for = (gate.dual, complement ^ (n % 2 == 0))
        assert stands_for in kept
        assert found[stands_for] == found[gate, complement]
