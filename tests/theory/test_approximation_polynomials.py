"""Best polynomials and best output layers."""

from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from theory.activations import ACTIVATIONS
from theory.approximation.curves import CURVES, grid, root_mean_square
from theory.approximation.polynomials import DEGREES, best_output, best_polynomial

X = grid(2001)


def test_the_best_polynomial_is_orthogonal_to_all_of_its_degree():
    y = CURVES["ramp"].of(X)
    errors = y - best_polynomial(X, y, 5)
    assert [float(errors @ X**power) for power in range(6)] == pytest.approx([0.0] * 6, abs=1e-9)
    cubic = 1 - X + 3 * X**3
    assert best_polynomial(X, cubic, 3) == pytest.approx(cubic)


@pytest.mark.parametrize("name", DEGREES)
@pytest.mark.parametrize("width", [1, 2, 3, 4, 30])
def test_networks_with_a_polynomial_activation_reach_the_best_polynomial_and_stay_there(name, width):
    degree, y, rng = DEGREES[name], CURVES["sine"].of(X), np.random.default_rng(width)
    best = root_mean_square(best_polynomial(X, y, degree) - y)
    with jax.enable_x64(True):
        a = jnp.asarray(X[:, None] * rng.normal(size=width) + rng.normal(size=width))
        z = np.asarray(ACTIVATIONS[name](a))
    V, c = best_output(z, y)
    error = root_mean_square((z @ V + c)[:, 0] - y)
    assert error >= best * (1 - 1e-6)
    if width > degree:
        assert error == pytest.approx(best, rel=1e-4)


def test_a_polynomial_is_its_own_best_one_and_a_higher_degree_is_never_worse():
    cubic = 1 - X + 2 * X**3
    np.testing.assert_allclose(best_polynomial(X, cubic, 3), cubic, atol=1e-12)
    errors = [np.mean((best_polynomial(X, np.abs(X), degree) - np.abs(X)) ** 2) for degree in range(8)]
    assert all(after <= before + 1e-15 for before, after in pairwise(errors))
    # |x| is even: odd powers do not help. The best line is its mean, and leaves the variance 1/12.
    assert errors[0] == pytest.approx(errors[1], rel=1e-9)
    assert errors[0] == pytest.approx(1 / 12, rel=2e-3)


def test_the_best_output_minds_no_units_scale_and_leaves_out_a_silent_unit():
    rng = np.random.default_rng(0)
    z, y = rng.normal(size=(40, 3)), rng.normal(size=40)
    W, b = best_output(z, y)
    tiny, same = best_output(z * [1e-13, 1.0, 1e6], y)
    np.testing.assert_allclose(z * [1e-13, 1.0, 1e6] @ tiny + same, z @ W + b, atol=1e-9)
    silent, bias = best_output(np.column_stack([z, np.zeros(40)]), y)
    assert silent[3] == 0.0
    np.testing.assert_allclose(silent[:3], W, atol=1e-12)
    # At the least sum of squares no unit, and no constant, is left in the residual.
    np.testing.assert_allclose(np.column_stack([z, np.ones(40)]).T @ (y - (z @ W + b)[:, 0]), 0.0, atol=1e-12)
    assert bias == pytest.approx(b)
