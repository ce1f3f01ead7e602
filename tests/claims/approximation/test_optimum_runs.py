"""Small trainings: where they end, and what is measured of them."""

from typing import Any

import numpy as np
import pytest

from experiments.claims.approximation import _curves as curves
from experiments.claims.approximation import optimum
from experiments.claims.approximation.optimum import broken_lines
from experiments.judging.rules import SUPPORTED
from experiments.plan import make_plan
from experiments.settings import RunSettings
from tests.support import drawn, measured, verdicts
from theory.approximation.construction import outputs, rectify
from theory.approximation.curves import grid

SMALL: dict[str, Any] = {"restarts": 4, "learning_rate": [0.03], "train_points": 64}


def test_small_trainings_end_above_the_floor_and_second_order_steps_help():
    settings = optimum.Settings(
        **SMALL, steps=[300], finish=600, target=["sine", "absolute"], width=[2, 8], optimizer=["adam"], points=201
    )
    table = measured(optimum, settings)
    assert len(table) == 32
    assert (table["random_rms"] >= table["floor"] - 1e-7).all()
    assert table.groupby(["target", "width", "restart"])["random_rms"].nunique().eq(1).all()
    assert set(optimum.is_stuck(table)) == {False, True}
    assert verdicts(optimum.judge(table))["floor"] == SUPPORTED
    assert (table["floor"] <= table["reachable"] + 1e-7).all()
    assert (table["rms"] < table["trained_rms"]).mean() > 0.6
    figures = drawn(optimum, table)
    assert set(figures) == {"optimum-error", "optimum-restarts", "optimum-fit"}
    lines = {name: one.set_index(["target", "x"])["y"] for name, one in figures["optimum-fit"].numbers.groupby("line")}
    known = max(abs(lines["network near the floor"] - lines["target"]))
    assert figures["optimum-fit"].title.endswith(f"the best known by {known:.2g}")
    row = table[(table["width"] == 8) & (table["target"] == "sine")].iloc[0]
    x = grid(201)
    again = outputs(broken_lines.from_text(row["network"]), x, rectify)
    assert np.sqrt(np.mean((again - np.sin(2 * np.pi * x)) ** 2)) == pytest.approx(row["rms"], rel=1e-3)


def test_diverged_networks_have_rows_and_do_not_count():
    some = SMALL | {"steps": [150, 300], "learning_rate": [0.01, 1e6], "input_scale": [1.0]}
    settings = optimum.Settings(**some, target=["sine"], width=[4], optimizer=["sgd"])
    table = measured(optimum, settings)
    lost = table["learning_rate"] > 1
    assert table.loc[lost, "loss"].isna().all() or np.isinf(table.loc[lost, "loss"]).all()
    assert table.loc[~lost, "rms"].notna().all()
    assert optimum.is_stuck(table)[lost].all()
    assert np.isfinite(optimum.judge(table)[0].measured)


def test_inputs_are_scaled_for_training_only():
    settings = optimum.Settings(**SMALL | {"steps": [1], "input_scale": [3.0]}, target=["sine"], width=[8], points=201)
    unit = make_plan(RunSettings(sweep={"optimum": settings}, family="approximation", name="approximation"))[0]
    outcome = curves.train(unit, "rectifier", "adam")
    asked = []

    def kept(x, y, networks):
        asked.append((x, y[0], networks[0]))
        return networks

    keep = curves.Finish(rectify, kept)
    done = curves.finished(unit, outcome, keep)[0]
    ((x, y, layers),) = asked
    # The loss of training belongs to the network for inputs that are not scaled.
    assert np.mean((outputs(layers, x, rectify) - y) ** 2) == pytest.approx(done.facts["loss"], rel=1e-4)
    assert done.facts["rms"] == done.facts["trained_rms"]
