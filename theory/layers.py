"""The layers of a network of neurons and edges, and the same network as a matrix for each layer.

A network is *layered* if its neurons can be divided into an ordered list of sets such that each neuron points only to
neurons of the next set. This takes a level ℓ of every neuron with

    ℓ(j) = ℓ(i) + 1 for every edge i -> j,

so the level of one neuron determines the level of another along any path, forwards or backwards. The test sets levels
along a spanning tree of each connected part and checks the other edges. A cycle never agrees. The division of a
connected network is unique. Parts that are not connected can be shifted against one another. Then a part with input
neurons has the first of them in the first layer, a part without them has its last output neuron in the layer of the
other parts' last output, and every other part begins in the first layer.
Source: the post, ch. I; the levels are the usual ones of graded posets.
"""

import itertools
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from theory.functions import Function
from theory.graph import Edge, Graph, GraphError, Neuron, NeuronKind, Weights, check_weights, find_cycle, path


class Layered(NamedTuple):
    """A network as the weights W (inputs x outputs), biases b and function of each layer after the inputs."""

    layers: list[tuple[np.ndarray, np.ndarray]]
    functions: list[Function]


def misfit(graph: Graph) -> Edge | None:
    """An edge that does not lead to the next layer, if other edges place its ends; None if the network is layered.

    Such an edge closes a loop, forwards or backwards, and any other edge of this loop could be named instead.
    """
    levels = {number: level for part in parts(graph) for number, level in part.items()}
    return next((edge for edge in graph.edges if levels[edge.target] != levels[edge.source] + 1), None)


def divide(graph: Graph) -> list[tuple[int, ...]]:
    """The layers, each in the order of the network's list of neurons; see the docstring of the module for choices.

    Raises:
        GraphError: if the network is not layered; it names a cycle or an edge.
    """
    cycle, edge = find_cycle(graph), misfit(graph)
    if cycle is not None:
        raise GraphError(f"cannot be divided into layers: the neurons {path(cycle)} form a cycle")
    if edge is not None:
        raise GraphError(
            f"cannot be divided into layers: by way of other edges, neuron {edge.target} is not one layer after neuron "
            f"{edge.source}, but there is the edge {edge}"
        )
    levels = _shifted(graph, parts(graph))
    first, last = min(levels.values()), max(levels.values())
    return [tuple(j for j in graph.kinds if levels[j] == level) for level in range(first, last + 1)]


def parts(graph: Graph) -> list[dict[int, int]]:
    """The levels of the neurons of each connected part along a spanning tree, counted from one of its neurons."""
    parts: list[dict[int, int]] = []
    for start in graph.kinds:
        if any(start in part for part in parts):
            continue
        levels: dict[int, int] = {}
        waiting = [(start, 0)]
        while waiting:
            j, level = waiting.pop()
            if j not in levels:
                levels[j] = level
                # The last is visited first: paths follow the edges as far as they go.
                waiting += [(i, level - 1) for i in graph.sources[j]]
                waiting += [(k, level + 1) for k in reversed(graph.targets[j])]
        parts.append(levels)
    return parts


def _shifted(graph: Graph, parts: list[dict[int, int]]) -> dict[int, int]:
    inputs, outputs = set(graph.of_kind("input")), set(graph.of_kind("output"))

    def moved(part: dict[int, int], anchor: int, level: int) -> dict[int, int]:
        return {j: own - anchor + level for j, own in part.items()}

    levels: dict[int, int] = {}
    for part in parts:
        if inputs & part.keys():
            levels |= moved(part, min(part[j] for j in inputs & part.keys()), 0)
    end = max((levels[j] for j in outputs & levels.keys()), default=0)
    for part in parts:
        if not inputs & part.keys():
            mine = [part[j] for j in outputs & part.keys()]
            levels |= moved(part, max(mine), end) if mine else moved(part, min(part.values()), 0)
    return levels


