import functools
from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from experiments.claims.anatomy._graphs import as_arrays, random_feed_forward, random_fractions
from theory import backprop, network
from theory.activations import ACTIVATIONS, DERIVATIVES, neuron_function
from theory.functions import IDENTITY, Function, polynomial
from theory.graph import Edge, Graph, GraphError, Neuron, nine_neurons, values

QUADRATIC = polynomial((1, 2, 3))
NINE = nine_neurons(dict.fromkeys((3, 4, 6, 7, 9), QUADRATIC))
WEIGHTS = {edge: Fraction(e - 5, 8) for e, edge in enumerate(NINE.edges)}


def slope(a: Fraction) -> Fraction:
    return 2 + 6 * a


def test_the_running_example_by_the_posts_equations():
    w, x, y = WEIGHTS, Fraction(1, 3), Fraction(2)
    a, z = values(NINE, w, [x])
    δ9 = 2 * (z[9] - y) * slope(a[9])
    δ6, δ7 = w[Edge(6, 9)] * δ9 * slope(a[6]), w[Edge(7, 9)] * δ9 * slope(a[7])
    δ4 = (w[Edge(4, 6)] * δ6 + w[Edge(4, 7)] * δ7) * slope(a[4])
    found = backprop.gradient(NINE, w, [x], [y])
    assert found[Edge(6, 9)] == δ9 * z[6]
    assert found[Edge(8, 9)] == δ9
    assert found[Edge(4, 7)] == δ7 * z[4]
    assert found[Edge(1, 4)] == δ4 * x
    assert found[Edge(2, 3)] == w[Edge(3, 6)] * δ6 * slope(a[3])
    assert set(found) == set(NINE.edges)


@pytest.mark.parametrize("seed", range(3))
def test_networks_without_layers_and_with_several_outputs_in_fractions(seed):
    rng = np.random.default_rng(seed)
    graph, weights = random_feed_forward(rng, 2, 3, 2, QUADRATIC, IDENTITY, 0.6)
    x, y = random_fractions(rng, 2), random_fractions(rng, 2)
    found = backprop.gradient(graph, weights, x, y)
    assert found == backprop.gradient_by_differences(graph, weights, x, y, Fraction(1, 3), reach=8)
    # A reach that is too short for the degree is noticed: the comparison can fail.
    assert found != backprop.gradient_by_differences(graph, weights, x, y, Fraction(1, 3), reach=1)


def test_an_output_that_others_listen_to_gets_both_parts_of_its_derivative():
    neurons = (Neuron(1, "input"), Neuron(2, "output", QUADRATIC), Neuron(3, "output", IDENTITY))
    graph = Graph(neurons, (Edge(1, 2), Edge(2, 3), Edge(1, 3)))
    weights = dict(zip(graph.edges, map(Fraction, (2, -1, 3)), strict=True))
    x, y = [Fraction(1, 2)], [Fraction(1), Fraction(4)]
    exact = backprop.gradient_by_differences(graph, weights, x, y, Fraction(1), reach=2)
    assert backprop.gradient(graph, weights, x, y) == exact


@pytest.mark.parametrize("name", ["logistic", "sine"])
def test_graphs_against_automatic_differentiation(name):
    rng = np.random.default_rng(1)
    graph, fractions = random_feed_forward(rng, 2, 4, 2, neuron_function(name), neuron_function("identity"), 0.5)
    with jax.enable_x64(True):
        weights, x, y = as_arrays(fractions), [jnp.array(0.3), jnp.array(-1.2)], [jnp.array(1.0), jnp.array(0.0)]
        expected = jax.grad(lambda w: backprop.loss(graph, w, x, y))(weights)
        found = backprop.gradient(graph, weights, x, y)
        for edge in graph.edges:
            assert float(found[edge]) == pytest.approx(float(expected[edge]), rel=1e-12, abs=1e-13)


@pytest.mark.parametrize(
    ("name", "last"), [("logistic", "logistic"), ("tanh", "identity"), ("rectifier", "sine"), ("cube", "tanh")]
)
def test_matrices_against_automatic_differentiation_also_mapped_over_a_batch(name, last):
    hidden, output = ((ACTIVATIONS[one], DERIVATIVES[one]) for one in (name, last))
    with jax.enable_x64(True):
        θ = network.initialize(jax.random.key(0), (3, 4, 5, 2), 1.0, jnp.float64)
        x, y = jax.random.normal(jax.random.key(1), (6, 3)), jax.random.normal(jax.random.key(2), (6, 2))

        def loss(θ, x, y):
            return jnp.sum((network.apply(θ, x, hidden[0], output[0]) - y) ** 2)

        found = jax.vmap(lambda x, y: backprop.layered_gradient(θ, x, y, hidden, output))(x, y)
        expected = jax.vmap(jax.grad(loss), (None, 0, 0))(θ, x, y)
        assert jax.tree.structure(found) == jax.tree.structure(expected)  # type: ignore[operator]
        for one, other in zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-13)


def test_a_function_without_its_derivative_is_named():
    graph = nine_neurons(dict.fromkeys((3, 4, 6, 7), Function("mystery", lambda a: a)) | {9: IDENTITY})
    with pytest.raises(GraphError, match=r"neuron [67] applies mystery, and its derivative is missing"):
        backprop.gradient(graph, WEIGHTS, [Fraction(1)], [Fraction(0)])


def test_central_differences_have_the_known_weights_and_are_exact_up_to_their_degree():
    assert backprop.central_weights(1) == [Fraction(1, 2)]
    assert backprop.central_weights(3) == [Fraction(3, 4), Fraction(-3, 20), Fraction(1, 60)]
    third = Fraction(1, 3)

    def power(degree: int, w: Fraction) -> Fraction:
        return w**degree

    for degree in range(9):
        quotient = backprop.difference_quotient(functools.partial(power, degree), third, Fraction(2), reach=3)
        assert (quotient == degree * third ** max(degree - 1, 0)) == (degree <= 6)
    assert backprop.difference_quotient(np.sin, 0.4, 1e-5) == pytest.approx(np.cos(0.4), abs=1e-10)
