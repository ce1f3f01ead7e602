"""Bounds depend on the quantifier."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.boolean import (
    exponential_bound,
)
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import measured, quantities, verdicts


def planted_bounds(neurons: float = 0.5, width: float = 0.9, **changes) -> pd.DataFrame:
    """log2 of bounds that grow by `neurons` and `width` a bit from n = 16 on; before that much slower."""
    n = np.array([24, 2, 16, 3, 20, 14])
    beyond = np.maximum(n - 16, 0)
    facts = {"log2_least_neurons": 1 + 0.01 * n + (neurons - 0.01) * beyond, "log2_construction_width": n - 1.0}
    facts |= {"log2_counting_bound": 0.01 * n + (width - 0.01) * beyond}
    facts |= {"census_width": np.where(n <= 3, n, np.nan), "parity_width": np.where(n <= 14, n, np.nan)}
    facts |= {"parity_errors": np.where(n <= 14, 0.0, np.nan)}
    return pd.DataFrame({"n": n, **facts}).assign(**changes)


@pytest.mark.parametrize(
    ("changes", "name", "expected"),
    [
        ({"neurons": 0.334}, "any-architecture", SUPPORTED),
        ({"neurons": 0.332}, "any-architecture", CONTRADICTED),
        ({"width": 0.501}, "one-hidden-layer", SUPPORTED),
        ({"width": 0.499}, "one-hidden-layer", CONTRADICTED),
        # The census is 2 and 3; the bound is above one of them, or the construction is below.
        ({"log2_counting_bound": [8, 1.0, 0, 1.0, 4, 0]}, "one-hidden-layer", SUPPORTED),
        ({"log2_counting_bound": [8, 1.0, 0, 1.6, 4, 0]}, "one-hidden-layer", CONTRADICTED),
        ({"log2_construction_width": [23, 1.0, 15, 1.6, 19, 13]}, "one-hidden-layer", SUPPORTED),
        ({"log2_construction_width": [23, 1.0, 15, 1.5, 19, 13]}, "one-hidden-layer", CONTRADICTED),
        # 14 units of parity are less than half of 28.1, and not of 27.9.
        ({"log2_counting_bound": np.log2([1e6, 1, 1, 1, 1e3, 28.1])}, "single-function", SUPPORTED),
        ({"log2_counting_bound": np.log2([1e6, 1, 1, 1, 1e3, 27.9])}, "single-function", INCONCLUSIVE),
        ({"parity_errors": [np.nan, 1, np.nan, 0, np.nan, 0]}, "single-function", CONTRADICTED),
    ],
)
def test_each_rule_about_bounds_decides_from_its_border_on(changes, name, expected):
    table = planted_bounds(**{"log2_construction_width": np.array([23, 1.0, 15, 2.0, 19, 13])} | changes)
    assert verdicts(exponential_bound.judge(table))[name] == expected


def test_what_is_measured_of_bounds_is_the_slowest_step_and_the_largest_parity():
    table = planted_bounds(log2_least_neurons=[9, 0, 4, 0, 6, 0], log2_counting_bound=[11, 0, 1, 0, 5, 4.0])
    assert quantities(exponential_bound.judge(table)) == {
        "any-architecture": (0.5, 0.5, 0.5, 6),
        "one-hidden-layer": (1, 1, 1, 6),
        "single-function": (14 / 16, 14 / 16, 14 / 16, 3),
    }
    # Two steps of 4 bits each: the slower one counts; n below 16 do not, and 16 itself does.
    early = table.assign(n=[24, 2, 15, 3, 20, 14])
    assert quantities(exponential_bound.judge(early))["any-architecture"][0] == 0.75


def test_bounds_depend_on_the_quantifier():
    table = measured(exponential_bound, exponential_bound.Settings(n=list(range(1, 33))))
    judged = verdicts(exponential_bound.judge(table))
    assert judged == {
        "any-architecture": SUPPORTED,
        "one-hidden-layer": SUPPORTED,
        "single-function": SUPPORTED,
    }
    assert set(table["parity_errors"].dropna()) == {0}
    alone = exponential_bound.judge(measured(exponential_bound, exponential_bound.Settings(n=[20, 24])))
    assert [one.verdict for one in alone] == [SUPPORTED, SUPPORTED, INCONCLUSIVE]
    slow = table.assign(log2_counting_bound=np.log2(table["n"]))
    assert verdicts(exponential_bound.judge(slow))["one-hidden-layer"] == CONTRADICTED
    few = verdicts(exponential_bound.judge(table[table["n"] <= 8]))
    assert few["any-architecture"] == INCONCLUSIVE
    assert few["single-function"] == INCONCLUSIVE
    wrong = verdicts(exponential_bound.judge(table.assign(parity_errors=table["parity_errors"] + 1)))
    assert wrong["single-function"] == CONTRADICTED
