"""Functions of few of n bits that climb in leaps, and a network of one hidden layer that learns them.

Bits are -1 and 1. Of the first k bits, with a leap of l that divides k,

    f(x) = (x_1...x_l + x_1...x_2l + ... + x_1...x_k) / √(k/l),

whose mean is 0 and whose variance is 1 over all inputs. With l = k it is the parity of k bits. With l = 1 it is a
staircase: each term has one bit more than the one before. Its *leap* is l: terms can be put in an order in which each
has at most l bits that no earlier one has (Abbe, Boix-Adsera & Misiakiewicz 2023, arXiv 2302.11055). Which k bits it
are does not matter for a network whose initial weights are drawn alike for all bits.
"""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, UInt32

Numbers = Any
# The most bits of a function.
MOST_BITS = 8


class Network(NamedTuple):
    """One hidden layer of rectifiers: z = a · max(W x + b, 0) + c."""

    W: Float[Numbers, "units inputs"]
    b: Float[Numbers, " units"]
    a: Float[Numbers, " units"]
    c: Float[Numbers, ""]


def coefficients(k: int, leap: int) -> Float[np.ndarray, " bits"]:
    """The coefficient of x_1...x_i in f, for i = 1, 2, ... up to the most bits of a function.

    Raises:
        ValueError: if the leap does not divide k, or k is too large.
    """
    if k % leap or not 1 <= k <= MOST_BITS:
        raise ValueError(
            f"a leap divides the number of bits, which is at most {MOST_BITS}, but {leap} and {k} are given"
        )
    i = np.arange(1, MOST_BITS + 1)
    return np.where((i % leap == 0) & (i <= k), (k / leap) ** -0.5, 0.0)


def target(x: Float[Numbers, "points n"], coefficients: Float[Numbers, " bits"]) -> Float[Numbers, " points"]:
    """f for every point; of fewer than the most bits, where n is smaller."""
    most = min(x.shape[1], len(coefficients))
    return jnp.cumprod(x[:, :most], axis=1) @ coefficients[:most]


def points(key: Array, count: int, n: int) -> Float[Array, "points n"]:
    """Points with entries -1 and 1, each as likely as the other; 32 bits are drawn at a time."""
    words: UInt32[Array, "points words"] = jax.random.bits(key, (count, -(-n // 32)), jnp.uint32)
    bits = (words[:, :, None] >> jnp.arange(32, dtype=jnp.uint32)) & jnp.uint32(1)
    return 1 - 2 * bits.reshape(count, -1)[:, :n].astype(jnp.float32)


def initial(key: Array, n: int, units: int) -> Network:
    """Normal input weights of variance 1/n, uniform biases in [-1, 1], and output weights ±1/√units."""
    inputs, biases, outputs = jax.random.split(key, 3)
    return Network(
        jax.random.normal(inputs, (units, n), jnp.float32) / n**0.5,
        jax.random.uniform(biases, (units,), jnp.float32, -1, 1),
        jax.random.rademacher(outputs, (units,), jnp.float32) / units**0.5,
        jnp.zeros((), jnp.float32),
    )


def output(network: Network, x: Float[Numbers, "points n"]) -> Float[Numbers, " points"]:
    """z for every point."""
    return jnp.maximum(x @ network.W.T + network.b, 0) @ network.a + network.c


def loss(network: Network, x: Float[Numbers, "points n"], y: Float[Numbers, " points"]) -> Float[Numbers, ""]:
    """Half the mean squared error."""
    return ((output(network, x) - y) ** 2).mean() / 2
