"""Networks of the claims about generalisation are made again, to the last bit, from their row alone."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from experiments.claims.generalisation import functions_hardly_matter, guess_and_check, images, train_and_test
from experiments.claims.generalisation.guess_and_check import verdicts as guessed
from experiments.ensemble.tracing import differences
from experiments.errors import UserError
from experiments.settings import Engine
from tests.support import units

GUESSES: dict[str, Any] = {"world": ["majority"], "examples": [3], "width": [4], "sets": 1, "restarts": 2, "steps": 40}
SETTINGS = {
    train_and_test: train_and_test.Settings(
        n=[4], share=[0.5], activation=["tanh"], width=8, sets=2, steps=60, family=["junta", "coin"]
    ),
    functions_hardly_matter: functions_hardly_matter.Settings(
        world=["teachers"], activation=["rectifier"], layers=[1], width=[3], tasks=3, restarts=2, points=16, steps=60
    ),
    images: images.Settings(question=["even"], treatment=["plain"], splits=2, networks=2, trees=2, steps=20),
    guess_and_check: guess_and_check.Settings(**GUESSES, wanted=5),
}


def alone(unit, row):
    cells = unit.cells[np.logical_and.reduce([unit.cells[name] == row[name] for name in unit.cells])]
    return unit.with_cells(cells.reset_index(drop=True))


@pytest.mark.parametrize("module", SETTINGS, ids=lambda module: module.__name__.split(".")[-1])
def test_a_network_is_made_again_from_its_row(module):
    (unit,) = units(module, SETTINGS[module], seed=101)
    unit = dataclasses.replace(unit, engine=Engine(layout="map"))
    table = module.measure(unit)
    rows = table[table["loss"].notna()].to_dict("records")
    for row, other in ((rows[0], rows[-1]), (rows[-1], rows[0])):
        rebuilt = module.rebuild(alone(unit, row), row)
        assert differences(row, rebuilt) == []
        assert {"loss"} < set(rebuilt.values) <= set(row)
        assert rebuilt.curve["loss"].iloc[-1] > 0
        assert all(W.shape[1] == len(b) for W, b in rebuilt.layers)
        assert differences(other, rebuilt) != []
    assert not hasattr(module, "is_stuck") or module.is_stuck(table).dtype == bool


def test_a_guess_is_made_again_and_is_right():
    (unit,) = units(guess_and_check, SETTINGS[guess_and_check], seed=101)
    table = guess_and_check.measure(unit)
    (row,) = table[(table["search"] == guessed.GUESSES) & (table["bin"] == guessed.EVERY)].to_dict("records")
    rebuilt = guess_and_check.rebuild(unit, row)
    assert differences(row, rebuilt) == []
    world, seen = guess_and_check.searches.examples_of(101, "majority", 3, 0)
    (W, b), (v, c) = rebuilt.layers
    z = (np.maximum(world.x[seen] @ W + b, 0) @ v + c)[:, 0]
    assert (z * world.y[seen] > 0).all()
    assert rebuilt.curve["loss"].item() == pytest.approx(np.log1p(np.exp(-z * world.y[seen])).mean(), rel=1e-5)


def test_rows_without_a_network_are_named():
    (unit,) = units(guess_and_check, SETTINGS[guess_and_check], seed=101)
    with pytest.raises(UserError, match="no network of its own"):
        guess_and_check.rebuild(unit, {"search": guessed.TRAINED, "bin": 3, "right": 1})
    with pytest.raises(UserError, match="no network of its own"):
        guess_and_check.rebuild(unit, {"search": guessed.GUESSES, "bin": guessed.EVERY, "right": 0})
    with pytest.raises(UserError, match="forest is no network"):
        images.rebuild(unit, {"predictor": "forest"})
