"""Words of verdicts are checked; switches are data; a rule's words and its decision are one object."""

import numpy as np
import pandas as pd
import pytest

from experiments.judging import rules
from experiments.judging.measured import Measured
from experiments.judging.rules import INCONCLUSIVE, Rule
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


@pytest.mark.parametrize("held", [True, False])
def test_nothing_is_decided_where_nothing_was_measured(held):
    rule = rules.holds_for_all("it grows", held)
    assert tried(Measured.exactly(float("nan"), 3), rule).verdict == INCONCLUSIVE
    assert tried(Measured.exactly(1.0, 3), rule).verdict == (rules.SUPPORTED if held else rules.CONTRADICTED)
