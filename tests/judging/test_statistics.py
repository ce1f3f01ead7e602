import itertools

import numpy as np
import pytest
import scipy.special
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from experiments.judging import statistics
from experiments.judging.statistics import line_slope, mean_interval, median_interval


@given(st.integers(0, 50), st.integers(1, 50))
def test_wilson_is_the_closed_form(successes, trials):
    k, n, z = min(successes, trials), trials, 1.959963984540054
    centre = (k + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * np.sqrt(k * (n - k) / n + z**2 / 4)
    assert statistics.wilson(k, n) == pytest.approx((max(centre - half, 0), min(centre + half, 1)), abs=1e-9)


def test_the_exact_interval_errs_at_no_rate_more_often_than_it_says():
    # At either end it is the rate at which so many successes, or so few, have a chance of 2.5 %.
    low, high = statistics.exact_interval(5, 1000)
    assert scipy.stats.binom.sf(4, 1000, low) == pytest.approx(0.025)
    assert scipy.stats.binom.cdf(5, 1000, high) == pytest.approx(0.025)
    for p in (0.001, 0.0046, 0.02):
        chances = scipy.stats.binom.pmf(np.arange(60), 1000, p)
        ends = np.array([statistics.exact_interval(k, 1000) for k in range(60)])
        assert chances[ends[:, 0] > p].sum() <= 0.025
        assert chances[ends[:, 1] < p].sum() <= 0.025
    assert statistics.exact_interval(5, 1000, 0) == (0, 1)


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


def test_intervals_grow_with_the_confidence_that_is_asked_for():
    values = np.random.default_rng(0).normal(size=2000)
    for interval in (lambda α: statistics.wilson(7, 20, α), lambda α: statistics.percentile_interval(values, α)):
        wider = [interval(α) for α in (0.3, 0.05, 0.01, 1e-3, 1e-6, 0.0)]
        assert all(a[0] > b[0] and a[1] < b[1] for a, b in itertools.pairwise(wider))
    assert statistics.wilson(7, 20, 0) == (0, 1)
    assert statistics.percentile_interval(values, 0) == (-np.inf, np.inf)
    assert statistics.reach(1.0, α=0) == np.inf
    assert (statistics.percent(), statistics.reach(1.0)) == ("95 %", pytest.approx(1.959964))
    assert statistics.percent(0.001) == "99.9 %"


def test_beyond_its_resamples_a_bootstrap_has_the_tails_of_a_normal_distribution():
    normal = scipy.stats.norm.ppf((np.arange(2000) + 0.5) / 2000, loc=3, scale=2)
    skewed = np.where(normal > 3, 3 + 4 * (normal - 3), normal)
    for α in (0.05, 0.01, 1e-4, 1e-6):
        z = scipy.stats.norm.isf(α / 2)
        assert statistics.percentile_interval(normal, α) == pytest.approx((3 - 2 * z, 3 + 2 * z), rel=0.02)
        assert statistics.percentile_interval(skewed, α) == pytest.approx((3 - 2 * z, 3 + 8 * z), rel=0.02)


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


def test_a_bootstrap_that_does_not_vary_says_nothing_beyond_its_resamples():
    same, half = np.ones(2000), np.append(np.ones(1000), np.linspace(1, 2, 1000))
    few = np.linspace(0, 1, 40).repeat(50)
    for α, low in ((0.05, 1), (0.01, 1), (0.005, -np.inf)):
        assert statistics.percentile_interval(same, α) == (-np.inf, np.inf)
        assert statistics.percentile_interval(few, α) == (-np.inf, np.inf)
        assert statistics.percentile_interval(half, α)[0] == low
    assert statistics.percentile_interval(few, 0.005) == (-np.inf, np.inf)
    assert 1.9 < statistics.percentile_interval(half, 0.005)[1] < 3


def test_holm_on_an_example_worked_by_hand():
    # Sorted 0.01, 0.02, 0.04 times 3, 2, 1 gives 0.03, 0.04, 0.04.
    assert statistics.holm(np.array([0.04, 0.01, 0.02])) == pytest.approx([0.04, 0.03, 0.04])
    assert statistics.holm(np.array([0.9, 0.8])) == pytest.approx([1, 1])


def test_the_normal_interval_of_a_mean_holds_it_as_often_as_it_says():
    assert statistics.normal_interval(2.0, 0.5) == pytest.approx((2 - 0.5 * 1.959963985, 2 + 0.5 * 1.959963985))
    draws = np.random.default_rng(0).normal(3.0, 1.0, size=(2000, 400))
    bounds = [statistics.normal_interval(row.mean(), row.std() / np.sqrt(400)) for row in draws]
    assert np.mean([low < 3 < high for low, high in bounds]) == pytest.approx(0.95, abs=0.015)


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


def test_a_bootstrap_with_infinite_values_has_ends_that_were_seen():
    values = np.append(np.arange(960.0), np.full(40, np.inf))
    assert statistics.percentile_interval(values) == (24, np.inf)
    assert statistics.percentile_interval(-values)[0] == -np.inf
    values = np.append(np.arange(980.0), np.full(20, np.inf))
    assert statistics.percentile_interval(values) == (24, 975)
    assert statistics.percentile_interval(values, 0.001)[1] == np.inf


def test_rates_are_of_whole_counts():
    for interval in (statistics.wilson, statistics.exact_interval):
        assert interval(0, 0) == (0, 1)
        for wrong in ((0.5, 1), (2, 1), (-1, 3), (1, 2.5)):
            with pytest.raises(ValueError, match="whole numbers"):
                interval(*wrong)


def test_a_regression_on_large_numbers_is_that_on_small_ones():
    x, y = np.arange(8.0), np.array([0.1, 1.2, 1.9, 3.3, 4.1, 4.8, 6.2, 6.9])
    near, far = statistics.line_slope(x, y), statistics.line_slope(1e8 + x, y)
    assert far == pytest.approx(near, rel=1e-6)
    assert near[0] == pytest.approx(scipy.stats.linregress(x, y).slope)
    assert np.isnan(statistics.line_slope(np.full(8, 0.1), y)[0])


def test_clusters_that_agree_count_as_one_trial_each():
    four, hundreds = np.array([100, 100, 100, 100]), np.array([100, 0, 100, 100])
    assert statistics.clustered_interval(four, four) == pytest.approx(statistics.exact_interval(4, 4))
    assert statistics.clustered_interval(0 * four, four) == pytest.approx(statistics.exact_interval(0, 4))
    low, high = statistics.clustered_interval(hundreds, four)
    wide = statistics.exact_interval(3, 4)
    assert low <= wide[0] + 1e-9
    assert high >= wide[1] - 1e-9
    assert statistics.clustered_interval(np.array([7]), np.array([9])) == (0, 1)
    with pytest.raises(ValueError, match="trial"):
        statistics.clustered_interval(np.array([1, 0]), np.array([1, 0]))
    assert statistics.clustered_interval(hundreds, four, 0) == (0, 1)


@pytest.mark.parametrize(
    ("successes", "independent"),
    [
        # The variance of the rate is 1/60 = 0.25/15; Student's quantiles are those of 39 and of 3 degrees of freedom.
        ([2, 4, 6, 8], 15 * (2.0226909 / 3.1824463) ** 2),
        # The variance of the rate is 1/25 = 0.25/6.25; Student's quantiles are those of 19 and of 1.
        ([3, 7], 6.25 * (2.0930241 / 12.7062047) ** 2),
    ],
)
def test_clusters_that_differ_count_as_many_trials_as_worked_by_hand(successes, independent):
    low, high = statistics.clustered_interval(np.array(successes), np.full(len(successes), 10))
    # Clopper and Pearson's ends: binomial tails of 2.5 %, which the beta function has where trials are no whole number.
    assert scipy.special.betainc(independent / 2, independent / 2 + 1, low) == pytest.approx(0.025, rel=1e-4)
    # Of a half, it is the same from above.
    assert high == pytest.approx(1 - low)


def test_clusters_with_the_very_same_rate_count_every_trial():
    found = statistics.clustered_interval(np.array([5, 10]), np.array([10, 20]))
    assert found == pytest.approx(statistics.exact_interval(15, 30))


@pytest.mark.parametrize(("rate", "alike", "clusters"), [(0.5, 0.0, 8), (0.5, 0.5, 8), (0.1, 0.3, 20), (0.9, 0.9, 30)])
def test_a_clustered_interval_covers_at_least_as_often_as_it_says(rate, alike, clusters):
    # Rates of clusters from a beta distribution: `alike` is the correlation of two runs of one cluster.
    rng, missed, runs = np.random.default_rng(5), np.zeros(2), np.full(clusters, 25)
    for _ in range(600):
        rates = np.full(clusters, rate)
        if alike:
            rates = rng.beta(rate * (1 / alike - 1), (1 - rate) * (1 / alike - 1), clusters)
        low, high = statistics.clustered_interval(rng.binomial(runs, rates), runs)
        missed += low > rate, high < rate
    assert scipy.stats.binom.sf(missed.max() - 1, 600, 0.025) > 1e-3


def test_independent_runs_in_clusters_have_nearly_the_interval_of_runs():
    rng = np.random.default_rng(6)
    successes = rng.binomial(50, 0.4, 40)
    low, high = statistics.clustered_interval(successes, np.full(40, 50))
    plain = statistics.exact_interval(int(successes.sum()), 2000)
    assert high - low == pytest.approx(plain[1] - plain[0], rel=0.4)


@pytest.mark.parametrize("down", [0.0, 0.02, 0.1, 0.4])
@pytest.mark.parametrize("net", [0.0, 0.05, 0.2])
def test_the_interval_of_a_net_share_errs_as_often_as_it_says_by_enumeration(net, down):
    # Every number of 50 pairs that may go up and down. A score interval errs as often as stated on average over
    # shares, and at some of them, where few numbers can come, by a few in a thousand more.
    pairs, up = 50, net + down
    misses = np.zeros(2)
    for rise, fall in itertools.product(range(pairs + 1), range(pairs + 1)):
        same = pairs - rise - fall
        chance = scipy.stats.multinomial.pmf([rise, fall, same], pairs, [up, down, 1 - up - down]) if same >= 0 else 0
        if chance > 1e-6:
            _, low, high, _ = statistics.net_share(rise, fall, pairs)
            misses += chance * np.array([low > net, high < net])
    assert misses.max() < 0.033


def test_a_net_share_without_pairs_that_differ_and_of_all_pairs_is_wilsons():
    z2 = 1.959963984540054**2
    assert statistics.net_share(0, 0, 20) == pytest.approx((0, -z2 / (20 + z2), z2 / (20 + z2), 1))
    assert statistics.net_share(7, 0, 7)[:3] == pytest.approx((1, *(2 * end - 1 for end in statistics.wilson(7, 7))))
    share, low, high, _ = statistics.net_share(1, 3, 9)
    assert statistics.net_share(3, 1, 9)[:3] == pytest.approx((-share, -high, -low))
    assert statistics.net_share(3, 1, 9, 0)[1:3] == (-1, 1)


def test_a_weighted_sum_of_rates_is_newcombes_difference_and_holds_its_level_near_0():
    # Newcombe 1998, table II: 56 of 70 less 48 of 80 is 0.2, from 0.0524 to 0.3339 by method 10.
    found = statistics.combined_rates_interval(np.array([1, -1]), np.array([56, 48]), np.array([70, 80]))
    assert found == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    weights, rates, trials = np.array([0.5, -1.0, 0.5]), np.array([0.02, 0.03, 0.02]), np.full(3, 100)
    truth, rng = float(weights @ rates), np.random.default_rng(0)
    intervals = [statistics.combined_rates_interval(weights, rng.binomial(trials, rates), trials) for _ in range(400)]
    missed = sum(not low <= truth <= high for _, low, high in intervals)
    assert missed <= 30
    assert statistics.combined_rates_interval(weights, trials, trials, α=0)[1:] == (-np.inf, np.inf)
    with pytest.raises(ValueError, match="shorter"):
        statistics.combined_rates_interval(np.array([1, -1]), np.array([56, 48]), np.array([80]))


def test_a_slope_of_rates_is_that_of_least_squares_and_needs_two_places():
    x, hits, trials = np.array([1.0, 2.0, 4.0]), np.array([10, 20, 35]), np.array([50, 50, 50])
    slope, low, high = statistics.slope_of_rates(x, hits, trials)
    assert slope == pytest.approx(np.polyfit(x, hits / trials, 1)[0])
    assert low < slope < high
    assert statistics.slope_of_rates(np.ones(2), hits[:2], trials[:2])[1:] == (-np.inf, np.inf)
    # Rates of 0 and 1 have been seen and are not certain.
    _, low, high = statistics.slope_of_rates(np.array([0.0, 1.0]), np.array([0, 50]), np.array([50, 50]))
    assert 0.8 < low < 1 <= high


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


def test_a_slope_of_rare_rates_with_unequal_trials_needs_the_exact_interval():
    x, trials, rng = np.arange(5.0), np.array([144, 144, 144, 24, 24]), np.random.default_rng(0)
    drawn = rng.binomial(trials, 0.1, (800, 5))
    wrong = {
        interval: np.mean([statistics.slope_of_rates(x, one, trials, interval)[1] > 0 for one in drawn])
        for interval in (statistics.wilson, statistics.exact_interval)
    }
    assert wrong[statistics.exact_interval] <= 0.036
    assert wrong[statistics.wilson] > 0.036


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


def test_slopes_of_noisy_lines_are_covered_as_stated():
    rng, x = np.random.default_rng(0), np.arange(6.0)
    intervals = [line_slope(x, 1.5 * x + rng.normal(0, 2, 6)) for _ in range(1000)]
    assert 925 <= sum(low <= 1.5 <= high for _, low, high in intervals) <= 975
    assert line_slope(x, 2 - 3 * x) == (pytest.approx(-3), pytest.approx(-3), pytest.approx(-3))
    assert line_slope(x[:2], x[:2])[1:] == (-np.inf, np.inf)


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
