"""Double descent: risks against test points, and every rule at its border."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.modern import _planted_double_descent as planted
from experiments.claims.modern import double_descent
from experiments.claims.modern.double_descent.verdicts import FEATURES, NOISE, SAMPLES
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, units, verdicts
from theory.modern import double_descent as theory

SMALL = double_descent.Settings(p=[4, 20, 40, 80, 100], draws=60)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return measured(double_descent, SMALL)


def test_a_risk_is_the_mean_error_on_new_points(table):
    from experiments.ensemble.descent import normal_points

    unit = next(
        one for one in units(double_descent, SMALL) if (one.static("p"), one.static("signal")) == (80, "decaying")
    )
    normals = normal_points(unit.keys[:1], (SAMPLES, FEATURES + 1))[0]
    β = theory.coefficients("decaying", FEATURES)
    y = normals[:, :-1] @ β + np.sqrt(NOISE) * normals[:, -1]
    fit = np.linalg.pinv(normals[:, :80]) @ y
    x = np.random.default_rng(101).normal(size=(100_000, FEATURES))
    row = table[(table["p"] == 80) & (table["signal"] == "decaying")].iloc[0]
    assert ((x @ β - x[:, :80] @ fit) ** 2).mean() == pytest.approx(row["risk"], rel=0.03)


def test_all_is_judged_and_drawn(table):
    found = verdicts(double_descent.judge(table))
    kinds = {*(f"mean/{p}" for p in (4, 20, 80, 100)), "median/40", "peak/20", "peak/80", "least", "no-peak-with-ridge"}
    expected = {f"{kind.split('/')[0]}/{s}{kind[len(kind.split('/')[0]) :]}" for kind in kinds for s in theory.SIGNALS}
    assert set(found) == expected
    assert {found[name] for name in expected if not name.startswith(("mean", "median"))} == {SUPPORTED}
    assert "double-descent" in drawn(double_descent, table)
    assert table["key"].is_unique


def test_a_row_is_the_same_alone(table):
    unit = units(double_descent, SMALL)[0]
    alone = double_descent.measure(unit.with_cells(unit.cells.iloc[[7]].reset_index(drop=True)))
    row = table[(table["p"] == unit.static("p")) & (table["signal"] == unit.static("signal"))].iloc[7]
    assert alone["risk"].iloc[0] == pytest.approx(row["risk"], rel=1e-12)


@pytest.mark.parametrize(
    ("factor", "expected"), [(1.09, SUPPORTED), (0.91, SUPPORTED), (1.1, INCONCLUSIVE), (1.11, CONTRADICTED)]
)
def test_the_formula_is_met_within_a_tenth(factor, expected):
    rows = planted.risks(30, np.random.default_rng(101))
    rows["risk"] = factor * rows["mean"] * (1 + np.linspace(-0.05, 0.05, len(rows)))
    assert verdicts(double_descent.judge(rows))["mean/spread/30"] == expected


@pytest.mark.parametrize(
    ("factor", "expected"), [(1.38, SUPPORTED), (0.62, SUPPORTED), (1.4, INCONCLUSIVE), (1.42, CONTRADICTED)]
)
def test_medians_are_met_within_the_margin_though_the_mean_is_infinite(factor, expected):
    rows = planted.risks(SAMPLES, np.random.default_rng(101))
    rows["risk"] = factor * rows["median"] * (1 + np.linspace(-0.05, 0.05, len(rows)))
    rows.loc[rows.index[-1], "risk"] = 1e9
    assert np.isinf(rows["mean"]).all()
    assert verdicts(double_descent.judge(rows))["median/spread/40"] == expected


def test_a_wrong_formula_is_contradicted():
    rows = planted.risks(30, np.random.default_rng(101))
    # The limit of many dimensions, without the 1 of n - p - 1, is off by a tenth of the noise's part here.
    rows["mean"] *= 0.8
    assert verdicts(double_descent.judge(rows))["mean/spread/30"] == CONTRADICTED


def test_near_the_peak_no_mean_is_judged():
    near = pd.concat([planted.risks(p, np.random.default_rng(p)) for p in (31, 38, 42, 49)], ignore_index=True)
    assert not [one.claim for one in double_descent.judge(near) if one.claim.startswith(("mean", "median"))]


@pytest.mark.parametrize(
    ("plant", "name"),
    [(planted.peak, "peak/spread/20"), (planted.least, "least/spread"), (planted.ridge, "no-peak-with-ridge/spread")],
)
def test_shapes_are_seen_to_either_side(plant, name):
    for effect, expected in ((4.0, SUPPORTED), (-4.0, CONTRADICTED)):
        found = {one.claim: one for one in double_descent.judge(plant(effect, np.random.default_rng(101)))}
        assert found[name].verdict == expected
