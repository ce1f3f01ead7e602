import numpy as np
import pytest
import scipy.special
import scipy.stats

from experiments.judging import statistics
from experiments.judging.statistics import mean_interval, median_interval


def test_percentile_intervals_and_where_they_are_unbounded():
    values = np.arange(1001.0)
    assert statistics.percentile_interval(values) == pytest.approx((25, 975))
    values[:20] = np.nan
    assert np.isfinite(statistics.percentile_interval(values)).all()
    values[:100] = np.nan
    assert statistics.percentile_interval(values) == (-np.inf, np.inf)


def test_beyond_its_resamples_a_bootstrap_has_the_tails_of_a_normal_distribution():
    normal = scipy.stats.norm.ppf((np.arange(2000) + 0.5) / 2000, loc=3, scale=2)
    skewed = np.where(normal > 3, 3 + 4 * (normal - 3), normal)
    for α in (0.05, 0.01, 1e-4, 1e-6):
        z = scipy.stats.norm.isf(α / 2)
        assert statistics.percentile_interval(normal, α) == pytest.approx((3 - 2 * z, 3 + 2 * z), rel=0.02)
        assert statistics.percentile_interval(skewed, α) == pytest.approx((3 - 2 * z, 3 + 8 * z), rel=0.02)


def test_a_bootstrap_that_does_not_vary_says_nothing_beyond_its_resamples():
    same, half = np.ones(2000), np.append(np.ones(1000), np.linspace(1, 2, 1000))
    few = np.linspace(0, 1, 40).repeat(50)
    for α, low in ((0.05, 1), (0.01, 1), (0.005, -np.inf)):
        assert statistics.percentile_interval(same, α) == (-np.inf, np.inf)
        assert statistics.percentile_interval(few, α) == (-np.inf, np.inf)
        assert statistics.percentile_interval(half, α)[0] == low
    assert statistics.percentile_interval(few, 0.005) == (-np.inf, np.inf)
    assert 1.9 < statistics.percentile_interval(half, 0.005)[1] < 3


def test_the_normal_interval_of_a_mean_holds_it_as_often_as_it_says():
    assert statistics.normal_interval(2.0, 0.5) == pytest.approx((2 - 0.5 * 1.959963985, 2 + 0.5 * 1.959963985))
    draws = np.random.default_rng(0).normal(3.0, 1.0, size=(2000, 400))
    bounds = [statistics.normal_interval(row.mean(), row.std() / np.sqrt(400)) for row in draws]
    assert np.mean([low < 3 < high for low, high in bounds]) == pytest.approx(0.95, abs=0.015)


def test_the_intervals_of_a_mean_and_of_a_difference_of_means_are_those_of_students_sleep_data():
    # Hours of sleep that ten patients gained by either drug (Student 1908); the intervals are those that R's t.test
    # gives, of the differences and, as if the patients were others, by Welch's test.
    one = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
    other = np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
    assert statistics.mean_interval(other - one) == pytest.approx((1.58, 0.7001142, 2.4598858))
    welch = statistics.slope_of_means(np.array([0.0, 1.0]), [one, other])
    assert welch == pytest.approx((1.58, -0.2054832, 3.3654832), rel=1e-6)


def test_the_mean_of_fewer_than_two_numbers_has_no_end():
    assert statistics.mean_interval(np.array([7.0])) == (7, -np.inf, np.inf)
    assert statistics.mean_interval(np.array([])) == pytest.approx((np.nan, -np.inf, np.inf), nan_ok=True)


def test_a_bootstrap_of_few_resamples_begins_its_tails_at_fifteen_percent():
    # Of the numbers 0 to 49 these are 7 and 42, 17.5 from the middle and 1.0364 standard deviations of a normal one.
    reach = 17.5 * 1.959964 / 1.036433
    assert statistics.percentile_interval(np.arange(50.0)) == pytest.approx((24.5 - reach, 24.5 + reach), rel=1e-5)


def test_a_bootstrap_of_which_most_values_are_infinite_has_no_tail():
    values = np.append(np.arange(400.0), np.full(600, np.inf))
    for α in (0.01, 0.001):
        assert statistics.percentile_interval(values, α) == (-np.inf, np.inf)
        assert statistics.percentile_interval(-values, α) == (-np.inf, np.inf)


