"""Products of numbers from U[0, 2]: the best constant and weighted points, against quadrature and samples."""

import math

import numpy as np
import pytest
import scipy.integrate
import scipy.optimize

from theory.depth import uniform_products


def test_weighted_points_have_the_means_of_equally_likely_ones():
    x, weights = uniform_products.weighted_points(20, 200_000, np.random.default_rng(0))
    product = np.prod(x, axis=1)
    assert weights.mean() == pytest.approx(1, rel=0.01)
    # A mean that 200,000 points from U[0, 2]^20 miss by a few per cent, and by much more now and then.
    assert (weights * product).mean() == pytest.approx(1, rel=0.01)
    assert (weights * x[:, 0] * (product < 1)).mean() < 1 == pytest.approx((weights * x[:, 0]).mean(), rel=0.01)
    missed = weights * np.abs(product - uniform_products.median_of_product(20))
    assert missed.mean() == pytest.approx(uniform_products.constant_absolute_error(20), rel=0.01)


@pytest.mark.parametrize("n", [1, 2, 3, 8])
def test_the_error_of_the_best_constant_against_quadrature(n):
    """The density of a product p = 2^n exp(-g) by quadrature over g."""
    median = uniform_products.median_of_product(n)

    def over(function, low=0.0, high=120.0):
        density = lambda g: math.exp(-g) * g ** (n - 1) / math.gamma(n)  # noqa: E731
        return scipy.integrate.quad(lambda g: function(2**n * math.exp(-g)) * density(g), low, high, limit=500)[0]

    at = n * math.log(2) - math.log(median)
    assert over(lambda p: 1.0, at) == pytest.approx(0.5, abs=1e-6)
    error = over(lambda p: median - p, at) + over(lambda p: p - median, 0.0, at)
    assert uniform_products.constant_absolute_error(n) == pytest.approx(error, abs=1e-6)
    other = 1.2 * median
    worse = over(lambda p: abs(p - other), 0, at) + over(lambda p: abs(p - other), at)
    assert worse > error


def test_the_error_of_the_best_constant_against_a_sample():
    assert (uniform_products.median_of_product(1), uniform_products.constant_absolute_error(1)) == (
        pytest.approx(1),
        pytest.approx(0.5),
    )
    product = np.random.default_rng(0).uniform(0, 2, (400_000, 4)).prod(1)
    assert np.median(product) == pytest.approx(uniform_products.median_of_product(4), rel=0.02)
    missed = np.abs(product - uniform_products.median_of_product(4)).mean()
    assert missed == pytest.approx(uniform_products.constant_absolute_error(4), rel=0.02)


def test_medians_of_one_and_two_numbers_in_closed_form():
    assert uniform_products.median_of_product(1) == pytest.approx(1.0)
    assert uniform_products.constant_absolute_error(1) == pytest.approx(0.5)
    # P(x y < m) = m/4 (1 + log(4/m)) for two numbers from U[0, 2].
    median = scipy.optimize.brentq(lambda m: m / 4 * (1 + math.log(4 / m)) - 0.5, 1e-6, 4.0)
    assert uniform_products.median_of_product(2) == pytest.approx(median)


def test_the_best_constant_is_ever_less_and_comes_ever_nearer_to_the_error_of_nothing():
    medians = [uniform_products.median_of_product(n) for n in range(1, 30)]
    errors = [uniform_products.constant_absolute_error(n) for n in range(1, 30)]
    assert medians == sorted(medians, reverse=True)
    assert errors == sorted(errors)
    # Nothing at all, the constant 0, errs by E ∏ x = 1.
    assert errors[-1] < 1


def test_weights_are_bounded_and_half_of_the_points_are_uniform():
    x, weights = uniform_products.weighted_points(6, 4000, np.random.default_rng(0))
    assert x.shape == (4000, 6)
    assert ((x >= 0) & (x <= 2)).all()
    np.testing.assert_allclose(weights * (0.5 + x.prod(1) / 2), 1.0)
    assert ((weights > 0) & (weights <= 2)).all()
    # Of the density x/2 on [0, 2] the mean is 4/3, and of the uniform one 1.
    assert x[::2].mean() == pytest.approx(4 / 3, abs=0.02)
    assert x[1::2].mean() == pytest.approx(1.0, abs=0.02)
