"""Derivatives of the neurons' functions: the rules on planted tables, and a small real run."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.anatomy import activations_derivatives
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, quantities, verdicts


def planted_derivatives(**changes) -> pd.DataFrame:
    a = np.repeat([-1.0, 1.0], 25)
    rectifier = pd.DataFrame({"activation": "rectifier", "a": a, "exact_slope": a > 0, "identity": "none stated"})
    logistic = pd.DataFrame({"activation": "logistic", "a": a, "exact_slope": np.nan, "identity": "proved"})
    facts = {"automatic_off": 1e-16, "numeric_off": 1e-10, "zero_by_hand": 0.0, "zero_automatic": 0.0, "zero_left": 0.0}
    facts |= {"zero_right": 1.0, "zero_of_maximum": 0.5, "value": 0.0, "derivative": 0.0}
    return pd.concat([rectifier, logistic], ignore_index=True).assign(**(facts | changes))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, (SUPPORTED, SUPPORTED, SUPPORTED, CONTRADICTED)),
        # Each limit itself is allowed, and nothing above it.
        ({"automatic_off": 1e-13, "numeric_off": 1e-7}, (SUPPORTED, SUPPORTED, SUPPORTED, CONTRADICTED)),
        ({"automatic_off": 1.01e-13}, (CONTRADICTED, SUPPORTED, SUPPORTED, CONTRADICTED)),
        ({"numeric_off": 1.01e-7}, (CONTRADICTED, SUPPORTED, SUPPORTED, CONTRADICTED)),
        ({"automatic_off": 1e-9}, (CONTRADICTED, SUPPORTED, SUPPORTED, CONTRADICTED)),
        ({"numeric_off": 1e-5}, (CONTRADICTED, SUPPORTED, SUPPORTED, CONTRADICTED)),
        ({"identity": "refuted"}, (SUPPORTED, CONTRADICTED, CONTRADICTED, SUPPORTED, CONTRADICTED)),
        ({"exact_slope": 0.5}, (SUPPORTED, SUPPORTED, CONTRADICTED, CONTRADICTED)),
        ({"zero_right": 0.0}, (SUPPORTED, SUPPORTED, SUPPORTED, SUPPORTED)),
        # Equal slopes other than 0 are a derivative.
        ({"zero_right": 1.0, "zero_left": 1.0}, (SUPPORTED, SUPPORTED, SUPPORTED, SUPPORTED)),
        # Slopes of 1 and 0 on the wrong side.
        ({"exact_slope": np.repeat([1.0, 0.0], 50)}, (SUPPORTED, SUPPORTED, CONTRADICTED, CONTRADICTED)),
    ],
)
def test_what_is_said_of_derivatives_can_fail(changes, expected):
    table = planted_derivatives(**changes)
    if changes.get("identity") == "refuted":
        table = table[table["activation"] == "logistic"]
        expected = (SUPPORTED, CONTRADICTED)
    assert tuple(verdicts(activations_derivatives.judge(table)).values()) == expected


def test_what_is_measured_of_derivatives_is_counted_by_point_and_by_function():
    table = planted_derivatives(zero_left=-0.25)
    table.loc[:3, "automatic_off"] = 1.0
    table.loc[[0, 30], "exact_slope"] = 0.5
    found = quantities(activations_derivatives.judge(table))
    assert found["formulas"][0] == 96 / 100
    assert found["formulas"][3] == 100
    assert found["logistic"] == (1, 1, 1, 1)
    assert found["rectifier"] == (48 / 50, 48 / 50, 48 / 50, 50)
    assert found["rectifier-at-zero"] == (1.25, 1.25, 1.25, 1)


def test_tanh_and_the_rectifier_at_zero_are_variants_of_what_the_post_says():
    tanh = planted_derivatives().tail(1).assign(activation="tanh")
    judged = activations_derivatives.judge(pd.concat([planted_derivatives(), tanh], ignore_index=True))
    assert {one.claim: [bearing.role for bearing in one.bears_on] for one in judged} == {
        "formulas": ["control"],
        "logistic": ["as stated"],
        "tanh": ["variant"],
        "rectifier": ["as stated"],
        "rectifier-at-zero": ["variant"],
    }


def test_derivatives_are_measured_and_drawn():
    few = planted_derivatives().iloc[[0, 1, 60, 61]]
    assert verdicts(activations_derivatives.judge(few))["formulas"] == INCONCLUSIVE
    settings = activations_derivatives.Settings(activation=["logistic", "rectifier"], points=40)
    table = measured(activations_derivatives, settings)
    found = verdicts(activations_derivatives.judge(table))
    assert found == {
        "formulas": SUPPORTED,
        "logistic": SUPPORTED,
        "rectifier": SUPPORTED,
        "rectifier-at-zero": CONTRADICTED,
    }
    rectifier = table[table["activation"] == "rectifier"].iloc[0]
    assert (rectifier["zero_left"], rectifier["zero_right"]) == (0, pytest.approx(1))
    assert (rectifier["zero_automatic"], rectifier["zero_of_maximum"]) == (0, 0.5)
    assert set(drawn(activations_derivatives, table)) == {"derivatives"}
