"""Deep linear networks that are trained: losses by hand, where small ensembles end, and the rules at their borders."""

import numpy as np
import pytest

from experiments.claims.modern import _planted_landscapes as planted
from experiments.claims.modern import deep_linear_trained as claim
from experiments.ensemble import tracing
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, units, verdicts
from theory.modern import corners
from theory.restarts import deep_linear

SINGULAR = (2.0, 1.0, 0.5)


def test_the_mean_over_corners_is_the_squared_distance_of_matrices():
    network = SINGULAR, 3, 2
    θ = np.random.default_rng(0).normal(size=deep_linear.weight_count(*network))
    assert float(corners.loss("identity", *network)(θ)) == pytest.approx(float(deep_linear.loss(*network)(θ)), rel=1e-5)


def test_rectifiers_twice_as_many_as_inputs_reach_zero_loss():
    sign = np.concatenate([np.eye(3), -np.eye(3)])
    out = np.concatenate([np.diag(SINGULAR), -np.diag(SINGULAR)], axis=1)
    θ = np.concatenate([sign.ravel(), np.eye(6).ravel(), out.ravel()])
    assert float(corners.loss("rectifier", SINGULAR, 3, 6)(θ)) == corners.least_loss("rectifier", SINGULAR, 3, 6) == 0
    # A layer of rectifiers that is not applied would leave the loss 0 with only the positive parts doubled.
    flipped = np.concatenate([-sign.ravel(), np.eye(6).ravel(), out.ravel()])
    x = corners.corners(3)
    expected = ((2 * x * SINGULAR) ** 2).sum() / 2 / 8
    assert float(corners.loss("rectifier", SINGULAR, 3, 6)(flipped)) == pytest.approx(expected)
    with pytest.raises(ValueError, match="width 6"):
        corners.least_loss("rectifier", SINGULAR, 3, 5)


def test_linear_networks_end_at_reduced_rank_and_some_rectifiers_do_not():
    table = measured(claim, claim.Settings(layers=[2], restarts=20, steps=4000))
    linear = table[table["activation"] == "identity"]
    np.testing.assert_allclose(linear["loss"], linear["least_loss"], atol=1e-7)
    assert set(linear["least_loss"]) == {0.0, 0.125}
    assert len(drawn(claim, table)["deep-linear-trained"].numbers) == 60
    # Both kinds begin at the same weights.
    first = measured(claim, claim.Settings(layers=[2], width=[6], restarts=2, steps=1))
    assert (first["steps"] == 1).all()


@pytest.mark.parametrize(
    ("far", "expected"), [(1, SUPPORTED), (2, INCONCLUSIVE), (11, INCONCLUSIVE), (12, CONTRADICTED)]
)
def test_nearly_all_of_600_runs_arrive(far, expected):
    # Clopper and Pearson: 599 of 600 begin at 0.9907, 598 at 0.9880; 589 end at 0.9908, 588 at 0.9896.
    rows = planted.ends("identity", np.arange(600) < far)
    assert verdicts(claim.judge(rows))["arrives/3-matrices/width-6"] == expected


@pytest.mark.parametrize(
    ("far", "expected"), [(1, CONTRADICTED), (2, INCONCLUSIVE), (11, INCONCLUSIVE), (12, SUPPORTED)]
)
def test_more_than_one_in_a_hundred_rectifier_runs_are_stuck(far, expected):
    rows = planted.ends("rectifier", np.arange(600) < far)
    assert verdicts(claim.judge(rows))["stuck/3-matrices/width-6"] == expected
    # Runs that still move are not stuck.
    moving = rows.assign(gradient_norm=1e-7)
    assert verdicts(claim.judge(moving))["stuck/3-matrices/width-6"] == CONTRADICTED


@pytest.mark.parametrize("number", [0, 1], ids=["linear", "rectifiers"])
def test_a_run_is_made_again(number):
    unit = units(claim, claim.Settings(layers=[3], width=[6], restarts=2, steps=300))[number]
    row = claim.measure(unit).iloc[1].to_dict()
    again = claim.rebuild(unit.with_cells(unit.cells.iloc[[1]].reset_index(drop=True)), row)
    assert tracing.differences(row, again) == []
    z = x = corners.corners(3)
    for W, b in again.layers[:-1]:
        z = z @ W + b if number == 0 else np.maximum(z @ W + b, 0)
    (W, b) = again.layers[-1]
    assert ((z @ W + b - x * SINGULAR) ** 2).sum() / 16 == pytest.approx(row["loss"])
    assert (again.curve["updates"].iloc[-1], again.curve["loss"].iloc[-1]) == (row["steps"], row["loss"])
    assert again.curve["loss"].is_monotonic_decreasing
