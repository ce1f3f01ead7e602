"""Samples needed on the random hierarchy model: planted curves, and small runs."""

from typing import Any

import jax
import numpy as np
import pandas as pd
import pytest
import scipy.stats

from experiments.claims.hierarchy import _networks, random_hierarchy_model
from experiments.claims.hierarchy import _planted_networks as planted
from experiments.claims.hierarchy._samples import samples_needed
from experiments.claims.hierarchy.random_hierarchy_model import collapse, uncorrelated
from experiments.claims.hierarchy.random_hierarchy_model import samples as judged
from experiments.judging import p_values
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, units, verdicts
from theory import network
from theory.hierarchy.random_hierarchy import Shape

SMALL: dict[str, Any] = {
    "model": ["3-2-3"],
    "grammars": 2,
    "width": 8,
    "dense_width": 16,
    "most": 2.0,
    "steps": 40,
    "test": 50,
}


def rng() -> np.random.Generator:
    return np.random.default_rng(101)


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ([1.0, 0.6, 0.2], 40 * 2**0.25),
        ([1.0, 0.5, 0.2], 40),
        ([0.4, 0.3, 0.2], 20),
        ([1.0, 0.9, 0.6], np.inf),
        ([1.0, 0.0, 0.6], 20 * 2**0.5),
    ],
)
def test_samples_needed_lie_on_a_line_between_two_rungs(errors, expected):
    assert samples_needed([20, 40, 80], errors, 0.5) == pytest.approx(expected)


def test_rungs_double_and_end_where_strings_are_kept_for_tests():
    assert _networks.ladder(Shape(8, 8, 8, 2), 0.25, 64) == [128, 256, 512, 1024, 2048, 3072]
    assert _networks.ladder(Shape(4, 4, 4, 3), 0.5, 4) == [128, 256, 512, 1024]
    # A limit that is hardly more than the last rung is no rung.
    assert _networks.ladder(Shape(4, 4, 4, 3), 0.5, 4.5) == [128, 256, 512, 1024]


@pytest.mark.parametrize(
    ("table", "name"),
    [
        (planted.grown, "growth/local"),
        (planted.grown_shallow, "growth/dense"),
        (planted.grown, "collapse/local"),
        (planted.apart, "apart/local"),
        (planted.apart_in_strings, "apart/strings/local"),
        (planted.saved, "saved/local/4-4-3"),
        (planted.controlled, "control/local"),
        (planted.uncorrelated, "uncorrelated/local"),
    ],
)
def test_verdicts_on_both_sides_of_their_borders(table, name):
    found = [verdicts(random_hierarchy_model.judge(table(effect, rng())))[name] for effect in (4.0, -4.0)]
    assert found == [SUPPORTED, CONTRADICTED]


def test_samples_that_are_not_fitted_do_not_count():
    table = planted.saved(4.0, rng())
    loose = table["training_error"].where(table["samples"] < 128, 0.5)
    assert (
        verdicts(random_hierarchy_model.judge(table.assign(training_error=loose)))["saved/local/4-4-3"] == INCONCLUSIVE
    )
    needs = judged.needed(table.assign(training_error=loose), 0.1)
    assert (needs["tried"] < 128).all()
    assert np.isinf(needs["needed"]).all()


def test_what_was_not_reached_decides_nothing_and_a_bound_from_below_supports():
    table = planted.grown(4.0, rng())
    short = table[~((table["model"] == "8-4-3") & (table["samples"] > 128))]
    assert verdicts(random_hierarchy_model.judge(short))["growth/local"] == INCONCLUSIVE
    both = planted.saved(6.0, rng())
    never = both.assign(error=both["error"].where(both["network"] == "local", 1.0))
    assert verdicts(random_hierarchy_model.judge(never))["saved/local/4-4-3"] == SUPPORTED
    # Nor does it contradict that dense networks were tried with few samples only.
    few = never[(never["network"] == "local") | (never["samples"] < 128)]
    assert verdicts(random_hierarchy_model.judge(few))["saved/local/4-4-3"] == INCONCLUSIVE


def lines(offsets: dict[str, list[float]]) -> pd.DataFrame:
    """Curves that fall along a line in log2 of the samples over n_c m^L, by these offsets of grammars."""
    tables = []
    for model, own in offsets.items():
        rungs = np.array(_networks.ladder(judged.shape_of(model), 0.25, 64.0))
        for grammar, offset in enumerate(own):
            error = 0.5 - 0.2 * (np.log2(rungs / judged.shape_of(model).deep_samples) - offset)
            facts = {"model": model, "network": "local", "grammar": grammar, "training_error": 0.0}
            tables.append(pd.DataFrame({**facts, "samples": rungs, "error": error}))
    return pd.concat(tables, ignore_index=True)


