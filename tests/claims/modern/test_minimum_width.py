"""The least width for curves in the plane: measured networks, verdicts at their borders, and rows made again."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.modern import minimum_width
from experiments.claims.modern.minimum_width.verdicts import FLOOR, LOCKED
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, quantities, units, verdicts
from theory.modern import plane_curves

SMALL = minimum_width.Settings(width=[2, 3], restarts=2, steps=40)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return measured(minimum_width, SMALL)


def test_both_networks_that_are_built_are_exact_and_width_2_is_above_its_floor(table):
    found = minimum_width.judge(table)
    assert verdicts(found) == {
        "width": SUPPORTED,
        "built/2": SUPPORTED,
        "built/3": SUPPORTED,
        "floor": SUPPORTED,
        "found/3": INCONCLUSIVE,
    }
    assert quantities(found)["width"][0] == 3
    assert set(drawn(minimum_width, table)) == {"minimum-width"}
    roles = {one.claim: {bearing.role for bearing in one.bears_on} for one in found}
    assert roles["built/2"] == roles["floor"] == {"control"}
    assert roles["width"] == roles["built/3"] == {"as stated"}


@pytest.mark.parametrize(("error", "expected"), [(FLOOR + 1e-9, SUPPORTED), (FLOOR - 1e-9, CONTRADICTED)])
def test_the_border_of_the_floor(table, error, expected):
    narrow = (table["width"] == 2) & (table["curve"] == LOCKED)
    near = table.assign(error=table["error"].mask(narrow & (table["restart"] == 1), error))
    assert verdicts(minimum_width.judge(near))["floor"] == expected


def test_one_run_below_the_floor_is_found_at_larger_widths(table):
    trained = (table["way"] == "trained") & (table["width"] == 3)
    for error, expected in ((FLOOR - 1e-9, SUPPORTED), (FLOOR, INCONCLUSIVE)):
        near = table.assign(error=table["error"].mask(trained & (table["restart"] == 1), error))
        found = {one.claim: one for one in minimum_width.judge(near)}
        assert found["found/3"].verdict == expected
        assert f"{int(error < FLOOR)} of 2 runs" in found["found/3"].notes


def test_without_a_floor_or_a_network_the_least_width_is_not_known(table):
    assert verdicts(minimum_width.judge(table.assign(floor=0.0)))["width"] == INCONCLUSIVE
    wrong = table.assign(error=table["error"].mask(table["way"] == "built", 1e-9))
    found = verdicts(minimum_width.judge(wrong))
    assert (found["width"], found["built/3"]) == (INCONCLUSIVE, CONTRADICTED)
    assert verdicts(minimum_width.judge(table[table["way"] == "trained"]))["width"] == INCONCLUSIVE


def test_a_row_is_made_again_and_its_inputs_go_from_0_to_1(table):
    axes = ("way", "width", "curve")
    by_way = {tuple(unit.static(axis) for axis in axes): unit for unit in units(minimum_width, SMALL)}
    unit = by_way["trained", 3, LOCKED]
    row = table[(table["way"] == "trained") & (table["width"] == 3)].iloc[1].to_dict()
    again = minimum_width.rebuild(unit.with_cells(unit.cells.iloc[[1]].reset_index(drop=True)), row)
    assert (again.values["error"], again.values["loss"]) == pytest.approx((row["error"], row["loss"]), rel=1e-6)
    x = np.linspace(0, 1, 129)
    z = x[:, None]
    for W, b in again.layers[:-1]:
        z = np.maximum(z @ W + b, 0)
    W, b = again.layers[-1]
    off = ((z @ W + b - plane_curves.follow(plane_curves.LOCKED, x)) ** 2).sum(1)
    assert off.mean() == pytest.approx(row["loss"])
    for curve in ("locked loops", "drawn at random"):
        built = by_way["built", 3, curve]
        one = built.with_cells(built.cells.iloc[[-1]].reset_index(drop=True))
        assert minimum_width.rebuild(one, {}).values["error"] == 0


def test_drawn_curves_differ():
    unit = next(one for one in units(minimum_width, SMALL) if one.static("curve") == "drawn at random")
    first, second = minimum_width._corners(unit)
    assert (first != second).any()
    assert max(abs(first).max(), abs(second).max()) <= 4


def test_networks_that_diverged_have_no_error():
    layers = [(np.array([[np.nan]]), np.zeros(1)), (np.ones((1, 2)), np.zeros(2))]
    assert np.isnan(minimum_width._error(layers, plane_curves.LOCKED))
