"""Gradient descent on many adders at once, with a look at their answers now and then."""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from experiments.ensemble.descent import everywhere
from theory.modern import grokking
from theory.modern.addition import Adder

Numbers = Any


class Members(NamedTuple):
    """What differs between networks; an axis of them is in front.

    Attributes:
        network: the initial weights, of float32.
        labels: the answer for every pair of residues.
        chosen: which pairs are examples.
        weight_decay: every update subtracts the learning rate times this share of all weights.
    """

    network: Adder
    labels: Int[Numbers, "members p p"]
    chosen: Bool[Numbers, "members p p"]
    weight_decay: Float[Numbers, " members"]


class Trained(NamedTuple):
    """Networks after training, and their shares of right answers and losses after every `every` updates."""

    network: Adder
    train: Float[Numbers, "members looks"]
    test: Float[Numbers, "members looks"]
    loss: Float[Numbers, "members looks"]


def train(members: Members, learning_rate: float, steps: int, every: int) -> Trained:
    """All members after `steps` updates of plain gradient descent, on all examples at once."""
    numbers = sum(leaf[0].size for leaf in members.network)
    return everywhere(_work(learning_rate, steps // every, every), numbers, members)


@functools.cache
def _work(learning_rate: float, looks: int, every: int) -> Callable[[Members], Trained]:
    slope, look = jax.vmap(jax.grad(grokking.loss)), jax.vmap(grokking.answers)
    loss = jax.vmap(grokking.loss)

    def work(members: Members) -> Trained:
        labels, chosen, decay = members[1:]

        def update(network: Adder, _: None) -> tuple[Adder, None]:
            gradient = slope(network, labels, chosen)
            return jax.tree.map(moved, network, gradient), None

        def moved(weights: Array, gradient: Array) -> Array:
            rate = jnp.asarray(learning_rate, weights.dtype)
            return weights - rate * (gradient + decay[:, None, None] * weights)

        def segment(network: Adder, _: None) -> tuple[Adder, tuple[grokking.Answers, Array]]:
            network, _ = jax.lax.scan(update, network, length=every)
            return network, (look(network, labels, chosen), loss(network, labels, chosen))

        network, (seen, losses) = jax.lax.scan(segment, members.network, length=looks)
        return Trained(network, seen.train.T, seen.test.T, losses.T)

    return work
