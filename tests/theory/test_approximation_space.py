"""Means of cosine series, networks made of them, and their count: against quadrature, direct sums and enumeration."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory import network
from theory.activations import ACTIVATIONS
from theory.approximation import cosines, features, space, targets
from theory.approximation.construction import CONSTRUCTIONS

KINDS = st.sampled_from(list(CONSTRUCTIONS))
SEEDS = st.integers(0, 2**32)


def some_cosines(d: int, seed: int) -> cosines.Cosines:
    rng = np.random.default_rng(seed)
    return cosines.Cosines(rng.normal(), rng.normal(size=5), 4 * rng.normal(size=(5, d)), rng.uniform(0, 6, 5))


@given(KINDS, st.integers(1, 4), st.floats(0.01, 3), SEEDS)
@settings(max_examples=60)
def test_networks_keep_the_error_that_is_asked_for_at_every_width(kind, d, error, seed):
    made, parts = CONSTRUCTIONS[kind], some_cosines(d, seed)
    units = space.widths(parts, made, error)
    assert space.bound(parts, made, units) <= error * (1 + 1e-9)
    layers = space.build(parts, made, units)
    assert layers[0][0].shape == (d, sum(units))
    x = targets.points_of_cube(d, 300, np.random.default_rng(seed))
    assert np.abs(features.outputs(layers, x, made.activation) - parts.of(x)).max() <= error * (1 + 1e-9)


@pytest.mark.parametrize("kind", list(CONSTRUCTIONS))
def test_any_widths_keep_the_bound_and_the_network_is_the_one_that_is_evaluated(kind):
    made, parts = CONSTRUCTIONS[kind], some_cosines(2, 3)
    x = targets.points_of_cube(2, 300, np.random.default_rng(0))
    for units in ([1] * 5, [1, 2, 30, 4, 5], [50] * 5):
        layers = space.build(parts, made, units)
        z = features.outputs(layers, x, made.activation)
        assert np.abs(z - parts.of(x)).max() <= space.bound(parts, made, units)
        with jax.enable_x64(True):
            θ = network.from_arrays(layers, jnp.float64)
            there = np.asarray(network.evaluate(θ, jnp.asarray(x), ACTIVATIONS[made.activation]))[:, 0]
        assert there == pytest.approx(z, abs=1e-9)
