"""Initial weights: their variances and bounds, and the same as those of other libraries by the same names."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats

from theory import network
from theory.initial import INITIALS

SIZES = (40, 60, 20)


@pytest.fixture(scope="module")
def normals():
    """Standard normal numbers for 20 networks."""
    return np.random.default_rng(5).standard_normal((20, network.parameter_count(SIZES)))


def layers(normals, name, factor=1.0):
    return network.from_normals(normals, SIZES, factor, initial=INITIALS[name])


# By the names of jax.nn.initializers, a library of its own.
THEIRS = {
    "he": jax.nn.initializers.he_normal(),
    "he-uniform": jax.nn.initializers.he_uniform(),
    "glorot": jax.nn.initializers.glorot_uniform(),
    "glorot-normal": jax.nn.initializers.glorot_normal(),
    "lecun": jax.nn.initializers.lecun_normal(),
}


@pytest.mark.parametrize("name", THEIRS)
def test_weights_spread_as_those_of_another_library(normals, name):
    for layer, shape in zip(layers(normals, name), network.layer_shapes(SIZES), strict=True):
        keys = jax.random.split(jax.random.key(1), 100)
        theirs = np.asarray(jax.vmap(lambda key: THEIRS[name](key, shape, jnp.float32))(keys)).std()  # noqa: B023
        # 100 matrices of 1,200 weights and more; their normals are cut at two deviations and scaled up again.
        assert layer.W.std() == pytest.approx(theirs, rel=0.02)
        assert not layer.b.any()


def test_pytorch_draws_weights_and_biases_between_the_same_bounds(normals):
    for layer, inputs in zip(layers(normals, "pytorch"), SIZES, strict=False):
        numbers = np.concatenate([layer.W.ravel(), layer.b.ravel()]) * np.sqrt(inputs)
        assert scipy.stats.kstest(numbers, scipy.stats.uniform(-1, 2).cdf).pvalue > 1e-3
        assert np.abs(numbers).max() <= 1


@pytest.mark.parametrize(
    ("name", "distribution"), [("normal", scipy.stats.norm(0, 0.5)), ("uniform", scipy.stats.uniform(-0.5, 1))]
)
def test_a_scale_of_a_half_is_the_deviation_or_the_bound(normals, name, distribution):
    for layer in layers(normals, name, factor=0.5**2):
        for numbers in layer:
            assert scipy.stats.kstest(numbers.ravel(), distribution.cdf).pvalue > 1e-3


def test_fan_in_is_what_it_was(normals):
    normals = normals.astype(np.float32)
    start = 0
    for layer, (inputs, outputs) in zip(layers(normals, "fan-in", 2.0), ((40, 60), (60, 20)), strict=True):
        end = start + inputs * outputs
        scaled = normals[:, start:end] * np.float32(np.sqrt(2.0 / inputs))
        assert np.array_equal(layer.W, scaled.reshape(-1, inputs, outputs))
        start = end + outputs


@pytest.mark.parametrize("name", INITIALS)
def test_a_device_draws_what_the_host_draws(normals, name):
    host, there = layers(normals[0], name), layers(jnp.asarray(normals[0], jnp.float32), name)
    for one, other in zip(jax.tree.leaves(host), jax.tree.leaves(there), strict=True):
        assert np.allclose(one, other, atol=1e-6)
