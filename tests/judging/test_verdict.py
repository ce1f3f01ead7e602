"""Words of verdicts are checked; switches are data; a rule's words and its decision are one object."""

import numpy as np
import pandas as pd
import pytest

from experiments.judging import rules
from experiments.judging.measured import Measured
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED, Rule
from experiments.judging.verdict import Bearing, Trial, on

TRIAL = Trial("school", on("layered"), "representable", {"bias": True, "n": np.array([2, 3, 2])})


def tried(measured=None, rule=None, **switches):
    measured, rule = measured or Measured.exactly(1, 1), rule or rules.at_least(1)
    return TRIAL.verdict("a/b", "So it is.", measured, rule, prediction="1", notes="a fact", **switches)


def test_unknown_words_are_refused():
    with pytest.raises(ValueError, match="existence 'guessed' is none of representable"):
        Trial("school", (), "guessed")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="direction 'sideways' is none of for, against"):
        Bearing("layered", "sideways")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="role 'odd' is none of as stated, variant, control"):
        on("layered", role="odd")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="evidence 'felt' is none of"):
        tried(Measured(lambda α: (1, 1, 1), 1, "felt"))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="switch 'learning rate' is no name"):
        tried(**{"learning rate": 0.1})
    with pytest.raises(TypeError, match="a switch is a text, a number"):
        tried(n=None)


def test_hypotheses_are_written_from_the_switches():
    one = tried(learning_rate=0.03, width=pd.Series([4, 2, 4]), closed=False)
    assert one.hypotheses == "bias; n 2, 3; learning rate 0.03; width 4, 2; no closed; a fact"
    assert dict(one.switches) == {"bias": True, "n": "2 | 3", "learning_rate": 0.03, "width": "4 | 2", "closed": False}
    assert TRIAL.but(switches={"bias": False, "d": 1}).switches["bias"] is False
    assert TRIAL.switches["bias"] is True


def test_the_rule_of_a_verdict_says_how_it_was_measured_and_then_when_it_decides():
    one = tried(Measured.exactly(0.5, 4, how="The share of four."), Rule("Never.", lambda m: INCONCLUSIVE))
    assert (one.rule, one.verdict, one.measured, one.samples) == ("The share of four. Never.", INCONCLUSIVE, 0.5, 4)
    assert (one.low, one.high, one.evidence) == (0.5, 0.5, "exact")


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
