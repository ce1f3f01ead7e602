"""Lanes: many networks side by side, the axis of members last, layers as multiply-and-sum.

A vector unit works on as many networks at once as it has lanes, whatever their shape. Every sum is written as a chain
of multiply-adds over whole rows of lanes, because XLA turns that into a loop over lanes with the sum in registers; a
reduction it would put inside, and leave the lanes idle.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from theory.network import Layer

# Terms of a sum that are written out one after the other; longer sums loop over blocks of this size.
TERMS = 16


def pre_activation(z: Float[Array, "points inputs lanes_or_1"], layer: Layer) -> Float[Array, "points outputs lanes"]:
    """a = z W + b for every lane; with one lane in z it is shared by all, and no derivative is taken for it.

    A locally connected layer is a dense one for each patch.
    """
    if layer.W.ndim == 3:
        return _add(_product(z, layer.W), layer.b)
    shared, inputs = len(layer.W) == 1, layer.W.shape[1]
    patches = [
        pre_activation(z[:, i * inputs : (i + 1) * inputs], Layer(*(leaf[0 if shared else i] for leaf in layer)))
        for i in range(z.shape[1] // inputs)
    ]
    return jnp.concatenate(patches, axis=1)


def _sum(
    term: Callable[[int | Array], Float[Array, "..."]], count: int, like: jax.ShapeDtypeStruct | Array
) -> Float[Array, "..."]:
    """term(0) + ... + term(count - 1), from the left."""

    def chain(start: int | Array, terms: int, total: Array) -> Array:
        for k in range(terms):
            total = total + term(start + k)
        return total

    blocks, rest = divmod(count, TERMS)
    if blocks <= 1:
        return chain(1, count - 1, term(0))
    total = jnp.zeros(like.shape, like.dtype)
    total = jax.lax.fori_loop(0, blocks, lambda block, total: chain(block * TERMS, TERMS, total), total)
    return chain(blocks * TERMS, rest, total)


def _at(array: Array, index: int | Array, axis: int) -> Array:
    return jax.lax.dynamic_index_in_dim(array, index, axis, keepdims=False)


@jax.custom_vjp
def _product(z: Array, W: Array) -> Array:
    shape = jax.ShapeDtypeStruct((z.shape[0], *W.shape[1:]), W.dtype)
    return _sum(lambda i: _at(z, i, 1)[:, None] * _at(W, i, 0), W.shape[0], shape)


def _product_forward(z: Array, W: Array) -> tuple[Array, tuple[Array, Array]]:
    return _product(z, W), (z, W)


def _product_backward(saved: tuple[Array, Array], g: Array) -> tuple[Array, Array]:
    z, W = saved
    if z.shape[-1] == W.shape[-1]:
        shape = jax.ShapeDtypeStruct((z.shape[0], *W.shape[:1], W.shape[-1]), W.dtype)
        dz = _sum(lambda o: _at(g, o, 1)[:, None] * _at(W, o, 1), W.shape[1], shape)
    else:
        dz = jnp.zeros_like(z)
    dW = _sum(lambda p: _at(z, p, 0)[:, None] * _at(g, p, 0)[None], z.shape[0], W)
    return dz, dW


_product.defvjp(_product_forward, _product_backward)


@jax.custom_vjp
def _add(a: Array, b: Array) -> Array:
    return a + b


def _add_forward(a: Array, b: Array) -> tuple[Array, None]:
    return a + b, None


def _add_backward(_: None, g: Array) -> tuple[Array, Array]:
    return g, _sum(lambda p: _at(g, p, 0), g.shape[0], jax.ShapeDtypeStruct(g.shape[1:], g.dtype))


_add.defvjp(_add_forward, _add_backward)
