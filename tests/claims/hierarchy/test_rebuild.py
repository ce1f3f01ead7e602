"""Networks of the claims about hierarchies are made again, to the last bit, from their row alone."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from experiments.claims.hierarchy import generator_size, layers_undo_steps, random_hierarchy_model, teacher_size
from experiments.ensemble.tracing import differences
from experiments.errors import UserError
from experiments.settings import Engine
from tests.support import units

STRINGS: dict[str, Any] = {
    "model": ["3-2-3"],
    "grammars": 2,
    "width": 4,
    "dense_width": 8,
    "most": 1.0,
    "steps": 20,
    "test": 50,
}
GENERATED: dict[str, Any] = {"width": [4], "examples": [8], "functions": 2, "n": 4, "steps": 40, "where": ""}
SETTINGS = {
    "generator-size": (generator_size, generator_size.Settings(family=["gates"], made=[1, 4], **GENERATED)),
    "teacher-size": (teacher_size, teacher_size.Settings(made=[1, 2], **GENERATED)),
    "random-hierarchy-model": (
        random_hierarchy_model,
        random_hierarchy_model.Settings(network=["local"], **STRINGS),
    ),
    "random-hierarchy-model, dense": (
        random_hierarchy_model,
        random_hierarchy_model.Settings(network=["dense"], **STRINGS),
    ),
    "layers-undo-steps": (layers_undo_steps, layers_undo_steps.Settings(network=["local"], strings=20, **STRINGS)),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_network_is_made_again_from_its_row(name):
    module, settings = SETTINGS[name]
    (unit,) = units(module, settings, seed=101)
    unit = dataclasses.replace(unit, engine=Engine(layout="map"))
    table = module.measure(unit)
    rows = table[table["loss"].notna()].to_dict("records")
    for row, other in ((rows[0], rows[-1]), (rows[-1], rows[0])):
        cells = unit.cells[np.logical_and.reduce([unit.cells[axis] == row[axis] for axis in unit.cells])]
        rebuilt = module.rebuild(unit.with_cells(cells.reset_index(drop=True)), row)
        assert differences(row, rebuilt) == []
        assert {"loss", "error"} <= set(rebuilt.values) <= set(row)
        assert rebuilt.curve["updates"].iloc[-1] == row["steps"]
        assert differences(other, rebuilt) != []
    assert not hasattr(module, "is_stuck") or module.is_stuck(table).dtype == bool


def test_an_untrained_network_is_not_made_again():
    module, settings = SETTINGS["layers-undo-steps"]
    (unit,) = units(module, settings, seed=101)
    with pytest.raises(UserError, match="not trained"):
        module.rebuild(unit, {"samples": 0, "model": "3-2-3", "grammar": 0})