def test_distances_of_curves_are_those_of_their_offsets():
    # Means 1, 0 and 0.5: the mean of all is 0.5, and the farthest is 0.5 away, at every level.
    table = lines({"4-2-4": [0.9, 1.1], "4-4-3": [-0.2, 0.2], "8-4-3": [0.5, 0.5]})
    found = collapse.apart(table, "deep_samples")
    assert found.value == pytest.approx(0.5)
    # Variances 0.02, 0.08 and 0, pooled; of three means of two values 1/3 varies; nine distances, three at a time.
    half = scipy.stats.t.isf(0.025 / 9, 3) * np.sqrt(0.1 / 3 / 3)
    assert (found.low, found.high) == pytest.approx((max(0.5 - half, 0), 0.5 + half))
    assert np.isposinf(found.at(0).high)
    # n_c m^L to the power 1, and offsets that do not follow it: slopes by hand.
    x = np.log2([64, 256, 512])
    slope = np.polyfit(x, x + np.array([1, 0, 0.5]), 1)[0]
    assert judged.growth(judged.at_levels(table, collapse.LEVELS), "deep_samples").value == pytest.approx(slope)


def test_distances_of_any_number_of_models_have_p_values():
    for effect in (4.0, -4.0):
        judged_all = random_hierarchy_model.judge(planted.apart(effect, rng()))
        (found,) = [one for one in judged_all if one.claim.endswith("apart/local")]
        assert 0 < p_values.of(found) < 0.05


def test_a_curve_that_ends_above_a_level_is_censored():
    table = lines({"4-2-4": [0.0, 0.2], "4-4-3": [0.0, 0.2], "8-4-3": [0.0, 0.2]})
    for model, open_end in (("8-4-3", "high"), ("4-2-4", "low")):
        limit = 2 * judged.shape_of(model).deep_samples
        cut = table[(table["model"] != model) | (table["samples"] <= limit)]
        whole, found = (judged.growth(judged.at_levels(rows, collapse.LEVELS), "deep_samples") for rows in (table, cut))
        assert np.isinf(getattr(found, open_end))
        # What is known is a bound: the truth lies on the open side of it.
        assert found.low <= whole.value <= found.high
        assert np.isfinite(found.value)
        assert found.value != pytest.approx(whole.value)
        assert np.isnan(collapse.apart(cut, "deep_samples").value)


def test_shuffled_labels_on_which_depth_helps_contradict_the_control():
    table = planted.controlled(-8.0, rng())
    assert verdicts(random_hierarchy_model.judge(table))["control/local"] == CONTRADICTED


def test_counts_that_are_wrong_contradict():
    table = planted.grown(0.0, rng()).assign(distinct=0, synonyms_agree=0)
    found = verdicts(random_hierarchy_model.judge(table))
    assert (found["count"], found["synonyms"]) == (CONTRADICTED, CONTRADICTED)


def test_a_small_run_is_judged_and_drawn():
    settings = random_hierarchy_model.Settings(network=["local", "shared", "dense"], **SMALL)
    table = measured(random_hierarchy_model, settings)
    assert (table["distinct"] == table["data"]).all()
    assert (table["synonyms_agree"] == 1).all()
    assert table["lost_bits"].max() < 1e-12
    # All networks see the same grammars.
    assert table.groupby("grammar")["pair_bits"].nunique().max() == 1
    found = verdicts(random_hierarchy_model.judge(table))
    assert {
        "count",
        "growth/local",
        "growth/shared",
        "growth/dense",
        "collapse/local",
        "apart/shared",
        "saved/local/3-2-3",
        "control/local",
    } <= set(found)
    drawn(random_hierarchy_model, table)


def test_networks_that_do_not_fit_are_trained_again_for_longer_and_end_a_ladder():
    few, many = (
        measured(
            random_hierarchy_model,
            random_hierarchy_model.Settings(network=["local"], longer=longer, **(SMALL | {"steps": 4, "most": 16.0})),
        )
        for longer in (1, 100)
    )
    # Four updates fit nothing: the first rung is the last.
    assert (few["training_error"] > judged.FITS).all()
    assert few.groupby("grammar").size().eq(1).all()
    assert set(few["steps"]) == {4}
    again = many[many["steps"] == 400]
    assert len(again)
    unfitted = many[many["training_error"] > judged.FITS]
    assert set(unfitted["steps"]) <= {400}
    last = many.sort_values("samples").groupby("grammar").tail(1)
    assert set(unfitted.index) <= set(last.index)
    assert (few.merge(many, on=["grammar", "samples"])["training_error_y"] <= judged.FITS).any()


