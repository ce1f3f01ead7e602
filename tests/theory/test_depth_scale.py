"""The best scale of the input weights."""

import math

import numpy as np
import pytest

from tests.theory.test_depth_product import outputs
from theory.depth.product import flat
from theory.depth.scale import UNIT, Errors, predicted


@pytest.mark.parametrize("n", [2, 4, 8])
def test_errors_of_exponentials_are_as_predicted(n):
    x = np.random.default_rng(2).choice([-1.0, 1.0], (200, n))
    layer = flat((1,) * n, "exponential", "none")
    model = predicted(layer, "exponential", x, "float64")
    # At a corner the network is ∏ sinh(λ) / λ^n.
    assert model.p == 2
    assert n / 6 == pytest.approx(model.C)
    above, below = 16 * model.best_scale, model.best_scale / 8
    error = np.abs(outputs(layer.layers(above), x, "exponential") - np.prod(x, axis=1)).max()
    assert error == pytest.approx((np.sinh(above) / above) ** n - 1, rel=1e-3)
    # Corners have too few different roundings to show the largest.
    inside = x * np.random.default_rng(3).uniform(0.5, 1, x.shape)
    error = np.abs(outputs(layer.layers(below), inside, "exponential") - np.prod(inside, axis=1)).max()
    assert model.R * below**-model.q / 4 < error < model.R * below**-model.q * 2
    assert model.at(model.best_scale) < min(model.at(2 * model.best_scale), model.at(model.best_scale / 2))


def test_best_scales_fall_as_the_fourth_root_for_two_numbers():
    x = np.array([[1.0, 1.0]])
    low, high = (predicted(flat((1, 1), "exponential", "none"), "exponential", x, one).best_scale for one in UNIT)
    assert low / high == pytest.approx((UNIT["float32"] / UNIT["float64"]) ** 0.25)


def test_scales_are_larger_where_roundings_come_in():
    x, layer = np.array([[1.0, 1.0]]), flat((1, 1), "exponential", "output")
    alone, deeper = (predicted(layer, "exponential", x, "float64", M) for M in (0.0, 1e6))
    assert deeper.best_scale > 2 * alone.best_scale
    balanced = predicted(flat((1, 1), "exponential", "none"), "exponential", x, "float64", 1e6)
    assert balanced.S == 0


@pytest.mark.parametrize(("C", "p", "R", "q"), [(2.0, 2, 1e-8, 2), (0.3, 1, 1e-12, 3), (5.0, 2, 1e-16, 5)])
def test_the_best_scale_is_where_the_slope_vanishes(C, p, R, q):
    errors = Errors(C, p, R, q)
    best = errors.best_scale
    slope = C * p * best ** (p - 1) - R * q * best ** (-q - 1)
    assert slope * best / errors.at(best) == pytest.approx(0.0, abs=1e-12)
    assert errors.at(best) == pytest.approx(C * best**p * (1 + p / q))
    assert all(errors.at(best * factor) > errors.at(best) for factor in (0.9, 1.1))


def test_a_scale_is_never_above_one_and_without_truncation_it_is_one():
    assert Errors(0.0, 2, 1e-8, 2).best_scale == 1.0
    assert Errors(1e-20, 2, 1.0, 2).best_scale == 1.0
    # For q = 0 rounding does not depend on the scale: the best one is where truncation is down to rounding.
    assert Errors(4.0, 2, 1e-8, 0).best_scale == pytest.approx((1e-8 / 8) ** 0.5)


def test_roundings_of_incoming_numbers_move_the_best_scale_up():
    without, with_them = Errors(1.0, 2, 1e-16, 2), Errors(1.0, 2, 1e-16, 2, 1e-10, 3)
    best = with_them.best_scale
    assert best > without.best_scale
    scales = np.geomspace(best / 2, min(1.0, best * 2), 2001)
    least = scales[np.argmin([with_them.at(scale) for scale in scales])]
    assert math.log2(best) == pytest.approx(math.log2(least), abs=0.01)
