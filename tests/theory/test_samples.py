"""Samples: standardised targets, and widths that are enough because a network of that width is known."""

import numpy as np
import pytest

from theory.restarts.grid import ACTIVATIONS
from theory.restarts.samples import SAMPLES, TEACHER_UNITS, enough, points_of, targets_of


@pytest.mark.parametrize("name", SAMPLES)
def test_targets_have_mean_0_and_mean_square_1(name):
    rng = np.random.default_rng(0)
    x = points_of(name, 16, rng)
    y, other = (targets_of(name, x, "tanh", rng) for _ in range(2))
    assert (len(x), y.mean(), np.mean(y**2)) == (16, pytest.approx(0, abs=1e-12), pytest.approx(1))
    assert (y != other).any()


def test_a_unit_for_each_point_of_one_class_computes_a_balanced_boolean_function():
    rng = np.random.default_rng(1)
    x = points_of("boolean", 16, rng)
    y = targets_of("boolean", x, "rectifier", rng)
    W = x[y > 0].T
    assert W.shape[1] == enough("boolean", 16)
    np.testing.assert_allclose(np.maximum(x @ W - 3, 0).sum(1) * 2 - 1, y)


@pytest.mark.parametrize("activation", ["tanh", "logistic", "rectifier"])
def test_as_many_units_as_points_remember_anything(activation):
    rng = np.random.default_rng(2)
    x = points_of("labels", 16, rng)
    y = targets_of("labels", x, activation, rng)
    h = ACTIVATIONS[activation](x @ rng.normal(size=(4, enough("labels", 16))) + rng.normal(size=16))
    # Generic units; rectifiers that are dead everywhere are made up for by others that the bias of the output adds.
    solution = np.linalg.lstsq(np.column_stack([h, np.ones(16)]), y, rcond=None)[0]
    residual = np.column_stack([h, np.ones(16)]) @ solution - y
    assert np.abs(residual).max() < 1e-6


def test_a_teacher_is_two_units_of_its_activation_and_points_are_powers_of_two_where_they_are_bits():
    rng = np.random.default_rng(3)
    x = points_of("teacher", 64, rng)
    y = targets_of("teacher", x, "rectifier", np.random.default_rng(4))
    # Drawn again in the same order: the label noise first, then the two units.
    again = np.random.default_rng(4)
    again.normal(size=64)
    W, b, v = again.normal(size=(4, TEACHER_UNITS)), again.normal(size=TEACHER_UNITS), again.normal(size=TEACHER_UNITS)
    features = np.column_stack([np.maximum(x @ W + b, 0) @ v, np.ones(64)])
    assert np.abs(features @ np.linalg.lstsq(features, y, rcond=None)[0] - y).max() < 1e-9
    with pytest.raises(ValueError, match="2, 4, 8"):
        points_of("boolean", 12, rng)
