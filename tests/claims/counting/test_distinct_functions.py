"""Functions of all settings of small networks; one other count turns each verdict."""

import numpy as np
import pytest

from experiments.claims.counting import distinct_functions
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, verdicts


def test_neurons_are_not_what_bounds_functions(counted):
    found = verdicts(distinct_functions.judge(counted))
    assert found["neurons"] == CONTRADICTED
    assert {found[f"fewer/{name}"] for name in ("threshold", "rectifier", "tanh")} == {SUPPORTED}
    assert found["dichotomies"] == found["constants/threshold"] == SUPPORTED
    assert found["not-all"] == SUPPORTED
    drawn(distinct_functions, counted)


def test_another_count_turns_each_verdict(counted):
    as_many = verdicts(distinct_functions.judge(counted.assign(functions=2.0 ** counted["log2_settings"])))
    assert as_many["fewer/threshold"] == CONTRADICTED
    more = verdicts(distinct_functions.judge(counted.assign(functions=2.0 ** (counted["log2_dichotomies"] + 0.1))))
    assert more["dichotomies"] == CONTRADICTED
    everything = verdicts(distinct_functions.judge(counted.assign(functions=2.0 ** counted["log2_possible"])))
    assert everything["not-all"] == INCONCLUSIVE
    one = verdicts(distinct_functions.judge(counted.assign(functions=1, zero_share=1.0)))
    assert one["neurons"] == SUPPORTED
    assert one["constants/threshold"] == CONTRADICTED
    frequent = verdicts(distinct_functions.judge(counted.assign(parity_share=0.9)))
    assert frequent["constants/rectifier"] == CONTRADICTED


def test_shares_are_those_of_all_settings(counted):
    row = counted[(counted["n"] == 2) & (counted["m"] == 2) & (counted["levels"] == "-1, 0, 1")].set_index("activation")
    assert row.loc["threshold", "functions"] == 16
    assert row.loc["threshold", "parity_share"] == pytest.approx(10 / 19_683)
    assert row.loc["threshold", "zero_share"] == pytest.approx(0.582, abs=5e-4)
    assert np.isclose(row["log2_settings"], 9 * np.log2(3)).all()
