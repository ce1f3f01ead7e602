import dataclasses

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from experiments.judging import p_values, statistics
from experiments.judging.flat import Verdict, decide
from experiments.judging.table import to_table

VERDICT = Verdict("a.b", "s", "s", "h", "representable", "p", 0, 0, 0, 1, "statistical", "r", "inconclusive")


def judge_rate(table: pd.DataFrame) -> list[Verdict]:
    low, high = statistics.wilson(int(table["solved"].sum()), len(table))
    return [dataclasses.replace(VERDICT, verdict=decide(low > 0.5, high < 0.5))]


def p_value(judge, table=None) -> float:
    (verdict,) = p_values.judged(judge, table)
    return verdict.p_value


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_p_value_of_a_rate_is_that_of_the_score_test(counts):
    k, n = counts
    exact = 2 * scipy.stats.norm.sf(abs(k - n / 2) / np.sqrt(n / 4))
    # Wilson's interval is the score test turned round: the smallest listed level above its p-value is the answer.
    above = [level for level in p_values.LEVELS if level > exact * (1 + 1e-9)]
    found = p_value(judge_rate, pd.DataFrame({"solved": np.arange(n) < k}))
    assert found == (above[-1] if above else 1.0)


def test_what_does_not_rest_on_a_level_has_no_p_value_and_what_is_open_has_one():
    def always(verdict, evidence="statistical"):
        return lambda table: [dataclasses.replace(VERDICT, verdict=verdict, evidence=evidence)]

    assert np.isnan(p_value(always("contradicted")))
    assert np.isnan(p_value(always("supported", "exact")))
    assert p_value(always("inconclusive")) == 1.0
    assert np.isnan(p_value(always("inconclusive", "exact")))


def test_a_level_is_judged_at_most_once_and_only_where_it_matters():
    asked = []

    def judge(table):
        asked.append(statistics.level())
        return judge_rate(table)

    assert p_value(judge, pd.DataFrame({"solved": [True] * 300})) == p_values.LEVELS[-1]
    assert len(asked) == len(set(asked)) < 8
    asked.clear()
    assert p_value(judge, pd.DataFrame({"solved": [True, False]})) == 1.0
    assert asked == [statistics.DEFAULT_LEVEL]
    assert statistics.level() == statistics.DEFAULT_LEVEL


def test_a_rejecting_test_has_its_own_p_value_and_one_that_does_not_reject_has_none():
    def judge(table):
        rejected = scipy.stats.chisquare(table["count"]).pvalue < statistics.level()
        return [dataclasses.replace(VERDICT, verdict=decide(not rejected, rejected))]

    exact = scipy.stats.chisquare([300, 220, 260, 240]).pvalue
    assert 0.001 < exact < 0.005
    even, skewed = (
        p_values.judged(judge, pd.DataFrame({"count": counts}))[-1]
        for counts in ([260, 250, 255, 245], [300, 220, 260, 240])
    )
    assert (even.verdict, skewed.verdict) == ("supported", "contradicted")
    assert np.isnan(even.p_value)
    assert skewed.p_value == 0.005


def test_a_claim_that_is_true_by_far_has_a_smaller_p_value_than_one_that_is_true_by_little():
    found = [p_value(judge_rate, pd.DataFrame({"solved": np.arange(100) < hits})) for hits in (50, 61, 65, 99)]
    assert found == [1.0, 0.05, 0.005, 1e-6]


def test_holm_counts_the_open_verdicts_and_leaves_out_those_without_a_level():
    verdicts = [dataclasses.replace(VERDICT, p_value=p) for p in (0.01, np.nan, 1.0, 0.02, 1e-6)]
    adjusted = p_values.adjusted(to_table(verdicts))
    # Sorted 1e-6, 0.01, 0.02, 1 times 4, 3, 2, 1.
    np.testing.assert_allclose(adjusted, [0.03, np.nan, 1.0, 0.04, 4e-6])


def test_runs_from_before_there_were_p_values_are_left_out():
    old = to_table([VERDICT]).drop(columns="p_value")
    assert p_values.adjusted(old).isna().all()
    new = to_table([dataclasses.replace(VERDICT, p_value=0.05)])
    joined = pd.concat([old, new], ignore_index=True)
    np.testing.assert_allclose(p_values.adjusted(joined), [np.nan, 0.05])


@pytest.mark.parametrize("share", [0.5, 0.6])
def test_p_values_of_planted_rates_are_small_as_often_as_they_may_be(share):
    counts = np.random.default_rng(0).binomial(200, share, 300)
    found = np.array([p_value(judge_rate, pd.DataFrame({"solved": np.arange(200) < k})) for k in counts])
    small = np.mean(found <= 0.02)
    assert small < 0.05 if share == 0.5 else small > 0.5
