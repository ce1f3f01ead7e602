"""Random networks as neurons and edges, for claims about what networks are.

Weights are eighths: the same numbers as floats and as fractions. The numbers of neurons and the lists of neurons and
edges have a random order, so that no result can depend on it.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from theory.functions import Function
from theory.graph import Edge, Graph, Neuron, NeuronKind, nine_neurons

# The largest weight, in eighths: weights are from -2 to 2.
EIGHTHS = 16
# The post's running example; layered networks; networks with edges that skip layers.
FORMS = ("nine-neurons", "layered", "skips")


def random_layered(
    rng: np.random.Generator, sizes: Sequence[int], hidden: Function, output: Function, density: float
) -> tuple[Graph, dict[Edge, Fraction]]:
    """A layered network with a bias neuron before each layer after the first.

    Args:
        rng: random numbers.
        sizes: number of inputs, of hidden neurons in each layer, of outputs.
        hidden, output: functions of the neurons.
        density: share of the possible edges; every neuron has at least one incoming edge besides that from a bias.
    """
    numbers = iter(rng.permutation(sum(sizes) + len(sizes) - 1) + 1)
    layers = [[int(next(numbers)) for _ in range(size)] for size in sizes]
    kinds: list[NeuronKind] = ["input", *["hidden"] * (len(sizes) - 2), "output"]  # type: ignore[list-item]
    functions = [None, *[hidden] * (len(sizes) - 2), output]
    neurons = [
        Neuron(j, kind, function) for layer, kind, function in zip(layers, kinds, functions, strict=True) for j in layer
    ]
    edges: list[Edge] = []
    for before, here in itertools.pairwise(layers):
        bias = int(next(numbers))
        neurons.append(Neuron(bias, "bias"))
        for j in here:
            edges += [Edge(bias, j), *(Edge(i, j) for i in _some(rng, before, density))]
    return _shuffled(rng, neurons, edges)


def random_feed_forward(
    rng: np.random.Generator,
    inputs: int,
    hidden: int,
    outputs: int,
    function: Function,
    output: Function,
    density: float,
) -> tuple[Graph, dict[Edge, Fraction]]:
    """A feed-forward network without layers: one bias neuron points to all others, and edges may skip neurons.

    Args:
        rng: random numbers.
        inputs, hidden, outputs: numbers of neurons.
        function, output: functions of hidden neurons and of outputs.
        density: share of the possible edges; every neuron has an edge in and, unless it is an output, an edge out.
    """
    names = [int(j) + 1 for j in rng.permutation(inputs + hidden + outputs + 1)]
    bias, *rest = names
    middle, ends = rest[inputs : inputs + hidden], rest[inputs + hidden :]
    neurons = [Neuron(bias, "bias"), *(Neuron(j, "input") for j in rest[:inputs])]
    neurons += [Neuron(j, "hidden", function) for j in middle]
    neurons += [Neuron(j, "output", output) for j in ends]
    edges = {Edge(bias, j) for j in (*middle, *ends)}
    for place, j in enumerate((*middle, *ends)):
        before = rest[: inputs + min(place, hidden)]
        edges |= {Edge(i, j) for i in _some(rng, before, density)}
    for place, i in enumerate(rest[: inputs + hidden]):
        if not any(edge.source == i for edge in edges):
            edges.add(Edge(i, int(rng.choice(rest[max(inputs, place + 1) :]))))
    return _shuffled(rng, neurons, sorted(edges))


def _some(rng: np.random.Generator, neurons: Sequence[int], density: float) -> list[int]:
    """Each of the neurons with this probability, and at least one neuron."""
    chosen = rng.random(len(neurons)) < density
    chosen[rng.integers(len(neurons))] = True
    return [j for j, kept in zip(neurons, chosen, strict=True) if kept]


def _shuffled(
    rng: np.random.Generator, neurons: Sequence[Neuron], edges: Sequence[Edge]
) -> tuple[Graph, dict[Edge, Fraction]]:
    graph = Graph(
        tuple(neurons[i] for i in rng.permutation(len(neurons))), tuple(edges[i] for i in rng.permutation(len(edges)))
    )
    # No weight is 0: a weight of 0 would be the same as no edge.
    sizes = rng.integers(1, EIGHTHS, size=len(edges), endpoint=True) * rng.choice([-1, 1], size=len(edges))
    return graph, {edge: Fraction(int(size), 8) for edge, size in zip(graph.edges, sizes, strict=True)}


def random_network(
    rng: np.random.Generator, form: str, hidden: Function, output: Function
) -> tuple[Graph, dict[Edge, Fraction]]:
    """A small random network of one of the `FORMS`: two inputs, some hidden neurons, one or two outputs."""
    if form == "nine-neurons":
        graph = nine_neurons(dict.fromkeys((3, 4, 6, 7), hidden) | {9: output})
        return _shuffled(rng, graph.neurons, graph.edges)
    if form == "layered":
        return random_layered(rng, (2, 4, 3, 2), hidden, output, density=0.7)
    return random_feed_forward(rng, inputs=2, hidden=4, outputs=2, function=hidden, output=output, density=0.5)


def random_fractions(rng: np.random.Generator, count: int) -> list[Fraction]:
    """Multiples of an eighth from -2 to 2."""
    return [Fraction(int(size), 8) for size in rng.integers(-EIGHTHS, EIGHTHS, size=count, endpoint=True)]


def with_functions(graph: Graph, functions: Mapping[str, Function]) -> Graph:
    """The same network; each function is replaced by the given function of the same name."""
    return Graph(
        tuple(
            Neuron(neuron.number, neuron.kind, functions[neuron.function.name] if neuron.function else None)
            for neuron in graph.neurons
        ),
        graph.edges,
    )


def as_arrays(weights: Mapping[Edge, Any]) -> dict[Edge, Any]:
    """Weights as numbers of JAX, in float64 where that is enabled; JAX must have been started."""
    import jax.numpy as jnp

    return {edge: jnp.asarray(float(weight)) for edge, weight in weights.items()}


def relative_difference(found: Iterable[Any], expected: Iterable[Any], floor: float = 1.0) -> float:
    """The largest difference of numbers or arrays, over the largest expected number or `floor`, whichever is larger."""
    pairs = [
        np.broadcast_arrays(np.asarray(f, float), np.asarray(e, float)) for f, e in zip(found, expected, strict=True)
    ]
    largest = max(floor, *(float(np.abs(e).max()) for _, e in pairs))
    return max(float(np.abs(f - e).max()) for f, e in pairs) / largest
