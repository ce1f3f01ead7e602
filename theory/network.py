"""Layered feed-forward networks: one network, one sample.

A network is a tuple of layers. Layer l turns the outputs z^(l-1) of the layer before it into

    a^(l) = z^(l-1) W^(l) + b^(l),    z^(l) = σ(a^(l)),    z^(0) = x.

The last layer has its own activation, usually the identity. In a network without biases, all biases are
zero; whoever builds it says so. Batches of samples and ensembles of networks are made by mapping these functions.
"""

import functools
import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import DTypeLike
from jaxtyping import Array, Float, Key

from theory.activations import Activation, identity

# Of the host or of a device: functions of this module only calculate with them.
Numbers = Array | np.ndarray


class Layer(NamedTuple):
    """Weights W (inputs x outputs) and biases b (outputs) of one layer."""

    W: Float[Numbers, "inputs outputs"]
    b: Float[Numbers, " outputs"]


Network = tuple[Layer, ...]

# Variance of a weight times its number of inputs: He et al. 2015 for the rectifier, LeCun et al. 1998 for tanh. A
# logistic unit has a quarter of tanh's slope at 0, which four times the standard deviation makes up for. A sine
# needs frequencies about as high as the target's; polynomials have no scale of their own. Identities keep variances.
# Other rectifiers follow He's argument: 1 / E[σ(a)²] for a standard normal a keeps the mean square of all layers.
WEIGHT_VARIANCE = {
    "identity": 1.0,
    "rectifier": 2.0,
    "leaky-rectifier": 2.0,
    "elu": 1.55,
    "gelu": 2.35,
    "silu": 2.81,
    "softplus": 1.09,
    "tanh": 1.0,
    "hard-tanh": 1.0,
    "logistic": 16.0,
    "sine": 16.0,
    "square": 1.0,
    "cube": 1.0,
}


def affine(z: Float[Array, "*samples inputs"], layer: Layer) -> Float[Array, "*samples outputs"]:
    """The pre-activations a = z W + b of a layer, from the outputs z of the layer before it."""
    return z @ layer.W + layer.b


def apply(
    network: Network,
    x: Float[Array, " inputs"],
    σ: Activation,
    σ_output: Activation = identity,
) -> Float[Array, " outputs"]:
    """Output z^(L) of a network for one sample x, layer by layer."""
    return propagate(network, x, σ, σ_output, affine)


def propagate(
    network: Network,
    z: Any,
    σ: Callable[[Any], Any],
    σ_output: Callable[[Any], Any],
    pre_activation: Callable[[Any, Layer], Any],
) -> Any:
    """The outputs z^(L) that follow from z^(0), where `pre_activation` says how a layer's product is calculated.

    This is what a network is. Whoever stores networks and samples in another way, such as many in one array, brings a
    product of their own, and activations that go with it.
    """
    for layer in network[:-1]:
        z = σ(pre_activation(z, layer))
    return σ_output(pre_activation(z, network[-1]))


@functools.partial(jax.jit, static_argnames=("σ", "σ_output", "at_a_time"))
def evaluate(
    network: Network,
    points: Float[Array, "points inputs"],
    σ: Activation,
    σ_output: Activation = identity,
    at_a_time: int = 1024,
) -> Float[Array, "points outputs"]:
    """Outputs of one network for many samples, in blocks small enough that a wide layer fits into memory."""
    return jax.lax.map(lambda x: apply(network, x, σ, σ_output), points, batch_size=min(len(points), at_a_time))


def from_arrays(layers: Iterable[tuple[Numbers, Numbers]], dtype: DTypeLike = jnp.float32) -> Network:
    """A network from the (W, b) of its layers, as constructions return them."""
    return tuple(Layer(jnp.asarray(W, dtype), jnp.asarray(b, dtype)) for W, b in layers)


def parameter_count(sizes: Sequence[int]) -> int:
    """Number of weights and biases of a network with these numbers of inputs, hidden units and outputs."""
    return sum((inputs + 1) * outputs for inputs, outputs in itertools.pairwise(sizes))


def initialize(key: Key[Array, ""], sizes: Sequence[int], variance: float, dtype: DTypeLike = jnp.float32) -> Network:
    """A random network: weights and biases of each layer are normal with the given variance / inputs.

    Args:
        key: random key; the same key gives the same network wherever and beside whomever it is drawn.
        sizes: number of inputs, widths of the hidden layers, number of outputs.
        variance: of a weight times its layer's number of inputs, see `WEIGHT_VARIANCE`.
        dtype: of every parameter.
    """
    # One draw for all parameters: a draw is a large part of what there is to compile.
    return from_normals(jax.random.normal(key, (parameter_count(sizes),), dtype), sizes, variance)


def from_normals(normals: Float[Numbers, "*networks parameters"], sizes: Sequence[int], variance: float) -> Network:
    """The networks that standard normal numbers stand for, W before b, layer by layer.

    Args:
        normals: one network's numbers on the last axis; other axes, in front, hold other networks.
        sizes, variance: see `initialize`.
    """
    layers, start = [], 0
    for inputs, outputs in itertools.pairwise(sizes):
        middle, end = start + inputs * outputs, start + (inputs + 1) * outputs
        scaled = normals[..., start:end] * normals.dtype.type(np.sqrt(variance / inputs))
        W, b = scaled[..., : middle - start], scaled[..., middle - start :]
        layers.append(Layer(W.reshape(*W.shape[:-1], inputs, outputs), b))
        start = end
    return tuple(layers)
