"""One's own network: rates and ends of planted runs, networks against numpy, and curves from the first loss on."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.claims.own import curves, function, training
from experiments.claims.own._shared import task_of
from experiments.ensemble import devices
from tests import support

FEW: Any = {"learning_rate": [0.5, 5.0], "steps": 400}


@pytest.fixture(scope="module", autouse=True)
def started():
    devices.start("cpu", "float32")


@pytest.fixture(scope="module")
def table():
    return support.measured(training, training.Settings(restarts=40, **FEW), seed=101)


def planted(solved, loss, **changes):
    """Runs of one setting with these ends."""
    own = dict.fromkeys(training.AXES, "") | {
        "sizes": "2 4 1",
        "task": "parity",
        "scale": 1.0,
        "learning_rate": 0.1,
    }
    runs = pd.DataFrame({"solved": solved, "loss": loss}).assign(**own | changes)
    return runs.assign(restart=range(len(runs)), diverged=~np.isfinite(runs["loss"]))


def test_a_rate_has_its_interval_and_its_number_of_runs():
    (verdict,) = training.judge(planted([True] * 5 + [False] * 15, [0.0] * 5 + [0.25] * 15))
    assert (verdict.verdict, verdict.measured) == ("supported", 0.25)
    # Clopper and Pearson's interval of 5 of 20, by tables.
    assert (verdict.low, verdict.high) == pytest.approx((0.0866, 0.4910), abs=1e-4)
    # 0.75^16 = 0.01002 and 0.75^17 = 0.0075.
    assert "takes 17 runs" in verdict.finding
    assert "The others end at loss 0.25 (15)." in verdict.finding


def test_a_search_that_fails_is_inconclusive():
    (verdict,) = training.judge(planted([False] * 3, [0.25, 0.5, np.nan]))
    assert verdict.verdict == "inconclusive"
    assert "nobody knows how many runs it takes" in verdict.finding
    assert "no finite loss (1)" in verdict.finding


def test_every_setting_has_a_verdict_under_what_differs():
    both = pd.concat([planted([True], [0.0]), planted([False], [1.0], learning_rate=2.0, optimizer="adam")])
    names = {one.claim: one.verdict for one in training.judge(both)}
    assert names == {"/0.1": "supported", "adam/2.0": "inconclusive"}


def test_networks_are_made_again(table):
    (unit,) = support.units(training, training.Settings(restarts=40, **FEW), seed=101)
    for number in (0, 77):
        row = table.loc[number].to_dict()
        alone = unit.with_cells(unit.cells.iloc[[number]].reset_index(drop=True))
        rebuilt = training.rebuild(alone, row)
        assert float(rebuilt.values["loss"]) == pytest.approx(row["loss"], rel=1e-6)
        # The loss of its weights, by numpy in float64.
        x, y, _ = task_of(unit)
        (W, b), (V, c) = [(np.asarray(W, float), np.asarray(b, float)) for W, b in rebuilt.layers]
        z = 1 / (1 + np.exp(-((1 / (1 + np.exp(-(x @ W + b)))) @ V + c)))[:, 0]
        assert np.mean((z - y) ** 2) == pytest.approx(row["loss"], rel=1e-4)
        assert row["solved"] == bool(((z > 0.5) == (y > 0.5)).all())


def test_a_larger_step_solves_more_of_xor_in_few_updates(table):
    rates = table.groupby("learning_rate")["solved"].mean()
    assert rates[5.0] > rates[0.5]


def test_curves_begin_at_the_first_loss_and_fall():
    rows = support.measured(curves, curves.Settings(runs=3, steps=50, learning_rate=[0.01]), seed=101)
    again = support.measured(curves, curves.Settings(runs=3, steps=20, learning_rate=[0.01]), seed=101)
    first = rows[rows["updates"] == 0]["loss"].tolist()
    assert first == again[again["updates"] == 0]["loss"].tolist()
    # So small a step never raises the loss.
    assert (rows.groupby("run")["loss"].diff().dropna() <= 0).all()
    (verdict,) = curves.judge(rows)
    assert verdict.measured == 1
    (other,) = curves.judge(rows.assign(loss=-rows["loss"]))
    assert other.measured == 0


def test_the_function_that_is_drawn_is_that_of_the_loss():
    rows = support.measured(function, function.Settings(runs=2, **FEW), seed=101)
    at_points = rows[rows["target"].notna()]
    for _, run in at_points.groupby(["learning_rate", "run"]):
        assert ((run["found"] - run["target"]) ** 2).mean() == pytest.approx(run["loss"].iloc[0], rel=1e-5)
    assert len(rows) == 2 * 2 * (4 + function.SQUARE**2)
    best = function.best_in(rows[rows["learning_rate"] == 5.0].sample(frac=1, random_state=0))
    assert best["point"].tolist() == list(range(4 + function.SQUARE**2))
    assert best["loss"].nunique() == 1


@pytest.mark.parametrize("sizes", ["1 3 1", "3 3 1"])
def test_a_line_and_a_cube_are_evaluated_where_they_are(sizes):
    task = "regression" if sizes[0] == "1" else "majority"
    chosen = function.Settings(runs=1, sizes=[sizes], task=[task], output=["identity"], steps=5)
    rows = support.measured(function, chosen, seed=101)
    assert len(rows) == (33 + function.LINE if task == "regression" else 8)
    support.drawn(function, rows)


def test_figures_have_a_line_for_each_setting(table):
    success = support.drawn(training, table)["success"].numbers
    assert success["share"].tolist() == table.groupby("learning_rate")["solved"].mean().tolist()
    assert (success["low"] <= success["share"]).all()
