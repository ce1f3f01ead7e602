"""Falling and constant steps: the rules on planted losses, and what is compared."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.restarts import step_size
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED


@pytest.mark.parametrize(
    ("shift", "expected"), [(-1.0, SUPPORTED), (1.0, CONTRADICTED), (0.0, INCONCLUSIVE), (-1e9, INCONCLUSIVE)]
)
def test_which_way_of_training_ends_lower(shift, expected):
    rng = np.random.default_rng(1)
    facts = {"task": "parity", "n": 2, "width": 2, "activation": "tanh", "solved": True, "steps": 100}
    parts = []
    for batch, schedule, mean in ((1, "linear", shift), (1, "constant", 0.0), (0, "constant", 0.0)):
        # A shift of -1e9 stands for losses of zero everywhere: all are equal, and nothing follows.
        losses = np.zeros(200) if shift < -10 else np.exp(rng.normal(mean, 1, 200))
        rows_ = {"batch": batch, "schedule": schedule, "learning_rate": 0.1, "restart": np.arange(200), "loss": losses}
        parts.append(pd.DataFrame(rows_))
    found = step_size.judge(pd.concat(parts, ignore_index=True).assign(**facts))
    assert [one.verdict for one in found] == [expected, expected]
    assert all(one.low <= one.measured <= one.high for one in found)


def test_the_probability_of_ending_lower_is_counted_over_all_pairs():
    mine, other = np.array([1.0, 2.0, np.nan]), np.array([2.0, 3.0])
    pairs = [(a < b) + (a == b) / 2 for a in (1.0, 2.0, np.inf) for b in other]
    assert step_size.superiority(mine, other, np.random.default_rng(0))[0] == pytest.approx(np.mean(pairs))


def test_the_first_half_chooses_the_learning_rate_and_the_second_is_judged():
    restart = np.tile(np.arange(100), 2)
    rate = np.repeat([0.1, 0.2], 100)
    # Rate 0.1 is lucky in the first half only.
    loss = np.where((rate == 0.1) == (restart < 50), 0.1, 1.0)
    facts = {"task": "parity", "n": 2, "width": 2, "activation": "tanh", "batch": 1, "schedule": "linear"}
    table = pd.DataFrame({"restart": restart, "learning_rate": rate, "loss": loss}).assign(**facts)
    ((_, ways),) = step_size.series(table)
    assert set(ways[step_size.FALLING]["loss"]) == {1.0}
