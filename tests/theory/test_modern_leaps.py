"""Functions that climb in leaps: their terms by hand, and their mean and variance over all inputs."""

import itertools

import jax
import numpy as np
import pytest

from theory.modern import leaps

CUBE = np.array(list(itertools.product((-1.0, 1.0), repeat=6)), np.float32)


@pytest.mark.parametrize(("k", "leap"), [(1, 1), (2, 1), (4, 2), (6, 3), (6, 6)])
def test_functions_have_mean_0_and_variance_1_and_the_terms_of_their_leap(k, leap):
    y = np.asarray(leaps.target(CUBE, leaps.coefficients(k, leap)))
    assert y.mean() == pytest.approx(0, abs=1e-6)
    assert (y**2).mean() == pytest.approx(1, rel=1e-5)
    # Fourier coefficients: only the products of the first l, 2l, ... bits have one.
    terms = {size: float((y * CUBE[:, :size].prod(1)).mean()) for size in range(1, 7)}
    expected = {size: (leap / k) ** 0.5 if size % leap == 0 and size <= k else 0.0 for size in terms}
    assert terms == pytest.approx(expected, abs=1e-6)


def test_a_leap_divides_the_bits():
    with pytest.raises(ValueError, match="a leap divides"):
        leaps.coefficients(3, 2)
    with pytest.raises(ValueError, match="at most 8"):
        leaps.coefficients(9, 1)


@pytest.mark.parametrize("n", [5, 32, 40])
def test_points_are_fair_independent_signs(n):
    x = np.asarray(leaps.points(jax.random.key(0), 4000, n))
    assert x.shape == (4000, n)
    assert set(np.unique(x)) == {-1.0, 1.0}
    correlation = x.T @ x / 4000 - np.eye(n)
    # Six standard errors.
    assert abs(x.mean(0)).max() < 6 / 4000**0.5 > abs(correlation).max()


def test_initial_weights_have_the_variances_that_are_said():
    W, b, a, c = leaps.initial(jax.random.key(1), 30, 400)
    assert float(W.var()) * 30 == pytest.approx(1, rel=0.05)
    assert float(abs(b).max()) <= 1
    assert float(b.var()) == pytest.approx(1 / 3, rel=0.2)
    assert set(np.asarray(a * 20).round(4)) == {-1.0, 1.0}
    assert float(c) == 0
