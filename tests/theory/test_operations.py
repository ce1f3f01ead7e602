"""Operations, counted."""

import numpy as np
import pytest

from experiments.claims.anatomy._graphs import random_feed_forward
from theory import backprop, operations
from theory.graph import Edge, Graph, Neuron, values


def test_operations_of_a_network_that_can_be_counted_by_hand():
    count = operations.Operations()
    neurons = (Neuron(1, "input"), Neuron(2, "bias"), Neuron(3, "output", count.function()))
    graph = Graph(neurons, (Edge(1, 3), Edge(2, 3)))
    weights, x = {edge: count.number() for edge in graph.edges}, [count.number()]
    known = values(graph, weights, x)
    # w x + w 1, and the function.
    assert count == operations.Operations(multiplications=2, additions=1, functions=1)
    backprop.edge_derivatives(graph, known, backprop.input_derivatives(graph, weights, known, [count.number()]))
    # 2 (z - y) σ', then a product for each of two edges.
    assert count == operations.Operations(multiplications=2 + 2 + 2, additions=1 + 1, functions=1 + 1)
    assert count.total == 10


@pytest.mark.parametrize("seed", range(6))
def test_counts_follow_the_formulas_and_keep_the_bound(seed):
    rng, count = np.random.default_rng(seed), operations.Operations()
    inputs, hidden, outputs = rng.integers(1, 7, size=3).tolist()
    function = count.function()
    graph, _ = random_feed_forward(rng, inputs, hidden, outputs, function, function, 0.4)
    weights = {edge: count.number() for edge in graph.edges}
    known = values(graph, weights, [count.number() for _ in range(inputs)])
    forward = count.total
    δ = backprop.input_derivatives(graph, weights, known, [count.number() for _ in range(outputs)])
    backprop.edge_derivatives(graph, known, δ)
    from_hidden = sum(graph.kinds[edge.source] == "hidden" for edge in graph.edges)
    assert forward == operations.forward_formula(len(graph.edges))
    backward = operations.backward_formula(len(graph.edges), from_hidden, hidden, outputs)
    assert count.total - forward == backward
    # A bias edge and at least one other into every neuron.
    assert backward < 2 * forward


def test_no_number_below_two_bounds_the_costs():
    def ratio(outputs: int) -> float:
        # One hidden neuron with a bias and an input, and outputs with a bias and this neuron.
        edges = 2 + 2 * outputs
        return operations.backward_formula(edges, outputs, 1, outputs) / operations.forward_formula(edges)

    assert ratio(1) == pytest.approx(11 / 8)
    assert [ratio(o) for o in (1, 10, 1000)] == pytest.approx([(8 * o + 3) / (4 * o + 4) for o in (1, 10, 1000)])
    assert 1.99 < ratio(1000) < 2


def test_every_operator_is_counted_on_either_side_and_the_beginning_of_a_sum_is_none():
    counts = operations.Operations()
    a, b = counts.number(), counts.number()
    2 * a * b
    1 - a - b
    3 + a + 0.5
    assert (counts.multiplications, counts.additions, counts.functions) == (2, 4, 0)
    sum([a, b, a])
    assert (counts.multiplications, counts.additions) == (2, 6)
    function = counts.function()
    function.σ(a)
    assert function.derivative is not None
    function.derivative(b)
    assert counts.functions == 2
    assert counts.total == 10


@pytest.mark.parametrize("length", [1, 2, 17])
def test_a_scalar_product_takes_its_length_and_one_sum_less(length):
    counts = operations.Operations()
    row = [counts.number() for _ in range(length)]
    sum(a * b for a, b in zip(row, row, strict=True))
    assert (counts.multiplications, counts.additions) == (length, length - 1)


def test_formulas_of_a_layered_network_by_hand():
    # Two inputs, three hidden neurons, one output, with biases: 3 * 3 + 4 edges, 3 of them leave hidden neurons.
    edges, from_hidden = 13, 3
    assert operations.forward_formula(edges) == 13 + (13 - 4) + 4
    backward = operations.backward_formula(edges, from_hidden, 3, 1)
    # Step 1: difference, factor, derivative, product. Step 2: per hidden neuron product, derivative, product; no sum.
    assert backward == 4 + (3 + 0 + 3 + 3) + 13
    assert backward < 2 * operations.forward_formula(edges)
