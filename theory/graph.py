"""A network as neurons and edges, and its outputs, neuron by neuron.

    a_j = Σ_i w_ij z_i over all edges i -> j,    z_j = σ_j(a_j)

The output of an input neuron is its input, and the output of a bias neuron is 1; neither has incoming edges or applies
a function. Every other neuron applies its own function. Graph and functions are the *architecture*. Every edge has a
weight. Without a cycle the network is *feed-forward*, and the two equations define its outputs, in any order with
sources before targets. Numbers may be of any kind that can be multiplied and added: floats, fractions, arrays of
samples, traced values. Source: the post, ch. I.
"""

import dataclasses
import functools
import graphlib
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np

from theory.functions import Function

NeuronKind = Literal["input", "bias", "hidden", "output"]


class GraphError(ValueError):
    """An error of a network; its text names the neuron, the edge or the cycle."""


@dataclasses.dataclass(frozen=True)
class Neuron:
    """A neuron: its number, its kind and, if it is neither input nor bias, its function."""

    number: int
    kind: NeuronKind
    function: Function | None = None


class Edge(NamedTuple):
    """An arrow between neurons, named by their numbers. An `Edge(3, 6)` is the pair (3, 6)."""

    source: int
    target: int

    def __str__(self) -> str:
        """For messages."""
        return f"{self.source} -> {self.target}"


Weights = Mapping[Edge, Any]


class Values(NamedTuple):
    """The input a of each neuron that applies a function, and the output z of every neuron, by number."""

    a: dict[int, Any]
    z: dict[int, Any]


@dataclasses.dataclass(frozen=True)
class Graph:
    """The architecture of a network; cycles are allowed, but a network with cycles cannot be evaluated.

    Raises:
        GraphError: if neurons and edges do not make a network.
    """

    neurons: tuple[Neuron, ...]
    edges: tuple[Edge, ...]

    def __post_init__(self) -> None:
        """Checks neurons, then edges."""
        _check_neurons(self.neurons)
        _check_edges(self.kinds, self.edges)

    @functools.cached_property
    def kinds(self) -> dict[int, NeuronKind]:
        """The kind of every neuron."""
        return {neuron.number: neuron.kind for neuron in self.neurons}

    @functools.cached_property
    def functions(self) -> dict[int, Function]:
        """The function of every neuron that applies one."""
        return {neuron.number: neuron.function for neuron in self.neurons if neuron.function is not None}

    @functools.cached_property
    def sources(self) -> dict[int, list[int]]:
        """The neurons that point to each neuron."""
        sources: dict[int, list[int]] = {number: [] for number in self.kinds}
        for source, target in self.edges:
            sources[target].append(source)
        return sources

    @functools.cached_property
    def targets(self) -> dict[int, list[int]]:
        """The neurons to which each neuron points."""
        targets: dict[int, list[int]] = {number: [] for number in self.kinds}
        for source, target in self.edges:
            targets[source].append(target)
        return targets

    def of_kind(self, *kinds: NeuronKind) -> tuple[int, ...]:
        """The neurons of these kinds, in the order in which the network lists them."""
        return tuple(number for number, kind in self.kinds.items() if kind in kinds)

    @functools.cached_property
    def order(self) -> tuple[int, ...]:
        """All neurons, each after those that point to it.

        Raises:
            GraphError: if there is no such order, naming a cycle.
        """
        cycle = find_cycle(self)
        if cycle:
            raise GraphError(f"the neurons {path(cycle)} form a cycle; only a feed-forward network can be evaluated")
        return tuple(graphlib.TopologicalSorter(self.sources).static_order())


def find_cycle(graph: Graph) -> list[int] | None:
    """Neurons along a cycle, with the first one again at the end; None if the network is feed-forward."""
    try:
        graphlib.TopologicalSorter(graph.sources).prepare()
    except graphlib.CycleError as error:
        return list(error.args[1])
    return None


def path(neurons: Iterable[int]) -> str:
    """Neurons one after the other, for messages."""
    return " -> ".join(map(str, neurons))


