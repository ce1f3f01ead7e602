"""From a row back to its network: what a claim measured can be made again, alone."""

import dataclasses
from typing import Any

import pandas as pd
import pytest

from experiments.claims.restarts import (
    a_million_restarts,
    best_of_k,
    deep_linear,
    end_points,
    large_networks_get_stuck,
    spurious_minima,
    step_size,
)
from experiments.ensemble import tracing
from experiments.settings import Engine
from tests.support import drawn, measured, units

SMALL: dict[str, Any] = {
    "task": ["parity"],
    "n": [2],
    "activation": ["tanh", "rectifier"],
    "restarts": 40,
    "steps": 300,
}


TEACHER: dict[str, Any] = {"task": ["teacher-student"], "n": [8], "width": [8], "activation": ["rectifier"]}
CASES = {
    "best-of-k": (best_of_k, best_of_k.Settings(**SMALL, width=[2, 3])),
    "best-of-k, teacher": (best_of_k, best_of_k.Settings(**TEACHER, restarts=20)),
    "spurious-minima": (spurious_minima, spurious_minima.Settings(k=[6], extra=[0], restarts=8)),
    "large-networks-get-stuck": (
        large_networks_get_stuck,
        large_networks_get_stuck.Settings(points=[16], width=[2, 8], activation=["tanh"], functions=4, steps=60),
    ),
    "step-size": (
        step_size,
        step_size.Settings(n=[2], activation=["tanh"], learning_rate=[0.1], gradients=800, restarts=6),
    ),
    "a-million-restarts": (a_million_restarts, a_million_restarts.Settings(restarts=40, steps=300)),
    "deep-linear": (deep_linear, deep_linear.Settings(layers=[2, 3], width=[2], restarts=6, steps=600)),
    "end-points": (end_points, end_points.Settings(**SMALL, width=[2])),
}


@pytest.mark.parametrize("name", CASES)
def test_every_row_can_be_made_again_and_everything_is_drawn(name):
    module, settings = CASES[name]
    # As a row knows how it was held: one alone would be held otherwise.
    unit = dataclasses.replace(units(module, settings)[-1], engine=Engine(layout="lanes"))
    table = module.measure(unit)
    for number in (0, len(table) - 1):
        row = table.iloc[number].to_dict()
        alone = unit.with_cells(unit.cells.iloc[[number]].reset_index(drop=True))
        rebuilt = module.rebuild(alone, row)
        assert tracing.differences(row, rebuilt) == []
        assert rebuilt.curve["updates"].is_monotonic_increasing
        last = rebuilt.curve["loss"].iloc[-1]
        assert last == pytest.approx(row.get("trained_loss", row["loss"]), rel=1e-6, nan_ok=True)
    drawn(module, measured(module, settings))


def test_a_row_that_is_not_the_same_is_said_to_differ():
    rebuilt = tracing.Rebuilt([], pd.DataFrame(), {"loss": 0.5, "steps": 3})
    assert tracing.differences({"loss": 0.5, "steps": 3}, rebuilt) == []
    assert tracing.differences({"loss": 0.25, "steps": 3}, rebuilt) == ["loss: 0.5 now, 0.25 in the table"]