def test_latin_squares_are_no_part_of_other_verdicts():
    table = planted.uncorrelated(4.0, rng())
    table, latin = (table[(table["rules"] == _networks.LATIN) == wanted] for wanted in (False, True))
    both = pd.concat([table, latin])
    alone, beside = (verdicts(random_hierarchy_model.judge(rows)) for rows in (table, both))
    assert {name: beside[name] for name in alone} == alone
    assert {name.split("/")[0] for name in set(beside) - set(alone)} == {"latin-squares", "uncorrelated"}


@pytest.mark.parametrize(("agree", "expected"), [(1, SUPPORTED), (0, CONTRADICTED)])
def test_pairs_of_latin_squares_tell_nothing_exactly(agree, expected):
    table = planted.uncorrelated(1.0, rng())
    found = verdicts(random_hierarchy_model.judge(table.assign(classes_agree=agree)))
    assert found["latin-squares/local"] == expected


def test_latin_squares_are_judged_where_drawn_rules_are_learned():
    table = planted.uncorrelated(0.0, rng())
    latin = table["rules"] == _networks.LATIN
    only = (table["model"] == "3-3-3") & (table["grammar"] < 2)
    # Drawn rules are learned from 320 samples; one ladder of Latin squares ended at 160.
    error = np.where(table["samples"] < 320, 0.5, 0.05)
    own = np.where(table["samples"] < 320, 0.3, 0.9) + 0.05 * table["grammar"]
    mixed = table.assign(error=np.where(latin, own, error))[only]
    ended = mixed[~latin[only] | (mixed["grammar"] == 0) | (mixed["samples"] <= 160)]
    rows = [ended[ended["rules"] == rules] for rules in (_networks.DRAWN, _networks.LATIN)]
    np.testing.assert_allclose(uncorrelated.errors_where_learned(*rows), [0.9, 0.35])
    never = table.assign(error=1.0)
    assert verdicts(random_hierarchy_model.judge(never))["uncorrelated/local"] == INCONCLUSIVE


def test_a_row_depends_on_its_cell_alone():
    settings = random_hierarchy_model.Settings(network=["local"], **SMALL)
    (unit,) = units(random_hierarchy_model, settings)
    whole = random_hierarchy_model.measure(unit)
    one = unit.with_cells(unit.cells.iloc[[1]].reset_index(drop=True))
    alone = random_hierarchy_model.measure(one)
    pd.testing.assert_frame_equal(whole[whole["grammar"] == 1].reset_index(drop=True), alone)


def test_enough_samples_teach_a_grammar_and_shuffled_labels_teach_nothing():
    settings = random_hierarchy_model.Settings(
        network=["local"], model=["4-2-4"], grammars=1, width=16, most=8.0, steps=500, test=500
    )
    last = measured(random_hierarchy_model, settings).iloc[-1]
    assert last["error"] < judged.DEEP
    assert last["control_error"] == pytest.approx(1, abs=0.15)


def test_layers_on_the_host_are_those_of_the_network():
    shape = Shape(3, 3, 2, 3)
    for kind in _networks.NETWORKS:
        own = _networks.architecture(shape, kind, 4, 7)
        patches, shared = own.get("patches", ()), own.get("shared", False)
        normals = rng().normal(size=network.parameter_count(own["sizes"], patches, shared))
        layers = network.from_normals(normals, own["sizes"], 1.0, patches, shared)
        x = rng().normal(size=(5, own["sizes"][0]))
        ours = _networks.layer_outputs([(np.asarray(W), np.asarray(b)) for W, b in layers], x)
        on_device = jax.tree.map(lambda leaf: jax.numpy.asarray(leaf, "float32"), layers)
        theirs = network.evaluate(on_device, jax.numpy.asarray(x, "float32"), jax.nn.relu)
        np.testing.assert_allclose(ours[-1], theirs, rtol=1e-4, atol=1e-5)
        assert len(ours) == len(layers)
        assert all((z >= 0).all() for z in ours[:-1])


def test_an_error_by_chance_counts_as_one():
    layers = [(np.eye(4), np.zeros(4))]
    x = np.eye(4)[[0, 1, 2, 3] * 10]
    assert _networks.test_error(layers, x, np.arange(40) % 4) == 0
    assert _networks.test_error(layers, x, np.zeros(40, int)) == pytest.approx(1)