def to_layers(graph: Graph, weights: Weights, dtype: DTypeLike = np.float64) -> Layered:
    """The network with a matrix and a bias vector for each layer; a missing edge has the weight 0.

    The weights of all edges from bias neurons to a neuron add up to its bias. `theory.network.from_arrays` turns the
    layers into a network of ensembles.

    Args:
        graph: a layered network; besides bias neurons the first layer has exactly the inputs, and the last layer
            exactly the outputs; all neurons of a layer apply the same function.
        weights: one for each edge.
        dtype: type of the arrays; object for numbers other than floats.

    Raises:
        GraphError: if the network has no such form; it names the neuron.
    """
    check_weights(graph, weights)
    rows = [[j for j in layer if graph.kinds[j] != "bias"] for layer in divide(graph)]
    _check_ends(graph, rows)
    layers, functions = [], []
    for before, here in itertools.pairwise(rows):
        functions.append(_common_function(graph, here))
        W = [[weights.get(Edge(i, j), 0) for j in here] for i in before]
        b = [sum(weights[Edge(i, j)] for i in graph.sources[j] if graph.kinds[i] == "bias") for j in here]
        layers.append((np.array(W, dtype=dtype).reshape(len(before), len(here)), np.array(b, dtype=dtype)))
    return Layered(layers, functions)


def _check_ends(graph: Graph, rows: list[list[int]]) -> None:
    last = len(rows) - 1
    for layer, j in ((layer, j) for layer, row in enumerate(rows) for j in row):
        if (graph.kinds[j] == "input") != (layer == 0) or (graph.kinds[j] == "output") != (layer == last):
            raise GraphError(
                f"neuron {j}, of kind {graph.kinds[j]}, is in layer {layer + 1} of {last + 1}; for matrices the first "
                "layer must hold the inputs, the last one the outputs, and both nothing else but bias neurons"
            )


def _common_function(graph: Graph, layer: Sequence[int]) -> Function:
    first = graph.functions[layer[0]]
    for j in layer:
        if graph.functions[j] != first:
            raise GraphError(
                f"neuron {j} applies {graph.functions[j].name}, but {layer[0]}, of the same layer, {first.name}"
            )
    return first


def from_layers(layered: Layered) -> tuple[Graph, dict[Edge, Any]]:
    """The network as neurons and edges: a bias neuron before each layer, and an edge for each weight, even if it is 0.

    Neurons are numbered layer by layer from 1, with the bias neuron last in each layer, as in the post's example.
    """
    widths = [len(W) for W, _ in layered.layers] + [len(layered.layers[-1][1])]
    last, number = len(widths) - 1, 0
    neurons: list[Neuron] = []
    weights: dict[Edge, Any] = {}
    before: list[int] = []
    for layer, width in enumerate(widths):
        here = list(range(number + 1, number + 1 + width))
        number += width + (layer < last)
        kind: NeuronKind = "input" if layer == 0 else "output" if layer == last else "hidden"
        function = layered.functions[layer - 1] if layer else None
        neurons += [Neuron(j, kind, function) for j in here]
        if layer:
            weights |= _edges(before, here, *layered.layers[layer - 1])
        if layer < last:
            neurons.append(Neuron(number, "bias"))
            before = [*here, number]
    return Graph(tuple(neurons), tuple(weights)), weights


def _edges(before: Sequence[int], here: Sequence[int], W: Iterable[Any], b: Iterable[Any]) -> dict[Edge, Any]:
    rows = zip(before, [*np.asarray(W), np.asarray(b)], strict=True)
    return {Edge(i, j): w for i, row in rows for j, w in zip(here, row.tolist(), strict=True)}


def apply(layered: Layered, x: Sequence[Any]) -> list[Any]:
    """The outputs for inputs x, layer by layer: z <- σ(z W + b). Exact for arrays of fractions, of dtype object."""
    z = np.asarray(x, dtype=layered.layers[0][0].dtype)
    for (W, b), function in zip(layered.layers, layered.functions, strict=True):
        z = np.array([function.σ(a) for a in z @ W + b], dtype=W.dtype)
    return list(z)
