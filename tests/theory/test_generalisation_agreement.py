import numpy as np
import pytest
import sklearn.metrics

from theory.generalisation import agreement


def test_kappa_is_cohens():
    rng = np.random.default_rng(0)
    a, b = rng.random((20, 50)) < 0.2, rng.random((20, 50)) < 0.4
    expected = [sklearn.metrics.cohen_kappa_score(*pair) for pair in zip(a, b, strict=True)]
    np.testing.assert_allclose(agreement.kappa(a, b), expected, atol=1e-12)


def test_kappa_is_one_of_equal_errors_zero_of_independent_ones_and_undefined_without_any():
    a = np.array([1, 1, 0, 0]) == 1
    assert agreement.kappa(a, a) == 1
    assert agreement.kappa(a, ~a) == -1
    assert agreement.kappa(a, np.array([1, 0, 1, 0]) == 1) == 0
    assert np.isnan(agreement.kappa(~a & a, ~a & a))


def test_many_pairs_at_once_are_each_pair_alone():
    rng = np.random.default_rng(1)
    a, b = rng.random((3, 30)) < 0.3, rng.random((2, 30)) < 0.3
    every = agreement.kappa(a[:, None], b[None])
    assert every.shape == (3, 2)
    assert every[2, 1] == pytest.approx(float(agreement.kappa(a[2], b[1])))
