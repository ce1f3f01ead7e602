"""Max margin: flow and descent against scipy and loops, the other loss's limit, and every rule at its border."""

import numpy as np
import pandas as pd
import pytest
import scipy.integrate
import scipy.optimize

from experiments.claims.modern import _planted_max_margin as planted
from experiments.claims.modern import max_margin
from experiments.claims.modern.max_margin import descent
from experiments.claims.modern.max_margin.verdicts import DESCENT, FLOW, LAST, LOGISTIC, POLYNOMIAL
from experiments.ensemble import tracing
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, units, verdicts
from theory.modern import max_margin as theory

# A longer step than a run takes.
SMALL = max_margin.Settings(dimensions=[2], sets=12, steps=40_000)
SLOPES = {LOGISTIC: lambda u: 1 / (1 + np.exp(u)), POLYNOMIAL: lambda u: (1 + np.maximum(u, 0)) ** -3.0}


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return measured(max_margin, SMALL)


@pytest.fixture(scope="module")
def z() -> np.ndarray:
    return max_margin._points(units(max_margin, SMALL)[0])


@pytest.mark.parametrize("loss", [LOGISTIC, POLYNOMIAL])
def test_the_flow_is_that_of_scipy_in_plain_time(z, loss):
    found = descent.flow(z[:2], loss, [0.0, 6.0])
    for one, weights in zip(z, found, strict=False):
        solved = scipy.integrate.solve_ivp(
            lambda _, w, one=one: SLOPES[loss](one @ w) @ one,
            (np.exp(descent.START), np.exp(6.0)),
            np.zeros(2),
            t_eval=[1.0, np.exp(6.0)],
            rtol=1e-9,
            atol=1e-11,
            method="LSODA",
        )
        np.testing.assert_allclose(weights, solved.y.T, rtol=1e-5)


def test_descent_is_a_loop(z):
    w = np.zeros(2)
    for _ in range(50):
        w = w + 0.1 * SLOPES[LOGISTIC](z[3] @ w) @ z[3]
    np.testing.assert_allclose(descent.descend(z, LOGISTIC, 0.1, 50)[3], w, rtol=1e-12)


def test_angle_times_log_t_tends_to_the_constant_and_margins_to_the_largest(table):
    rows = table[(table["tail"] == LOGISTIC) & (table["way"] == FLOW) & (table["log_time"] == LAST)]
    assert (rows["angle"] * LAST / rows["constant"]).median() == pytest.approx(1.0, abs=0.02)
    assert rows["margin"].between(0.99, 1.0 + 1e-12).all()


def test_the_other_loss_tends_to_the_least_sum_of_inverse_squares(z):
    found = descent.flow(z[:3], POLYNOMIAL, [80.0])[:, 0]
    for one, weights in zip(z, found, strict=False):
        start = theory.separator(one[None])[0][0]
        # Its sum of inverse squares at length 1, for w of any length.
        best = scipy.optimize.minimize(
            lambda w, one=one: np.inf if (one @ w).min() <= 0 else w @ w * ((one @ w) ** -2.0).sum(),
            start,
            method="Nelder-Mead",
            options={"xatol": 1e-10, "fatol": 1e-14},
        ).x
        assert theory.angle(weights[None], best[None])[0] < 1e-5
        assert theory.angle(start[None], best[None])[0] > 1e-3


def test_all_is_judged_and_drawn(table):
    found = verdicts(max_margin.judge(table))
    assert set(found) == {"slope/2", "constant/2", "descent/2", "polynomial-tail/2"}
    assert found["descent/2"] == found["polynomial-tail/2"] == SUPPORTED
    assert "max-margin" in drawn(max_margin, table)
    assert table.groupby(["tail", "draw"])["key"].nunique().eq(1).all()


def test_losses_share_their_points():
    first, second = (max_margin._points(unit) for unit in units(max_margin, SMALL))
    np.testing.assert_array_equal(first, second)


EVEN = np.linspace(-0.01, 0.01, planted.SETS)


@pytest.mark.parametrize(
    ("slope", "expected"), [(-0.96, SUPPORTED), (-1.04, SUPPORTED), (-0.95, INCONCLUSIVE), (-0.93, CONTRADICTED)]
)
def test_the_slope_is_minus_1_within_its_margin(slope, expected):
    assert verdicts(max_margin.judge(planted.flows(slope + EVEN)))["slope/2"] == expected


@pytest.mark.parametrize(("slope", "expected"), [(0.04, SUPPORTED), (-0.05, INCONCLUSIVE), (-0.07, CONTRADICTED)])
def test_the_angle_of_the_control_stays(slope, expected):
    assert verdicts(max_margin.judge(planted.flows(slope + EVEN, POLYNOMIAL)))["polynomial-tail/2"] == expected


@pytest.mark.parametrize(
    ("ratio", "expected"), [(1.04, SUPPORTED), (0.96, SUPPORTED), (1.05, INCONCLUSIVE), (1.07, CONTRADICTED)]
)
def test_ratios_are_1_within_their_margin(ratio, expected):
    rows = planted.flows(-np.ones(planted.SETS))
    ratios = (ratio + EVEN)[rows["draw"]]
    off = rows.assign(constant=1 / ratios, angle=rows["angle"] * np.where(rows["way"] == FLOW, 1.0, ratios))
    found = verdicts(max_margin.judge(off))
    assert (found["constant/2"], found["descent/2"]) == (expected, expected)


def test_sets_with_fewer_support_vectors_do_not_count_for_the_constant():
    rows = planted.flows(-np.ones(planted.SETS))
    few = rows["draw"] < 70
    off = rows.assign(constant=np.where(few, 9.0, 1.0), supports=np.where(few, 1, 2))
    found = {one.claim: one for one in max_margin.judge(off)}["constant/2"]
    assert (found.verdict, found.samples) == (SUPPORTED, 30)


@pytest.mark.parametrize(
    ("number", "way", "log_time", "loss"),
    [(0, FLOW, 42.0, lambda u: np.log1p(np.exp(-u))), (1, DESCENT, 9.2, lambda u: 0.5 / (1 + u) ** 2)],
)
def test_a_row_is_made_again(table, z, number, way, log_time, loss):
    unit = units(max_margin, SMALL)[number]
    rows = table[(table["tail"] == unit.static("tail")) & (table["draw"] == 7) & (table["way"] == way)]
    row = rows[rows["log_time"] == log_time].iloc[0].to_dict()
    again = max_margin.rebuild(unit.with_cells(unit.cells.iloc[[7]].reset_index(drop=True)), row)
    assert tracing.differences(row, again) == []
    ((W, b),) = again.layers
    u = z[7] @ W[:, 0] + b
    assert (u > 0).all()
    assert again.curve["loss"].iloc[-1] == pytest.approx(loss(u).sum())
    assert again.curve["updates"].iloc[-1] == (2500 if way == FLOW else SMALL.steps)
    assert again.curve["loss"].is_monotonic_decreasing


def test_losses_have_the_slopes_that_are_followed():
    h, u = 1e-6, np.array([[-2.0], [-0.5], [0.5], [3.0]])
    for loss in (LOGISTIC, POLYNOMIAL):
        slopes = (descent.losses(np.ones((1, 1)), u + h, loss) - descent.losses(np.ones((1, 1)), u - h, loss)) / (2 * h)
        np.testing.assert_allclose(-slopes, SLOPES[loss](u[:, 0]), rtol=1e-6)
