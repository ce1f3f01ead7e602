"""Functions of networks with random weights, on all inputs of n bits.

Weights and biases of a layer are independent normal numbers of variance 2 over the number of its inputs (He et al.
2015), hidden units are rectifiers, and the function is 1 where the output is above 0.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, UInt32

from theory import network
from theory.activations import rectifier
from theory.boolean.functions import inputs


@functools.partial(jax.jit, static_argnames=("sizes", "bias"))
def truth_tables(
    keys: UInt32[Array | np.ndarray, "networks 2"], sizes: tuple[int, ...], bias: bool
) -> Bool[Array, "networks inputs"]:
    """The truth table of each network, from its key.

    Args:
        keys: of the random numbers of each network.
        sizes: bits, widths of hidden layers, 1.
        bias: whether neurons have a bias; without one each function is 0 at the input 0.
    """
    x = jnp.asarray(inputs(sizes[0]), jnp.float32)

    def one(key: Array) -> Array:
        layers = drawn(key, sizes, bias)
        outputs = jax.vmap(lambda point: network.apply(layers, point, rectifier))(x)
        return outputs[:, 0] > 0

    return jax.vmap(one)(jnp.asarray(keys))


def drawn(key: UInt32[Array | np.ndarray, "2"], sizes: tuple[int, ...], bias: bool) -> network.Network:
    """The network of a key; see `truth_tables`."""
    layers = network.initialize(jax.random.wrap_key_data(jnp.asarray(key), impl="threefry2x32"), sizes, 2.0)
    return layers if bias else tuple(layer._replace(b=jnp.zeros_like(layer.b)) for layer in layers)


def shuffled(
    tables: Bool[np.ndarray, "functions inputs"], rng: np.random.Generator
) -> Bool[np.ndarray, "functions inputs"]:
    """Each table with its entries in a random order: drawn from all tables with the same number of ones."""
    return rng.permuted(tables, axis=1)
