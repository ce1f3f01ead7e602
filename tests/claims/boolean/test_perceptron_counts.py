"""Counts of perceptrons support the theorem, and controls are seen."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.boolean import (
    perceptron_counts,
)
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import measured, verdicts
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
