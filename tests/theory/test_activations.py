import jax
import jax.numpy as jnp
import numpy as np
import pytest

from theory.activations import ACTIVATIONS, DERIVATIVES, neuron_function

POINTS = np.array([-7.0, -2.5, -1.1, -0.1, 0.1, 0.7, 1.9, 6.0])


def test_all_functions_have_derivatives():
    assert set(DERIVATIVES) == set(ACTIVATIONS)
    assert neuron_function("sine") == ("sine", ACTIVATIONS["sine"], DERIVATIVES["sine"])


@pytest.mark.parametrize("name", DERIVATIVES)
def test_derivatives_are_those_of_automatic_differentiation_and_of_differences(name):
    with jax.enable_x64(True):
        a = jnp.asarray(POINTS)
        found = DERIVATIVES[name](a)
        assert found.shape == a.shape
        np.testing.assert_allclose(found, jax.vmap(jax.grad(ACTIVATIONS[name]))(a), rtol=1e-13, atol=1e-14)
        quotient = (ACTIVATIONS[name](a + 1e-5) - ACTIVATIONS[name](a - 1e-5)) / 2e-5
        np.testing.assert_allclose(found, quotient, rtol=1e-6, atol=1e-8)


def test_the_rectifier_has_the_derivative_one_or_zero_and_at_zero_what_jax_says():
    a = jnp.array([-3.0, -1e-30, 1e-30, 3.0])
    assert DERIVATIVES["rectifier"](a).tolist() == [0, 0, 1, 1]
    zero = jnp.zeros(())
    assert float(DERIVATIVES["rectifier"](zero)) == float(jax.grad(ACTIVATIONS["rectifier"])(zero)) == 0
    assert float(jax.grad(lambda a: jnp.maximum(a, 0.0))(zero)) == 0.5