def check_weights(graph: Graph, weights: Weights) -> None:
    """Checks that exactly the edges have weights, and that weights that are floats are finite.

    The values of arrays and traced values are not checked: they are unknown while a program is compiled.

    Raises:
        GraphError: if not; it names the first such edge.
    """
    for edge in graph.edges:
        if edge not in weights:
            raise GraphError(f"edge {edge} has no weight")
        weight = weights[edge]
        if isinstance(weight, float | np.floating) and not math.isfinite(weight):
            raise GraphError(f"the weight of edge {edge} is {weight}; weights are finite numbers")
    if len(weights) > len(graph.edges):
        stray = next(edge for edge in weights if edge not in graph.edges)
        raise GraphError(f"there is a weight for {Edge(*stray)}, which is no edge of the network")


def values(graph: Graph, weights: Weights, x: Sequence[Any]) -> Values:
    """The input a and the output z of every neuron, neuron by neuron.

    Args:
        graph: a feed-forward network.
        weights: one for each edge.
        x: the values of the input neurons, in the order of `graph.of_kind("input")`.

    Raises:
        GraphError: if there is a cycle, or something is wrong with the weights or the number of inputs.
    """
    check_weights(graph, weights)
    inputs = graph.of_kind("input")
    if len(x) != len(inputs):
        raise GraphError(f"{len(x)} values for the {len(inputs)} input neurons {', '.join(map(str, inputs))}")
    a: dict[int, Any] = {}
    z: dict[int, Any] = dict(zip(inputs, x, strict=True)) | dict.fromkeys(graph.of_kind("bias"), 1)
    for j in graph.order:
        if j in graph.functions:
            a[j] = sum(weights[Edge(i, j)] * z[i] for i in graph.sources[j])
            z[j] = graph.functions[j].σ(a[j])
    return Values(a, z)


def evaluate(graph: Graph, weights: Weights, x: Sequence[Any]) -> list[Any]:
    """The outputs of the output neurons for the inputs x; see `values`."""
    z = values(graph, weights, x).z
    return [z[j] for j in graph.of_kind("output")]


def nine_neurons(functions: Mapping[int, Function]) -> Graph:
    """The post's running example: one input, two hidden layers, one output, and a bias neuron before each of them.

    Neuron 3 points to 6 only, neuron 4 to 6 and 7.

    Args:
        functions: of the neurons 3, 4, 6, 7 and 9.
    """
    kinds: dict[int, NeuronKind] = {1: "input", 2: "bias", 5: "bias", 8: "bias", 9: "output"}
    neurons = tuple(Neuron(j, kinds.get(j, "hidden"), functions.get(j)) for j in range(1, 10))
    pairs = ((1, 3), (2, 3), (1, 4), (2, 4), (3, 6), (4, 6), (5, 6), (4, 7), (5, 7), (6, 9), (7, 9), (8, 9))
    return Graph(neurons, tuple(Edge(*pair) for pair in pairs))


def _check_neurons(neurons: Iterable[Neuron]) -> None:
    seen: dict[int, Neuron] = {}
    for neuron in neurons:
        if neuron.number in seen:
            raise GraphError(f"neuron {neuron.number} is given twice, {_named(seen[neuron.number], neuron)}")
        seen[neuron.number] = neuron
        silent = neuron.kind in ("input", "bias")
        if silent and neuron.function is not None:
            name = neuron.function.name
            raise GraphError(
                f"neuron {neuron.number} is {_article(neuron.kind)} neuron and applies no function: {name}"
            )
        if not silent and neuron.function is None:
            raise GraphError(f"neuron {neuron.number} is {_article(neuron.kind)} neuron and has no function")
    if not any(neuron.kind == "output" for neuron in seen.values()):
        raise GraphError("there is no output neuron: make at least one neuron of kind 'output'")


def _named(*twice: Neuron) -> str:
    functions = [neuron.function.name if neuron.function else "no function" for neuron in twice]
    return f"with {functions[0]} and with {functions[1]}; a neuron has one function"


def _article(kind: NeuronKind) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _check_edges(kinds: Mapping[int, NeuronKind], edges: Iterable[Edge]) -> None:
    seen: set[Edge] = set()
    for edge in edges:
        for end in edge:
            if end not in kinds:
                raise GraphError(f"edge {edge}: there is no neuron {end}, only {', '.join(map(str, kinds))}")
        if kinds[edge.target] in ("input", "bias"):
            raise GraphError(
                f"edge {edge} points to {_article(kinds[edge.target])} neuron, which has no incoming edges"
            )
        if edge in seen:
            raise GraphError(f"edge {edge} is given twice; an edge has one weight")
        seen.add(edge)
