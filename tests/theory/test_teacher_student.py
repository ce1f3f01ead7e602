"""The closed forms against samples, differences and automatic differentiation, and the known points."""

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.restarts import teacher_student as ts


def student(n: int, k: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((n, k))


def differences(function, W, step):
    """Central differences of a function of W, the coordinate on the first axis."""
    directions = np.eye(W.size).reshape(-1, *W.shape)
    return np.array([(function(W + step * d) - function(W - step * d)) / (2 * step) for d in directions])


@pytest.mark.parametrize(("n", "k"), [(1, 2), (3, 3), (5, 3)])
def test_the_loss_is_half_the_mean_squared_difference(n, k):
    W = student(n, k)
    x = np.random.default_rng(1).standard_normal((400_000, k))
    halves = (np.maximum(x @ W.T, 0).sum(1) - np.maximum(x, 0).sum(1)) ** 2 / 2
    error = halves.std() / np.sqrt(len(x))
    assert abs(ts.loss(W) - halves.mean()) < 4 * error
    assert error < 0.01 * ts.loss(W)


@pytest.mark.parametrize(("n", "k"), [(1, 1), (1, 3), (3, 3), (5, 4)])
def test_the_gradient_is_that_of_the_loss_and_the_hessian_that_of_the_gradient(n, k):
    W = student(n, k)
    np.testing.assert_allclose(ts.gradient(W).ravel(), differences(ts.loss, W, 1e-5), atol=1e-8)
    slopes = differences(ts.gradient, W, 1e-5).reshape(W.size, W.size)
    np.testing.assert_allclose(ts.hessian(W), slopes, atol=1e-8)


def test_the_gradient_is_what_automatic_differentiation_says():
    W = student(4, 3)
    with jax.enable_x64(True):

        def cosine(a, b):
            return jax.numpy.dot(a, b) / jax.numpy.sqrt(jax.numpy.dot(a, a) * jax.numpy.dot(b, b))

        def f(a, b):
            t = jax.numpy.arccos(cosine(a, b))
            lengths = jax.numpy.sqrt(jax.numpy.dot(a, a) * jax.numpy.dot(b, b))
            return lengths * (jax.numpy.sin(t) + (np.pi - t) * jax.numpy.cos(t)) / (2 * np.pi)

        def loss(W):
            # What a neuron has with itself is written as |w|² / 2, without an angle to differentiate.
            among = sum(f(W[i], W[j]) for i in range(4) for j in range(i)) + jax.numpy.sum(W**2) / 4
            return among - sum(f(w, v) for w in W for v in np.eye(3))

        np.testing.assert_allclose(ts.gradient(W), jax.grad(loss)(jax.numpy.asarray(W)), atol=1e-12)
        np.testing.assert_allclose(jax.jit(ts.gradient)(W), ts.gradient(W), atol=1e-14)
        np.testing.assert_allclose(jax.jit(ts.hessian)(W), ts.hessian(W), atol=1e-14)


@given(st.floats(-1, 1))
def test_angles_are_those_of_the_library(cosine):
    assert abs(ts.angle(np.array(cosine)) - np.arccos(cosine)) < 2e-15


def test_angles_at_the_ends():
    np.testing.assert_array_equal(ts.angle(np.array([1.0, -1.0])), [0, np.pi])
    small = 1 - np.array([1e-15, 1e-12, 1e-8])
    np.testing.assert_allclose(ts.angle(small), np.arccos(small), rtol=1e-14)


@pytest.mark.parametrize("k", [2, 6, 20])
def test_the_teacher_is_the_global_minimum(k):
    W = np.random.default_rng(k).permutation(np.eye(k))
    assert abs(ts.loss(W)) < 1e-13
    assert np.linalg.norm(ts.gradient(W)) < 1e-13
    # At orthonormal neurons the smallest eigenvalue is 1/4 - 1/2π, whatever k.
    assert ts.smallest_eigenvalue(W) == pytest.approx(1 / 4 - 1 / (2 * np.pi), abs=1e-12)
    assert ts.least_angle(W) == pytest.approx(np.pi / 2)


def test_parallel_neurons_share_the_load_of_one():
    W = np.vstack([np.eye(3), 0.5 * np.eye(3)[:1]])
    W[0] /= 2
    assert abs(ts.loss(W)) < 1e-15
    assert np.linalg.norm(ts.gradient(W)) < 1e-15
    assert ts.least_angle(W) == 0
    # Length can be moved from one to the other, so that the Hessian is singular, but the loss is smooth all the same.
    assert abs(ts.smallest_eigenvalue(W)) < 1e-12
    slopes = differences(ts.gradient, W, 1e-6).reshape(W.size, W.size)
    np.testing.assert_allclose(ts.hessian(W), slopes, atol=1e-5)


@pytest.mark.parametrize(
    "W",
    [
        np.zeros((2, 3)),
        np.array([[1.0, 2.0], [-1.0, -2.0]]),
        np.array([[1.0, 0.0], [1.0, 1e-9], [0.0, 0.0]]),
        np.array([[1e-150, 0.0], [3.0, 1e150]]),
    ],
    ids=["zero", "opposite", "nearly parallel", "very short and long"],
)
def test_nothing_is_nan(W):
    for value in (ts.loss(W), ts.gradient(W), ts.hessian(W), ts.least_angle(W)):
        assert np.isfinite(value).all()


def test_a_zero_neuron_has_the_mean_gradient_of_all_directions():
    others = student(2, 2)
    turns = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    short = [1e-9 * np.array([np.cos(turn), np.sin(turn)]) for turn in turns]
    mean = np.mean([ts.gradient(np.vstack([others, w]))[-1] for w in short], axis=0)
    np.testing.assert_allclose(ts.gradient(np.vstack([others, np.zeros(2)]))[-1], mean, atol=1e-4)


# Losses published for the type (1, k - 1), to six digits.
@pytest.mark.parametrize(("k", "published"), [(7, 0.023203), (10, 0.018702), (15, 0.014064), (20, 0.011276)])
def test_the_spurious_point_is_a_strict_minimum_at_the_published_level(k, published):
    W = ts.spurious_point(k)
    assert np.linalg.norm(ts.gradient(W)) < 1e-12
    assert ts.smallest_eigenvalue(W) > 0.01
    assert ts.spurious_loss(k) == pytest.approx(published, abs=5e-7)


def test_below_six_dimensions_the_spurious_point_is_a_saddle():
    assert [ts.smallest_eigenvalue(ts.spurious_point(k)) > 0 for k in (4, 5, 6, 7)] == [False, False, True, True]


def test_descent_in_the_full_space_ends_at_the_spurious_loss():
    W = ts.spurious_point(7) + 0.05 * student(7, 7)
    for _ in range(4000):
        W = W - 5 / 7 * ts.gradient(W)
    assert np.linalg.norm(ts.gradient(W)) < 1e-12
    assert ts.loss(W) == pytest.approx(ts.spurious_loss(7), rel=1e-9)


def test_where_there_is_no_spurious_point_none_is_returned(monkeypatch):
    found = ts.scipy.optimize.OptimizeResult(x=np.array([1.0, 0, 0, 0, 1]), message="stuck")
    monkeypatch.setattr(ts.scipy.optimize, "root", lambda *_, **__: found)
    with pytest.raises(ArithmeticError, match="k = 9: stuck"):
        ts.spurious_point(9)


@pytest.mark.parametrize(
    ("k", "astray", "loss"), [(12, 2, 0.0315512), (12, 3, 0.0454580), (20, 2, 0.0219230), (20, 3, 0.0321516)]
)
def test_losses_where_several_neurons_have_gone_astray_are_those_at_which_descent_was_seen_to_end(k, astray, loss):
    # The losses are of runs of descent in an earlier reference run.
    W = ts.spurious_point(k, astray)
    assert ts.spurious_loss(k, astray) == pytest.approx(loss, abs=6e-8)
    assert np.linalg.norm(ts.gradient(W)) < 1e-11
    assert ts.smallest_eigenvalue(W) > 0.01


def test_two_neurons_astray_are_a_saddle_at_k_7_where_no_run_ends():
    assert ts.smallest_eigenvalue(ts.spurious_point(7, 2)) < -0.001
