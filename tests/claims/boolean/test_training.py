"""Boolean targets: which functions are drawn, what varies, and that a function is the same for all networks."""

import dataclasses

import numpy as np
import pytest

from experiments.claims.boolean import _training as training
from experiments.claims.boolean import trained_width, trained_width_found
from experiments.ensemble import tracing
from experiments.settings import Engine
from tests.support import units
from theory import boolean


@pytest.mark.parametrize("family", list(boolean.FAMILIES))
def test_drawn_functions_are_clusters_and_others_have_single_runs(family):
    drawn = family in training.DRAWN
    assert training.clusters(family) == (["function"] if drawn else ["function", "restart"])
    assert training.units(family).startswith("functions" if drawn else "runs")
    tables = {training.truth_table(3, 4, family, number).tobytes() for number in range(6)}
    assert (len(tables) > 1) == drawn


@pytest.mark.parametrize("family", training.DRAWN)
def test_a_function_depends_on_seed_bits_family_and_number_alone(family):
    one = training.truth_table(3, 4, family, 0)
    np.testing.assert_array_equal(one, training.truth_table(3, 4, family, 0))
    others = [training.truth_table(*what) for what in ((4, 4, family, 0), (3, 4, family, 1))]
    assert all(not np.array_equal(one, other) for other in others)
    assert len(one) == 16


def test_every_family_has_a_name_in_a_sentence():
    assert training.words("parity") == "parity"
    assert training.words("random") == "a random balanced function"
    assert set(training.WORDS) <= set(boolean.FAMILIES)
    assert set(training.DRAWN) <= set(boolean.FAMILIES)


@pytest.mark.parametrize(
    ("module", "settings"),
    [
        # Three bits and two units in a program of four and four.
        (trained_width, trained_width.Settings(n=[3], width=[2], activation=["tanh"], functions=1, steps=60)),
        (trained_width_found, trained_width_found.Settings(family=["majority"], n=[3], activation=["tanh"], steps=60)),
    ],
    ids=["trained-width", "trained-width-found"],
)
def test_a_network_is_made_again_and_answers_as_it_did(module, settings):
    (unit,) = units(module, settings)
    unit = dataclasses.replace(unit, engine=Engine(layout="lanes"))
    row = module.measure(unit).iloc[2].to_dict()
    again = module.rebuild(unit.with_cells(unit.cells.iloc[[2]].reset_index(drop=True)), row)
    assert tracing.differences(row, again) == []
    (W, b), (V, c) = again.layers
    signs = np.tanh(boolean.signed_inputs(3) @ W + b) @ V + c > 0
    wrong = signs[:, 0] != training.truth_table(unit.seed, 3, row["family"], row["function"])
    assert wrong.sum() == row["errors"]
    assert (again.curve["updates"].iloc[-1], again.curve["loss"].iloc[-1]) == (row["steps"], row["loss"])
