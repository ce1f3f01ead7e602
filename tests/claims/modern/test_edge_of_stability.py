"""The edge of stability: descent written out, exact Hessians, and the rules at their borders."""

import jax
import numpy as np
import pandas as pd
import pytest

from experiments.claims.modern import _planted_training as planted
from experiments.claims.modern import edge_of_stability
from experiments.claims.modern.edge_of_stability import descent
from experiments.claims.modern.edge_of_stability.verdicts import runs_of
from experiments.ensemble import tracing
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, units, verdicts
from theory.modern import stability

SMALL = edge_of_stability.Settings(
    edge=[8.0, 100.0], momentum=[0.0, 0.5], batch=[0, 2], restarts=3, points=8, width=3, steps=40, every=10
)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return measured(edge_of_stability, SMALL)


def networks(momentum: float, step: float) -> tuple[descent.Networks, tuple[int, ...]]:
    rng, sizes = np.random.default_rng(0), (2, 3, 1)
    θ, x, y = stability.initial(sizes, rng)[None], rng.normal(size=(1, 6, 2)), rng.choice([-1.0, 1.0], (1, 6))
    key = np.array([[1, 2]], np.uint32)
    return descent.Networks(θ, np.zeros_like(θ), x, y, np.array([step]), np.array([momentum]), key), sizes


@pytest.mark.parametrize("momentum", [0.0, 0.7])
def test_training_is_descent_written_out_and_sharpness_is_that_of_finite_differences(momentum):
    start, sizes = networks(momentum, 0.3)
    seen = list(descent.follow(start, sizes, 0, 4, 2))
    assert [one.updates for one in seen] == [0, 4, 8]
    with jax.enable_x64(True):
        slope = jax.grad(lambda θ: stability.loss(θ, start.x[0], start.y[0], sizes))
        θ, v = start.θ[0], np.zeros(start.θ.shape[1])
        for _ in range(8):
            v = momentum * v + np.asarray(slope(θ))
            θ = θ - 0.3 * v
        h = 1e-5
        H = [(np.asarray(slope(θ + h * e)) - np.asarray(slope(θ - h * e))) / (2 * h) for e in np.eye(len(θ))]
        assert seen[-1].sharpness[0] == pytest.approx(np.linalg.eigvalsh(np.array(H)).max(), rel=1e-6)
        assert seen[-1].loss[0] == pytest.approx(float(stability.loss(θ, start.x[0], start.y[0], sizes)), rel=1e-9)


def test_a_batch_of_all_points_is_descent_on_all_points_and_a_smaller_one_is_not():
    start, sizes = networks(0.0, 0.3)
    all_points, whole, small = (list(descent.follow(start, sizes, batch, 5, 1))[-1].loss[0] for batch in (0, 6, 2))
    assert whole == pytest.approx(all_points, rel=1e-9)
    assert small != pytest.approx(all_points, rel=1e-3)


def test_what_diverges_has_an_infinite_sharpness():
    start, sizes = networks(0.0, 1e6)
    assert list(descent.follow(start._replace(θ=1e3 * start.θ), sizes, 0, 200, 1))[-1].sharpness[0] == np.inf


def test_restarts_share_weights_and_points(table):
    before = table[table["updates"] == 0].assign(sharpness=lambda t: t["ratio"] * t["edge"])
    spread = before.groupby("restart")["sharpness"].agg(lambda s: s.max() / s.min())
    assert spread.to_numpy() == pytest.approx(1, rel=1e-9)
    assert before.groupby("restart")["sharpness"].first().nunique() == 3
    assert not table.duplicated(["edge", "momentum", "batch", "restart", "updates"]).any()


def test_every_setting_is_judged_and_drawn(table):
    found = verdicts(edge_of_stability.judge(table))
    assert set(found) == {
        *("hovers/0/8", "no-sharper/0/8", "hovers/0.5/8", "no-sharper/0.5/8"),
        *("small-steps/100", "batches/2/0/8"),
    }
    assert len(drawn(edge_of_stability, table)["edge-of-stability"].numbers)


def test_the_second_half_of_the_looks_counts():
    rows = pd.concat([planted.looks(np.array([1.0, 2.0])), planted.looks(np.array([0.5, 0.5])).assign(updates=1000)])
    found = runs_of(rows)
    np.testing.assert_allclose(found["late"], [1.0, 2.0])
    assert (found["start"] == 0.3).all()


@pytest.mark.parametrize(
    ("hits", "expected"), [(18, SUPPORTED), (17, INCONCLUSIVE), (7, INCONCLUSIVE), (6, CONTRADICTED)]
)
def test_most_of_24_runs_hover(hits, expected):
    # Clopper and Pearson: 18 of 24 begin at 0.533, 17 at 0.489.
    ratio = np.where(np.arange(24) < hits, 1.09, 1.11)
    assert verdicts(edge_of_stability.judge(planted.looks(ratio)))["hovers/0/8"] == expected
    done = planted.looks(ratio).assign(loss=1e-4)
    assert verdicts(edge_of_stability.judge(done))["hovers/0/8"] == (SUPPORTED if hits == 18 else INCONCLUSIVE)


@pytest.mark.parametrize(("hits", "expected"), [(24, SUPPORTED), (20, INCONCLUSIVE), (12, CONTRADICTED)])
def test_nearly_all_are_not_above(hits, expected):
    ratio = np.where(np.arange(24) < hits, 0.4, 1.11)
    assert verdicts(edge_of_stability.judge(planted.looks(ratio)))["no-sharper/0/8"] == expected


def test_batches_are_compared_with_the_same_restart():
    full, less = planted.looks(np.arange(4.0)), planted.looks(np.arange(4.0) - 0.1, batch=2)
    found = {one.claim: one for one in edge_of_stability.judge(pd.concat([full, less.iloc[::-1]]))}
    assert found["batches/2/0/8"].measured == pytest.approx(0.1)
    assert found["batches/2/0/8"].verdict == SUPPORTED


@pytest.mark.parametrize("batch", [0, 2])
def test_a_row_is_made_again_as_it_was_after_its_updates(table, batch):
    unit = next(one for one in units(edge_of_stability, SMALL) if one.static("batch") == batch)
    row = table[(table["batch"] == batch) & (table["restart"] == 2) & (table["updates"] == 30)].iloc[-1].to_dict()
    cells = unit.cells[np.logical_and.reduce([unit.cells[axis] == row[axis] for axis in unit.cells])]
    one = unit.with_cells(cells.reset_index(drop=True))
    again = edge_of_stability.rebuild(one, row)
    assert tracing.differences(row, again) == []
    assert again.curve["updates"].tolist() == [0, 10, 20, 30]
    drawn_from = edge_of_stability._networks(one)
    z = drawn_from.x[0]
    for W, b in again.layers[:-1]:
        z = np.tanh(z @ W + b)
    ((W, b),) = again.layers[-1:]
    assert (((z @ W + b)[:, 0] - drawn_from.y[0]) ** 2).mean() / 2 == pytest.approx(row["loss"])
