"""Layered feed-forward networks: one network, one sample.

A network is a tuple of layers. Layer l turns the outputs z^(l-1) of the layer before it into

    a^(l) = z^(l-1) W^(l) + b^(l),    z^(l) = σ(a^(l)),    z^(0) = x.

The last layer has its own activation, usually the identity. A network without biases is one whose biases are
zero; whoever builds it says so. Batches of samples and ensembles of networks are made by mapping these functions.
"""

from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

from theory.activations import Activation, identity


class Layer(NamedTuple):
    """Weights W (inputs x outputs) and biases b (outputs) of one layer."""

    W: Float[Array, "inputs outputs"]
    b: Float[Array, " outputs"]


Network = tuple[Layer, ...]

# Variance of a weight times its number of inputs, chosen so that the pre-activations of the next layer have variance
# near one: He et al. 2015 for the rectifier, LeCun et al. 1998 for tanh; a logistic unit is a tanh unit of a quarter
# of the slope, which 16 makes up for.
WEIGHT_VARIANCE = {"rectifier": 2.0, "tanh": 1.0, "logistic": 16.0}


def apply(
    network: Network, x: Float[Array, " inputs"], σ: Activation, σ_output: Activation = identity
) -> Float[Array, " outputs"]:
    """Output z^(L) of a network for one sample x, layer by layer."""
    z = x
    for W, b in network[:-1]:
        z = σ(z @ W + b)
    W, b = network[-1]
    return σ_output(z @ W + b)


def initialize(
    key: Key[Array, ""], sizes: Sequence[int], variance: float, dtype: jnp.dtype = jnp.float32
) -> Network:
    """A random network: weights and biases of each layer are normal with the given variance / inputs.

    Args:
        key: random key; the same key gives the same network wherever and beside whomever it is drawn.
        sizes: number of inputs, widths of the hidden layers, number of outputs.
        variance: of a weight times its layer's number of inputs, see `WEIGHT_VARIANCE`.
        dtype: of every parameter.
    """
    shapes = list(zip(sizes[:-1], sizes[1:], strict=True))
    ends = np.cumsum([(inputs + 1) * outputs for inputs, outputs in shapes])
    # One draw for all parameters: a draw is a large part of what there is to compile.
    draws = jnp.split(jax.random.normal(key, (ends[-1],), dtype), ends[:-1])
    layers = []
    for (inputs, outputs), draw in zip(shapes, draws, strict=True):
        W, b = jnp.split(jnp.sqrt(jnp.asarray(variance / inputs, dtype)) * draw, [inputs * outputs])
        layers.append(Layer(W.reshape(inputs, outputs), b))
    return tuple(layers)


def count_neurons(network: Network) -> int:
    """Number of neurons that compute something: hidden and output ones, not inputs and biases."""
    return sum(layer.b.shape[-1] for layer in network)


def count_edges(network: Network) -> int:
    """Number of edges that carry a weight other than zero, those from bias neurons included."""
    return sum(int(jnp.count_nonzero(layer.W)) + int(jnp.count_nonzero(layer.b)) for layer in network)
