"""The interval over splits that overlap, against its formula and in data where the truth is known."""

import numpy as np
import pytest
import scipy.stats

from experiments.claims.generalisation import _splits


def test_it_is_students_interval_with_the_corrected_variance():
    values = np.array([0.1, 0.2, 0.4, 0.3])
    mean, low, high = _splits.interval(values, 1 / 3)
    half = scipy.stats.t.ppf(0.975, 3) * np.sqrt(values.var(ddof=1) * (1 / 4 + 1 / 2))
    assert (mean, low, high) == pytest.approx((0.25, 0.25 - half, 0.25 + half))


def test_of_one_split_or_of_an_unknown_value_nothing_is_known():
    assert _splits.interval(np.array([0.3]), 0.5)[1:] == (-np.inf, np.inf)
    unknown = _splits.over_splits(np.array([0.1, np.nan, 0.2]), 0.5, "")
    assert np.isnan(unknown.value)
    assert unknown.high == np.inf
    assert unknown.samples == 3


def trials(answer, trials=400):
    """How often intervals leave out the truth, 1/2: errors on random thirds of 150 coins, which splits share."""
    rng, missed = np.random.default_rng(0), np.zeros(2)
    for _ in range(trials):
        coins = rng.integers(0, 2, 150)
        splits = [rng.permutation(coins) for _ in range(12)]
        errors = np.array([(one[100:] != answer(one[:100])).mean() for one in splits])
        _, low, high = _splits.interval(errors, 1 / 3)
        half = scipy.stats.sem(errors) * scipy.stats.t.ppf(0.975, 11)
        missed += [not low <= 0.5 <= high, abs(errors.mean() - 0.5) > half]
    return missed / trials


def test_it_leaves_out_the_truth_as_seldom_as_it_says_where_students_own_interval_does_so_often():
    corrected, not_corrected = trials(lambda examples: 1)
    # Four standard errors above 5 %.
    assert corrected <= 0.05 + 4 * np.sqrt(0.05 * 0.95 / 400)
    assert not_corrected > 0.3


def test_of_a_predictor_that_changes_with_its_examples_it_is_an_approximation():
    """The more frequent answer among coins: splits are more alike than is assumed, here at its worst."""
    corrected, not_corrected = trials(lambda examples: examples.mean() > 0.5)
    assert corrected <= 0.15
    assert not_corrected > 2 * corrected
