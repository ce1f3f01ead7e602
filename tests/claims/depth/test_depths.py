"""Networks of several depths: rows that are made again, and errors relative to a constant."""

from typing import Any

import numpy as np
import pytest

from experiments.claims.depth import _depths as depths
from experiments.claims.depth import equal_budget
from tests.support import units
from theory.depth import targets

SMALL: dict[str, Any] = {"learning_rate": [0.03], "batch": 0}


TWO: dict[str, Any] = {**SMALL, "steps": [30, 60]}


def test_any_row_is_made_again_and_random_targets_differ_by_restart_alone():
    settings = equal_budget.Settings(
        **TWO, target=["tree"], depth=[1, 3], activation=["tanh"], budget=[400], points=256, restarts=4
    )
    first, *_, second = units(equal_budget, settings)
    x = np.random.default_rng(0).uniform(-1, 1, (20, 8))
    of_first, of_second = (
        [target.value(x) for target in equal_budget._regression(unit).targets] for unit in (first, second)
    )
    assert np.array_equal(of_first, of_second)
    assert not np.allclose(of_first[0], of_first[1])
    row = equal_budget.measure(first).iloc[2].to_dict()
    alone = first.with_cells(first.cells.iloc[[2]].reset_index(drop=True))
    again = equal_budget.rebuild(alone, row)
    assert again.values["loss"] == row["loss"]
    assert depths.parameters(again.layers) == row["parameters"]
    assert again.curve["loss"].iloc[-1] == row["loss"]


def test_relative_errors_are_one_for_the_best_constant():
    target = targets.product_of(3, 0.0, 2.0)
    x = target.points(500, np.random.default_rng(0))
    regression = depths.Regression([target, target], x)
    nothing = [(np.zeros((3, 2)), np.zeros(2)), (np.zeros((2, 1)), np.zeros(1))]
    diverged = [(np.zeros((3, 2)), np.full(2, np.nan)), (np.zeros((2, 1)), np.zeros(1))]
    assert regression.relative_errors([nothing, diverged], "tanh", x) == pytest.approx([1, np.inf])
    raw = depths.Regression([target], x, standard=False)
    by_hand = np.sqrt(np.mean(x.prod(1) ** 2)) / x.prod(1).std()
    assert raw.relative_errors([nothing], "tanh", x) == pytest.approx([by_hand])
