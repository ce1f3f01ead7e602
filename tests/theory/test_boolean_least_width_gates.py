"""Gates against all threshold functions, and their sets of units against their values."""

import itertools

import numpy as np
import pytest

from theory import boolean
from theory.boolean import least_width
from theory.boolean.least_width import Gate


def rising_up_to_order(units: int) -> set[int]:
    """All threshold functions that rise with each input and depend on it: the least member of each, over orders."""
    bits, place = boolean.inputs(units), 1 << np.arange(units)
    found = set()
    for function in boolean.threshold_functions(units).tolist():
        truth = boolean.unpack(function, units)
        differences = [truth[bits[:, i] == 1].astype(int) - truth[bits[:, i] == 0] for i in range(units)]
        if all((one >= 0).all() and one.any() for one in differences):
            orders = itertools.permutations(range(units))
            found.add(min(boolean.pack(truth[bits[:, list(order)] @ place]) for order in orders))
    return found


@pytest.mark.parametrize(("units", "count"), [(1, 1), (2, 2), (3, 5), (4, 17)])
def test_gates_are_the_rising_threshold_functions_up_to_the_order_of_inputs(units, count):
    bits, place = boolean.inputs(units), 1 << np.arange(units)
    listed = set()
    for gate in least_width.gates(units):
        truth = gate.of(bits.T.astype(np.uint8))
        orders = itertools.permutations(range(units))
        listed.add(min(boolean.pack(truth[bits[:, list(order)] @ place]) for order in orders))
    assert listed == rising_up_to_order(units)
    assert len(listed) == len(least_width.gates(units)) == count


def test_gates_of_five_units_are_as_many_as_are_known():
    """119 rising threshold functions of at most five inputs up to order, with constants: OEIS A001532."""
    assert sum(len(least_width.gates(units)) for units in range(1, 6)) + 2 == 119


@pytest.mark.parametrize("gate", [*least_width.gates(3), Gate((3, 2, 2, 1), 4), Gate((1,) * 5, 3)], ids=str)
def test_sufficient_and_blocking_sets_say_the_same_as_the_weights(gate):
    hidden = boolean.inputs(gate.units).T.astype(np.uint8)
    some_sufficient = np.any([hidden[chosen].all(0) for chosen in gate.sufficient()], axis=0)
    no_blocking = np.all([hidden[chosen].any(0) for chosen in gate.blocking()], axis=0)
    expected = np.array(gate.weights) @ hidden.astype(int) >= gate.threshold
    np.testing.assert_array_equal(some_sufficient, expected)
    np.testing.assert_array_equal(no_blocking, expected)


def test_the_gates_that_count_come_with_the_middle_first():
    assert [gate.threshold for gate in least_width.equal_gates(5)] == [3, 2, 4, 1, 5]


def test_more_units_than_are_listed_are_refused():
    with pytest.raises(ValueError, match="listed for 1 to 5 units, not 6"):
        least_width.gates(6)


@pytest.mark.parametrize("gate", least_width.gates(4), ids=str)
def test_a_dual_gate_is_listed_and_complements_what_complemented_units_give(gate):
    hidden = boolean.inputs(4).T.astype(np.uint8)
    np.testing.assert_array_equal(gate.dual.of(1 - hidden), 1 - gate.of(hidden))
    assert gate.dual in least_width.gates(4)
    assert gate.dual.dual == gate
