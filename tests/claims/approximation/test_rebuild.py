"""Networks of the claims about approximation are made again, to the last bit, from their row alone."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from experiments.claims.approximation import activations, narrow, optimum, rate
from experiments.ensemble.tracing import differences
from experiments.plan import make_plan
from experiments.settings import Engine, RunSettings
from theory.approximation.construction import outputs, rectify
from theory.approximation.curves import CURVES, grid

# Two networks: as many as there are devices in tests, so that one alone has the same compiled program.
CURVE: dict[str, Any] = {"target": ["sine"], "train_points": 64, "points": 201}
SPACE: dict[str, Any] = {
    "d": [2],
    "width": [4],
    "steps": [20],
    "points": 200,
    "batch": 0,
    "functions": 1,
    "family": ["ridges"],
}
SETTINGS = {
    optimum: optimum.Settings(
        **CURVE, steps=[20], width=[8], optimizer=["adam"], learning_rate=[0.03], restarts=2, input_scale=[2.0]
    ),
    activations: activations.Settings(
        **CURVE, steps=20, width=[4], activation=["tanh"], learning_rate=[0.03], restarts=2
    ),
    rate: rate.Settings(**SPACE, activation=["tanh"], restarts=2, learning_rate=[0.01], input_scale=[2.0]),
    narrow: narrow.Settings(d=[2], spare=[1], depth=[2], learning_rate=[0.01], restarts=2, steps=[20]),
}


@pytest.mark.parametrize("module", SETTINGS, ids=lambda module: module.__name__.split(".")[-1])
def test_a_network_is_made_again_from_its_row(module):
    name = module.__name__.split(".")[-1]
    run = RunSettings(sweep={name: SETTINGS[module]}, family="approximation", name="approximation")
    (unit,) = make_plan(run)
    unit = dataclasses.replace(unit, engine=Engine(layout="map"))
    table = module.measure(unit)
    number = len(table) - 1
    row = table.iloc[number].to_dict()
    alone = unit.with_cells(unit.cells.iloc[[number]].reset_index(drop=True))
    rebuilt = module.rebuild(alone, row)
    assert differences(row, rebuilt) == []
    assert {"loss"} < set(rebuilt.values) <= set(row)
    assert rebuilt.curve["updates"].iloc[-1] == row["steps"] == 20
    assert rebuilt.curve["loss"].iloc[-1] == row["loss"]
    assert differences(table.iloc[0].to_dict(), rebuilt) != []
    assert module.is_stuck(table).dtype == bool
    assert table["key"].is_unique


def test_the_network_that_is_shown_has_the_error_of_the_row():
    run = RunSettings(sweep={"optimum": SETTINGS[optimum]}, family="approximation", name="approximation")
    (unit,) = make_plan(run)
    alone = unit.with_cells(unit.cells.iloc[[0]])
    table = optimum.measure(alone)
    layers = optimum.rebuild(alone, table.iloc[0].to_dict()).layers
    x = grid(201)
    error = np.sqrt(np.mean((outputs(tuple(layers), x, rectify) - CURVES["sine"].of(x)) ** 2))
    assert error == table["rms"].iloc[0]
