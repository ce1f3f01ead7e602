"""A quantity with its interval at every level: ends, words, and counts that differ from shares."""

import numpy as np
import pytest
import scipy.stats

from experiments.judging.measured import Measured, counted, number_in_words
from experiments.judging.statistics import DEFAULT_LEVEL, holm, percent, reach


@pytest.mark.parametrize(
    ("hits", "of", "words"), [(512, 512, "all 512"), (0, 0, "all 0"), (1500, 2000, "1,500 of 2,000")]
)
def test_a_count_says_all_only_where_all_are_meant(hits, of, words):
    assert counted(hits, of) == words


@pytest.mark.parametrize(
    ("numbers", "evidence", "words"),
    [
        ((0.25, 0.2, 0.3125), "statistical", "0.25 [0.2, 0.312]"),
        ((0.25, 0.2, 0.3), "exact", "0.25"),
        ((np.nan, -np.inf, np.inf), "statistical", "none"),
        ((1.0, -np.inf, np.inf), "statistical", "1 [-inf, inf]"),
        ((-1e-15, -1e-15, 1e-15), "statistical", "0 [0, 0]"),
        ((123456.0, 1e5, 2e5), "exact", "1.235e+05"),
    ],
)
def test_numbers_in_words_have_an_interval_unless_they_are_exact_and_no_dust_of_rounding(numbers, evidence, words):
    value, low, high = numbers
    assert number_in_words(value, low, high, evidence) == words


def test_an_exact_quantity_has_the_same_ends_at_every_level():
    one = Measured.exactly(3, 10)
    several = Measured.exactly(3, 10, low=1, high=5, how="The least and the largest of all.")
    for α in (0.05, 1e-9, 0.0):
        assert (one.at(α).low, one.at(α).value, one.at(α).high) == (3.0, 3.0, 3.0)
        assert (several.at(α).low, several.at(α).high) == (1.0, 5.0)
    assert (one.evidence, one.in_words, several.how) == ("exact", "3", "The least and the largest of all.")


@pytest.mark.parametrize(("hits", "runs"), [(0, 20), (7, 20), (20, 20)])
def test_the_ends_of_a_share_are_those_that_a_binomial_test_just_accepts(hits, runs):
    share = Measured.share(np.arange(runs) < hits)
    found = scipy.stats.binomtest(hits, runs).proportion_ci(1 - DEFAULT_LEVEL, method="exact")
    assert (share.value, share.low, share.high) == pytest.approx((hits / runs, found.low, found.high))
    wide = scipy.stats.binomtest(hits, runs).proportion_ci(1 - DEFAULT_LEVEL / 3, method="exact")
    assert (share.divided(3).low, share.divided(3).high) == pytest.approx((wide.low, wide.high))


def test_a_share_of_nothing_is_not_known():
    nothing = Measured.share([])
    assert np.isnan(nothing.value)
    assert (nothing.samples, nothing.in_words) == (0, "none")


def test_clusters_of_one_trial_are_as_good_as_independent_trials():
    hits = np.arange(60) % 3 == 0
    alone, clustered = Measured.share(hits), Measured.clustered_share(hits, np.arange(60))
    assert clustered.value == alone.value
    assert clustered.samples == alone.samples == 60
    assert clustered.high - clustered.low == pytest.approx(alone.high - alone.low, rel=0.1)
    # Clusters in which all trials agree say no more than one trial each.
    twins = Measured.clustered_share(np.repeat(hits, 5), np.repeat(np.arange(60), 5))
    assert (twins.samples, twins.value) == (60, clustered.value)
    assert twins.high - twins.low == pytest.approx(clustered.high - clustered.low, rel=0.05)


def test_the_value_and_its_ends_come_from_one_estimate_which_is_asked_once_for_each_level():
    asked = []

    def estimate(α: float) -> tuple[float, float, float]:
        asked.append(α)
        return 1.0, 1.0 - float(reach(1.0, np.inf, α)), 1.0 + float(reach(1.0, np.inf, α))

    quantity = Measured(estimate, 5)
    assert (quantity.low + quantity.high) / 2 == quantity.value == 1.0
    assert quantity.high == pytest.approx(1 + scipy.stats.norm.isf(0.025))
    assert asked == [DEFAULT_LEVEL]
    assert quantity.at(0.0).low == -np.inf


def test_levels_in_words_and_the_correction_of_many_by_hand():
    assert (percent(), percent(0.01), percent(1e-4)) == ("95 %", "99 %", "99.99 %")
    assert holm(np.array([0.01, 0.04, 0.03])).tolist() == pytest.approx([0.03, 0.06, 0.06])
    assert holm(np.array([0.9, 0.8])).tolist() == [1.0, 1.0]


def test_a_quantity_knows_its_interval_at_every_level_and_so_do_those_beside_it():
    share = Measured.share(np.arange(100) < 30, "Runs.")
    assert share.how == "Runs. Clopper and Pearson's 95 % interval of the share."
    assert (share.at(0.0).low, share.at(0.0).high) == (0.0, 1.0)
    ends = [(share.at(α).low, share.at(α).high) for α in (0.05, 0.01, 1e-4)]
    assert ends[0][0] > ends[1][0] > ends[2][0]
    assert ends[0][1] < ends[1][1] < ends[2][1]
    assert share.divided(5).low == share.at(0.01).low
    both = Measured(share.estimate, 100, beside={"other": share})
    assert both.at(0.01).beside["other"].low == share.at(0.01).low
    assert Measured.share([]).at(0.05).high == 1.0


def test_a_share_over_clusters_is_wider_than_one_over_as_many_trials():
    hits = np.repeat(np.arange(10) < 5, 20)
    clustered = Measured.clustered_share(hits, np.repeat(np.arange(10), 20))
    assert clustered.value == 0.5
    assert clustered.samples == 10
    assert clustered.high - clustered.low > 3 * (Measured.share(hits).high - Measured.share(hits).low)
