"""What a network computes, and when it shows that a class needs no more units."""

import numpy as np
import pytest

from theory import boolean
from theory.boolean import five_bits
from theory.boolean.five_bits.networks import INPUTS, Networks

X = [boolean.pack(column.astype(np.uint8)) for column in boolean.inputs(5).T]


def one(hidden: list[int], gate: int) -> Networks:
    return Networks(np.array([[*hidden, *[0] * (5 - len(hidden))]], np.uint32), np.array([gate], np.uint32))


def test_the_gate_is_asked_for_the_number_that_the_hidden_units_spell():
    rng = np.random.default_rng(101)
    hidden, gate = rng.integers(0, 2**32, (4, 5)).astype(np.uint32), rng.integers(0, 2**32, 4).astype(np.uint32)
    functions = Networks(hidden, gate).functions()
    for f, units, g in zip(functions.tolist(), hidden.tolist(), gate.tolist(), strict=True):
        for x in range(32):
            spelt = sum((h >> x & 1) << i for i, h in enumerate(units))
            assert f >> x & 1 == g >> spelt & 1


def test_inputs_of_the_gate_are_the_inputs_of_a_function():
    assert [int(mask) for mask in INPUTS] == X


def test_a_network_for_xor_shows_two_units_and_nothing_less():
    # x0 xor x1 = (x0 or x1) and not (x0 and x1): two hidden units, and the gate is "the first and not the second".
    network = one([X[0] | X[1], X[0] & X[1]], X[0] & ~X[1])
    assert network.functions()[0] == X[0] ^ X[1]
    assert network.numbers_of_units().tolist() == [2]
    number = five_bits.all_classes().of(network.functions())
    assert network.shows(number, np.array([2], np.uint8)).tolist() == [True]
    assert network.shows(number, np.array([1], np.uint8)).tolist() == [False]
    assert network.shows(number + 1, np.array([2], np.uint8)).tolist() == [False]


@pytest.mark.parametrize(
    ("hidden", "gate"),
    [([X[0] ^ X[1]], X[0]), ([X[0], X[1]], X[0] ^ X[1])],
    ids=["a hidden unit is no threshold function", "the gate is no threshold function"],
)
def test_a_network_of_anything_else_shows_nothing(hidden, gate):
    network = one(hidden, gate)
    assert network.functions()[0] == X[0] ^ X[1]
    number = five_bits.all_classes().of(network.functions())
    assert network.shows(number, np.array([5], np.uint8)).tolist() == [False]
