"""Layered feed-forward networks: one network, one sample.

A network is a tuple of layers. Layer l turns the outputs z^(l-1) of the layer before it into

    a^(l) = z^(l-1) W^(l) + b^(l),    z^(l) = σ(a^(l)),    z^(0) = x.

The last layer has its own activation, usually the identity. In a network without biases, all biases are
zero; whoever builds it says so. Batches of samples and ensembles of networks are made by mapping these functions.

A layer is dense, or *locally connected*: its inputs are cut into patches of neighbours that do not overlap, and the
outputs of a patch depend on that patch alone. Every patch has weights of its own, or all of them share theirs, which is
a convolution with a stride as long as its kernel. One patch is a dense layer.
"""

import functools
import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import DTypeLike
from jaxtyping import Array, Float, Key

from theory.activations import Activation, identity
from theory.initial import INITIALS, Initial

# Of the host or of a device: functions of this module only calculate with them.
Numbers = Array | np.ndarray


class Layer(NamedTuple):
    """Weights W (inputs x outputs) and biases b (outputs) of one layer.

    Of a locally connected layer they have a further axis in front, of patches, or of length 1 where patches share
    them; inputs and outputs are those of one patch.
    """

    W: Float[Numbers, "*patches inputs outputs"]
    b: Float[Numbers, "*patches outputs"]


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


# The distribution of initial weights unless another is asked for.
FAN_IN = INITIALS["fan-in"]


def affine(z: Float[Array, "*samples inputs"], layer: Layer) -> Float[Array, "*samples outputs"]:
    """The pre-activations a = z W + b of a layer, from the outputs z of the layer before it."""
    if layer.W.ndim == 2:
        return z @ layer.W + layer.b
    patches = z.reshape(*z.shape[:-1], -1, 1, layer.W.shape[1])
    a = (patches @ layer.W)[..., 0, :] + layer.b
    return a.reshape(*z.shape[:-1], -1)


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


def layer_shapes(sizes: Sequence[int], patches: Sequence[int] = (), shared: bool = False) -> list[tuple[int, ...]]:
    """Shapes of the weights W of all layers.

    Args:
        sizes: number of inputs, widths of the hidden layers, number of outputs.
        patches: numbers of patches of the layers; each divides the layer's inputs and outputs evenly. 1 for a dense
            layer, and () for dense layers only.
        shared: whether all patches of a layer share their weights.
    """
    pairs = list(itertools.pairwise(sizes))
    return [
        (inputs, outputs) if count == 1 else (1 if shared else count, inputs // count, outputs // count)
        for (inputs, outputs), count in zip(pairs, patches or [1] * len(pairs), strict=True)
    ]


def parameter_count(sizes: Sequence[int], patches: Sequence[int] = (), shared: bool = False) -> int:
    """Number of weights and biases of a network of these layers, see `layer_shapes`."""
    return sum((W[-2] + 1) * W[-1] * math.prod(W[:-2]) for W in layer_shapes(sizes, patches, shared))


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


def from_normals(
    normals: Float[Numbers, "*networks parameters"],
    sizes: Sequence[int],
    variance: float,
    patches: Sequence[int] = (),
    shared: bool = False,
    initial: Initial = FAN_IN,
) -> Network:
    """The networks that standard normal numbers stand for, W before b, layer by layer.

    Args:
        normals: one network's numbers on the last axis; other axes, in front, hold other networks.
        sizes, variance: see `initialize`; the inputs of a locally connected layer are those of one patch.
        patches, shared: see `layer_shapes`.
        initial: the distribution of weights; its factor is `variance`.
    """
    layers, start = [], 0
    for shape in layer_shapes(sizes, patches, shared):
        (*several, inputs, outputs), weights = shape, math.prod(shape)
        end = start + weights + weights // inputs
        scaled = initial.drawn(normals[..., start:end], variance, inputs, outputs)
        W, b = scaled[..., :weights], scaled[..., weights:]
        if not initial.biases:
            b = 0 * b
        if several:
            b = b.reshape(*b.shape[:-1], *several, outputs)
        layers.append(Layer(W.reshape(*W.shape[:-1], *shape), b))
        start = end
    return tuple(layers)
