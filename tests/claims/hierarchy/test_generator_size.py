"""Verdicts on what functions need that steps made: planted tables on either side of each border, and a small run."""

from typing import Any

import numpy as np
import pytest

from experiments.claims.hierarchy import _planted_generators as planted
from experiments.claims.hierarchy import generator_size
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, verdicts


@pytest.mark.parametrize(
    ("table", "name"),
    [
        (planted.enough(0.0).table, "examples/gates/enough"),
        (planted.example_growth, "examples/gates/growth"),
        (planted.narrower, "width/gates/narrower"),
        (planted.width_growth, "width/gates/growth"),
        (planted.shuffled, "shuffled"),
    ],
)
def test_planted_effects_are_seen(table, name):
    for effect, outcome in ((4.0, SUPPORTED), (0.0, INCONCLUSIVE), (-4.0, CONTRADICTED)):
        assert verdicts(generator_size.judge(table(effect, np.random.default_rng(101))))[name] == outcome


def test_made_functions_are_not_called_easier_where_shuffled_ones_are_learned_as_well():
    table = planted.enough(0.0).table(4.0, np.random.default_rng(101))
    table.loc[table["role"] == "shuffled", "error"] = 0.0
    assert verdicts(generator_size.judge(table))["examples/gates/enough"] == INCONCLUSIVE


def test_a_width_beyond_the_ladder_leaves_the_growth_open_and_counts_as_wider():
    table = planted.width_growth(4.0, np.random.default_rng(101))
    one = (table["function"] == 0) & (table["made"] == 16)
    assert verdicts(generator_size.judge(table.assign(solved=table["solved"] & ~one)))["width/gates/growth"] == (
        INCONCLUSIVE
    )
    table = planted.narrower(4.0, np.random.default_rng(101))
    never = table["solved"] & (table["role"] == "made")
    assert verdicts(generator_size.judge(table.assign(solved=never)))["width/gates/narrower"] == SUPPORTED


def test_no_number_of_examples_is_enough_for_the_largest_generators():
    table = planted.example_growth(3.0, np.random.default_rng(101))
    table.loc[(table["made"] == 16) & (table["function"] < 6), "error"] = 0.5
    found = {one.claim: one for one in generator_size.judge(table)}["examples/gates/growth"]
    assert found.verdict == SUPPORTED
    assert found.measured == np.inf
    assert "beyond" in found.finding


def test_a_small_run_is_judged_and_drawn():
    smoke: dict[str, Any] = generator_size.SMOKE
    table = measured(generator_size, generator_size.Settings(**smoke), seed=101)
    names = {"examples/gates/enough", "examples/gates/growth", "width/gates/narrower", "width/gates/growth", "shuffled"}
    assert set(verdicts(generator_size.judge(table))) == names
    assert set(drawn(generator_size, table)) == {"examples", "needed"}
    assert table.loc[table["examples"] == 16, "error"].isna().all()
