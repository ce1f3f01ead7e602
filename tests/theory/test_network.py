import jax
import jax.numpy as jnp
import numpy as np
import pytest

from theory import network
from theory.activations import ACTIVATIONS, identity, threshold
from theory.network import WEIGHT_VARIANCE


def test_a_network_is_evaluated_neuron_by_neuron():
    θ = network.initialize(jax.random.key(3), (3, 4, 2), 1.0)
    x = jnp.array([0.5, -1.0, 2.0])
    hidden = [np.tanh(sum(float(x[i]) * float(θ[0].W[i, j]) for i in range(3)) + float(θ[0].b[j])) for j in range(4)]
    expected = [sum(hidden[j] * float(θ[1].W[j, k]) for j in range(4)) + float(θ[1].b[k]) for k in range(2)]
    assert network.apply(θ, x, jnp.tanh) == pytest.approx(expected, rel=1e-5)


def test_many_samples_are_evaluated_like_one_also_in_small_batches():
    θ = network.initialize(jax.random.key(0), (2, 3, 1), 2.0)
    points = jax.random.normal(jax.random.key(1), (7, 2))
    singly = np.array([network.apply(θ, x, ACTIVATIONS["rectifier"]) for x in points])
    for at_a_time in (1, 3, 7, 100):
        together = network.evaluate(θ, points, ACTIVATIONS["rectifier"], at_a_time=at_a_time)
        np.testing.assert_allclose(together, singly, rtol=1e-5)


def test_initial_weights_have_the_variance_that_was_asked_for():
    θ = network.initialize(jax.random.key(0), (400, 300, 1), 2.0)
    assert float(jnp.var(θ[0].W)) == pytest.approx(2 / 400, rel=0.02)
    assert float(jnp.mean(θ[0].W)) == pytest.approx(0, abs=1e-3)
    small = jax.tree.leaves(network.initialize(jax.random.key(0), (5, 4, 1), 1.0))
    assert len(np.unique(np.concatenate([np.ravel(leaf) for leaf in small]))) == 5 * 4 + 4 + 4 + 1


def test_initial_weights_depend_on_the_key_alone():
    first, again = (network.initialize(jax.random.key(5), (3, 2, 1), 1.0) for _ in range(2))
    other = network.initialize(jax.random.key(6), (3, 2, 1), 1.0)
    mapped = jax.vmap(lambda key: network.initialize(key, (3, 2, 1), 1.0))(jax.random.split(jax.random.key(0), 3))
    assert jax.tree.all(jax.tree.map(lambda a, b: bool((a == b).all()), first, again))
    assert not bool((first[0].W == other[0].W).all())
    assert mapped[0].W.shape == (3, 3, 2)


def test_activations_at_known_points():
    a = jnp.array([-2.0, 0.0, 2.0])
    assert ACTIVATIONS["logistic"](a).tolist() == pytest.approx([1 / (1 + np.e**2), 0.5, 1 / (1 + np.e**-2)])
    assert ACTIVATIONS["rectifier"](a).tolist() == [0, 0, 2]
    assert threshold(a).tolist() == [0, 0, 1]
    assert identity(a).tolist() == [-2, 0, 2]
    assert ACTIVATIONS["tanh"](a)[2] == pytest.approx(np.tanh(2.0))


@pytest.mark.parametrize("name", ["identity", "rectifier", "leaky-rectifier", "elu", "gelu", "silu", "softplus"])
def test_rectifiers_of_all_kinds_keep_the_mean_square_of_a_wide_layer(name):
    a, weights = np.polynomial.hermite_e.hermegauss(200)
    mean_square = np.sum(weights * np.asarray(ACTIVATIONS[name](jnp.asarray(a))) ** 2) / np.sum(weights)
    assert WEIGHT_VARIANCE[name] * mean_square == pytest.approx(1, abs=0.01)


def test_other_weights_follow_from_those_of_tanh():
    """Weights make up for the slope at 0, but for those of a sine, which have the spread that was chosen for it."""
    slope = {name: float(jax.grad(ACTIVATIONS[name])(0.0)) for name in ("tanh", "hard-tanh", "logistic", "sine")}
    spread = {name: slope[name] * WEIGHT_VARIANCE[name] ** 0.5 for name in slope}
    assert (spread["tanh"], spread["hard-tanh"], spread["logistic"]) == (1, 1, 1)
    assert spread["sine"] == 4 * spread["tanh"]
    # σ(s a) = s^k σ(a): a factor of the weights is one of the outputs, and none is better than another.
    for name, degree in (("square", 2), ("cube", 3)):
        assert float(ACTIVATIONS[name](jnp.array(2.0))) == 2**degree
        assert WEIGHT_VARIANCE[name] == 1
