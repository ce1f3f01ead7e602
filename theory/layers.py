"""Layers of a network that is given as neurons and edges, and the same network as a matrix for each layer.

A network is *layered* if its neurons can be divided into an ordered list of sets such that each neuron points only to
neurons of the next set. That asks for a level ℓ of every neuron with

    ℓ(j) = ℓ(i) + 1 for every edge i -> j,

so along any path, forwards or backwards, the level of one neuron decides that of another. Hence the test: set levels
along a spanning tree of each connected part and look whether the other edges agree. A cycle never does. The division
of a connected network is unique; parts that are not connected can be shifted against one another, and then
a part with input neurons is placed so that its first of them is in the first layer, a part without them so that its
last output neuron is level with the other parts', and whatever is left begins with the inputs.
Source: the post, ch. I; the levels are the usual ones of graded posets.
"""

import itertools
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from theory.functions import Function
from theory.graph import Edge, Graph, GraphError, Kind, Neuron, Weights, check_weights, find_cycle, path


class Layered(NamedTuple):
    """A network as the weights W (inputs x outputs), biases b and function of each layer after the inputs."""

    layers: list[tuple[np.ndarray, np.ndarray]]
    functions: list[Function]


def misfit(graph: Graph) -> Edge | None:
    """An edge that does not lead to the next layer, as others place its ends; None if the network is layered.

    Such an edge closes a loop, forwards or backwards, and of the edges of that loop any other could be blamed as well.
    """
    levels = {number: level for part in parts(graph) for number, level in part.items()}
    return next((edge for edge in graph.edges if levels[edge.target] != levels[edge.source] + 1), None)


def divide(graph: Graph) -> list[tuple[int, ...]]:
    """The layers, each in the order in which the network lists its neurons; for choices see the top of this module.

    Raises:
        GraphError: if the network is not layered, naming a cycle or an edge.
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
    """For each connected part the levels of its neurons along a spanning tree, from one neuron's on."""
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
                # The last is looked at first: paths follow the edges as far as they go.
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
    """The network with a matrix and a bias vector for each layer; 0 where there is no edge.

    The weights of all edges from bias neurons to a neuron add up to its bias. `theory.network.from_arrays` makes what
    ensembles use of the layers.

    Args:
        graph: layered; the inputs, and but for bias neurons nothing else, in the first layer, the outputs in the last;
            within a layer all neurons apply the same function.
        weights: one for each edge.
        dtype: of the arrays; object for numbers that are no floats.

    Raises:
        GraphError: if the network cannot be written so, naming the neuron.
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
    """The network as neurons and edges, with a bias neuron before each layer, and an edge for each weight, also if 0.

    Neurons are numbered layer by layer from 1, in each layer the bias neuron last, as in the post's example.
    """
    widths = [len(W) for W, _ in layered.layers] + [len(layered.layers[-1][1])]
    last, number = len(widths) - 1, 0
    neurons: list[Neuron] = []
    weights: dict[Edge, Any] = {}
    before: list[int] = []
    for layer, width in enumerate(widths):
        here = list(range(number + 1, number + 1 + width))
        number += width + (layer < last)
        kind: Kind = "input" if layer == 0 else "output" if layer == last else "hidden"
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
