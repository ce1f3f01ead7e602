import itertools
from fractions import Fraction

import jax.numpy as jnp
import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.claims.anatomy._graphs import random_feed_forward, random_layered
from theory import layers, network
from theory.functions import IDENTITY, RATIONAL, RECTIFIER
from theory.graph import Edge, Graph, GraphError, Neuron, evaluate, find_cycle, nine_neurons

NINE = nine_neurons(dict.fromkeys((3, 4, 6, 7), RECTIFIER) | {9: IDENTITY})
WEIGHTS = {edge: Fraction(e - 5, 8) for e, edge in enumerate(NINE.edges)}


def is_layered_by_algebra(graph: Graph) -> bool:
    """Levels ℓ with ℓ_j - ℓ_i = 1 for every edge exist if this linear system can be solved."""
    numbers = list(graph.kinds)
    rows = np.zeros((len(graph.edges), len(numbers)))
    for e, (i, j) in enumerate(graph.edges):
        rows[e, numbers.index(i)], rows[e, numbers.index(j)] = -1, 1
    solution = np.linalg.lstsq(rows, np.ones(len(graph.edges)), rcond=None)[0]
    return bool(np.allclose(rows @ solution, 1))


@given(st.integers(0, 2**20 - 1), st.floats(0.05, 0.6))
def test_layers_are_those_of_linear_algebra_and_parts_those_of_networkx(seed, density):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 9))
    pairs = [(i, j) for i in range(n) for j in range(n) if i != j and rng.random() < density / (1 + (j < i) * 5)]
    graph = Graph(tuple(Neuron(j, "output", IDENTITY) for j in range(n)), tuple(Edge(*pair) for pair in pairs))
    oracle = nx.DiGraph(pairs)
    oracle.add_nodes_from(range(n))
    layered = layers.misfit(graph) is None
    assert layered == is_layered_by_algebra(graph)
    assert {frozenset(part) for part in layers.parts(graph)} == set(
        map(frozenset, nx.weakly_connected_components(oracle))
    )
    if layered:
        assert nx.is_directed_acyclic_graph(oracle)
        level = {j: number for number, layer in enumerate(layers.divide(graph)) for j in layer}
        assert all(level[j] == level[i] + 1 for i, j in pairs)
        assert sorted(level) == list(range(n))
        assert all(layers.divide(graph))


def test_the_layers_of_the_running_example():
    assert layers.divide(NINE) == [(1, 2), (3, 4, 5), (6, 7, 8), (9,)]


def test_what_is_not_layered_is_told_by_an_edge_or_a_cycle():
    neurons = (Neuron(1, "hidden", IDENTITY), Neuron(2, "hidden", IDENTITY), Neuron(3, "output", IDENTITY))
    shortcut = Graph(neurons, (Edge(1, 2), Edge(2, 3), Edge(1, 3)))
    with pytest.raises(GraphError, match="there is the edge 1 -> 3"):
        layers.divide(shortcut)
    with pytest.raises(GraphError, match="1 -> 2 -> 3 -> 1 form a cycle"):
        layers.divide(Graph(neurons, (Edge(1, 2), Edge(2, 3), Edge(3, 1))))


def graph_of(kinds: str, *pairs: tuple[int, int]) -> Graph:
    words = {"i": "input", "b": "bias", "h": "hidden", "o": "output"}
    neurons = [Neuron(j, words[kind], IDENTITY if kind in "ho" else None) for j, kind in enumerate(kinds)]  # type: ignore[arg-type]
    return Graph(tuple(neurons), tuple(Edge(*pair) for pair in pairs))


@pytest.mark.parametrize(
    ("graph", "expected"),
    [
        # Two networks side by side: both inputs in the first layer, the short one ends before the long one.
        (graph_of("ihoio", (0, 1), (1, 2), (3, 4)), [(0, 3), (1, 4), (2,)]),
        # An input that joins later is in the layer that its target asks for.
        (graph_of("ihoi", (0, 1), (1, 2), (3, 2)), [(0,), (1, 3), (2,)]),
        # Bias neurons are placed by their targets; a part without inputs ends with the outputs.
        (graph_of("ihobo", (0, 1), (1, 2), (3, 4)), [(0,), (1, 3), (2, 4)]),
        # Neurons without any edge are with the inputs, outputs with the outputs.
        (graph_of("iobh", (0, 1)), [(0, 2, 3), (1,)]),
        # A constant that is calculated before the inputs come.
        (graph_of("bhio", (0, 1), (1, 3), (2, 3)), [(0,), (1, 2), (3,)]),
    ],
)
def test_where_parts_are_placed(graph, expected):
    assert layers.divide(graph) == expected


