"""The census of small graphs."""

import math

import networkx as nx
import numpy as np
import pytest

from tests.theory.test_layers import is_layered_by_algebra
from theory import graph_census


def test_the_census_counts_what_is_known():
    assert [int((graph_census.orders(n) > 0).sum()) for n in range(1, 6)] == [1, 3, 25, 543, 29281]
    # Without edges every ordered partition will do: Fubini numbers; and every order.
    assert [int(graph_census.divisions(n)[0]) for n in range(1, 6)] == [1, 3, 13, 75, 541]
    assert [int(graph_census.orders(n)[0]) for n in range(1, 6)] == [1, 2, 6, 24, 120]


def test_the_census_is_that_of_networkx_and_linear_algebra():
    divisions, orders = graph_census.divisions(3), graph_census.orders(3)
    for code in range(64):
        graph = graph_census.graph_of(code, 3)
        oracle = nx.DiGraph(graph.edges)
        oracle.add_nodes_from(range(3))
        acyclic = nx.is_directed_acyclic_graph(oracle)
        assert orders[code] == (len(list(nx.all_topological_sorts(oracle))) if acyclic else 0)
        assert (divisions[code] > 0) == is_layered_by_algebra(graph)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_graph_is_the_edges_of_its_number(n):
    edges = graph_census.pairs(n)
    assert len(set(edges)) == n * (n - 1)
    for code in range(2 ** len(edges)):
        graph = graph_census.graph_of(code, n)
        assert sum(2 ** edges.index((edge[0], edge[1])) for edge in graph.edges) == code
        assert len(graph.neurons) == n


def test_two_neurons_by_hand():
    # No edge, 0 -> 1, 1 -> 0, both: orders of the two, and lists of sets that lead from one to the next.
    assert graph_census.orders(2).tolist() == [2, 1, 1, 0]
    assert graph_census.divisions(2).tolist() == [3, 1, 1, 0]


@pytest.mark.parametrize("n", [2, 3, 4])
def test_an_edge_more_allows_no_more_and_numbers_of_neurons_do_not_matter(n):
    orders, divisions = graph_census.orders(n), graph_census.divisions(n)
    assert orders[0] == math.factorial(n)
    for bit in range(n * (n - 1)):
        without = np.arange(len(orders)) & ~(1 << bit)
        assert (orders <= orders[without]).all()
        assert (divisions <= divisions[without]).all()
    # What has layers has no cycle.
    assert (orders[divisions > 0] > 0).all()
    # Every neuron before every other in half of all orders.
    assert (orders[[1 << bit for bit in range(n * (n - 1))]] == math.factorial(n) // 2).all()


def test_a_path_has_one_order_and_one_division_and_a_shortcut_has_no_division():
    path = sum(1 << graph_census.pairs(3).index(edge) for edge in ((0, 1), (1, 2)))
    shortcut = path | 1 << graph_census.pairs(3).index((0, 2))
    assert (graph_census.orders(3)[path], graph_census.divisions(3)[path]) == (1, 1)
    assert (graph_census.orders(3)[shortcut], graph_census.divisions(3)[shortcut]) == (1, 0)
