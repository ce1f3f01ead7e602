"""Whether layers undo steps: planted sensitivities, representations made by hand, and a small run."""

from typing import Any

import numpy as np
import pytest

from experiments.claims.hierarchy import _planted_networks as planted
from experiments.claims.hierarchy import layers_undo_steps
from experiments.claims.hierarchy.layers_undo_steps import verdicts as judged
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, verdicts
from theory.hierarchy import random_hierarchy as rhm

SMALL: dict[str, Any] = {
    "model": ["3-2-3"],
    "grammars": 2,
    "width": 8,
    "dense_width": 16,
    "steps": 40,
    "test": 50,
    "strings": 40,
}


@pytest.mark.parametrize(("effect", "expected"), [(4.0, SUPPORTED), (-4.0, CONTRADICTED)])
@pytest.mark.parametrize("kind", ["next-layer", "same-layer", "untrained", "together", "shallow"])
def test_verdicts_on_both_sides_of_their_borders(kind, effect, expected):
    rule = planted.PLANTED[f"layers-undo-steps/{kind}"]
    table = rule.table(effect, np.random.default_rng(103))
    (found,) = rule.judged(table)
    assert found.verdict == expected


def test_what_never_falls_leaves_the_number_of_samples_unknown():
    table = planted.together(2.0, np.random.default_rng(101))
    flat = table.assign(sensitivity=1.0)
    assert verdicts(layers_undo_steps.judge(flat))["together/local/3-3-3/level=1"] == INCONCLUSIVE
    assert np.isinf(judged.octaves_apart(flat, 1)).all()


def test_sensitivity_is_nothing_for_the_parent_and_one_for_what_is_unrelated():
    shape, rng = rhm.Shape(4, 4, 3, 2), np.random.default_rng(101)
    made = rhm.histories(shape, rng.integers(0, shape.data, 4000))
    other = rhm.histories(shape, rng.integers(0, shape.data, 4000))
    versions = [made, *(rhm.exchange(shape, made, level, rng) for level in (1, 2)), other]
    grammar = rhm.draw_grammar(shape, rng)

    def parents(one: rhm.Histories) -> np.ndarray:
        return np.eye(4)[grammar.rules[0][one.classes, one.choices[0][:, 0]]].reshape(4000, -1)

    level_1, level_2 = layers_undo_steps.sensitivities([parents(one) for one in versions])
    # What replaced synonyms of level 1 is unchanged; of level 2 there is another pair of the same class.
    assert level_1 == 0
    assert level_2 > 0.4
    classes = [np.eye(4)[one.classes] for one in versions]
    assert layers_undo_steps.sensitivities(classes) == [0, 0]
    noise = [rng.normal(size=(4000, 5)) for _ in versions]
    assert layers_undo_steps.sensitivities(noise) == pytest.approx([1, 1], abs=0.05)


def test_a_small_run_is_judged_and_drawn():
    settings = layers_undo_steps.Settings(network=["local", "dense"], most=2.0, **SMALL)
    table = measured(layers_undo_steps, settings)
    local = table[table["network"] == "local"]
    assert set(local["layer"]) == set(local["level"]) == {1, 2, 3}
    assert set(table.loc[table["network"] == "dense", "layer"]) == {1}
    assert not table.duplicated(["network", "grammar", *layers_undo_steps.KEYS]).any()
    # Before training no class is known.
    assert table.loc[table["samples"] == 0, "error"].mean() == pytest.approx(1, abs=0.35)
    found = verdicts(layers_undo_steps.judge(table))
    assert {f"together/local/3-2-3/level={level}" for level in (1, 2)} <= set(found)
    drawn(layers_undo_steps, table)
