"""Guessed networks against one network at a time, margins under scaling, and rates that are known."""

import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats

from theory import network
from theory.activations import rectifier
from theory.generalisation import guesses


def one_by_one(some: guesses.Guesses, x: np.ndarray) -> np.ndarray:
    """The house's own network, each alone, in double precision."""
    found = []
    for i in range(len(some.c)):
        layers = [(some.W[..., i], some.b[:, i]), (some.v[:, i : i + 1], some.c[i : i + 1])]
        found.append([network.apply(network.from_arrays(layers), point, rectifier)[0] for point in jnp.asarray(x)])
    return np.array(found).T


def test_outputs_and_what_is_right_are_those_of_each_network_alone():
    rng = np.random.default_rng(0)
    some = guesses.draw(200, 2, 3, rng)
    assert all(part.min() >= -1 and part.max() <= 1 for part in some)
    x, y = rng.uniform(-1, 1, (5, 2)), np.array([1.0, -1.0, 1.0, 1.0, -1.0])
    expected = one_by_one(some, x)
    np.testing.assert_allclose(guesses.outputs(some, x), expected, atol=1e-5)
    for count in (1, 2, 5):
        kept = guesses.right(some, x[:count], y[:count])
        right = (expected[:count] * y[:count, None] > 0).all(0)
        np.testing.assert_array_equal(kept.c, some.c[right])
        assert right.any() or count == 5


def test_normalised_margins_do_not_change_with_the_scale_of_a_layer_and_are_in_units_of_both():
    rng = np.random.default_rng(1)
    some = guesses.draw(10, 2, 3, rng)
    x, y = rng.uniform(-1, 1, (4, 2)), np.ones(4)
    margins = guesses.normalised_margins(some, x, y)
    scaled = some._replace(W=2 * some.W, b=2 * some.b, v=3 * some.v, c=6 * some.c)
    np.testing.assert_allclose(guesses.normalised_margins(scaled, x, y), margins, rtol=1e-4)
    one = guesses.Guesses(np.array([[[3.0]]]), np.array([[4.0]]), np.array([[2.0]]), np.array([1.0]))
    # max(0, 3 + 4) 2 + 1 = 15 over 5 times 2.
    assert guesses.normalised_margins(one, np.array([[1.0]]), np.array([1.0]))[0] == pytest.approx(1.5)
    # At 1 and -1 the normalised outputs are 15/10 and 3/10; the second is to be negative.
    losses = guesses.normalised_losses(one, np.array([[1.0], [-1.0]]), np.array([1.0, -1.0]))
    assert losses[0] == pytest.approx((np.log(1 + np.exp(-1.5)) + np.log(1 + np.exp(0.3))) / 2)
    np.testing.assert_allclose(
        guesses.normalised_losses(scaled, x, y), guesses.normalised_losses(some, x, y), rtol=1e-4
    )


def test_roofs_are_a_quarter_apart_and_have_a_kink():
    world = guesses.roofs(np.random.default_rng())
    lower, upper = world.x[world.y > 0], world.x[world.y < 0]
    np.testing.assert_allclose(upper - lower, np.tile([0.0, 0.25], (guesses.POINTS, 1)))
    np.testing.assert_allclose(lower[:, 1], -np.abs(lower[:, 0]))


def test_signs_of_guesses_are_even_so_that_labels_and_their_opposites_are_guessed_alike():
    rng = np.random.default_rng(2)
    x, y = rng.uniform(-1, 1, (3, 2)), np.array([1.0, -1.0, 1.0])
    some = guesses.draw(40_000, 2, 5, rng)
    counts = [len(guesses.right(some, x, sign * y).c) for sign in (1, -1)]
    assert scipy.stats.binomtest(counts[0], sum(counts)).pvalue > 1e-4


@pytest.mark.parametrize("task", ["majority", "junta", "coin"])
def test_boolean_worlds_are_all_points_once(task):
    world = guesses.WORLDS[task](np.random.default_rng(3))
    assert len(np.unique(world.x, axis=0)) == 2**guesses.BITS == len(world.y)
    assert set(world.y.tolist()) == {-1.0, 1.0}
