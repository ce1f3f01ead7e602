"""The best of k: formulas against brute force over all subsets."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.restarts.best_of import expected_least, failing_subsets, failure_of_best, runs_for

LOSSES = st.lists(st.floats(0, 10), min_size=1, max_size=8)


@given(LOSSES, st.integers(1, 8))
def test_the_expected_least_is_the_mean_over_all_subsets(losses, k):
    k = min(k, len(losses))
    subsets = [min(subset) for subset in itertools.combinations(losses, k)]
    assert expected_least(np.array(losses), np.array([k]))[0] == pytest.approx(np.mean(subsets))


@given(st.lists(st.booleans(), min_size=1, max_size=9), st.integers(1, 9))
def test_failing_subsets_are_counted(failed, k):
    k = min(k, len(failed))
    subsets = [all(subset) for subset in itertools.combinations(failed, k)]
    share = failing_subsets(sum(failed), len(failed), np.array([k]))[0]
    assert share == pytest.approx(np.mean(subsets), abs=1e-12)


def test_the_share_of_failing_subsets_is_an_unbiased_estimate_of_the_formula():
    # Every outcome of ten runs with rate 0.3, weighted by its probability.
    p, n, k = 0.3, 10, 4
    probabilities = [math.comb(n, f) * (1 - p) ** f * p ** (n - f) for f in range(n + 1)]
    shares = [failing_subsets(f, n, np.array([k]))[0] for f in range(n + 1)]
    assert np.dot(probabilities, shares) == pytest.approx(failure_of_best(p, k))


@pytest.mark.parametrize("rate", [0.001, 0.02, 0.5, 0.9, 0.999])
def test_so_many_runs_are_enough_and_one_less_is_not(rate):
    k = int(runs_for(rate, 0.99))
    assert failure_of_best(rate, k) <= 0.01
    assert k == 1 or failure_of_best(rate, k - 1) > 0.01


def test_the_ends_of_the_scale():
    assert runs_for(0.0) == math.inf
    assert runs_for(1.0) == 1
    assert failure_of_best(0.0, 1000) == 1
    np.testing.assert_array_equal(failing_subsets(0, 5, np.array([1, 5])), [0, 0])
    np.testing.assert_allclose(failing_subsets(5, 5, np.array([1, 5])), [1, 1])


def test_a_loss_that_is_no_number_is_never_the_best():
    losses = np.array([np.nan, 1.0, 3.0])
    assert expected_least(losses, np.array([3]))[0] == 1
    assert expected_least(losses, np.array([2]))[0] == pytest.approx((1 + 1 + 3) / 3)
    assert expected_least(losses, np.array([1]))[0] == np.inf


def test_subsets_are_not_larger_than_the_sample():
    with pytest.raises(ValueError, match="subsets of 1 to 3 runs"):
        expected_least(np.ones(3), np.array([4]))
    with pytest.raises(ValueError, match="subsets of 1 to 3 runs"):
        failing_subsets(1, 3, np.array([0, 2]))
