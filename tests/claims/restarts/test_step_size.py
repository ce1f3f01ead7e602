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
        # A shift of -1e9 makes losses of zero everywhere: all are equal, and nothing follows.
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


@pytest.mark.parametrize("lucky", [0.1, 0.2])
def test_the_first_half_chooses_the_learning_rate_and_the_second_is_judged(lucky):
    restart = np.tile(np.arange(100), 2)
    rate = np.repeat([0.1, 0.2], 100)
    # One rate is lucky in the first half only.
    loss = np.where((rate == lucky) == (restart < 50), 0.1, 1.0)
    facts = {"task": "parity", "n": 2, "width": 2, "activation": "tanh", "batch": 1, "schedule": "linear"}
    table = pd.DataFrame({"restart": restart, "learning_rate": rate, "loss": loss}).assign(**facts)
    ((_, ways),) = step_size.series(table)
    assert set(ways[step_size.FALLING]["loss"]) == {1.0}


def planted_ways(falling, steady, all_points) -> pd.DataFrame:
    """Losses of the judged half of the runs of each way; the other half is the same."""
    parts = []
    for (batch, schedule), losses in {
        (1, "linear"): falling,
        (1, "constant"): steady,
        (0, "constant"): all_points,
    }.items():
        runs = {"loss": [*losses, *losses], "restart": [*range(len(losses)), *range(100, 100 + len(losses))]}
        parts.append(pd.DataFrame(runs).assign(batch=batch, schedule=schedule, learning_rate=0.1))
    facts = {"task": "parity", "n": 2, "width": 2, "activation": "tanh", "solved": True, "steps": 100}
    return pd.concat(parts, ignore_index=True).assign(**facts)


def test_what_is_measured_is_a_share_of_pairs_with_ties_and_losses_below_the_floor_as_halves():
    table = planted_ways([0.5, 1.0, 1e-12, np.nan], [1.0, 0.9e-9], [2.0, 1.1e-9, np.nan])
    falling, one_point = step_size.judge(table)
    # 0.5 wins one of two, 1.0 draws one, 1e-12 wins one and draws one, what diverged loses both.
    assert (falling.claim, falling.measured, falling.samples) == ("falling-step/parity-2/tanh", 3 / 8, 6)
    # 0.5 and 1.0 win two of three, 1e-12 all, what diverged draws with what diverged.
    assert (one_point.claim, one_point.measured, one_point.samples) == ("one-point/parity-2/tanh", 7.5 / 12, 7)
    assert falling.switches["gradients_of_single_points"] == 100
    without = step_size.judge(table[table["batch"] == 1])
    assert [one.claim for one in without] == ["falling-step/parity-2/tanh"]
    assert step_size.judge(table[table["schedule"] == "constant"]) == []
