"""Rules at their borders, and conditions that take away what they name."""

import numpy as np
import pytest

from experiments.judging import rules
from experiments.judging.measured import Measured
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED


def between(low, high):
    return Measured(lambda α: ((low + high) / 2, low, high), 10)


@pytest.mark.parametrize(
    ("rule", "low", "high", "expected"),
    [
        (rules.above(0.5), 0.51, 0.9, SUPPORTED),
        (rules.above(0.5), 0.5, 0.9, INCONCLUSIVE),
        (rules.above(0.5), 0.1, 0.49, CONTRADICTED),
        (rules.above(0.5), 0.1, 0.5, INCONCLUSIVE),
        (rules.above(0.9, 0.5), 0.1, 0.6, INCONCLUSIVE),
        (rules.above(0.9, 0.5), 0.1, 0.49, CONTRADICTED),
        (rules.below(0.5), 0.1, 0.49, SUPPORTED),
        (rules.below(0.5), 0.1, 0.5, INCONCLUSIVE),
        (rules.below(0.5), 0.51, 0.9, CONTRADICTED),
        (rules.below(0.1, 0.5), 0.2, 0.6, INCONCLUSIVE),
        (rules.at_least(1), 1, 1, SUPPORTED),
        (rules.at_least(1), 0.9, 0.99, CONTRADICTED),
        (rules.at_least(1), 0.9, 1, INCONCLUSIVE),
        (rules.at_most(1), 1, 1, SUPPORTED),
        (rules.at_most(1), 1.01, 2, CONTRADICTED),
        (rules.at_most(1), 0.5, 1.01, INCONCLUSIVE),
        (rules.between(0.9, 1.1), 0.9, 1.1, SUPPORTED),
        (rules.between(0.9, 1.1), 1.11, 1.11, CONTRADICTED),
        (rules.between(0.9, 1.1), np.nan, np.nan, INCONCLUSIVE),
        (rules.all_within(0.5, 2.0), 0.5, 2.0, SUPPORTED),
        (rules.all_within(0.5, 2.0), 0.49, 2.0, INCONCLUSIVE),
        (rules.all_within(0.5, 2.0), 0.5, 2.01, INCONCLUSIVE),
        (rules.all_within(0.5, 2.0), 1.9, 2.2, CONTRADICTED),
        (rules.all_within(0.5, 2.0), np.nan, np.nan, INCONCLUSIVE),
        (rules.within(1.0, 0.1), 0.95, 1.05, SUPPORTED),
        (rules.within(1.0, 0.1), 1.0, 1.2, INCONCLUSIVE),
        (rules.within(1.0, 0.1), 0.5, 1.5, INCONCLUSIVE),
        (rules.within(1.0, 0.1), 1.11, 1.2, CONTRADICTED),
        (rules.within(1.0, 0.1), 0.1, 0.89, CONTRADICTED),
        (rules.within(1.0, 0.1), 0.1, 0.95, INCONCLUSIVE),
        (rules.holds_for_all("x", [True, True]), 0, 0, SUPPORTED),
        (rules.holds_for_all("x", [True, False]), 0, 0, CONTRADICTED),
        (rules.holds_for_all("x", []), 0, 0, INCONCLUSIVE),
        (rules.exhibits("x", True), 0, 0, SUPPORTED),
        (rules.exhibits("x", False), 0, 0, INCONCLUSIVE),
    ],
)
def test_rules_at_their_borders(rule, low, high, expected):
    assert rule.outcome(between(low, high)) == expected


def test_conditions_of_a_rule_take_away_what_they_name_and_nothing_else():
    yes, no = between(0.6, 0.9), between(0.1, 0.4)
    rule = rules.above(0.5)
    for condition in (True, False):
        kept = (SUPPORTED, CONTRADICTED)
        lost = kept if condition else (INCONCLUSIVE, INCONCLUSIVE)
        assert tuple(rule.provided(condition, "W.").outcome(one) for one in (yes, no)) == lost
        assert tuple(rule.supported_only_if(condition, "W.").outcome(one) for one in (yes, no)) == (lost[0], kept[1])
        assert tuple(rule.contradicted_only_if(condition, "W.").outcome(one) for one in (yes, no)) == (kept[0], lost[1])
    assert rule.provided(True, "Words.").words == f"{rule.words} Words."


def test_a_rule_that_says_both_is_an_error():
    with pytest.raises(ValueError, match="cannot support and contradict"):
        rules.decide(True, True)
