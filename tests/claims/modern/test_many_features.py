"""Many features: trained models, planted truths and falsehoods for every rule, and a row that is made again."""

import jax
import numpy as np
import pandas as pd
import pytest

from experiments.claims.modern import _planted_many_features as planted
from experiments.claims.modern import many_features
from experiments.claims.modern.many_features import training
from experiments.claims.modern.many_features.verdicts import at_polytopes, gaps, groups, in_tight_frame
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, quantities, units, verdicts

SMALL = many_features.Settings(n=[5], m=[2], active=[0.05, 0.3, 1.0], restarts=8, steps=300)
RECTIFIER, IDENTITY = "rectifier", "identity"


@pytest.fixture(scope="module")
def points() -> np.ndarray:
    """The models of the table as matrices."""
    return np.asarray(training.trained(units(many_features, SMALL)[0]).points)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return measured(many_features, SMALL)


def judged(table: pd.DataFrame) -> dict[str, str]:
    return verdicts(many_features.judge(table))


def where(table: pd.DataFrame, **values: object) -> pd.Series:
    return (table[list(values)] == pd.Series(values)).all(axis=1)


def with_least_loss(table: pd.DataFrame, rows: pd.Series, loss: float) -> pd.DataFrame:
    """The table with losses of some rows scaled, so that the best of them has this one and stays the best."""
    return table.assign(loss=table["loss"].mask(rows, table["loss"] * loss / table.loc[rows, "loss"].min()))


def changed(table: pd.DataFrame, rows: pd.Series, **values: object) -> pd.DataFrame:
    return table.assign(**{name: table[name].mask(rows, value) for name, value in values.items()})


def test_rare_features_are_more_than_dimensions_and_dense_ones_as_many(table):
    found = many_features.judge(table)
    assert verdicts(found) == {
        "pairs": SUPPORTED,
        "dense/5-2/0.7": SUPPORTED,
        "rare/5-2/0.7": SUPPORTED,
        "phases/5-2/0.7": SUPPORTED,
        "dense-equal/5-2": CONTRADICTED,
        "rare/5-2/1": SUPPORTED,
        "polygon/5-2": SUPPORTED,
        "clusters/5-2": SUPPORTED,
        "linear/5-2/0.7": SUPPORTED,
        "linear-floor/5-2/0.7": SUPPORTED,
    }
    assert quantities(found)["pairs"] == (1, 1, 1, 6)
    assert quantities(found)["linear/5-2/0.7"] == (2, 2, 2, 3)
    assert len(table) == 5 * 8 * 3 * 3
    numbers = drawn(many_features, table)["many-features"].numbers
    assert dict(numbers[where(numbers, output=RECTIFIER, importance=1.0)][["active", "kept"]].to_numpy()) == {
        0.05: 5,
        0.3: 4,
        1.0: 2,
    }


def test_no_model_is_better_than_it_can_be(table):
    equal = table[where(table, output=RECTIFIER, importance=1.0)]
    assert (equal["loss"] > 0.9999 * equal["polygon_loss"]).all()
    assert (table["loss_error"] == 0).all()
    assert (table["dimensionality"] <= 1 + 1e-12).all()


