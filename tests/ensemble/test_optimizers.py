"""Directions of descent against their definitions, step by step in float64, and names that there are not."""

import jax.numpy as jnp
import numpy as np
import pytest

from experiments.ensemble.fields import OPTIMIZERS
from experiments.ensemble.optimizers import direction
from experiments.errors import UserError

# A gradient for each of six updates, of two members with three parameters each.
GRADIENTS = np.random.default_rng(0).normal(size=(6, 2, 3)).astype(np.float32)


def directions(name: str) -> list[np.ndarray]:
    """What the optimiser makes of these gradients, one after the other."""
    rule, network = direction(name), np.zeros((2, 3), np.float32)
    memory, found = rule.start(network), []
    for t, gradient in enumerate(GRADIENTS):
        step, memory = rule.update(jnp.asarray(gradient), memory, network, jnp.asarray(t))
        found.append(np.asarray(step))
    return found


def adam(β1: float = 0.9, β2: float = 0.999, ε: float = 1e-8) -> list[np.ndarray]:
    """Kingma & Ba 2015, algorithm 1, with both corrections by themselves."""
    m, v, found = np.zeros((2, 3)), np.zeros((2, 3)), []
    for t, gradient in enumerate(GRADIENTS.astype(float), 1):
        m, v = β1 * m + (1 - β1) * gradient, β2 * v + (1 - β2) * gradient**2
        found.append(m / (1 - β1**t) / (np.sqrt(v / (1 - β2**t)) + ε))
    return found


def test_gradient_descent_goes_along_the_gradient_and_remembers_nothing():
    np.testing.assert_array_equal(directions("sgd"), GRADIENTS)
    assert direction("sgd").start(np.zeros((2, 3))) == ()


def test_momentum_is_the_geometric_sum_of_all_gradients():
    for t, found in enumerate(directions("momentum")):
        expected = sum(0.9 ** (t - s) * GRADIENTS[s].astype(float) for s in range(t + 1))
        np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_adam_is_the_algorithm_of_its_paper():
    np.testing.assert_allclose(directions("adam"), adam(), rtol=2e-5)
    # Its first direction is the sign of the gradient, whatever its size.
    np.testing.assert_allclose(directions("adam")[0], np.sign(GRADIENTS[0]), rtol=1e-5)


def test_an_optimiser_of_optax_has_a_memory_for_each_member():
    lion = directions("lion")
    assert all(set(np.unique(step)) <= {-1.0, 0.0, 1.0} for step in lion)
    np.testing.assert_array_equal(lion[0], np.sign(GRADIENTS[0]))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimiser_that_settings_offer_is_there(name):
    assert direction(name).elementwise == (name in ("sgd", "momentum", "adam"))


@pytest.mark.parametrize("name", ["speedy", "trust_ratio_of_nothing", ""])
def test_others_are_refused_by_name(name):
    with pytest.raises(UserError, match=f"no '{name}'; give sgd, momentum, adam"):
        direction(name)
