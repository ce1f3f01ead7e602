"""Networks of many shapes, one at a time: their outputs, and the few programs that they share."""

import itertools

import jax
import numpy as np
import pytest

from experiments.ensemble import single
from theory import network
from theory.activations import ACTIVATIONS

RANDOM = np.random.default_rng(0)


def random_layers(*sizes: int):
    pairs = itertools.pairwise(sizes)
    return [(RANDOM.standard_normal((i, o)) / np.sqrt(i), RANDOM.standard_normal(o)) for i, o in pairs]


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("precision", "tolerance"), [("float64", 1e-12), ("float32", 1e-4)])
def test_outputs_are_those_of_networks_of_a_device(activation, precision, tolerance):
    x = RANDOM.standard_normal((7, 3))
    for sizes in ((3, 2), (3, 5, 1), (3, 4, 6, 2)):
        layers = random_layers(*sizes)
        found = single.evaluate(layers, x, activation, precision)
        with jax.enable_x64(precision == "float64"):
            built = network.from_arrays(layers, precision)
            expected = network.evaluate(built, jax.numpy.asarray(x, precision), ACTIVATIONS[activation])
        assert found.dtype == precision
        np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_outputs_too_large_for_the_precision_are_those_of_a_device(precision):
    twice = np.ones((2, 2))
    layers = [(1e3 * np.ones((1, 2)), np.zeros(2)), (twice, np.zeros(2)), (np.array([[1.0], [-1.0]]), np.zeros(1))]
    x = np.array([[0.0], [1.0]])
    found = single.evaluate(layers, x, "exponential", precision)
    with jax.enable_x64(precision == "float64"):
        built = network.from_arrays(layers, precision)
        expected = network.evaluate(built, jax.numpy.asarray(x, precision), ACTIVATIONS["exponential"])
    np.testing.assert_array_equal(found, expected)
    assert np.isnan(found[1]).all(), "infinity less infinity"


def test_a_program_serves_arrays_of_all_shapes_up_to_a_power_of_four(monkeypatch):
    sizes = []

    def counted(a):
        sizes.append(a.size)
        return np.logaddexp(0, a)

    monkeypatch.setattr(single, "program", lambda activation: counted)
    for shape in ((3, 11), (64,), (8, 8), (4, 4, 4), (17, 1)):
        a = RANDOM.standard_normal(shape)
        np.testing.assert_allclose(single.applied("softplus", a), np.logaddexp(0, a), rtol=1e-12)
    assert set(sizes) == {64}
    assert single.applied("softplus", np.zeros(65)).shape == (65,)
    assert sizes[-1] == 256