def test_trained_losses_are_those_of_draws_of_features_as_they_are(table, points):
    unit = units(many_features, SMALL)[0]
    rng = np.random.default_rng(0)
    for i in (0, len(unit.cells) // 2, len(unit.cells) - 1):
        cell = unit.cells.iloc[i]
        x = rng.random((200_000, 5)) * (rng.random((200_000, 5)) < cell["active"])
        u = x @ points[i, :2].T @ points[i, :2] + points[i, 2]
        losses = (x - (np.maximum(u, 0) if cell["output"] == RECTIFIER else u)) ** 2 @ cell["importance"] ** np.arange(
            5
        )
        mine = table[where(table, **{name: cell[name] for name in ("output", "importance", "active", "restart")})]
        assert len(mine) == 5
        assert mine["loss"].iloc[0] == pytest.approx(losses.mean(), abs=4 * losses.std() / np.sqrt(len(losses)))
        np.testing.assert_allclose(mine["squared_length"], (points[i, :2] ** 2).sum(0))


def test_points_of_all_steps_together_are_features_as_they_are():
    rng = np.random.default_rng(1)
    data = rng.random((2, 4, 10, 3))
    with jax.enable_x64(True):
        x = np.asarray(jax.vmap(training._moved, (None, 0))(data, np.arange(3000)))
    for k in (1, 2, 3):
        mine = x[:, k - 1].reshape(-1, 3)
        assert ((mine > 0).sum(1) == k).all()
        np.testing.assert_allclose((mine > 0).mean(0), k / 3, atol=0.02)
        values = mine[mine > 0]
        np.testing.assert_allclose([values.mean(), (values**2).mean()], [1 / 2, 1 / 3], atol=0.005)
    every = x[:, 2].reshape(-1, 3)
    np.testing.assert_allclose(np.cov(every.T), np.eye(3) / 12, atol=0.002)


def test_what_stays_is_not_trained(points):
    unit = units(many_features, SMALL)[0]
    np.testing.assert_array_equal(points[:, 3], training.importances(unit))
    np.testing.assert_array_equal(points[:, 4, 0], unit.cells["active"])
    np.testing.assert_array_equal(points[:, 4, 1], unit.cells["output"] == IDENTITY)


def test_one_wrong_sign_contradicts_the_ladder(table):
    assert judged(changed(table, where(table, importance=0.7, active=0.3), ladder=False))["pairs"] == CONTRADICTED


def test_dense_features_that_another_model_keeps_better_contradict(table):
    dense = where(table, output=RECTIFIER, importance=0.7, active=1.0)
    floor = table.loc[dense, "least_linear_loss"].iloc[0]
    for share, outcome in ((0.989, CONTRADICTED), (0.991, SUPPORTED), (1.009, SUPPORTED), (1.011, INCONCLUSIVE)):
        assert judged(with_least_loss(table, dense, share * floor))["dense/5-2/0.7"] == outcome
    another = changed(table, dense & (table["feature"] == 4), squared_length=0.51)
    assert judged(another)["dense/5-2/0.7"] == INCONCLUSIVE
    assert judged(changed(table, dense & (table["feature"] == 0), squared_length=0.5))["dense/5-2/0.7"] == INCONCLUSIVE
    equal = where(table, output=RECTIFIER, importance=1.0, active=1.0)
    floor = table.loc[equal, "least_linear_loss"].iloc[0]
    assert judged(with_least_loss(table, equal, floor))["dense-equal/5-2"] == INCONCLUSIVE
    sampled = judged(changed(table, equal, loss_error=1e-3))
    assert "dense-equal/5-2" not in sampled


def test_the_best_models_decide_with_most_runs_on_rare_features(table):
    rare = where(table, output=RECTIFIER, importance=1.0, active=0.05)
    few = changed(table, rare & (table["feature"] > 1), squared_length=0.0)
    assert judged(few)["rare/5-2/1"] == CONTRADICTED
    assert "rare/5-2/1" not in judged(table[table["active"] > 0.1])


def test_most_rare_runs_are_not_enough_if_the_best_one_keeps_fewer():
    runs = planted.runs(0.7)
    for restart, outcome in ((0, INCONCLUSIVE), (1, SUPPORTED)):
        fewer = where(runs, restart=restart) & (runs["feature"] >= planted.M)
        assert judged(changed(runs, fewer, squared_length=0.0))["rare/6-3/0.7"] == outcome


def test_phases_are_those_of_pairs_or_better(table):
    middle = where(table, output=RECTIFIER, importance=0.7, active=0.3)
    assert set(table.loc[middle, "pairs"]) == {2}
    fewer = changed(table, middle & (table["feature"] == 3), squared_length=0.0)
    assert judged(fewer)["phases/5-2/0.7"] == INCONCLUSIVE
    more = changed(table, middle, squared_length=1.0)
    assert judged(more)["phases/5-2/0.7"] == SUPPORTED
    assert judged(changed(more, middle, loss=2 * table["pairs_loss"]))["phases/5-2/0.7"] == INCONCLUSIVE


def test_a_better_arrangement_than_polygons_contradicts_and_a_failed_search_does_not(table):
    rare = where(table, output=RECTIFIER, importance=1.0, active=0.05)
    polygon = table.loc[rare, "polygon_loss"].iloc[0]
    for share, outcome in ((0.989, CONTRADICTED), (0.991, SUPPORTED), (1.009, SUPPORTED), (1.011, INCONCLUSIVE)):
        assert judged(with_least_loss(table, rare, share * polygon))["polygon/5-2"] == outcome
    best = table.loc[table["loss"].where(rare).idxmin(), "restart"]
    turned = rare & (table["restart"] == best) & (table["feature"] == 0)
    assert judged(changed(table, turned, angle=table["angle"] + 4))["polygon/5-2"] == SUPPORTED
    assert judged(changed(table, turned, angle=table["angle"] + 7))["polygon/5-2"] == INCONCLUSIVE
    assert judged(changed(table, turned, squared_length=0.4))["polygon/5-2"] == INCONCLUSIVE


def test_angles_between_neighbours_go_all_around():
    np.testing.assert_allclose(gaps(np.array([170.0, -170.0, 0.0])), [170, 170, 20])
    np.testing.assert_allclose(gaps(np.array([5.0])), [360])
    assert gaps(np.array([])).size == 0


def test_dimensionalities_at_polytopes_are_within_a_hundredth():
    values = pd.Series([1.0, 0.7599, 0.7601, 0.6667, 0.5, 0.489, 0.4, 0.384, 0.35])
    assert at_polytopes(values).tolist() == [True, True, False, True, True, False, True, True, False]


def test_a_tight_frame_has_dimensionalities_by_lengths():
    rows = pd.DataFrame({"active": 0.1, "restart": [0] * 5 + [1] * 2, "m": 2, "squared_length": [1.3] * 5 + [3, 1]})
    np.testing.assert_allclose(in_tight_frame(rows), [0.4] * 5 + [1.5, 0.5])


def test_a_linear_model_that_keeps_more_or_loses_less_contradicts(table):
    linear = where(table, output=IDENTITY, active=0.05)
    more = changed(table, linear & (table["feature"] == 2), squared_length=0.51)
    assert judged(more)["linear/5-2/0.7"] == CONTRADICTED
    less = changed(table, linear & (table["restart"] == 3), loss=table["least_linear_loss"] * (1 - 1e-8))
    assert judged(less)["linear-floor/5-2/0.7"] == CONTRADICTED


def test_models_that_diverged_are_none(table):
    gone = where(table, output=RECTIFIER, importance=1.0, active=0.05, restart=0)
    assert judged(changed(table, gone, loss=np.nan, squared_length=np.nan))["polygon/5-2"] == SUPPORTED


@pytest.mark.parametrize("name", planted.PLANTED)
def test_planted_effects_are_seen(name):
    rule, rng = planted.PLANTED[name], np.random.default_rng(0)
    for effect, outcome in ((3, SUPPORTED), (-3, CONTRADICTED)):
        (found,) = rule.judged(rule.table(effect, rng))
        assert found.verdict == outcome
        assert found.samples == 72


def test_many_features_have_sampled_losses():
    settings = many_features.Settings(output=[RECTIFIER], n=[20], m=[5], active=[0.02], restarts=2, steps=20)
    found = measured(many_features, settings)
    assert len(found) == 40
    assert (found["loss_error"] > 0).all()
    assert (found["loss_error"] < 0.05 * found["loss"]).all()
    (group,) = groups(found, RECTIFIER)
    assert (group.n, group.m, len(group.models), len(group.best)) == (20, 5, 2, 1)


def test_a_row_is_made_again(table):
    unit = units(many_features, SMALL)[0]
    i = int(np.flatnonzero(where(unit.cells, output=RECTIFIER, importance=1.0, active=0.05, restart=3))[0])
    row = table.iloc[5 * i + 2].to_dict()
    assert (row["output"], row["restart"], row["feature"]) == (RECTIFIER, 3, 2)
    again = many_features.rebuild(unit.with_cells(unit.cells.iloc[[i]].reset_index(drop=True)), row)
    assert again.values["loss"] == row["loss"]
    assert again.values["squared_length"] == row["squared_length"]
    (read, nothing), (write, b) = again.layers
    np.testing.assert_array_equal(read, write.T)
    assert (read.shape, nothing.tolist(), b.shape) == ((5, 2), [0, 0], (5,))


def test_without_more_features_than_dimensions_there_is_no_figure_and_linear_models_are_named_if_there_are_any(table):
    assert drawn(many_features, table.assign(m=5)) == {}
    title = drawn(many_features, table)["many-features"].title
    assert title == "Rare features share dimensions, 5 in 2; linear models never do"
    alone = drawn(many_features, table[table["output"] == RECTIFIER])["many-features"].title
    assert alone == "Rare features share dimensions, 5 in 2"
    more = changed(table, where(table, output=IDENTITY, active=0.3), squared_length=1.0)
    assert drawn(many_features, more)["many-features"].title.endswith("; 1 of 3 linear models do")
