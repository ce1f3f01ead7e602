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


def test_the_normal_interval_of_a_mean_holds_it_as_often_as_it_says():
    assert statistics.normal_interval(2.0, 0.5) == pytest.approx((2 - 0.5 * 1.959963985, 2 + 0.5 * 1.959963985))
    draws = np.random.default_rng(0).normal(3.0, 1.0, size=(2000, 400))
    bounds = [statistics.normal_interval(row.mean(), row.std() / np.sqrt(400)) for row in draws]
    assert np.mean([low < 3 < high for low, high in bounds]) == pytest.approx(0.95, abs=0.015)
