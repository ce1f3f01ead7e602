"""Trained linear networks: planted losses, and a small training."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from experiments.claims.depth import linear_trained
from experiments.judging.rules import CONTRADICTED, SUPPORTED
from tests.support import drawn, units, verdicts


def planted_linear(ratio: float, activation="identity", **others) -> pd.DataFrame:
    facts = {"layers": 2, "width": 4, "activation": activation, "learning_rate": 0.1, "floor": 0.1} | others
    loss = 0.1 * np.full(50, ratio)
    table = pd.DataFrame({"loss": loss, "solved": loss <= 0.101, "restart": np.arange(50)}).assign(**facts)
    return pd.concat([table.assign(steps=5), table.assign(steps=10)], ignore_index=True)


def test_linear_training_is_judged_by_the_least_squares():
    both = pd.concat([planted_linear(1.0), planted_linear(0.5, "tanh")], ignore_index=True)
    assert set(verdicts(linear_trained.judge(both)).values()) == {SUPPORTED}
    assert verdicts(linear_trained.judge(planted_linear(0.99)))["floor"] == CONTRADICTED
    assert verdicts(linear_trained.judge(planted_linear(1.1)))["reached/2"] == CONTRADICTED
    assert verdicts(linear_trained.judge(planted_linear(1.0, "tanh")))["control"] == CONTRADICTED


def test_one_width_that_fails_is_not_hidden_by_others():
    wide = pd.concat([planted_linear(1.0, width=width) for width in (4, 8, 16)], ignore_index=True)
    both = pd.concat([wide, planted_linear(1.1, width=1)], ignore_index=True)
    (one,) = [one for one in linear_trained.judge(both) if "reached" in one.claim]
    assert (one.verdict, one.samples, one.measured) == (CONTRADICTED, 38, 0)
    assert "width = 1" in one.prediction


def test_a_small_linear_training_arrives_and_is_made_again():
    settings = linear_trained.Settings(
        restarts=3, layers=[2], width=[4], activation=["identity"], learning_rate=[0.03], steps=[300, 600]
    )
    _, unit = units(linear_trained, settings)
    table = linear_trained.measure(unit)
    assert table["solved"].all()
    assert (table["loss"] >= table["floor"] * (1 - 1e-4)).all()
    # Every restart has its own targets; all networks share them.
    assert table["floor"].nunique() == 3
    title = drawn(linear_trained, table)["linear-trained"].title
    assert float(title.split("at most ")[1].split("%")[0]) >= 0
    one = dataclasses.replace(unit, cells=unit.cells.iloc[[1]].reset_index(drop=True))
    row = table.iloc[1].to_dict()
    assert linear_trained.rebuild(one, row).values["loss"] == pytest.approx(row["loss"], rel=1e-5)
