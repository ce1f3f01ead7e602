"""Networks as features: fits of the output layer, and the search for the largest error."""

import functools

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory import network
from theory.activations import ACTIVATIONS
from theory.approximation import features, narrow, targets


@pytest.mark.parametrize("activation", list(features.ON_HOST))
def test_the_host_calculates_what_the_network_does(activation):
    rng = np.random.default_rng(7)
    layers = [(rng.normal(size=shape), rng.normal(size=shape[1])) for shape in ((3, 5), (5, 4), (4, 1))]
    x = rng.normal(size=(20, 3))
    there = network.evaluate(network.from_arrays(layers), jnp.asarray(x, jnp.float32), ACTIVATIONS[activation])
    np.testing.assert_allclose(features.outputs(layers, x, activation), there[:, 0], rtol=1e-4, atol=1e-5)


@given(seed=st.integers(0, 2**32), width=st.integers(1, 8))
def test_the_output_layer_has_the_least_squared_error(seed, width):
    rng = np.random.default_rng(seed)
    x = targets.points_of_cube(2, 60, rng)
    y = np.sin(3 * x[:, 0]) * x[:, 1]
    units = features.random_units(rng.normal(size=(width, 2)), x, "tanh", rng)
    z = features.hidden_outputs(units, x, "tanh")[-1]
    A = features.with_constant(z)
    residual = A @ features.least_squares(z, y)[0] - y
    by_singular_values = A @ np.linalg.lstsq(A, y, rcond=None)[0] - y
    assert residual @ residual <= by_singular_values @ by_singular_values * (1 + 1e-6) + 1e-9


def test_a_unit_that_fires_at_one_point_only_ruins_nothing_elsewhere():
    rng = np.random.default_rng(9)
    x = np.sort(rng.uniform(-1, 1, 401))
    y = x + 0.1 * rng.normal(size=401)
    kinks = np.array([-2.0, x[-1] - 1e-5])
    network_ = [(np.ones((1, 2)), -kinks), (np.zeros((2, 1)), np.zeros(1))]
    test = np.linspace(-1, 1.05, 100)
    fitted = features.fitted(network_, x[:, None], y, "rectifier")
    assert np.abs(features.outputs(fitted, test[:, None], "rectifier") - test).max() < 0.1
    exactly = features.with_output(
        network_, features.least_squares(np.maximum(x[:, None] - kinks, 0), y, np.zeros(1))[0]
    )
    assert np.abs(features.outputs(exactly, test[:, None], "rectifier") - test).max() > 10


def test_broken_lines_through_even_knots_reach_a_smooth_curve_as_fast_as_they_can():
    x = np.random.default_rng(1).permutation(np.linspace(-1, 1, 4097))[:, None]
    y = np.sin(4 * x[:, 0])
    errors = []
    for width in (16, 32, 64):
        units = features.random_units(np.ones((width, 1)), x, "rectifier", np.random.default_rng(0))
        errors.append(np.std(features.outputs(features.fitted(units, x, y, "rectifier"), x, "rectifier") - y))
    slopes = np.diff(np.log2(errors))
    assert (np.abs(slopes + 2) < 0.3).all()


def test_of_a_feature_that_says_the_same_twice_nothing_breaks():
    z = np.linspace(0, 1, 50)
    doubled = np.stack([z, z, np.ones(50), np.zeros(50)], axis=1)
    for weights in (features.least_squares(doubled, 3 * z - 1)[0], features.least_largest_error(doubled, 3 * z - 1)):
        assert np.abs(weights).max() < 10
        np.testing.assert_allclose(features.with_constant(doubled) @ weights, 3 * z - 1, atol=1e-8)


@pytest.mark.parametrize("activation", list(features.ON_HOST))
def test_random_units_have_their_kink_at_a_point(activation):
    rng = np.random.default_rng(8)
    x = targets.points_of_cube(3, 40, rng)
    (W, b), _ = features.random_units(rng.normal(size=(30, 3)), x, activation, rng)
    assert (np.abs(x @ W + b).min(0) < 1e-12).all()