def test_a_bootstrap_with_infinite_values_has_ends_that_were_seen():
    values = np.append(np.arange(960.0), np.full(40, np.inf))
    assert statistics.percentile_interval(values) == (24, np.inf)
    assert statistics.percentile_interval(-values)[0] == -np.inf
    values = np.append(np.arange(980.0), np.full(20, np.inf))
    assert statistics.percentile_interval(values) == (24, 975)
    assert statistics.percentile_interval(values, 0.001)[1] == np.inf


@pytest.mark.parametrize("share", [0.5, 0.16, 0.9])
@pytest.mark.parametrize("n", [3, 12, 36, 200])
def test_the_interval_of_a_quantile_errs_as_often_as_it_says_and_no_shorter_one_does(n, share):
    # Of the numbers 1 to n as many are below a quantile as successes come in n trials.
    low, high = statistics.quantile_interval(np.arange(1.0, n + 1), share)
    below = scipy.stats.binom(n, share)
    # Both ends are order statistics: the low-th is above if fewer than that are below it, the high-th below if as many.
    if np.isfinite(low):
        assert below.cdf(low - 1) <= 0.025 < below.cdf(low)
    else:
        assert below.cdf(0) > 0.025
    if np.isfinite(high):
        assert below.sf(high - 1) <= 0.025 < below.sf(high - 2)
    else:
        assert below.sf(n - 1) > 0.025


def test_the_interval_of_a_quantile_knows_infinite_numbers_and_levels():
    values = np.array([np.inf] * 30 + [1.0] * 2 + [2.0] * 28)
    assert statistics.quantile_interval(values, 0.5)[1] == np.inf
    assert statistics.quantile_interval(values, 0.25) == (2.0, 2.0)
    assert statistics.quantile_interval(np.array([]), 0.5) == (-np.inf, np.inf)
    wide = statistics.quantile_interval(np.arange(200.0), 0.5, 1e-6)
    assert wide[0] < statistics.quantile_interval(np.arange(200.0), 0.5)[0]
    assert np.isfinite(wide).all()
    assert statistics.quantile_interval(values, 0.25, 0) == (-np.inf, np.inf)
    # All of five draws lie on one side of the median in 2 of 32 cases: their range errs exactly as often as stated.
    assert statistics.quantile_interval(np.arange(5.0), 0.5, 1 / 16) == (0, 4)


@pytest.mark.parametrize("n", [2, 6, 11, 40])
def test_the_interval_of_a_median_is_that_of_the_half(n):
    values = np.random.default_rng(n).normal(size=n)
    middle, low, high = statistics.median_interval(values)
    assert middle == np.median(values)
    assert (low, high) == statistics.quantile_interval(values, 0.5)
    # Seen from below it is the same.
    assert statistics.median_interval(-values) == pytest.approx((-middle, -high, -low))


def test_means_have_students_intervals():
    mean, low, high = statistics.mean_interval(np.array([1.0, 2.0, 3.0]))
    # t with two degrees of freedom: 4.3027 times 1 / √3.
    assert (mean, high - mean, mean - low) == pytest.approx((2, 4.30265 / 3**0.5, 4.30265 / 3**0.5), rel=1e-5)


def test_students_interval_of_a_mean_covers_as_stated():
    rng = np.random.default_rng(0)
    intervals = [mean_interval(rng.normal(3, 2, 4)) for _ in range(1000)]
    covered = sum(low <= 3 <= high for _, low, high in intervals)
    # 950, with a standard deviation of 7.
    assert 925 <= covered <= 975
    assert mean_interval(np.array([2.0])) == (2.0, -np.inf, np.inf)


def test_the_interval_of_a_median_leaves_out_what_the_binomial_distribution_says():
    # Of 9 tosses at most one is heads with the chance 10 / 512, of 8 none with 1 / 256, of 5 none with 1 / 32.
    assert median_interval(np.arange(9.0)[::-1]) == (4, 1, 7)
    assert median_interval(np.arange(8.0)) == (3.5, 0, 7)
    assert median_interval(np.arange(5.0)) == (2, -np.inf, np.inf)
    assert median_interval(np.array([]))[1:] == (-np.inf, np.inf)
    assert median_interval(np.array([1.0, np.inf, 3.0])) == (3, -np.inf, np.inf)
    assert median_interval(np.arange(99.0), 0.0)[1:] == (-np.inf, np.inf)


def test_medians_are_covered_as_stated_whatever_the_distribution():
    rng = np.random.default_rng(0)
    intervals = [median_interval(rng.standard_cauchy(12)) for _ in range(2000)]
    wrong = np.mean([not low <= 0 <= high for _, low, high in intervals])
    # 2 * 79 / 4096.
    assert wrong == pytest.approx(0.0386, abs=0.013)
