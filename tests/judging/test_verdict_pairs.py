"""Verdicts of two runs: what is called different, how rarely by chance, and what cannot be tested."""

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from experiments.judging import statistics, verdict_pairs
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, above, below, decide
from experiments.judging.verdict import Trial, Verdict
from experiments.judging.verdict_pairs import LEVEL
from tests import support

TRIAL = Trial("s", (), "representable")


def judged(measured: Measured, rule: Rule) -> Verdict:
    return TRIAL.verdict("boolean.a/x", "s", measured, rule, prediction="p")


def rate(successes: int, runs: int = 200) -> Verdict:
    """A success rate, held to be above a half."""
    share = Measured(lambda α: (successes / runs, *statistics.wilson(successes, runs, α)), runs)
    return judged(share, above(0.5))


def by_p_value(p_value: float) -> Verdict:
    """A test by a p-value, which is all that is measured and has no interval."""
    rule = Rule("By a test.", lambda m: decide(p_value >= 0.01, p_value < min(m.level, 0.01)))
    return judged(Measured(lambda α: (p_value, p_value, p_value), 100), rule)


def fixed(
    measured: float, outcome="supported", evidence="statistical", low=None, high=None, name="boolean.a/x", **others
):
    """A rule that knows no level."""
    others = {"existence": "representable"} | others
    return support.verdict(name, outcome, measured, low, high, evidence=evidence, **others)


def found(measured: float, outcome="supported") -> Verdict:
    """A property of a network that training found."""
    return fixed(measured, outcome, "exact", existence="found by training")


def slope(x: np.ndarray, y: np.ndarray) -> Verdict:
    """A slope with Student's interval."""
    return judged(Measured(lambda α: statistics.line_slope(x, y, α), len(x)), Rule("None.", lambda m: "inconclusive"))


def best(error: float, low: float) -> Verdict:
    """The error of the best network of a run, with the interval of what points say of it: another run has another."""
    share = Measured(lambda α: (error, error - (error - low) * (α > 0), error), 10, of_this_run=True)
    return judged(share, below(1.0))


def outcome(a: Verdict, b: Verdict, same_settings: bool = True, same_seed: bool = False) -> str:
    found = verdict_pairs.compare_verdicts([a], [b], same_settings, same_seed)
    (row,) = found.assign(adjusted=found["p_value"]).itertuples()
    return verdict_pairs.outcome(row, LEVEL)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (rate(120), rate(125), "same"),
        (rate(115), rate(112), "changed, within sampling"),
        (rate(120), rate(160), "different"),
        (rate(200), rate(0), "different"),
        (by_p_value(0.30), by_p_value(0.69), "same"),
        (by_p_value(0.02), by_p_value(0.006), "changed, within sampling"),
        (by_p_value(0.5), by_p_value(1e-7), "different"),
        (fixed(2.0), fixed(3.0), "same"),
        (fixed(2.0), fixed(3.0, "contradicted"), "different"),
        (fixed(2.0), fixed(3.0, "inconclusive"), "changed, not tested"),
        (fixed(2.0, low=1.9, high=2.1), fixed(3.0, low=2.9, high=3.1), "same"),
        (best(0.93, 0.92), best(0.91, 0.90), "same"),
        (rate(120), fixed(0.2, "inconclusive"), "changed, not tested"),
        # Ends that are not known are no interval.
        (fixed(2.0, low=np.nan, high=np.nan), fixed(3.0, "contradicted", low=np.nan, high=np.nan), "different"),
    ],
)
def test_verdicts_are_compared_by_what_was_measured_or_where_it_has_no_interval_by_what_they_say(a, b, expected):
    assert outcome(a, b) == expected
    assert outcome(b, a) == expected


@pytest.mark.parametrize(
    ("a", "b", "same_seed", "expected"),
    [
        (fixed(4, evidence="exact"), fixed(4, evidence="exact"), True, "same"),
        (fixed(4, evidence="exact"), fixed(5, evidence="exact"), True, "different"),
        (fixed(4, evidence="exact"), fixed(5, evidence="exact"), False, "same, other draws"),
        (fixed(4, evidence="exact"), fixed(5, "inconclusive", "exact"), False, "changed, other draws"),
        (fixed(4, evidence="exact"), fixed(5, "contradicted", "exact"), False, "different"),
        (found(4), found(5), True, "same, found anew"),
        (found(4), found(5, "inconclusive"), True, "changed, found anew"),
        (found(4), found(5, "contradicted"), True, "different"),
        (found(4), fixed(5, evidence="exact"), True, "different"),
        (fixed(np.inf, evidence="exact", low=0.0), fixed(np.inf, evidence="exact", low=0.0), True, "same"),
    ],
)
def test_exact_verdicts_are_the_same_but_where_others_were_drawn_or_found(a, b, same_seed, expected):
    assert outcome(a, b, same_seed=same_seed) == expected
    assert outcome(b, a, same_seed=same_seed) == expected


