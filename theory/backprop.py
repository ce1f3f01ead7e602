"""Backpropagation by hand: the derivative of the loss on one point with regard to every weight.

With the loss C = Σ_k (z_k - y_k)² over the output neurons, and δ_j = ∂C/∂a_j for the input a_j of neuron j,

    1.  δ_k  = 2 (z_k - y_k) σ_k'(a_k)                 at the outputs,
    2.  δ_j  = (Σ_k w_jk δ_k) σ_j'(a_j)                over all neurons k that j points to, from the end backwards,
    3.  ∂C/∂w_ij = δ_j z_i                             for every edge i -> j.

Step 2 is the chain rule for a function of several variables: a neuron acts on the loss through every neuron that it
points to. Assumptions: a feed-forward network, and functions with a derivative at every point of evaluation. Numbers of
graphs may be of any kind, see `theory.graph`. Source: the post, ch. III.
"""

import functools
import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Float

from theory.activations import Activation
from theory.graph import Edge, Graph, GraphError, Values, Weights, evaluate, values
from theory.network import Layer, Network, affine


def squared_loss(outputs: Sequence[Any], y: Sequence[Any]) -> Any:
    """C = Σ_k (z_k - y_k)²."""
    return sum((z - t) * (z - t) for z, t in zip(outputs, y, strict=True))


def loss(graph: Graph, weights: Weights, x: Sequence[Any], y: Sequence[Any]) -> Any:
    """The loss C of a network on one point (x, y)."""
    return squared_loss(evaluate(graph, weights, x), y)


def gradient(graph: Graph, weights: Weights, x: Sequence[Any], y: Sequence[Any]) -> dict[Edge, Any]:
    """∂C/∂w for the weight w of every edge, by the three steps.

    Args:
        graph: a feed-forward network, layered or not.
        weights: one for each edge.
        x, y: the point: the values of the input neurons, and the wanted outputs.

    Raises:
        GraphError: if the network cannot be evaluated, or a neuron's function has no derivative.
    """
    known = values(graph, weights, x)
    δ = input_derivatives(graph, weights, known, y)
    return edge_derivatives(graph, known, δ)


def input_derivatives(graph: Graph, weights: Weights, known: Values, y: Sequence[Any]) -> dict[int, Any]:
    """Steps 1 and 2: δ of every neuron that applies a function, from the values a and z of a forward pass."""
    targets = dict(zip(graph.of_kind("output"), y, strict=True))
    δ: dict[int, Any] = {}
    for j in reversed(graph.order):
        if j not in graph.functions:
            continue
        derivative = graph.functions[j].derivative
        if derivative is None:
            raise GraphError(f"neuron {j} applies {graph.functions[j].name}, and its derivative is missing")
        by_way_of = [weights[Edge(j, k)] * δ[k] for k in graph.targets[j]]
        direct = [2 * (known.z[j] - targets[j])] if j in targets else []
        δ[j] = sum(direct + by_way_of) * derivative(known.a[j])
    return δ


def edge_derivatives(graph: Graph, known: Values, δ: dict[int, Any]) -> dict[Edge, Any]:
    """Step 3: ∂C/∂w_ij = δ_j z_i."""
    return {edge: δ[edge.target] * known.z[edge.source] for edge in graph.edges}


def layered_gradient(
    network: Network,
    x: Float[Array, " inputs"],
    y: Float[Array, " outputs"],
    hidden: tuple[Activation, Activation],
    output: tuple[Activation, Activation],
) -> Network:
    """The same three steps for a network of layers and one sample: ∂C/∂W and ∂C/∂b of every layer.

    Args:
        network: weights and biases of each layer.
        x, y: the point.
        hidden, output: σ and σ' of the hidden layers, and of the last one.
    """
    functions = [hidden] * (len(network) - 1) + [output]
    z, a = [x], []
    for layer, (σ, _) in zip(network, functions, strict=True):
        a.append(affine(z[-1], layer))
        z.append(σ(a[-1]))
    δ = 2 * (z[-1] - y) * functions[-1][1](a[-1])
    gradients = [Layer(z[-2][:, None] * δ, δ)]
    for number in range(len(network) - 2, -1, -1):
        δ = jnp.asarray(network[number + 1].W) @ δ * functions[number][1](a[number])
        gradients.append(Layer(z[number][:, None] * δ, δ))
    return tuple(reversed(gradients))


@functools.cache
def central_weights(reach: int) -> list[Fraction]:
    """c_1, ..., c_r of the central difference f'(0) ≈ Σ_j c_j (f(jh) - f(-jh)) / h: exact for polynomials up to 2r.

    c_j = (-1)^(j+1) (r!)² / (j (r-j)! (r+j)!): derivatives of the Lagrange polynomials of the points -r, ..., r at 0.
    """
    r = reach
    return [
        Fraction((-1) ** (j + 1) * math.factorial(r) ** 2, j * math.factorial(r - j) * math.factorial(r + j))
        for j in range(1, r + 1)
    ]


def difference_quotient(f: Callable[[Any], Any], w: Any, step: Any, reach: int = 1) -> Any:
    """f'(w) from 2 `reach` values of f at multiples of `step` around w, for numbers of the kind of w.

    It is exact in fractions for polynomials of degree up to 2 `reach`. Otherwise it is off by O(step^(2 reach)) and
    rounding.
    """
    kind = type(step)
    terms = [kind(c) * (f(w + j * step) - f(w - j * step)) for j, c in enumerate(central_weights(reach), start=1)]
    return sum(terms) / step


def gradient_by_differences(
    graph: Graph, weights: Weights, x: Sequence[Any], y: Sequence[Any], step: Any, reach: int = 1
) -> dict[Edge, Any]:
    """∂C/∂w for every weight, from 2 `reach` forward passes with this weight changed."""

    def quotient(edge: Edge) -> Any:
        return difference_quotient(lambda w: loss(graph, {**weights, edge: w}, x, y), weights[edge], step, reach)

    return {edge: quotient(edge) for edge in graph.edges}
