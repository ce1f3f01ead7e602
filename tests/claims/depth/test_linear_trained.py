"""Trained linear networks: planted losses, and a small training."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.depth import linear_trained
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, quantities, units, verdicts


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
    one = unit.with_cells(unit.cells.iloc[[1]].reset_index(drop=True))
    row = table.iloc[1].to_dict()
    assert linear_trained.rebuild(one, row).values["loss"] == pytest.approx(row["loss"], rel=1e-5)


@pytest.mark.parametrize(
    ("ratio", "activation", "name", "expected"),
    [
        # Rounding of float32 is allowed below the floor; the control has to gain a tenth.
        (1 - 0.9e-4, "identity", "floor", SUPPORTED),
        (1 - 1.1e-4, "identity", "floor", CONTRADICTED),
        (0.899, "tanh", "control", SUPPORTED),
        (0.901, "tanh", "control", CONTRADICTED),
    ],
)
def test_losses_are_judged_from_the_border_on(ratio, activation, name, expected):
    assert verdicts(linear_trained.judge(planted_linear(ratio, activation)))[name] == expected


def test_what_is_measured_is_the_least_of_all_linear_networks_and_the_control_at_its_largest_width():
    linear = [planted_linear(1.2, layers=1), planted_linear(1.05, layers=3), planted_linear(0.5, "tanh", width=2)]
    lost = planted_linear(np.inf, layers=1).head(1)
    table = pd.concat([*linear, planted_linear(0.95, "tanh", width=8), lost], ignore_index=True)
    judged = linear_trained.judge(table)
    assert quantities(judged)["floor"] == pytest.approx((1.05, 1.05, 1.05, 200))
    found = {name: (value, samples) for name, (value, _, _, samples) in quantities(judged).items() if name != "floor"}
    assert found == {"reached/1": (0, 38), "reached/3": (0, 38), "control": (0, 38)}


def test_the_rate_with_the_least_median_is_judged_on_other_restarts():
    table = planted_linear(1.0)
    lucky = planted_linear(2.0, learning_rate=0.9)
    first = lucky["restart"] < 12
    lucky.loc[first, "loss"] = 0.05 * lucky.loc[first, "floor"]
    runs = linear_trained.judged(pd.concat([table, lucky], ignore_index=True))
    assert set(runs["learning_rate"]) == {0.9}
    assert runs["restart"].min() == 12
    # Relative to its own floor a larger loss may be the smaller one.
    wide = lucky.assign(loss=table["loss"] * 1.5, floor=0.2)
    assert set(linear_trained.judged(pd.concat([table, wide], ignore_index=True))["learning_rate"]) == {0.9}


def test_few_restarts_decide_nothing():
    table = planted_linear(1.0)
    assert verdicts(linear_trained.judge(table[table["restart"] < 4]))["reached/2"] == INCONCLUSIVE
