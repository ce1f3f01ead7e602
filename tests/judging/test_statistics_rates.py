import itertools

import numpy as np
import pytest
import scipy.special
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from experiments.judging import statistics


@given(st.integers(0, 50), st.integers(1, 50))
def test_wilson_is_the_closed_form(successes, trials):
    k, n, z = min(successes, trials), trials, 1.959963984540054
    centre = (k + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * np.sqrt(k * (n - k) / n + z**2 / 4)
    assert statistics.wilson(k, n) == pytest.approx((max(centre - half, 0), min(centre + half, 1)), abs=1e-9)


def test_the_exact_interval_errs_at_no_rate_more_often_than_it_says():
    # Each end is a rate: there 5 successes or more, or 5 or fewer, have a chance of 2.5 %.
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


def test_rates_are_of_whole_counts():
    for interval in (statistics.wilson, statistics.exact_interval):
        assert interval(0, 0) == (0, 1)
        for wrong in ((0.5, 1), (2, 1), (-1, 3), (1, 2.5)):
            with pytest.raises(ValueError, match="whole numbers"):
                interval(*wrong)


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


def test_a_slope_of_rare_rates_with_unequal_trials_needs_the_exact_interval():
    x, trials, rng = np.arange(5.0), np.array([144, 144, 144, 24, 24]), np.random.default_rng(0)
    drawn = rng.binomial(trials, 0.1, (800, 5))
    wrong = {
        interval: np.mean([statistics.slope_of_rates(x, one, trials, interval)[1] > 0 for one in drawn])
        for interval in (statistics.wilson, statistics.exact_interval)
    }
    assert wrong[statistics.exact_interval] <= 0.036
    assert wrong[statistics.wilson] > 0.036
