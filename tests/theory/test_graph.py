import itertools
from fractions import Fraction
from math import cos, exp, sin, tanh

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.functions import IDENTITY, RATIONAL, RECTIFIER, Function, polynomial
from theory.graph import Edge, Graph, GraphError, Neuron, check_weights, evaluate, find_cycle, nine_neurons, values

HOST = {3: tanh, 4: sin, 6: cos, 7: lambda a: 1 / (1 + exp(-a)), 9: lambda a: 2 * a}
NINE = nine_neurons({j: Function(f"f{j}", σ) for j, σ in HOST.items()})
EIGHTHS = {edge: (e - 5) / 8 for e, edge in enumerate(NINE.edges)}


def test_the_running_example_is_what_the_post_describes():
    w, x = EIGHTHS, 0.7
    z3 = HOST[3](w[Edge(1, 3)] * x + w[Edge(2, 3)])
    z4 = HOST[4](w[Edge(1, 4)] * x + w[Edge(2, 4)])
    z6 = HOST[6](w[Edge(3, 6)] * z3 + w[Edge(4, 6)] * z4 + w[Edge(5, 6)])
    z7 = HOST[7](w[Edge(4, 7)] * z4 + w[Edge(5, 7)])
    z9 = HOST[9](w[Edge(6, 9)] * z6 + w[Edge(7, 9)] * z7 + w[Edge(8, 9)])
    assert evaluate(NINE, w, [x]) == pytest.approx([z9], rel=1e-14)
    found = values(NINE, w, [x])
    assert found.z[6] == pytest.approx(z6)
    assert found.a[7] == pytest.approx(w[Edge(4, 7)] * z4 + w[Edge(5, 7)])
    assert (found.z[1], found.z[2], found.z[5]) == (x, 1, 1)
    assert set(found.a) == {3, 4, 6, 7, 9}


def test_a_feed_forward_network_without_layers_is_evaluated_in_any_listing():
    neurons = (
        Neuron(5, "output", RATIONAL["square"]),
        Neuron(1, "input"),
        Neuron(3, "hidden", RECTIFIER),
        Neuron(2, "input"),
    )
    edges = (Edge(3, 5), Edge(1, 5), Edge(1, 3), Edge(2, 3))
    weights = dict(zip(edges, map(Fraction, (2, -1, 3, 1)), strict=True))
    # 3: max(0, 3·2 + 4) = 10; 5: (2·10 - 2)²
    assert evaluate(Graph(neurons, edges), weights, [Fraction(2), Fraction(4)]) == [324]
    assert evaluate(Graph(neurons[::-1], edges[::-1]), weights, [Fraction(4), Fraction(2)]) == [324]


def test_arrays_of_samples_are_evaluated_like_single_ones():
    x = np.linspace(-1, 1, 5)
    graph = nine_neurons(dict.fromkeys((3, 4, 6, 7, 9), polynomial((1, 2, 3))))
    together = evaluate(graph, EIGHTHS, [x])[0]
    np.testing.assert_allclose(together, [evaluate(graph, EIGHTHS, [float(one)])[0] for one in x])


@given(st.integers(0, 2**12 - 1))
def test_cycles_are_those_that_networkx_finds(code):
    pairs = [(i, j) for i in range(4) for j in range(4) if i != j]
    edges = [pair for bit, pair in enumerate(pairs) if code >> bit & 1]
    graph = Graph(tuple(Neuron(j, "output", IDENTITY) for j in range(4)), tuple(Edge(*pair) for pair in edges))
    oracle = nx.DiGraph(edges)
    cycle = find_cycle(graph)
    assert (cycle is None) == nx.is_directed_acyclic_graph(oracle)
    if cycle:
        assert cycle[0] == cycle[-1]
        assert all(oracle.has_edge(i, j) for i, j in itertools.pairwise(cycle))
        with pytest.raises(GraphError, match=" -> ".join(map(str, cycle))):
            evaluate(graph, dict.fromkeys(graph.edges, 1.0), [])
    else:
        place = {j: order for order, j in enumerate(graph.order)}
        assert all(place[i] < place[j] for i, j in edges)


A, B, OUT = Neuron(1, "input"), Neuron(2, "bias"), Neuron(3, "output", IDENTITY)


@pytest.mark.parametrize(
    ("neurons", "pairs", "words"),
    [
        ((A, B, OUT, Neuron(3, "hidden", RECTIFIER)), (), "neuron 3 is given twice, with identity and with rectif"),
        ((A, Neuron(2, "bias", RECTIFIER), OUT), (), "neuron 2 is a bias neuron and applies no function: rectifier"),
        ((Neuron(1, "input", IDENTITY), OUT), (), "neuron 1 is an input neuron and applies no function: identity"),
        ((A, Neuron(3, "output")), (), "neuron 3 is an output neuron and has no function"),
        ((A, B, Neuron(3, "hidden", IDENTITY)), ((1, 3),), "no output neuron"),
        ((A, B, OUT), ((1, 3), (1, 4)), "edge 1 -> 4: there is no neuron 4, only 1, 2, 3"),
        ((A, B, OUT), ((7, 3),), "edge 7 -> 3: there is no neuron 7"),
        ((A, B, OUT), ((3, 1),), "edge 3 -> 1 points to an input neuron"),
        ((A, B, OUT), ((1, 2),), "edge 1 -> 2 points to a bias neuron"),
        ((A, B, OUT), ((1, 3), (2, 3), (1, 3)), "edge 1 -> 3 is given twice"),
    ],
)
def test_what_is_no_network_is_refused_by_name(neurons, pairs, words):
    with pytest.raises(GraphError, match=words):
        Graph(neurons, tuple(Edge(*pair) for pair in pairs))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({Edge(4, 7): float("nan")}, "the weight of edge 4 -> 7 is nan"),
        ({Edge(4, 7): np.float32("inf")}, "the weight of edge 4 -> 7 is inf"),
        ({Edge(9, 1): 1.0}, "a weight for 9 -> 1, which is no edge"),
    ],
)
def test_weights_are_refused_by_the_edge(change, words):
    with pytest.raises(GraphError, match=words):
        evaluate(NINE, EIGHTHS | change, [1.0])
    check_weights(NINE, EIGHTHS)


def test_a_missing_weight_and_a_wrong_number_of_inputs_are_named():
    with pytest.raises(GraphError, match="edge 1 -> 3 has no weight"):
        evaluate(NINE, dict.fromkeys(NINE.edges[1:], 1.0), [1.0])
    with pytest.raises(GraphError, match="2 values for the 1 input neurons 1"):
        evaluate(NINE, EIGHTHS, [1.0, 2.0])
