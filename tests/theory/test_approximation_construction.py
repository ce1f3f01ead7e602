"""Targets are what they are said to be; constructions keep their bounds; polynomials are the best and no better."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory import network
from theory.activations import ACTIVATIONS
from theory.approximation import construction
from theory.approximation.curves import CURVES, Curve, grid

X = grid(2001)


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
