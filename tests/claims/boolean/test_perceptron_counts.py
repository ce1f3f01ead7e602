"""Counts of perceptrons support the theorem, and controls are seen."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.boolean import (
    perceptron_counts,
)
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import measured, quantities, verdicts
from theory import boolean


def test_counts_of_perceptrons_support_the_theorem_and_its_controls_are_seen():
    table = measured(perceptron_counts, perceptron_counts.Settings(n=[1, 2, 3, 4], draws=20_000))
    counts = table.groupby(["n", "domain", "bias"])["count"].sum()
    assert (counts == 20_000).all()
    both = {"sign-patterns": SUPPORTED, "zero-one/none": SUPPORTED}
    assert verdicts(perceptron_counts.judge(table)) == both
    is_control = (table["domain"] != "zero-one") | (table["bias"] != "none")
    assert verdicts(perceptron_counts.judge(table[is_control])) == {"sign-patterns": SUPPORTED}
    # Draws with a bias, called draws without one: the statement is false of them, and as controls they are seen.
    biased = table[(table["domain"] == "zero-one") & (table["bias"] == "gaussian")].assign(bias="none")
    assert verdicts(perceptron_counts.judge(biased))["zero-one/none"] == CONTRADICTED
    unseen = table[~is_control].assign(bias="gaussian")
    with_it = perceptron_counts.judge(pd.concat([table[~is_control], unseen], ignore_index=True))
    assert verdicts(with_it)["zero-one/none"] == INCONCLUSIVE
    signed = table[(table["domain"] == "signed") & (table["bias"] == "none")]
    signed = signed[signed["count"] > 0]
    assert (signed["t"] == 2 ** (signed["n"] - 1)).all()


def planted_counts(counts, control=(0, 0, 4000, 0, 0), patterns=(1, 1, 1, 1, 0)) -> pd.DataFrame:
    """Two bits: numbers of draws with 0 to 4 ones, without a bias and with one."""
    rows = pd.DataFrame({"n": 2, "t": range(5), "patterns": patterns, "domain": "zero-one"})
    return pd.concat(
        [rows.assign(bias="none", count=counts), rows.assign(bias="gaussian", count=control)], ignore_index=True
    )


@pytest.mark.parametrize(
    ("moved", "control", "expected"),
    [
        # 40,000 draws: the upper end of a distance is 0.0068 above it, the lower one 0.0056 + 0.0068 below.
        (0.0431, 0.5, SUPPORTED),
        (0.0434, 0.5, INCONCLUSIVE),
        (0.0622, 0.5, INCONCLUSIVE),
        (0.0626, 0.5, CONTRADICTED),
        # The control has to be seen: its interval lies above the margin, too.
        (0.0, 0.0626, SUPPORTED),
        (0.0, 0.0622, INCONCLUSIVE),
        # A control that is not seen takes no contradiction back.
        (0.5, 0.0, CONTRADICTED),
    ],
)
def test_draws_are_close_within_the_margin_if_controls_are_not(moved, control, expected):
    def shifted(share: float) -> np.ndarray:
        return (40_000 * (np.array([0.25, 0.25, 0.25, 0.25, 0.0]) + share * np.array([-0.5, -0.5, 0, 0, 1]))).astype(
            int
        )

    judged = perceptron_counts.judge(planted_counts(shifted(moved), shifted(control)))
    assert verdicts(judged)["zero-one/none"] == expected
    assert quantities(judged)["zero-one/none"][::3] == (pytest.approx(moved, abs=1e-4), 40_000)


@pytest.mark.parametrize(
    ("patterns", "otherwise"), [((1, 1, 1, 1, 0), 0), ((1, 1, 1, 1, 1), 1), ((2, 1, 0, 1, 0), 2), ((1, 1, 1, 0, 1), 2)]
)
def test_sign_patterns_give_every_number_of_ones_once_and_no_other(patterns, otherwise):
    table = planted_counts((1, 1, 1, 1, 0), patterns=patterns)
    # The patterns are those of the first domain and bias; what is beside the others does not count.
    table["patterns"] = table["patterns"].mask(table["bias"] == "gaussian", 7)
    judged = perceptron_counts.judge(table)
    assert verdicts(judged)["sign-patterns"] == (CONTRADICTED if otherwise else SUPPORTED)
    assert quantities(judged)["sign-patterns"] == (otherwise, otherwise, otherwise, sum(patterns))


def test_controls_are_asked_at_the_largest_n_only():
    right, wrong = (10_000, 10_000, 10_000, 10_000, 0), (0, 0, 40_000, 0, 0)
    for at_two, at_three, expected in ((wrong, right, INCONCLUSIVE), (right, wrong, SUPPORTED)):
        two, three = planted_counts(right, at_two), planted_counts(right, at_three).assign(n=3)
        judged = perceptron_counts.judge(pd.concat([two, three], ignore_index=True))
        assert verdicts(judged)["zero-one/none"] == expected


def test_the_largest_distance_is_over_all_n_and_each_has_its_part_of_the_level():
    two = planted_counts((2500, 2500, 2500, 2500, 0))
    other = planted_counts((2000, 2500, 2500, 2500, 500)).assign(n=3)
    rows = pd.concat([two, other], ignore_index=True).query("bias == 'none'")
    # The rows called n = 3 are of two bits again: what n is called does not matter to a distance.
    half = perceptron_counts.distance(np.array([2000, 2500, 2500, 2500, 500]), 0.025)
    found = perceptron_counts.largest_distance(rows)
    assert (found.value, found.low, found.high) == pytest.approx(half)
    assert found.samples == 20_000


@pytest.mark.parametrize("tilt", [0.0, 0.02, 0.2])
def test_the_interval_of_a_distance_holds_it(tilt):
    rng, signs = np.random.default_rng(0), np.append((-1.0) ** np.arange(16), 0.0)
    probabilities = boolean.probability_of_ones(4) * (1 + 2 * tilt * signs)
    outside = 0
    for _ in range(200):
        d, low, high = perceptron_counts.distance(rng.multinomial(5000, probabilities))
        assert low <= d <= high
        outside += not low <= tilt <= high
    assert outside <= 4


def test_a_distance_by_hand_and_few_draws():
    # 2 bits, 10 draws: |4/10 - 1/4| + |3/10 - 1/4| + |2/10 - 1/4| + |0 - 1/4| + |1/10 - 0| = 0.6, half of it 0.3.
    d, low, high = perceptron_counts.distance(np.array([4, 3, 2, 0, 1]))
    slack = np.sqrt(np.log(2 / 0.05) / 20)
    assert (d, low, high) == pytest.approx((0.3, 0.0, 0.3 + slack))
    few = measured(perceptron_counts, perceptron_counts.Settings(n=[2], draws=50))
    assert verdicts(perceptron_counts.judge(few))["zero-one/none"] == INCONCLUSIVE
    assert perceptron_counts.distance(np.array([4, 3, 2, 0, 1]), 0.0)[1:] == (0.0, 1.0)
