"""Bias neurons and bias vectors: the rules on planted tables, and a small real run."""

import pandas as pd
import pytest

from experiments.claims.anatomy import bias_neurons
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, quantities, verdicts


def planted_bias(**changes) -> pd.DataFrame:
    facts = {"activation": "rectifier", "depth": 1, "points": 8, "vector_equal": 8, "back_equal": 8, "one_equal": 8}
    facts |= {"one_layered": False, "none_equal": 0, "zero_with": False, "zero_without": True}
    return pd.DataFrame({"network": range(10)}).assign(**(facts | changes))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, (SUPPORTED, SUPPORTED, SUPPORTED)),
        ({"vector_equal": [8] * 9 + [7]}, (CONTRADICTED, SUPPORTED, SUPPORTED)),
        ({"back_equal": [8] * 9 + [7]}, (CONTRADICTED, SUPPORTED, SUPPORTED)),
        ({"none_equal": 8}, (INCONCLUSIVE, SUPPORTED, SUPPORTED)),
        # One output of the control that differs is enough.
        ({"none_equal": [8] * 9 + [7]}, (SUPPORTED, SUPPORTED, SUPPORTED)),
        ({"one_equal": 7}, (SUPPORTED, CONTRADICTED, SUPPORTED)),
        ({"one_layered": True}, (SUPPORTED, CONTRADICTED, SUPPORTED)),
        ({"zero_without": [True] * 9 + [False]}, (SUPPORTED, SUPPORTED, CONTRADICTED)),
        ({"zero_with": True}, (SUPPORTED, SUPPORTED, INCONCLUSIVE)),
        # Fewer than half of the networks with bias may be 0 at 0, and half is too many.
        ({"zero_with": [True] * 5 + [False] * 5}, (SUPPORTED, SUPPORTED, INCONCLUSIVE)),
        ({"zero_with": [True] * 4 + [False] * 6}, (SUPPORTED, SUPPORTED, SUPPORTED)),
    ],
)
def test_what_is_said_of_bias_neurons_can_fail(changes, expected):
    found = verdicts(bias_neurons.judge(planted_bias(**changes)))
    names = ("vector", "one-for-all", "needed")
    assert found == {f"{name}": one for name, one in zip(names, expected, strict=True)}


def test_what_is_measured_of_bias_neurons_are_shares_of_all_outputs_and_of_all_networks():
    table = planted_bias(points=[16] + [4] * 9, vector_equal=4, back_equal=[2] + [4] * 9, one_equal=[13] + [4] * 9)
    table = table.assign(zero_with=[True] * 4 + [False] * 6, zero_without=[True] * 7 + [False] * 3)
    assert quantities(bias_neurons.judge(table)) == {
        "vector": (78 / 104, 78 / 104, 78 / 104, 52),
        "one-for-all": (49 / 52, 49 / 52, 49 / 52, 52),
        "needed": (0.7, 0.7, 0.7, 52),
    }


def test_bias_neurons_are_bias_vectors_exactly():
    settings = bias_neurons.Settings(activation=["rectifier"], depth=[1, 2], networks=4, points=4)
    table = measured(bias_neurons, settings)
    assert set(verdicts(bias_neurons.judge(table)).values()) == {SUPPORTED}
    assert set(drawn(bias_neurons, table)) == {"bias-neurons"}
