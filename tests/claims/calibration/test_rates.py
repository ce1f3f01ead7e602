"""Error rates at the border and power beside it, from trials that are written by hand."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims import families, outline
from experiments.claims.calibration.rules import rates
from experiments.judging.planting import problem_with
from experiments.judging.rules import CONTRADICTED, SUPPORTED
from experiments.judging.statistics import exact_interval

DECIDES = next(rule for rule in rates.RULES.values() if not rule.test)
TEST = next(rule for rule in rates.RULES.values() if rule.test)


def trials(at_border: int, supported: int, contradicted: int, effect: float = 1.0, off: int = 10, right: int = 7):
    """Trials at the border, some of them decided, and trials beside it, some of them right."""
    border = pd.DataFrame({"effect": 0.0, "supported": np.arange(at_border) < supported})
    border["contradicted"] = np.arange(at_border) >= at_border - contradicted
    beside = pd.DataFrame({"effect": effect, "supported": np.arange(off) < right})
    beside["contradicted"] = ~beside["supported"]
    return pd.concat([border, beside], ignore_index=True)


def test_every_rule_of_the_house_has_a_name_of_its_family_and_claim():
    assert len(rates.RULES) > 40
    assert all(name.split(".")[0] in rates.PLANTED_IN and "/" in name for name in rates.RULES)
    assert set(rates.DISCOVERED) == {module.__name__ for module in rates.PLANTED_IN.values()}


def test_every_rule_of_the_house_is_one_of_a_claim():
    # Two runs are compared by a verb, and by no claim.
    claims = {family: [*outline.claims_of(family), *["compare"] * (family == "calibration")] for family in families()}
    for name in rates.OWN:
        family, _, rule = name.partition(".")
        assert problem_with(rule, rates.RULES[name], claims[family]) == ""


def test_a_rule_that_decides_errs_to_either_side_and_a_test_only_if_it_rejects():
    assert rates.wrong_outcomes(DECIDES) == [SUPPORTED, CONTRADICTED]
    assert rates.wrong_outcomes(TEST) == [CONTRADICTED]
    rows = trials(100, 3, 5)
    both = rates.error_rates(DECIDES, rows)
    assert {side: (rate.value, rate.samples) for side, rate in both.items()} == {
        SUPPORTED: (0.03, 100),
        CONTRADICTED: (0.05, 100),
    }
    # Two sides share the level; a test has one.
    assert both[SUPPORTED].high == pytest.approx(exact_interval(3, 100, 0.025)[1])
    (one,) = rates.error_rates(TEST, rows).values()
    assert one.high == pytest.approx(exact_interval(5, 100, 0.05)[1])


def test_trials_beside_the_border_are_no_errors():
    assert len(rates.wrong_at_border(DECIDES, trials(20, 0, 0))) == 20


@pytest.mark.parametrize(("effect", "expected"), [(1.0, 0.7), (-1.0, 0.3)])
def test_power_is_the_share_that_agrees_with_the_sign_of_the_effect(effect, expected):
    assert rates.power(DECIDES, trials(5, 0, 0, effect)) == {effect: pytest.approx(expected)}
    # A test is right where it rejects, on whatever side the effect is.
    assert rates.power(TEST, trials(5, 0, 0, effect)) == {effect: pytest.approx(0.3)}


def test_trials_are_grouped_by_rule_in_the_order_of_the_rules():
    names = list(rates.RULES)[3:1:-1]
    table = pd.concat([trials(5, 0, 0).assign(rule=name) for name in names], ignore_index=True)
    found = [(name, len(rows)) for name, _, rows in rates.series(table)]
    assert found == [(name, 15) for name in reversed(names)]
