"""Functions of all settings of small networks; one other count turns each verdict."""

import numpy as np
import pytest

from experiments.claims.counting import distinct_functions
from experiments.claims.counting.distinct_functions.verdicts import growth
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, verdicts


def test_neurons_are_not_what_bounds_functions(counted):
    found = verdicts(distinct_functions.judge(counted))
    assert found["neurons"] == CONTRADICTED
    assert {found[f"fewer/{name}"] for name in ("threshold", "rectifier", "tanh")} == {SUPPORTED}
    assert found["dichotomies"] == found["constants/threshold"] == SUPPORTED
    assert found["not-all"] == SUPPORTED
    assert found["growth/threshold"] == found["per-weight/threshold"] == SUPPORTED
    # One tanh unit never outweighs a bias of 1; two of them do.
    assert found["per-weight/tanh"] == CONTRADICTED
    drawn(distinct_functions, counted)


def test_functions_grow_with_weights_as_counts_by_hand_say(counted):
    rows = counted[counted["activation"] == "threshold"].assign(log2_functions=lambda t: np.log2(t["functions"]))
    # 13 functions of 3 bits with one unit of levels ±1, 28 of 4 bits; with two units 589 of 4 bits; 54 and 198 of three
    # levels with one unit: it has fewer settings than there are functions for 4 bits only.
    settings, functions = [6, 7, 13, 7 * np.log2(3)], [13, 28, 589, 198]
    assert growth(rows).value == pytest.approx(np.polyfit(settings, np.log2(functions), 1)[0])
    assert growth(rows).samples == 4
    # From one unit to two: 6 to 16, 13 to 97, 28 to 589 functions; 14 to 16, 54 to 220, 198 to 6034 of three levels.
    per_weight = {2: [(6, 16, 2), (14, 16, 3)], 3: [(13, 97, 2), (54, 220, 3)], 4: [(28, 589, 2), (198, 6034, 3)]}
    shares = [np.log2(b / a) / ((n + 2) * np.log2(k)) for n, own in per_weight.items() for a, b, k in own]
    (found,) = [one for one in distinct_functions.judge(counted) if one.claim.endswith("per-weight/threshold")]
    assert (found.low, found.measured) == pytest.approx((min(shares), max(shares)))


def test_another_count_turns_each_verdict(counted):
    as_many = verdicts(distinct_functions.judge(counted.assign(functions=2.0 ** counted["log2_settings"])))
    assert as_many["fewer/threshold"] == as_many["per-weight/threshold"] == CONTRADICTED
    steeper = verdicts(distinct_functions.judge(counted.assign(functions=2.0 ** (1.5 * counted["log2_settings"]))))
    assert steeper["growth/threshold"] == CONTRADICTED
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