def test_the_largest_error_of_a_known_function_is_found():
    rng = np.random.default_rng(3)
    peak = np.array([0.3, 0.6])
    error = lambda x: np.exp(-50 * np.sum((x - peak) ** 2, axis=1))  # noqa: E731
    found = features.largest_error(error, narrow.points_of_ball(2, 200, rng), narrow.into_ball, rng)
    assert 0.9999 < found <= 1.0


def test_networks_of_one_shape_are_asked_together_and_searched_together_as_one_by_one():
    rng = np.random.default_rng(4)
    shapes = [(2, 5), (5, 5), (5, 1)]
    networks = [[(rng.normal(size=shape), rng.normal(size=shape[1])) for shape in shapes] for _ in range(3)]
    x, own = narrow.points_of_ball(2, 60, rng), rng.normal(size=(3, 7, 2))
    together = features.stacked(networks)
    for points in (x, own):
        each = points if points.ndim == 3 else [points] * 3
        one_by_one = [features.outputs(*one, "rectifier") for one in zip(networks, each, strict=True)]
        np.testing.assert_allclose(features.outputs(together, points, "rectifier"), one_by_one, rtol=1e-12)
    error = lambda layers, x: features.outputs(layers, x, "rectifier") - narrow.bowl(x)  # noqa: E731
    found = features.largest_errors(
        lambda points: error(together, points),
        x,
        narrow.into_ball,
        np.stack([np.random.default_rng(seed).normal(size=(40, 8, 2)) for seed in range(3)]),
    )
    for seed, layers in enumerate(networks):
        alone = features.largest_error(
            functools.partial(error, layers), x, narrow.into_ball, np.random.default_rng(seed), kept=8, rounds=40
        )
        assert found[seed] == pytest.approx(alone, rel=1e-12)


def test_the_output_fit_has_the_least_largest_error():
    # The best line for x² on [0, 1] is x - 1/8.
    x = np.linspace(0, 1, 1001)
    weights = features.least_largest_error(x[:, None], x**2)
    np.testing.assert_allclose(weights, [1.0, -0.125], atol=1e-4)


def test_least_squares_is_that_of_an_orthogonal_decomposition():
    rng = np.random.default_rng(1)
    z, y = rng.normal(size=(60, 5)), rng.normal(size=60)
    expected = np.linalg.lstsq(features.with_constant(z), y, rcond=None)[0]
    np.testing.assert_allclose(features.least_squares(z, y)[0], expected, atol=1e-12)
    np.testing.assert_allclose(features.least_squares_elsewhere(z, y), expected, atol=1e-9)


def test_with_one_feature_that_is_constant_the_least_largest_error_is_half_of_the_range():
    y = np.array([3.0, -1.0, 0.5, 2.0])
    weights = features.least_largest_error(np.zeros((4, 1)), y)
    errors = features.with_constant(np.zeros((4, 1))) @ weights - y
    assert np.abs(errors).max() == pytest.approx(2.0)
    # Least squares takes the mean instead, which is farther from one end.
    assert (
        np.abs(features.with_constant(np.zeros((4, 1))) @ features.least_squares(np.zeros((4, 1)), y)[0] - y).max() > 2
    )


def test_a_network_with_another_output_layer_keeps_its_hidden_layer():
    rng = np.random.default_rng(2)
    x = rng.uniform(-1, 1, (30, 2))
    layers = features.random_units(rng.normal(size=(4, 2)), x, "rectifier", rng)
    y = features.hidden_outputs(layers, x, "rectifier")[-1] @ np.array([1.0, -2.0, 0.5, 3.0]) + 0.25
    fitted = features.fitted(layers, x, y, "rectifier")
    np.testing.assert_allclose(features.outputs(fitted, x, "rectifier"), y, atol=1e-9)
    np.testing.assert_array_equal(fitted[0][0], layers[0][0])
    other = features.with_output(layers, np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    assert other[-1][0].ravel().tolist() == [1.0, 2.0, 3.0, 4.0]
    assert other[-1][1].tolist() == [5.0]


def test_no_search_finds_a_larger_error_than_there_is():
    rng = np.random.default_rng(3)
    starts = rng.uniform(-1, 1, (100, 2))
    found = features.largest_error(
        lambda x: np.sin(3 * x[:, 0]) * x[:, 1], starts, lambda x: np.clip(x, -1, 1), rng, kept=8, rounds=60
    )
    assert 0.999 < found <= 1.0
