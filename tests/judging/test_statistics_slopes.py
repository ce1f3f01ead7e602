import numpy as np
import pytest
import scipy.special
import scipy.stats

from experiments.judging import statistics
from experiments.judging.statistics import line_slope


def test_slopes_are_those_of_a_polynomial_fit():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=9), rng.normal(size=(5, 9))
    expected = [np.polyfit(x, row, 1)[0] for row in y]
    assert statistics.least_squares_slope(x, y) == pytest.approx(expected)
    assert np.isnan(statistics.least_squares_slope(np.ones(3), np.arange(3.0)))


def test_a_slope_of_few_points_covers_as_often_as_it_says_and_is_students():
    rng, x, covered = np.random.default_rng(0), np.arange(6.0), 0
    for _ in range(400):
        slope, low, high = statistics.line_slope(x, 2 * x + rng.normal(size=6))
        assert low < slope < high
        covered += low <= 2 <= high
    # 95 % of 400 are 380 with a standard deviation of 4.4; with normal intervals there would be some 355.
    assert 367 <= covered <= 393
    line, wiggle = scipy.stats.linregress(x[:4], [0, 1, 3, 2]), scipy.stats.t.isf(0.025, 2)
    expected = (line.slope, line.slope - wiggle * line.stderr, line.slope + wiggle * line.stderr)
    assert statistics.line_slope(x[:4], np.array([0.0, 1.0, 3.0, 2.0])) == pytest.approx(expected)
    assert statistics.line_slope(x, x, 0)[1:] == (-np.inf, np.inf)


@pytest.mark.parametrize(("skewed", "fewest", "most"), [(False, 925, 975), (True, 890, 950)])
def test_a_slope_of_means_covers_the_planted_power_as_often_as_it_says(skewed, fewest, most):
    rng, x, covered = np.random.default_rng(0), np.log2([4.0, 8.0, 16.0, 32.0]), 0
    draw = (lambda: rng.exponential(size=8) - 1) if skewed else (lambda: rng.normal(size=8))
    for _ in range(1000):
        samples = [0.3 * place + spread * draw() for place, spread in zip(x, (0.2, 1.0, 0.5, 1.0), strict=True)]
        slope, low, high = statistics.slope_of_means(x, samples)
        assert low < slope < high
        covered += low <= 0.3 <= high
    # 95 % of 1000 are 950 with a standard deviation of 7; where noise has one long tail it is less.
    assert fewest <= covered <= most


def test_a_slope_of_means_is_known_only_where_samples_tell_it():
    x, some = np.array([1.0, 2.0, 4.0]), np.array([1.0, 2.0])
    exact = statistics.slope_of_means(x, [np.full(3, value) for value in 2 * x])
    assert exact == pytest.approx((2.0, 2.0, 2.0))
    for samples in ([some, some, some[:1]], [some, some, np.array([1.0, np.inf])]):
        slope, low, high = statistics.slope_of_means(x, samples)
        assert np.isnan(slope)
        assert (low, high) == (-np.inf, np.inf)
    assert np.isnan(statistics.slope_of_means(np.ones(3), [some] * 3)[0])


@pytest.mark.parametrize("diverged", [(0, 0, 0, 0), (0, 0, 0.1, 0.2), (0.2, 0.1, 0, 0)])
def test_a_slope_of_medians_errs_at_most_as_often_as_it_says_where_values_are_infinite(diverged):
    rng, x, share = np.random.default_rng(0), np.log2([4.0, 8.0, 16.0, 32.0]), np.array(diverged)[:, None]
    wrong, bounded = np.zeros(2), np.zeros(2)
    for _ in range(1000):
        u = rng.random((4, 24))
        # The median of all of a sample, infinite values among them, is on the line.
        y = 0.3 * x[:, None] - np.log1p(-u) + np.log1p(-0.5 / (1 - share))
        _, low, high = statistics.slope_of_medians(x, list(np.where(rng.random(y.shape) < share, np.inf, y)))
        wrong += low > 0.3, high < 0.3
        bounded += np.isfinite([low, high])
    # 2.5 % of 1000 are 25 with a standard deviation of 5; order statistics err less often.
    assert (wrong <= 25).all()
    assert (bounded >= 700).all()


def test_a_slope_of_medians_is_that_of_a_median_where_the_others_are_known():
    x, rng = np.array([-1.0, 0.0, 1.0]), np.random.default_rng(0)
    values = rng.exponential(size=24)
    # Not quite constant: a statistic that takes a handful of values has no tails.
    zero = 1e-9 * np.arange(24)
    median, low, high = statistics.median_interval(values)
    found = statistics.slope_of_medians(x, [zero, np.full(24, np.inf), values])
    assert found == pytest.approx((median / 2, low / 2, high / 2), abs=1e-6)
    found = statistics.slope_of_medians(x, [values, zero, zero])
    assert found == pytest.approx((-median / 2, -high / 2, -low / 2), abs=1e-6)


def test_a_median_that_is_infinite_bounds_a_slope_from_below():
    x, rng = np.array([1.0, 2.0, 3.0, 4.0]), np.random.default_rng(0)
    some = [place + 0.1 * rng.normal(size=24) for place in x]
    most = np.where(np.arange(24) < 14, np.inf, some[-1])
    slope, low, high = statistics.slope_of_medians(x, [*some[:-1], most])
    assert (slope, high) == (np.inf, np.inf)
    assert 0.5 < low < 1.1
    slope, low, high = statistics.slope_of_medians(x, [most, *some[1:]])
    assert (slope, low) == (-np.inf, -np.inf)
    assert np.isfinite(high)
    # The first median may be infinite, too, with more than 2.5 %, and then the slope may be anything.
    several = np.where(np.arange(24) < 7, np.inf, some[0])
    assert statistics.slope_of_medians(x, [several, *some[1:-1], most]) == (np.inf, -np.inf, np.inf)
    for samples in ([most, *some[1:-1], most], [some[0], np.array([])]):
        slope, low, high = statistics.slope_of_medians(x[: len(samples)], samples)
        assert (np.isnan(slope), low, high) == (True, -np.inf, np.inf)
    assert np.isnan(statistics.slope_of_medians(np.ones(4), some)[0])


def test_a_regression_on_large_numbers_is_that_on_small_ones():
    x, y = np.arange(8.0), np.array([0.1, 1.2, 1.9, 3.3, 4.1, 4.8, 6.2, 6.9])
    near, far = statistics.line_slope(x, y), statistics.line_slope(1e8 + x, y)
    assert far == pytest.approx(near, rel=1e-6)
    assert near[0] == pytest.approx(scipy.stats.linregress(x, y).slope)
    assert np.isnan(statistics.line_slope(np.full(8, 0.1), y)[0])


def test_slopes_of_noisy_lines_are_covered_as_stated():
    rng, x = np.random.default_rng(0), np.arange(6.0)
    intervals = [line_slope(x, 1.5 * x + rng.normal(0, 2, 6)) for _ in range(1000)]
    assert 925 <= sum(low <= 1.5 <= high for _, low, high in intervals) <= 975
    assert line_slope(x, 2 - 3 * x) == (pytest.approx(-3), pytest.approx(-3), pytest.approx(-3))
    assert line_slope(x[:2], x[:2])[1:] == (-np.inf, np.inf)
