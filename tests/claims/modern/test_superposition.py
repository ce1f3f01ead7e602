"""Superposition: trained models, verdicts on both sides of the border, and a row that is made again."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.modern import superposition
from experiments.claims.modern.superposition import training
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, quantities, units, verdicts

SMALL = superposition.Settings(importance=[0.4], active=[0.1, 0.4, 0.5, 0.8], restarts=8, steps=300)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return measured(superposition, SMALL)


def test_both_features_are_stored_below_the_border_and_one_far_above(table):
    found = superposition.judge(table)
    assert verdicts(found) == {"border": SUPPORTED, "stored/0.4": SUPPORTED, "linear/0.4": SUPPORTED}
    # 0.5 is between the border and 1.5 times the border, and is not judged.
    assert quantities(found)["stored/0.4"] == (1, 1, 1, 3)
    assert set(table["at_border"][table["active"] == 0.4]) == {True}
    assert len(drawn(superposition, table)["superposition"].numbers) == 8
    trained = table[table["output"] == "rectifier"]
    least = trained.groupby("active")["loss"].min()
    known = trained.groupby("active")[["alone", "superposed"]].first().min(axis=1)
    assert (least <= known * 1.001).all()


def test_the_quadrature_is_near_the_exact_loss(table):
    unit = units(superposition, SMALL)[0]
    assert unit.static("output") == "rectifier"
    fit = training.trained(unit)
    np.testing.assert_allclose(fit.loss, table.loc[table["output"] == "rectifier", "loss"], rtol=0.02)
    # What tells cells apart is not trained.
    np.testing.assert_array_equal(np.asarray(fit.points)[:, 4:], unit.cells[["active", "importance"]])


def test_one_pair_with_the_wrong_sign_contradicts(table):
    for p, gain in ((0.1, -1e-9), (0.4, 1e-9), (0.8, 1e-9)):
        wrong = table.assign(gain=table["gain"].mask(table["active"] == p, gain))
        assert verdicts(superposition.judge(wrong))["border"] == CONTRADICTED


def test_the_best_model_decides_and_a_search_that_fails_says_nothing(table):
    rectifier = table["output"] == "rectifier"
    below, far = rectifier & (table["active"] == 0.1), rectifier & (table["active"] == 0.8)
    lost = table.assign(stored_second=table["stored_second"].mask(below, 0.5))
    assert verdicts(superposition.judge(lost))["stored/0.4"] == INCONCLUSIVE
    alike = table.assign(opposite=table["opposite"] & ~below)
    assert verdicts(superposition.judge(alike))["stored/0.4"] == INCONCLUSIVE
    both = table.assign(
        stored_first=table["stored_first"].mask(far, 1.0), stored_second=table["stored_second"].mask(far, 0.51)
    )
    assert verdicts(superposition.judge(both))["stored/0.4"] == INCONCLUSIVE
    # Models that are not the best do not count.
    worse = both.assign(loss=both["loss"].mask(far & (both["restart"] > 0), 9.0))
    worse["stored_second"] = worse["stored_second"].mask(far & (worse["restart"] == 0), 0.0)
    assert verdicts(superposition.judge(worse))["stored/0.4"] == SUPPORTED
    assert verdicts(superposition.judge(table[table["active"] < 0.8]))["stored/0.4"] == INCONCLUSIVE


def test_a_linear_model_that_stores_the_second_feature_contradicts(table):
    linear = (table["output"] == "identity") & (table["active"] == 0.1)
    wrong = table.assign(stored_second=table["stored_second"].mask(linear, 0.5))
    assert verdicts(superposition.judge(wrong))["linear/0.4"] == CONTRADICTED


def test_a_row_is_made_again(table):
    unit = units(superposition, SMALL)[0]
    row = table[table["output"] == "rectifier"].iloc[3].to_dict()
    again = superposition.rebuild(unit.with_cells(unit.cells.iloc[[3]].reset_index(drop=True)), row)
    assert again.values["loss"] == pytest.approx(row["loss"], rel=1e-6)
    assert again.values["stored_first"] == pytest.approx(row["stored_first"], rel=1e-6)
    (read, _), (write, _) = again.layers
    np.testing.assert_array_equal(read, write.T)
