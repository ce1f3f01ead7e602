import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments import statistics


@given(st.integers(0, 50), st.integers(1, 50))
def test_wilson_is_the_closed_form(successes, trials):
    k, n, z = min(successes, trials), trials, 1.959963984540054
    centre = (k + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * np.sqrt(k * (n - k) / n + z**2 / 4)
    assert statistics.wilson(k, n) == pytest.approx((max(centre - half, 0), min(centre + half, 1)), abs=1e-9)


def test_wilson_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(0)
    for p in (0.05, 0.5, 0.9):
        intervals = [statistics.wilson(k, 60) for k in rng.binomial(60, p, 400)]
        assert 0.91 < np.mean([low <= p <= high for low, high in intervals]) <= 1


def test_slopes_are_those_of_a_polynomial_fit():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=9), rng.normal(size=(5, 9))
    expected = [np.polyfit(x, row, 1)[0] for row in y]
    assert statistics.least_squares_slope(x, y) == pytest.approx(expected)
    assert np.isnan(statistics.least_squares_slope(np.ones(3), np.arange(3.0)))


def test_percentile_intervals_and_where_they_are_unbounded():
    values = np.arange(1001.0)
    assert statistics.percentile_interval(values) == pytest.approx((25, 975))
    values[:20] = np.nan
    assert np.isfinite(statistics.percentile_interval(values)).all()
    values[:100] = np.nan
    assert statistics.percentile_interval(values) == (-np.inf, np.inf)


def test_holm_on_an_example_worked_by_hand():
    # Sorted 0.01, 0.02, 0.04 times 3, 2, 1 gives 0.03, 0.04, 0.04.
    assert statistics.holm(np.array([0.04, 0.01, 0.02])) == pytest.approx([0.04, 0.03, 0.04])
    assert statistics.holm(np.array([0.9, 0.8])) == pytest.approx([1, 1])


def test_the_chi_square_test_errs_at_its_level_and_sees_what_is_not_uniform():
    rng = np.random.default_rng(0)
    p_values = [statistics.chi_square_uniform(rng.multinomial(2000, np.full(8, 1 / 8))) for _ in range(600)]
    assert 0.02 < np.mean(np.array(p_values) < 0.05) < 0.09
    assert statistics.chi_square_uniform(rng.multinomial(2000, [0.2] + [0.8 / 7] * 7)) < 1e-6


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
