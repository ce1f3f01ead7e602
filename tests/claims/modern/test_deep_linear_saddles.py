"""Saddles of deep linear networks: derivatives against automatic ones, elimination, and the rules."""

import jax
import numpy as np
import pandas as pd
import pytest

from experiments.claims.modern import deep_linear_saddles
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, verdicts
from theory.modern import saddles
from theory.restarts import deep_linear

M = np.diag([2, 1])
SIZES = (2, 3, 2, 2)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return measured(
        deep_linear_saddles, deep_linear_saddles.Settings(layers=[2, 3], width=[1], largest=[2], where="width == 1")
    )


def test_derivatives_are_those_of_automatic_differentiation():
    θ = np.random.default_rng(0).integers(-2, 3, (3, 16))
    layers = saddles.unflatten(θ, SIZES)

    def loss(θ: jax.Array) -> jax.Array:
        W_1, W_2, W_3 = θ[:6].reshape(3, 2), θ[6:12].reshape(2, 3), θ[12:].reshape(2, 2)
        return ((W_3 @ W_2 @ W_1 - M) ** 2).sum() / 2

    point = jax.numpy.asarray(θ, float)
    np.testing.assert_array_equal(saddles.twice_loss(layers, M), 2 * jax.vmap(loss)(point))
    np.testing.assert_array_equal(saddles.gradient(layers, M), jax.vmap(jax.grad(loss))(point))
    np.testing.assert_array_equal(saddles.hessian(layers, M), jax.vmap(jax.hessian(loss))(point))


def test_the_loss_along_a_line_is_its_polynomial():
    rng = np.random.default_rng(1)
    layers, D = (saddles.unflatten(rng.integers(-2, 3, (1, 16)), SIZES) for _ in range(2))
    coefficients = saddles.along(layers, [one[0] for one in D], M)
    for t in (-2, 1, 3):
        moved = saddles.twice_loss([W + t * one for W, one in zip(layers, D, strict=True)], M)
        np.testing.assert_array_equal(coefficients @ t ** np.arange(7), moved)


def test_elimination_says_what_eigenvalues_say():
    rng = np.random.default_rng(2)
    A = rng.integers(-2, 3, (200, 5, 3))
    H = A @ A.mT
    # One entry of the diagonal less: some of these have a small negative eigenvalue.
    H[::2, 1, 1] -= 1
    smallest = np.linalg.eigvalsh(H.astype(float))[:, 0]
    np.testing.assert_array_equal(saddles.semidefinite(H), smallest > -1e-9)
    assert 0 < saddles.semidefinite(H)[::2].sum() < 100
    plain = np.array([[[0, 0], [0, 0]], [[0, 1], [1, 0]], [[1, 0], [0, -1]], [[0, 1], [1, 5]]])
    np.testing.assert_array_equal(saddles.semidefinite(plain), [True, False, False, False])


def test_the_origin_is_flat_from_three_matrices_on():
    for layers in (2, 3, 4):
        zero = saddles.unflatten(np.zeros((1, 4 * layers), int), (2,) * (layers + 1))
        H = saddles.hessian(zero, M)
        assert (H == 0).all() == (layers > 2)
        assert saddles.semidefinite(H)[0] == (layers > 2)
        assert saddles.first_fall(zero, M)[0] == layers


def test_a_least_point_falls_nowhere():
    least = saddles.unflatten(np.array([[1, 0, 0, 1, 2, 0, 0, 1]]), (2, 2, 2))
    assert saddles.twice_loss(least, M)[0] == saddles.first_fall(least, M)[0] == 0


def test_every_network_of_the_grid_is_tried_once():
    (layers,) = saddles.grid((2, 1, 2), 1)
    assert len({tuple(np.concatenate([W[i].ravel() for W in layers])) for i in range(81)}) == 81
    chunks = [len(some[0]) for some in saddles.grid((2, 1, 2), 1, chunk=32)]
    assert chunks == [32, 32, 17]


def test_critical_points_are_what_theory_says(table):
    # Critical points of one hidden unit keep one singular value, or nothing: losses 1/2, 2 and 5/2.
    assert set(table["loss"]) == {0.5, 2.0, 2.5}
    assert set(table["least_loss"]) == {deep_linear.least_loss((2.0, 1.0), 2, 1)}
    assert set(verdicts(deep_linear_saddles.judge(table)).values()) == {SUPPORTED}
    flat = table[~table["negative_curvature"] & (table["loss"] > table["least_loss"])]
    assert [tuple(row) for row in flat[["layers", "loss", "falls_at_order"]].to_numpy()] == [(3, 2.5, 3)]
    assert len(drawn(deep_linear_saddles, table)) == 1


def test_one_point_on_the_other_side_changes_a_verdict(table):
    above = table[(table["loss"] > table["least_loss"]) & table["negative_curvature"]].drop_duplicates("layers")
    wrong = table.copy()
    wrong.loc[above.index, ["negative_curvature", "falls_at_order"]] = [False, 0]
    found = verdicts(deep_linear_saddles.judge(wrong))
    assert found["curved/2-matrices/width-1"] == CONTRADICTED
    assert found["eigenvalues/2-matrices/width-1"] == CONTRADICTED
    # A line that is not found may exist.
    assert found["no-minimum/3-matrices/width-1"] == INCONCLUSIVE
    full = table.copy()
    full.loc[(full["layers"] == 3) & (full["falls_at_order"] == 3), "full_rank"] = True
    assert verdicts(deep_linear_saddles.judge(full))["full-rank/3-matrices/width-1"] == CONTRADICTED
    strict = table.assign(negative_curvature=table["negative_curvature"] | (table["loss"] > 0.5))
    assert verdicts(deep_linear_saddles.judge(strict))["flat/3-matrices/width-1"] == INCONCLUSIVE
