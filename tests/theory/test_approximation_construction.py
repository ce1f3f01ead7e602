"""Targets are what they are said to be; constructions keep their bounds; polynomials are the best and no better."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from theory import network
from theory.activations import ACTIVATIONS
from theory.approximation import construction
from theory.approximation.curves import CURVES, Curve, grid, midpoints, root_mean_square
from theory.approximation.polynomials import DEGREES, best_output, best_polynomial

X = grid(2001)


@pytest.mark.parametrize("name", CURVES)
def test_what_is_said_of_a_target_is_true_and_not_wasteful(name):
    curve = CURVES[name]
    y = curve.of(X)
    assert np.abs(y).max() == pytest.approx(curve.largest, rel=1e-6)
    square, _ = quad(lambda x: float(curve.of(np.array(x))) ** 2, -1, 1, points=[0], limit=200)
    assert curve.root_mean_square == pytest.approx(np.sqrt(square / 2), rel=1e-6)
    ratios = [np.abs(y[k:] - y[:-k]).max() / (X[k] - X[0]) ** curve.exponent for k in (1, 2, 5, 20, 100, 1000)]
    assert max(ratios) <= curve.steepness * (1 + 1e-9)
    assert max(ratios) > 0.99 * curve.steepness
    if np.isfinite(curve.curvature):
        second = np.abs(np.diff(y, 2)) / (X[1] - X[0]) ** 2
        assert 0.99 * curve.curvature < second.max() <= curve.curvature * (1 + 1e-6)


def test_training_and_evaluation_points_are_apart():
    for points in (64, 128, 256, 512):
        assert not np.intersect1d(np.round(grid(1001), 12), np.round(midpoints(points), 12)).size


@given(st.sampled_from(sorted(CURVES)), st.sampled_from(sorted(construction.CONSTRUCTIONS)), st.integers(1, 300))
@settings(max_examples=60)
def test_constructions_keep_their_bounds_at_every_width(name, kind, width):
    made = construction.CONSTRUCTIONS[kind]
    layers = made.build(CURVES[name], width)
    assert layers[0][0].shape == (1, width)
    errors = construction.outputs(layers, X, made.σ) - CURVES[name].of(X)
    assert np.abs(errors).max() <= made.bound(CURVES[name], width) + 1e-9


@given(
    st.lists(st.floats(-1, 1), min_size=2, max_size=8), st.sampled_from(["steps", "interpolant"]), st.integers(1, 60)
)
@settings(max_examples=60)
def test_bounds_hold_for_any_lipschitz_target(heights, kind, width):
    places = np.linspace(-1, 1, len(heights))
    steepness = float(np.abs(np.diff(heights)).max() / (places[1] - places[0]))
    curve = Curve(lambda x: np.interp(x, places, heights), steepness, 1.0, np.inf, 1.0, 1.0)
    made = construction.CONSTRUCTIONS[kind]
    errors = construction.outputs(made.build(curve, width), X, made.σ) - curve.of(X)
    assert np.abs(errors).max() <= made.bound(curve, width) + 1e-9


def test_bounds_are_not_wasteful():
    sine, width = CURVES["sine"], 400
    for kind, share in (("steps", 0.9), ("interpolant", 0.99)):
        made = construction.CONSTRUCTIONS[kind]
        errors = construction.outputs(made.build(sine, width), grid(20_001), made.σ) - sine.of(grid(20_001))
        assert np.abs(errors).max() >= share * made.bound(sine, width)


def test_the_interpolant_meets_the_curve_at_its_knots_and_the_network_is_the_one_that_is_evaluated():
    curve, width = CURVES["bump"], 7
    layers, knots = construction.interpolant(curve, width), np.linspace(-1, 1, width + 1)
    assert construction.outputs(layers, knots, construction.rectify) == pytest.approx(curve.of(knots))
    with jax.enable_x64(True):
        for kind, made in construction.CONSTRUCTIONS.items():
            θ = network.from_arrays(made.build(curve, width), jnp.float64)
            z = np.asarray(network.evaluate(θ, jnp.asarray(X[:, None]), ACTIVATIONS[made.activation]))[:, 0]
            assert z == pytest.approx(construction.outputs(made.build(curve, width), X, made.σ), abs=1e-9), kind


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("kind", construction.CONSTRUCTIONS)
@pytest.mark.parametrize("error", [0.3, 0.01])
def test_the_units_that_are_needed_are_the_fewest_that_are_guaranteed(name, kind, error):
    curve, made = CURVES[name], construction.CONSTRUCTIONS[kind]
    width = made.needed(curve, error)
    assert made.bound(curve, width) <= error * (1 + 1e-9)
    assert width == 1 or made.bound(curve, width - 1) > error * (1 - 1e-9)


def test_the_best_polynomial_is_orthogonal_to_all_of_its_degree():
    y = CURVES["ramp"].of(X)
    errors = y - best_polynomial(X, y, 5)
    assert [float(errors @ X**power) for power in range(6)] == pytest.approx([0.0] * 6, abs=1e-9)
    cubic = 1 - X + 3 * X**3
    assert best_polynomial(X, cubic, 3) == pytest.approx(cubic)


@pytest.mark.parametrize("name", DEGREES)
@pytest.mark.parametrize("width", [1, 2, 3, 4, 30])
def test_networks_with_a_polynomial_activation_reach_the_best_polynomial_and_stay_there(name, width):
    degree, y, rng = DEGREES[name], CURVES["sine"].of(X), np.random.default_rng(width)
    best = root_mean_square(best_polynomial(X, y, degree) - y)
    with jax.enable_x64(True):
        a = jnp.asarray(X[:, None] * rng.normal(size=width) + rng.normal(size=width))
        z = np.asarray(ACTIVATIONS[name](a))
    V, c = best_output(z, y)
    error = root_mean_square((z @ V + c)[:, 0] - y)
    assert error >= best * (1 - 1e-6)
    if width > degree:
        assert error == pytest.approx(best, rel=1e-4)
