"""Layered feed-forward networks: one network, one sample.

A network is a tuple of layers. Layer l turns the outputs z^(l-1) of the layer before it into

    a^(l) = z^(l-1) W^(l) + b^(l),    z^(l) = σ(a^(l)),    z^(0) = x.

The last layer has its own activation, usually the identity. A network without biases is one whose biases are
zero; whoever builds it says so. Batches of samples and ensembles of networks are made by mapping these functions.
"""

import functools
import itertools
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import DTypeLike
from jaxtyping import Array, Float, Key

from theory.activations import Activation, identity


class Layer(NamedTuple):
    """Weights W (inputs x outputs) and biases b (outputs) of one layer."""

    W: Float[Array, "inputs outputs"]
    b: Float[Array, " outputs"]


Network = tuple[Layer, ...]

# Variance of a weight times its number of inputs: He et al. 2015 for the rectifier, LeCun et al. 1998 for tanh. A
# logistic unit has a quarter of tanh's slope at 0, which four times the standard deviation makes up for.
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


@functools.partial(jax.jit, static_argnames=("σ", "σ_output", "at_a_time"))
def evaluate(
    network: Network,
    points: Float[Array, "points inputs"],
    σ: Activation,
    σ_output: Activation = identity,
    at_a_time: int = 1024,
) -> Float[Array, "points outputs"]:
    """Outputs of one network for many samples, so many of them at a time that a wide layer fits into memory."""
    return jax.lax.map(lambda x: apply(network, x, σ, σ_output), points, batch_size=min(len(points), at_a_time))


def from_arrays(layers: Iterable[tuple[np.ndarray, np.ndarray]], dtype: DTypeLike = jnp.float32) -> Network:
    """A network from the (W, b) of its layers, as constructions return them."""
    return tuple(Layer(jnp.asarray(W, dtype), jnp.asarray(b, dtype)) for W, b in layers)


def initialize(key: Key[Array, ""], sizes: Sequence[int], variance: float, dtype: DTypeLike = jnp.float32) -> Network:
    """A random network: weights and biases of each layer are normal with the given variance / inputs.

    Args:
        key: random key; the same key gives the same network wherever and beside whomever it is drawn.
        sizes: number of inputs, widths of the hidden layers, number of outputs.
        variance: of a weight times its layer's number of inputs, see `WEIGHT_VARIANCE`.
        dtype: of every parameter.
    """
    shapes = list(itertools.pairwise(sizes))
    ends = np.cumsum([(inputs + 1) * outputs for inputs, outputs in shapes])
    # One draw for all parameters: a draw is a large part of what there is to compile.
    draws = jnp.split(jax.random.normal(key, (ends[-1],), dtype), ends[:-1])
    layers = []
    for (inputs, outputs), draw in zip(shapes, draws, strict=True):
        W, b = jnp.split(jnp.sqrt(jnp.asarray(variance / inputs, dtype)) * draw, [inputs * outputs])
        layers.append(Layer(W.reshape(inputs, outputs), b))
    return tuple(layers)
