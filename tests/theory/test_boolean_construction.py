import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory import boolean, network
from theory.activations import threshold


def outputs(layers, n):
    x = jnp.asarray(boolean.signed_inputs(n), jnp.float32)
    return np.asarray(network.evaluate(network.from_arrays(layers), x, threshold, threshold))[:, 0]


@pytest.mark.parametrize("n", [1, 2, 3])
def test_every_function_is_computed_on_every_input(n):
    for function in range(2**2**n):
        truth = boolean.unpack(function, n)
        assert np.array_equal(outputs(boolean.one_unit_per_input(truth), n), truth)


@settings(max_examples=30)
@given(st.integers(4, 8), st.data())
def test_any_function_is_computed_and_a_silenced_unit_errs_once(n, data):
    truth = boolean.unpack(data.draw(st.integers(1, 2**2**n - 2)), n)
    layers = boolean.one_unit_per_input(truth)
    assert np.array_equal(outputs(layers, n), truth)
    unit = data.draw(st.integers(0, boolean.width_needed(truth) - 1))
    assert (outputs(boolean.without_unit(layers, unit), n) != truth).sum() == 1


def test_the_width_is_half_of_the_cube_and_reached_by_balanced_functions():
    for n in range(1, 8):
        truth = boolean.FAMILIES["parity"](n, np.random.default_rng())
        assert boolean.width_needed(truth) == boolean.construction_width(n) == 2 ** (n - 1)
        assert boolean.one_unit_per_input(truth)[0][0].shape == (n, 2 ** (n - 1))


@pytest.mark.parametrize("n", range(1, 11))
def test_parity_needs_no_more_than_n_units(n):
    truth = boolean.FAMILIES["parity"](n, np.random.default_rng())
    assert np.array_equal(outputs(boolean.parity_network(n), n), truth)
