"""Threshold functions of five bits, where each may be changed at one input, and which are right for a function."""

import numpy as np
import scipy.optimize

from theory import boolean
from theory.boolean import five_bits


def is_separable(function: int) -> bool:
    """Whether weights and a bias separate the ones from the zeros: a linear program."""
    x = np.hstack([boolean.inputs(5), np.ones((32, 1))])
    sign = 2.0 * boolean.unpack(function, 5) - 1
    done = scipy.optimize.linprog(np.zeros(6), -sign[:, None] * x, -np.ones(32), bounds=(None, None))
    assert done.status in (0, 2)
    return done.status == 0


def test_units_are_as_many_as_were_published_and_separable():
    units = five_bits.all_units()
    assert len(units.functions) == boolean.THRESHOLD_FUNCTIONS[5]
    rng = np.random.default_rng(101)
    assert all(is_separable(int(h)) for h in rng.choice(units.functions, 20))
    assert five_bits.are_threshold(units.functions).all()
    others = rng.integers(0, 2**32, 20).astype(np.uint32)
    assert [is_separable(int(f)) for f in others] == five_bits.are_threshold(others).tolist()


def test_essential_inputs_are_those_where_a_unit_may_change():
    units = five_bits.all_units()
    for at in np.random.default_rng(102).integers(0, len(units.functions), 3):
        h, essential = int(units.functions[at]), int(units.essential[at])
        assert [is_separable(h ^ 1 << i) for i in range(32)] == [bool(essential >> i & 1) for i in range(32)]


def test_every_error_of_a_unit_that_is_not_right_can_be_mended_until_it_is():
    """Flipping wrong essential inputs ends at a right unit whose errors are among the first ones."""
    function = 0x16A9C978
    units, right = five_bits.all_units(), set(five_bits.right_units(function).functions.tolist())
    essential = dict(zip(units.functions.tolist(), units.essential.tolist(), strict=True))
    for h in np.random.default_rng(103).choice(units.functions, 50).tolist():
        mended = h
        while wrong := (mended ^ function) & essential[mended]:
            mended ^= wrong & -wrong
        assert mended in right
        assert (mended ^ function) & ~(h ^ function) == 0
    assert 1 < len(right) < len(units.functions) / 50


def test_first_units_are_one_of_each_class_and_large_classes_come_first():
    firsts, order = five_bits.first_units()
    least, sizes = five_bits.least_members(five_bits.all_units().functions)
    assert len(firsts.functions) == len(np.unique(least)) == order.max() + 1
    assert (np.diff(np.bincount(order)) <= 0).all()
    assert np.array_equal(five_bits.least_members(firsts.functions)[0], firsts.functions)
    assert np.array_equal(firsts.functions[order], least)
    assert np.array_equal(np.bincount(order)[order], sizes)
