"""Random quantised students."""

import itertools

import numpy as np
import pytest

from theory.boolean.construction import signed_inputs
from theory.hierarchy import random_students


def test_random_students_are_drawn_as_often_as_enumeration_says():
    for n, width in ((1, 1), (2, 1), (2, 2)):
        counts = random_students.exact_counts(n, width)
        assert counts.sum() == 3 ** ((n + 2) * width + 1)
        drawn = random_students.draw_functions(n, width, 200_000, np.random.default_rng(101))
        share, expected = np.bincount(drawn, minlength=2**2**n) / len(drawn), counts / counts.sum()
        assert (np.abs(share - expected) <= 5 * np.sqrt(expected / len(drawn)) + 1e-12).all()


def test_the_smallest_student_by_hand():
    # One input, one unit [w x + b > 0], output [v h + c > 0]: 81 networks, evaluated one by one.
    counts = np.zeros(4, int)
    for w, b, v, c in itertools.product((-1, 0, 1), repeat=4):
        outputs = [v * (w * x + b > 0) + c > 0 for x in (-1, 1)]
        counts[outputs[0] + 2 * outputs[1]] += 1
    assert random_students.exact_counts(1, 1).tolist() == counts.tolist()


def test_units_are_all_weights_in_all_three_signs():
    units = random_students.weighted_units(2)
    assert units.shape == (3**4, 4)
    np.testing.assert_array_equal(units[:27], -units[27:54])
    assert (units[54:] == 0).all()
    # Weights (1, 1) and bias 0 fire where both inputs are 1 only, the last input.
    assert [0, 0, 0, 1] in units[:27].tolist()


def test_a_student_that_is_found_is_its_function_and_one_that_cannot_be_is_not_found():
    n, width, function = 2, 2, 0b0110
    student = random_students.first_student(n, width, 20_000, np.random.default_rng(0), function)
    assert student is not None
    hidden = signed_inputs(n) @ student.W + student.b > 0
    table = hidden.astype(int) @ student.v + student.c > 0
    assert int(table @ (1 << np.arange(4))) == function
    # Exclusive or takes two units.
    assert random_students.exact_counts(2, 1)[function] == 0
    assert random_students.first_student(n, 1, 20_000, np.random.default_rng(0), function) is None


def test_one_unit_more_costs_a_teacher_a_factor_of_three_at_most():
    narrow, wide = (random_students.exact_counts(2, width) for width in (1, 2))
    assert narrow.sum() == 3**5
    assert wide.sum() == 3**9
    # With the output weight 0, a third of all, the further unit does nothing.
    assert (wide / wide.sum() >= narrow / narrow.sum() / 3).all()
    # A constant and another function, by the biases of networks without a unit that counts.
    assert narrow[0] > narrow[-1] > 0


@pytest.mark.parametrize(("n", "width"), [(0, 1), (5, 1), (2, 0), (2, 121)])
def test_sizes_without_room_are_refused(n, width):
    with pytest.raises(ValueError, match="n is from 1 to 4"):
        random_students.draw_functions(n, width, 10, np.random.default_rng(0))
