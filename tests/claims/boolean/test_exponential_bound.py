"""Bounds depend on the quantifier."""

import numpy as np

from experiments.claims.boolean import (
    exponential_bound,
)
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import measured, verdicts


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
