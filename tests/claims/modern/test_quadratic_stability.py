"""Quadratics: iterates against eigenvalues of the update's matrix, and a rule that one case breaks."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.modern import quadratic_stability
from experiments.judging.rules import CONTRADICTED, SUPPORTED
from tests.support import drawn, measured, verdicts


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return measured(quadratic_stability, quadratic_stability.Settings(draws=2))


def test_the_last_distance_follows_from_powers_of_the_matrix_of_an_update(table):
    rows = table[(table["relative_step"] == 1.02) & (table["momentum"] == 0.5)]
    for row in rows.itertuples():
        β, η = row.momentum, row.relative_step * 2 * (1 + row.momentum) / row.sharpness
        # (θ, v) of the sharpest direction after an update.
        M = np.array([[1 - η * row.sharpness, -η * β], [row.sharpness, β]])
        θ = (np.linalg.matrix_power(M, row.steps) @ [1.0, 0.0])[0]
        assert row.log_distance == pytest.approx(np.log10(abs(θ)), rel=1e-6)


def test_it_diverges_beyond_the_edge_only(table):
    pd.testing.assert_series_equal(table["diverged"], table["relative_step"] > 1, check_names=False)
    found = verdicts(quadratic_stability.judge(table))
    assert set(found.values()) == {SUPPORTED}
    assert {one.measured for one in quadratic_stability.judge(table) if "diverges" in one.claim} == {1.02}
    assert len(drawn(quadratic_stability, table)) == 1


@pytest.mark.parametrize("relative", [1.0, 1.02])
def test_one_case_on_the_other_side_contradicts(table, relative):
    flipped = table.copy()
    one = flipped.index[(flipped["relative_step"] == relative) & (flipped["momentum"] == 0)][0]
    flipped.loc[one, "diverged"] = not flipped.loc[one, "diverged"]
    found = verdicts(quadratic_stability.judge(flipped))
    assert found["diverges/0"] == found["roots/0"] == CONTRADICTED
    assert found["diverges/0.5"] == SUPPORTED


def test_distances_beyond_all_floats_are_told():
    far = measured(
        quadratic_stability, quadratic_stability.Settings(relative_step=[1.8], momentum=[0.9], draws=1, steps=900)
    )
    assert far["log_distance"].iloc[0] > 309
