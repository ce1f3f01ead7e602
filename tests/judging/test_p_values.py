import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from experiments.judging import p_values, statistics
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, above, decide
from experiments.judging.table import to_table
from experiments.judging.verdict import Trial, Verdict
from tests import support

TRIAL = Trial("s", (), "representable")


def judged(measured: Measured, rule: Rule) -> Verdict:
    return TRIAL.verdict("a", "s", measured, rule, prediction="p")


def rate(successes: int, runs: int, asked: list[float] | None = None) -> Verdict:
    def estimate(α: float) -> tuple[float, float, float]:
        if asked is not None:
            asked.append(α)
        return successes / runs, *statistics.wilson(successes, runs, α)

    return judged(Measured(estimate, runs), above(0.5))


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_p_value_of_a_rate_is_that_of_the_score_test(counts):
    k, n = counts
    exact = 2 * scipy.stats.norm.sf(abs(k - n / 2) / np.sqrt(n / 4))
    # Wilson's interval is the score test turned round: the smallest listed level above its p-value is the answer.
    above_it = [level for level in p_values.LEVELS if level > exact * (1 + 1e-9)]
    assert p_values.of(rate(k, n)) == (above_it[-1] if above_it else 1.0)


def test_what_does_not_rest_on_a_level_has_no_p_value_and_what_is_open_has_one():
    assert np.isnan(p_values.of(support.verdict("a", "contradicted")))
    assert np.isnan(p_values.of(support.verdict("a", "supported", evidence="exact")))
    assert p_values.of(support.verdict("a", "inconclusive")) == 1.0
    assert np.isnan(p_values.of(support.verdict("a", "inconclusive", evidence="exact")))


def test_a_level_is_asked_for_only_where_it_matters():
    asked: list[float] = []
    assert p_values.of(rate(300, 300, asked)) == p_values.LEVELS[-1]
    assert len(asked) == len(set(asked)) < 8
    asked.clear()
    assert p_values.of(rate(1, 2, asked)) == 1.0
    assert asked == [statistics.DEFAULT_LEVEL]


def test_a_rejecting_test_has_its_own_p_value_and_one_that_does_not_reject_has_none():
    def found(counts: list[int]) -> Verdict:
        p_value = scipy.stats.chisquare(counts).pvalue
        rule = Rule("By a test.", lambda m: decide(p_value >= m.level, p_value < m.level))
        return judged(Measured(lambda α: (p_value, p_value, p_value), sum(counts)), rule)

    assert 0.001 < scipy.stats.chisquare([300, 220, 260, 240]).pvalue < 0.005
    even, skewed = found([260, 250, 255, 245]), found([300, 220, 260, 240])
    assert (even.verdict, skewed.verdict) == ("supported", "contradicted")
    assert np.isnan(p_values.of(even))
    assert p_values.of(skewed) == 0.005


def test_a_claim_that_is_true_by_far_has_a_smaller_p_value_than_one_that_is_true_by_little():
    assert [p_values.of(rate(hits, 100)) for hits in (50, 61, 65, 99)] == [1.0, 0.05, 0.005, 1e-6]


def test_a_rule_over_several_quantities_is_asked_with_all_of_them_at_the_same_level():
    strong, weak = Measured.share(np.arange(200) < 180), Measured.share(np.arange(200) < 117)
    both = Measured(strong.estimate, 200, beside={"weak": weak})
    rule = Rule("Both.", lambda m: decide(m.low > 0.5 and m.beside["weak"].low > 0.5, False))
    assert (
        p_values.of(judged(both, rule))
        == p_values.of(judged(weak, above(0.5)))
        > p_values.of(judged(strong, above(0.5)))
    )


def test_holm_counts_the_open_verdicts_and_leaves_out_those_without_a_level():
    table = to_table([support.verdict("a")] * 5).assign(p_value=(0.01, np.nan, 1.0, 0.02, 1e-6))
    # Sorted 1e-6, 0.01, 0.02, 1 times 4, 3, 2, 1.
    np.testing.assert_allclose(p_values.adjusted(table), [0.03, np.nan, 1.0, 0.04, 4e-6])


@pytest.mark.parametrize("share", [0.5, 0.6])
def test_p_values_of_planted_rates_are_small_as_often_as_they_may_be(share):
    counts = np.random.default_rng(0).binomial(200, share, 300)
    small = np.mean(np.array([p_values.of(rate(int(k), 200)) for k in counts]) <= 0.02)
    assert small < 0.05 if share == 0.5 else small > 0.5


def test_verdicts_are_a_table_that_can_be_pivoted_by_their_switches():
    table = to_table(
        [support.verdict("a/1", switches={"n": 2}), support.verdict("a/2", switches={"activation": "tanh"})]
    )
    assert table["switch.n"].tolist()[0] == 2
    assert pd.isna(table["switch.n"].tolist()[1])
    assert table["switch.activation"].tolist()[1] == "tanh"
