"""Directions that move: fewer neurons, and no fewer than a flattening allows."""

import itertools
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from theory.depth import moving
from theory.depth.equations import (
    least_neurons,
    multi_indices,
    rank,
)


@pytest.mark.parametrize(("exponents", "number", "fixed"), [((2, 1), 2, 3), ((3, 1), 2, 4), ((2, 1, 1), 4, 6)])
def test_directions_that_move_do_with_fewer(exponents, number, fixed):
    assert moving.least_moving(exponents) == number < least_neurons(exponents, "highest") == fixed
    left = [moving.remainder(exponents, moving.neurons_at(exponents, Fraction(1, 2**k))) for k in (6, 7, 8)]
    assert len(moving.neurons_at(exponents, Fraction(1, 2))) == number
    assert [float(a / b) for a, b in pairwise(left)] == pytest.approx([4, 4], rel=1e-3)
    with pytest.raises(ValueError, match="come together"):
        moving.neurons_at(exponents, Fraction(0))


def test_two_units_make_x_squared_y():
    # As ((x + ty)^3 - (x - ty)^3) / (6 t), by z - sin z. Its derivatives at 0 below the third vanish.
    x = np.random.default_rng(0).uniform(-1, 1, (50, 2))
    for t, λ in ((0.1, 0.05), (0.01, 0.01)):
        found = sum(
            float(v) * 6 / λ**3 * (z - np.sin(z))
            for v, a in moving.neurons_at((2, 1), Fraction(t))
            for z in [λ * x @ np.array(a, float)]
        )
        assert np.abs(found - x[:, 0] ** 2 * x[:, 1]).max() < 2 * max(t, λ) ** 2


@pytest.mark.parametrize("exponents", [(1, 1), (1, 1, 1), (2, 1), (2, 2), (3, 1), (3, 2), (2, 1, 1)])
def test_flattenings_have_the_rank_that_is_counted(exponents):
    N, n, ranks = sum(exponents), len(exponents), []
    for k in range(N + 1):
        # The coefficient of x^γ in the derivative of x^r by x^β is not 0 where β + γ = r.
        rows = [[int(tuple(np.add(β, γ)) == exponents) for γ in multi_indices(n, N - k)] for β in multi_indices(n, k)]
        ranks.append(rank(np.array(rows)))
    assert moving.flattening_rank(exponents) == max(ranks)


def test_directions_that_have_met_are_refused():
    with pytest.raises(ValueError, match="have come together"):
        moving.neurons_at((2, 1), Fraction(0))


@pytest.mark.parametrize("exponents", [(2, 1), (3, 1), (2, 2), (2, 1, 1)])
def test_what_is_missed_falls_as_the_square_of_the_parameter(exponents):
    missed = [moving.remainder(exponents, moving.neurons_at(exponents, Fraction(1, 2**k))) for k in (4, 5, 6)]
    ratios = [float(before / after) for before, after in itertools.pairwise(missed)]
    assert ratios == pytest.approx([4.0, 4.0], rel=0.02)


def test_numbers_of_neurons_do_not_depend_on_the_order_and_no_flattening_needs_more():
    for exponents in itertools.product(range(1, 4), repeat=3):
        least = moving.least_moving(exponents)
        assert len(moving.neurons_at(exponents, Fraction(1, 3))) == least
        assert least == moving.least_moving(tuple(reversed(exponents)))
        assert moving.flattening_rank(exponents) == moving.flattening_rank(tuple(sorted(exponents)))
        assert moving.flattening_rank(exponents) <= least
        # Where the largest exponent is at least the sum of the others, fewer do not come near.
        if max(exponents) >= sum(exponents) - max(exponents):
            assert moving.flattening_rank(exponents) == least


def test_one_variable_is_its_own_power_and_products_of_different_ones_miss_nothing():
    assert moving.least_moving((5,)) == 1
    assert moving.remainder((1, 1, 1), moving.neurons_at((1, 1, 1), Fraction(1, 3))) == 0
    assert moving.remainder((5,), moving.neurons_at((5,), Fraction(7))) == 0
