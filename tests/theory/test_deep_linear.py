"""Deep linear networks: the loss by hand, its gradient by differences, and its least value by alternating squares."""

import jax
import numpy as np
import pytest

from theory.restarts import deep_linear

SINGULAR = (2.0, 1.5, 1.0, 0.5)


def test_the_loss_is_that_of_the_product_and_the_gradient_its_slope():
    rng = np.random.default_rng(0)
    W1, W2, W3 = rng.normal(size=(2, 4)), rng.normal(size=(2, 2)), rng.normal(size=(4, 2))
    θ = np.concatenate([W.ravel() for W in (W1, W2, W3)])
    assert len(θ) == deep_linear.weight_count(SINGULAR, 3, 2)
    F = deep_linear.loss(SINGULAR, 3, 2)
    assert F(θ) == pytest.approx(np.sum((W3 @ W2 @ W1 - np.diag(SINGULAR)) ** 2) / 2)
    with jax.enable_x64(True):
        gradient = np.asarray(deep_linear.gradient(SINGULAR, 3, 2)(θ))
    step = 1e-6 * np.eye(len(θ))
    np.testing.assert_allclose(gradient, [(F(θ + e) - F(θ - e)) / 2e-6 for e in step], atol=1e-6)


@pytest.mark.parametrize(("width", "expected"), [(1, 1.75), (2, 0.625), (3, 0.125), (4, 0.0), (9, 0.0)])
def test_the_least_loss_is_that_of_the_best_matrix_of_the_rank(width, expected):
    assert deep_linear.least_loss(SINGULAR, 3, width) == pytest.approx(expected)
    assert deep_linear.least_loss(SINGULAR, 1, width) == 0
    # Alternating least squares over A B with A of `width` columns.
    rng, M = np.random.default_rng(1), np.diag(SINGULAR)
    B = rng.normal(size=(width, 4))
    for _ in range(500):
        A = M @ np.linalg.pinv(B)
        B = np.linalg.pinv(A) @ M
    assert np.sum((A @ B - M) ** 2) / 2 == pytest.approx(expected, abs=1e-9)


def test_leaving_out_the_wrong_direction_is_a_saddle():
    # Rank 1 that keeps 1.5 instead of 2: the gradient vanishes, and some direction goes down.
    e = np.eye(4)[1] * np.sqrt(1.5)
    θ = np.concatenate([e, e])
    with jax.enable_x64(True):
        assert np.abs(np.asarray(deep_linear.gradient(SINGULAR, 2, 1)(θ))).max() < 1e-12
        H = np.asarray(jax.hessian(deep_linear.loss(SINGULAR, 2, 1))(θ))
    assert np.linalg.eigvalsh(H)[0] < -0.1