@given(st.integers(0, 2**32))
def test_matrices_and_neurons_are_the_same_network_there_and_back(seed):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 5, size=int(rng.integers(2, 5))).tolist()
    graph, weights = random_layered(rng, sizes, RATIONAL["square"], IDENTITY, 0.6)
    x = [Fraction(int(k), 4) for k in rng.integers(-8, 8, size=sizes[0])]
    expected = evaluate(graph, weights, x)
    layered = layers.to_layers(graph, weights, object)
    assert [W.shape for W, _ in layered.layers] == list(itertools.pairwise(sizes))
    assert sum(int((W != 0).sum()) + int((b != 0).sum()) for W, b in layered.layers) == len(graph.edges)
    assert layers.apply(layered, x) == expected
    back, again = layers.from_layers(layered)
    assert evaluate(back, again, x) == expected
    twice = layers.to_layers(back, again, object)
    assert all((W == V).all() and (b == c).all() for (W, b), (V, c) in zip(layered.layers, twice.layers, strict=True))


def test_the_example_as_matrices_has_a_zero_where_no_edge_is_and_goes_to_ensembles():
    layered = layers.to_layers(NINE, WEIGHTS)
    W, b = layered.layers[1]
    assert W.tolist() == [[float(WEIGHTS[Edge(3, 6)]), 0.0], [float(WEIGHTS[Edge(4, 6)]), float(WEIGHTS[Edge(4, 7)])]]
    assert b.tolist() == [float(WEIGHTS[Edge(5, 6)]), float(WEIGHTS[Edge(5, 7)])]
    z = network.apply(network.from_arrays(layered.layers), jnp.array([0.5]), lambda a: jnp.maximum(a, 0))
    assert float(z[0]) == pytest.approx(float(evaluate(NINE, WEIGHTS, [Fraction(1, 2)])[0]), rel=1e-6)


def test_several_bias_neurons_add_up_and_a_dead_end_changes_nothing():
    graph = graph_of("ibbhhoh", (0, 3), (1, 3), (2, 3), (0, 4), (3, 5), (4, 5), (3, 6))
    # Neuron 6, without outgoing edges, would stand in the last layer and is no output.
    with pytest.raises(GraphError, match="neuron 6, of kind hidden, is in layer 3 of 3"):
        layers.to_layers(graph, dict.fromkeys(graph.edges, 1.0))
    graph = graph_of("ibbhho", (0, 3), (1, 3), (2, 3), (0, 4), (3, 5))
    (_, b), (V, _) = layers.to_layers(graph, dict.fromkeys(graph.edges, 1.5)).layers
    assert (b.tolist(), V.tolist()) == ([3.0, 0.0], [[1.5], [0.0]])


@pytest.mark.parametrize(
    ("graph", "words"),
    [
        (graph_of("ihoi", (0, 1), (1, 2), (3, 2)), "neuron 3, of kind input, is in layer 2 of 3"),
        (graph_of("ihoio", (0, 1), (1, 2), (3, 4)), "neuron 4, of kind output, is in layer 2 of 3"),
        (graph_of("iho", (0, 1), (1, 2), (0, 2)), "cannot be divided into layers"),
    ],
)
def test_networks_that_are_no_matrices_are_refused_by_the_neuron(graph, words):
    with pytest.raises(GraphError, match=words):
        layers.to_layers(graph, dict.fromkeys(graph.edges, 1.0))


def test_one_function_for_each_layer():
    mixed = nine_neurons({3: RECTIFIER, 4: IDENTITY, 6: RECTIFIER, 7: RECTIFIER, 9: IDENTITY})
    with pytest.raises(GraphError, match="neuron 4 applies identity, but 3, of the same layer, rectifier"):
        layers.to_layers(mixed, WEIGHTS)


def test_random_graphs_are_what_they_promise():
    for seed in range(20):
        rng = np.random.default_rng(seed)
        graph, _ = random_feed_forward(rng, 2, 5, 2, RECTIFIER, IDENTITY, 0.4)
        assert find_cycle(graph) is None
        assert all(len(graph.sources[j]) >= 2 for j in graph.functions)
        assert all(graph.targets[j] for j in graph.of_kind("hidden", "input"))
        layered, _ = random_layered(rng, (2, 3, 1), RECTIFIER, IDENTITY, 0.3)
        assert layers.misfit(layered) is None
