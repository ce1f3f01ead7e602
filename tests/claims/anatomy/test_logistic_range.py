"""The range of the logistic function: the rules on planted tables, exact values by fractions, and a real grid."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from experiments.claims.anatomy import logistic_range
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, verdicts
from tests.theory.test_activation_range import exponential
from theory.activation_range import OPEN, PARTS, PROVED, REFUTED


def planted(**changes) -> pd.DataFrame:
    x = np.arange(-2, 3)
    facts = {"activation": "logistic", "x": x, **dict.fromkeys(PARTS, PROVED), "log10_exact": -1.0}
    floats = {"float32": 0.5, "float64": 0.5, "float32_off": 0.5, "float64_off": 0.5}
    return pd.DataFrame(facts | floats | changes)


@pytest.mark.parametrize(
    ("changes", "differing"),
    [
        ({}, {}),
        ({"above_zero": REFUTED}, {"logistic": CONTRADICTED}),
        ({"symmetric": OPEN}, {"logistic": INCONCLUSIVE}),
        ({"float32": [0.1, 0.2, 0.5, 0.8, 1.0]}, {"float32/strictly-between": CONTRADICTED}),
        ({"float64": [0.0, 0.2, 0.5, 0.8, 0.9]}, {"float64/strictly-between": CONTRADICTED}),
        ({"float64_off": 4.0}, {}),
        ({"float64_off": 4.01}, {"float64/rounding": CONTRADICTED}),
        (
            {"float32": 1.0000001},
            {"float32/strictly-between": CONTRADICTED, "float32/rounding": CONTRADICTED},
        ),
    ],
)
def test_what_is_said_of_the_range_can_fail(changes, differing):
    names = [
        "logistic",
        *(f"{of}/{what}" for of in ("float32", "float64") for what in ("strictly-between", "rounding")),
    ]
    assert verdicts(logistic_range.judge(planted(**changes))) == dict.fromkeys(names, SUPPORTED) | differing


@pytest.mark.parametrize("x", [-9, -1, 0, 2, 8])
def test_exact_values_lie_within_rational_bounds(x):
    value = Fraction(logistic_range.exact_value("logistic", x))
    low, high = exponential(Fraction(abs(x)), terms=120)
    bounds = (low / (1 + low), high / (1 + high)) if x >= 0 else (1 / (1 + high), 1 / (1 + low))
    slack = Fraction(1, 10**38)
    assert bounds[0] - slack <= value <= bounds[1] + slack
    tanh, twice = (Fraction(logistic_range.exact_value(*of)) for of in (("tanh", x), ("logistic", 2 * x)))
    assert abs(tanh - (2 * twice - 1)) < slack


def test_floats_reach_both_ends_and_the_function_neither():
    table = measured(logistic_range, logistic_range.Settings())
    found = logistic_range.judge(table)
    assert verdicts(found) == {
        "logistic": SUPPORTED,
        "tanh": CONTRADICTED,
        "float32/strictly-between": CONTRADICTED,
        "float32/rounding": SUPPORTED,
        "float64/strictly-between": CONTRADICTED,
        "float64/rounding": SUPPORTED,
    }
    assert {one.claim: [bearing.role for bearing in one.bears_on] for one in found} == {
        "logistic": ["as stated"],
        "tanh": ["control"],
        "float32/strictly-between": ["variant"],
        "float32/rounding": ["control"],
        "float64/strictly-between": ["variant"],
        "float64/rounding": ["control"],
    }
    logistic = table[table["activation"] == "logistic"].set_index("x")
    # 1 + exp(-x) rounds to 1 once exp(-x) < 2^-24 = exp(-16.6), or 2^-53 = exp(-36.7).
    assert logistic.index[logistic["float32"] == 1].min() == 17
    assert logistic.index[logistic["float64"] == 1].min() == 37
    assert set(drawn(logistic_range, table)) == {"logistic-range"}


def test_a_smoke_run_has_what_the_verdicts_need():
    table = measured(logistic_range, logistic_range.Settings(largest=logistic_range.SMOKE["largest"]))
    assert verdicts(logistic_range.judge(table))["float64/strictly-between"] == CONTRADICTED
