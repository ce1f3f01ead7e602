"""Trained networks at as many parameters as points: errors against loops of numpy, and the rules at their borders."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.modern import _planted_double_descent as planted
from experiments.claims.modern import double_descent_trained as claim
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, units, verdicts

SMALL = claim.Settings(width=[2, 5], noise=[0.0, 0.5], restarts=2, steps=200)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return measured(claim, SMALL)


def test_a_network_is_made_again_and_its_error_is_that_of_numpy(table):
    unit, rows = units(claim, SMALL)[1], table[table["width"] == 5].reset_index(drop=True)
    row = rows.iloc[3]
    again = claim.rebuild(unit.with_cells(unit.cells.iloc[[3]].reset_index(drop=True)), row.to_dict())
    assert again.values["error"] == row["error"]
    (W, b), (V, c) = again.layers
    x = claim._x(unit, claim.TEST)
    z = (np.maximum(x @ W + b, 0) @ V + c)[:, 0]
    assert ((z - x @ claim._function(unit, 1)[0]) ** 2).mean() == pytest.approx(row["error"], rel=1e-4)
    assert row["parameters"] == W.size + b.size + V.size + c.size


def test_functions_are_shared_by_all_widths_and_noise_is_added(table):
    narrow, wide = (claim._members(unit).targets for unit in units(claim, SMALL))
    np.testing.assert_array_equal(narrow, wide)
    x = claim._x(units(claim, SMALL)[0])
    residuals = [np.linalg.lstsq(x, y, rcond=None)[1][0] for y in wide]
    assert max(residuals[:2]) < 1e-20
    # Noise leaves its variance of 1/4 in each of the 40 directions that no linear function fits.
    assert np.mean(residuals[2:]) == pytest.approx(10, rel=0.6)
    assert table["key"].is_unique


def test_all_is_judged_and_drawn(table):
    expected = {"no-peak-without-noise", "peak/0.5", "falls/0.5/21", "falls/0.5/51"}
    assert set(verdicts(claim.judge(table))) == expected
    assert "double-descent-trained" in drawn(claim, table)


@pytest.mark.parametrize(("right", "expected"), [(24, SUPPORTED), (16, INCONCLUSIVE), (8, CONTRADICTED)])
def test_most_restarts_have_their_peak_there(right, expected):
    rows = planted.networks(np.arange(32) < right, np.ones(32))
    assert verdicts(claim.judge(rows))["peak/0.5"] == expected
    opposite = {SUPPORTED: CONTRADICTED, CONTRADICTED: SUPPORTED}.get(expected, expected)
    assert verdicts(claim.judge(rows.assign(noise=0.0)))["no-peak-without-noise"] == opposite


@pytest.mark.parametrize(("parameters", "counts"), [(21, False), (31, True), (81, True), (121, False)])
def test_about_as_many_is_within_a_factor_of_two(parameters, counts):
    rows = planted.networks(np.ones(32, bool), np.ones(32))
    rows.loc[rows["parameters"] == parameters, "error"] = 1e4
    found = {one.claim: one for one in claim.judge(rows)}
    assert found["peak/0.5"].measured == counts


@pytest.mark.parametrize(("ratio", "expected"), [(1.1, SUPPORTED), (1.0, INCONCLUSIVE), (0.9, CONTRADICTED)])
def test_errors_fall_if_their_ratio_is_above_1(ratio, expected):
    rows = planted.networks(np.ones(32, bool), ratio * np.exp(np.linspace(-0.1, 0.1, 32)))
    found = {one.claim: one for one in claim.judge(rows)}
    assert found["falls/0.5/641"].verdict == expected
    assert found["falls/0.5/641"].measured == pytest.approx(ratio)
