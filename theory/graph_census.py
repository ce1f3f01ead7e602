"""Every directed graph of n numbered neurons: whether it is feed-forward, and its number of divisions into layers.

By brute force and straight from the definitions: an edge is allowed by an ordered list of sets if it leads from one set
to the next, a graph is divided by a list that allows all of its edges, and it has no cycle if some order of the neurons
has every source before its target. A graph is a whole number: bit e says whether it has the edge `pairs(n)[e]`.
Nothing here is shared with `theory.layers`, which decides the same by levels. Source: the definitions are the post's,
ch. I; numbers of graphs without cycles are OEIS A003024: 1, 3, 25, 543, 29281 (from memory, not checked).
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from jaxtyping import Int

from theory.functions import IDENTITY
from theory.graph import Edge, Graph, Neuron

# Five neurons have 2^20 graphs; six have 2^30, which is too many.
LARGEST_N = 5


def pairs(n: int) -> list[tuple[int, int]]:
    """All n (n - 1) edges that a graph of the neurons 0, ..., n - 1 can have."""
    return list(itertools.permutations(range(n), 2))


def graph_of(code: int, n: int) -> Graph:
    """The graph with this number; all neurons are of one kind and apply the identity."""
    neurons = tuple(Neuron(j, "output", IDENTITY) for j in range(n))
    return Graph(neurons, tuple(Edge(*pair) for e, pair in enumerate(pairs(n)) if code >> e & 1))


def divisions(n: int) -> Int[np.ndarray, " graphs"]:
    """The number of ordered lists of non-empty sets of neurons that divide each graph of n neurons."""
    return _allowing(_allowed(levels, n, 1) for levels in _ordered_partitions(n))


def orders(n: int) -> Int[np.ndarray, " graphs"]:
    """The number of orders with sources before targets for each graph of n neurons; 0 if it has a cycle."""
    return _allowing(_allowed(places, n, n) for places in itertools.permutations(range(n)))


def _ordered_partitions(n: int) -> Iterator[tuple[int, ...]]:
    """Levels of n neurons, from 0 on without gaps."""
    return (levels for levels in itertools.product(range(n), repeat=n) if set(levels) == set(range(max(levels) + 1)))


def _allowed(levels: Sequence[int], n: int, most: int) -> np.ndarray:
    """Which edges lead up by at least one level and by at most `most` levels."""
    return np.array([0 < levels[j] - levels[i] <= most for i, j in pairs(n)], dtype=bool)


def _allowing(edges: Iterable[np.ndarray]) -> np.ndarray:
    """The number of sets of allowed edges that contain all edges of each graph."""
    sets = np.array(list(edges))
    bits = sets.shape[1]
    counts = np.bincount(sets @ (1 << np.arange(bits)), minlength=2**bits)
    for bit in range(bits):
        # A list of sets that allows a graph also allows it without this edge.
        halves = counts.reshape(-1, 2, 2**bit)
        halves[:, 0] += halves[:, 1]
    return counts
