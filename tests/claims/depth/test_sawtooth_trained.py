"""Trained sawtooths: planted rates, and a row that is made again."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.depth import sawtooth_trained
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, quantities, units, verdicts


def planted_training(rate: float, before: float | None = None, reference: float = 1.0) -> pd.DataFrame:
    """100 restarts at two budgets of a deep network, and of a wide flat one with another success rate."""
    parts = []
    for shape, times, shares in (
        ("deep", 1, {5: rate if before is None else before, 10: rate}),
        ("shallow", 8, {5: reference, 10: reference}),
    ):
        for steps, share in shares.items():
            solved = np.arange(100) % 10 < 10 * share
            facts = {"shape": shape, "times": times, "steps": steps, "restart": np.arange(100), "solved": solved}
            parts.append(pd.DataFrame(facts))
    return pd.concat(parts, ignore_index=True).assign(k=2, loss=0.01, pieces=3.0, neurons=4.0, learning_rate=0.01)


@pytest.mark.parametrize(
    ("rate", "others", "expected"),
    [
        (0.9, {}, SUPPORTED),
        (0.9, {"before": 0.0, "reference": 0.0}, SUPPORTED),
        (0.1, {}, CONTRADICTED),
        (0.5, {}, INCONCLUSIVE),
        # The rate still grows; then the flat network fails as well, which says nothing about depth.
        (0.3, {"before": 0.0}, INCONCLUSIVE),
        (0.0, {"reference": 0.1}, INCONCLUSIVE),
    ],
)
def test_whether_training_finds_the_sawtooth(rate, others, expected):
    table = planted_training(rate, **others)
    found = sawtooth_trained.judge(table)
    assert verdicts(found)["found/deep/2/1"] == expected
    assert {one.samples for one in found} == {75}
    alone = sawtooth_trained.judge(table[table["shape"] == "deep"])
    assert verdicts(alone)["found/deep/2/1"] == (expected if expected == SUPPORTED else INCONCLUSIVE)


@pytest.mark.parametrize(
    ("k", "shape", "times", "sizes"),
    [
        (3, "deep", 1, (1, 2, 2, 2, 1)),
        (2, "deep", 4, (1, 8, 8, 1)),
        (3, "shallow", 1, (1, 8, 1)),
        (3, "shallow", 2, (1, 16, 1)),
    ],
)
def test_deep_networks_have_two_units_a_layer_and_flat_ones_one_a_piece(k, shape, times, sizes):
    assert sawtooth_trained.sizes_of(k, shape, times) == sizes


def test_the_learning_rate_is_chosen_by_other_runs_than_are_judged():
    good, lucky = planted_training(0.2), planted_training(0.0).assign(learning_rate=0.9)
    lucky["solved"] = lucky["restart"] < 25
    found = sawtooth_trained.searches(pd.concat([good, lucky], ignore_index=True))
    (deep,) = [one for one in found if one.shape == "deep"]
    assert set(deep.rows["learning_rate"]) == {0.9}
    assert deep.success().value == 0


def test_sawtooths_are_trained_and_a_row_is_made_again():
    settings = sawtooth_trained.Settings(
        restarts=3, k=[1], shape=["deep"], times=[2], learning_rate=[0.03], steps=[800]
    )
    (unit,) = units(sawtooth_trained, settings)
    table = sawtooth_trained.measure(unit)
    assert (table["pieces"] >= 1).all()
    assert table["solved"].equals(table["loss"] <= 0.01 / 12)
    row = table.iloc[1].to_dict()
    alone = unit.with_cells(unit.cells.iloc[[1]].reset_index(drop=True))
    rebuilt = sawtooth_trained.rebuild(alone, row)
    assert (rebuilt.values["loss"], rebuilt.values["steps"]) == pytest.approx((row["loss"], row["steps"]), rel=1e-3)
    assert len(rebuilt.layers) == 2
    assert set(drawn(sawtooth_trained, table)) == {"sawtooth-trained"}
    assert sawtooth_trained.sizes_of(3, "shallow", 2) == (1, 16, 1)


def test_the_widest_flat_network_of_the_same_k_is_the_reference():
    def with_flat(times: int, share: float) -> pd.DataFrame:
        table = planted_training(0.1, reference=share)
        return table[table["shape"] == "shallow"].assign(times=times)

    deep = planted_training(0.1)
    deep = deep[deep["shape"] == "deep"]
    for narrow, wide, expected in ((0.0, 0.9, CONTRADICTED), (0.9, 0.0, INCONCLUSIVE)):
        for flats in ([with_flat(1, narrow), with_flat(8, wide)], [with_flat(8, wide), with_flat(1, narrow)]):
            judged = sawtooth_trained.judge(pd.concat([*flats, deep], ignore_index=True))
            assert verdicts(judged)["found/deep/2/1"] == expected
            assert quantities(judged)["found/deep/2/1"][0] == pytest.approx(0.1, abs=0.02)
    # A flat network for another k is no reference.
    other = pd.concat([with_flat(8, 0.9).assign(k=3), deep], ignore_index=True)
    assert verdicts(sawtooth_trained.judge(other))["found/deep/2/1"] == INCONCLUSIVE


def test_flat_networks_are_controls():
    roles = {
        one.claim.split("/")[1]: {bearing.role for bearing in one.bears_on}
        for one in sawtooth_trained.judge(planted_training(0.9))
    }
    assert roles["shallow"] == {"control"}
    assert "control" not in roles["deep"]