def test_other_settings_excuse_everything_and_what_one_run_alone_has_is_named():
    assert outcome(rate(120), rate(160), same_settings=False) == "same, other settings"
    assert outcome(rate(120), rate(10), same_settings=False) == "changed, other settings"
    found = verdict_pairs.compare_verdicts([fixed(1, name="boolean.a/x")], [fixed(1, name="boolean.a/y")], True, False)
    named = [verdict_pairs.outcome(row, LEVEL) for row in found.assign(adjusted=np.nan).itertuples()]
    assert named == ["only in a", "only in b"]


def test_a_value_outside_its_own_interval_is_as_good_as_at_its_end():
    # They are 0.6 apart. The interval of the upper one covers 0.5 of it; that of the lower one ends below its value.
    assert verdict_pairs.excludes_zero(fixed(1.0, low=0.2, high=0.5), fixed(1.6, low=1.1, high=1.9))
    # Seen from below it is the same.
    assert verdict_pairs.excludes_zero(fixed(-1.0, low=-0.5, high=-0.2), fixed(-1.6, low=-1.9, high=-1.1))


def test_a_p_value_at_the_level_is_called_different_and_one_above_it_is_not():
    found = verdict_pairs.compare_verdicts([rate(120)], [rate(160)], True, False)
    for adjusted, expected in ((LEVEL, "different"), (0.02, "changed, within sampling")):
        (row,) = found.assign(verdict_b="contradicted", adjusted=adjusted).itertuples()
        assert verdict_pairs.outcome(row, LEVEL) == expected


def test_any_other_word_than_the_table_gives_is_recorded_otherwise_and_so_is_none():
    words = ("supported", "contradicted", "inconclusive")
    today = [fixed(1, word, name=word) for word in words]
    for recorded in words:
        table = pd.DataFrame({"claim": words, "verdict": recorded})
        assert set(verdict_pairs.recorded_otherwise(table, today)) == set(words) - {recorded}
    assert list(verdict_pairs.recorded_otherwise(pd.DataFrame({"claim": [], "verdict": []}), today)) == list(words)


def test_two_samples_of_the_same_rate_are_different_as_rarely_as_stated_and_those_of_another_often():
    # Every pair of numbers of successes, with its chance: no draws are needed to know how often it errs.
    runs, p_values = 40, {}
    for a in range(runs + 1):
        for b in range(a, runs + 1):
            p_values[a, b] = p_values[b, a] = verdict_pairs.p_value(rate(a, runs), rate(b, runs))
    called = np.array([[p_values[a, b] <= 0.01 for b in range(runs + 1)] for a in range(runs + 1)])
    for p in (0.02, 0.1, 0.3, 0.5, 0.9):
        chances = scipy.stats.binom.pmf(np.arange(runs + 1), runs, p)
        assert chances @ called @ chances < 0.0125
    far, near = (scipy.stats.binom.pmf(np.arange(runs + 1), runs, p) for p in (0.9, 0.3))
    assert far @ called @ near > 0.95


def test_two_slopes_of_few_points_are_different_as_rarely_as_stated():
    # Normal tails, with a standard error read off an interval of Student's with two degrees of freedom, would call
    # some 2 % of them different at 1e-3.
    rng, x, alarms = np.random.default_rng(0), np.arange(4.0), 0
    for _ in range(2000):
        a, b = (slope(x, x + rng.normal(size=4)) for _ in range(2))
        alarms += verdict_pairs.p_value(a, b) <= 1e-3
    assert alarms <= 8


def test_opposite_words_of_rules_without_an_interval_are_rarer_than_their_p_values_say():
    # The sentence is true: a test contradicts it in 1 % of all runs, and two runs say opposite words in 2 %.
    rng = np.random.default_rng(0)
    drawn = [[by_p_value(p) for p in pair] for pair in rng.random((3000, 2))]
    opposite = [verdict_pairs.p_value(a, b) for a, b in drawn]
    for α in (0.04, 0.01, 0.002):
        assert np.nansum(np.array(opposite) <= α) / len(drawn) <= α + 3 * np.sqrt(α / len(drawn))
