"""A product in k hidden layers: numbers are multiplied in groups, their products in groups again, until one is left.

A hidden layer holds one flat product for each of its groups, see `product`; its output weights and the next layer's
input weights are multiplied into one matrix, because layers in between are linear. With groups of b_1, ..., b_k
numbers, ∏ b_i = n, and flat products of 2^b neurons,

    neurons = Σ_i (∏_{j>i} b_j) 2^{b_i}            (Rolnick & Tegmark 2018, arXiv 1705.05502, on k hidden layers),

4 (n - 1) for pairs, if n is a power of 2. The published n^((k-1)/k) 2^(n^(1/k)) is the term i = 1, the neurons of the
first hidden layer, for equal groups, which need not be whole numbers; with b = n^(1/k) >= 2 the sum is less than
b / (b - 1) <= 2 times as much.

*A shared constant* saves neurons. With directions 0, ..., 1 instead of ±1 a product of b numbers takes 2^b - 1 neurons
and the neuron of direction 0, which without biases is a constant, σ(0) ≠ 0, and one for the whole layer:

    neurons of a layer = 1 + Σ_groups (2^b - 1):    3 for a pair, 1 for a number that is alone in its group.

For bias-free neurons with non-zero derivatives this is the least for what the layer makes (`equations`: as many as
there are β below one of its monomials). `best_groups` is the least over *all* groupings with these layers, sizes of
groups free in each: that is the space in which the counts are smallest. Every input is needed once, so every scheme of
layers that each make monomials of the layer before contains a grouping that costs no more.
"""

import functools
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from theory.dense import Layers
from theory.depth.stages import Gate, Schedule, Stage


class Prices(NamedTuple):
    """What gates cost, in neurons.

    Attributes:
        own: a product of that many numbers, 1 to carry one, that needs no other neuron; infinite if there is none.
        sharing: the same beside the constant neuron of the layer, without that one.
        square_own, square_sharing: the square of a number, in both ways.
    """

    own: Callable[[int], float]
    sharing: Callable[[int], float]
    square_own: float = np.inf
    square_sharing: float = np.inf


class GateLayer(NamedTuple):
    """The cheapest layer: its neurons, the sizes of its groups, and whether its gates share a constant neuron."""

    neurons: float
    sizes: tuple[int, ...]
    shares: bool


def best_layer(prices: Prices, factors: int, groups: int, largest: int, squares: int = 0) -> GateLayer:
    """The cheapest way to multiply `factors` numbers in `groups` groups of at most `largest`, beside some squares.

    Args:
        prices: of gates.
        factors, groups, largest: what is multiplied.
        squares: numbers that are squared in the same layer. What a square and a product of the same number have in
            common is counted twice: it is as much for every choice of groups.
    """

    # Of equals the one without a constant: its errors are smaller.
    both = []
    for shares, square in ((False, prices.square_own), (True, prices.square_sharing)):
        price = prices.sharing if shares else prices.own
        cost, sizes = _split(factors, groups, tuple(price(size) for size in range(1, min(largest, factors) + 1)))
        cost += int(shares) + (squares * square if squares else 0)
        both.append(GateLayer(cost, tuple(sorted(sizes, reverse=True)), shares))
    return min(both, key=lambda one: one.neurons)


@functools.lru_cache(maxsize=1 << 16)
def _split(factors: int, groups: int, price: tuple[float, ...]) -> tuple[float, tuple[int, ...]]:
    """The cheapest sizes of `groups` groups; a group of b costs price[b - 1]."""
    if groups == 0:
        return (0.0 if factors == 0 else np.inf), ()
    found = []
    for size in range(1, min(len(price), factors - groups + 1) + 1):
        rest, sizes = _split(factors - size, groups - 1, price)
        found.append((price[size - 1] + rest, (size, *sizes)))
    return min(found, default=(np.inf, ()), key=lambda one: one[0])


def best_groups(n: int, depth: int, prices: Prices) -> tuple[float, tuple[GateLayer, ...]]:
    """The cheapest way to multiply n numbers in `depth` hidden layers: neurons, infinite if there is none; layers."""

    @functools.cache
    def best(n: int, depth: int) -> tuple[float, tuple[GateLayer, ...]]:
        found = []
        for count in range(1, n + 1) if depth > 1 else (1,):
            layer = best_layer(prices, n, count, n)
            later, layers = best(count, depth - 1) if depth > 1 else (0.0, ())
            found.append((layer.neurons + later, (layer, *layers)))
        return min(found, key=lambda one: one[0])

    return best(n, depth)


def plan(layers: tuple[GateLayer, ...]) -> Schedule:
    """The stages of a grouping: neighbours are multiplied."""
    stages = []
    for layer in layers:
        ends = np.cumsum(layer.sizes).tolist()
        groups = [tuple(range(end - size, end)) for end, size in zip(ends, layer.sizes, strict=True)]
        stages.append(Stage(tuple(Gate(group, (1,) * len(group)) for group in groups), layer.shares))
    return tuple(stages)


def formula(n: int, depth: int) -> float:
    """n^((k-1)/k) 2^(n^(1/k)): the published estimate for k hidden layers, which is the first layer's share."""
    return n ** ((depth - 1) / depth) * 2.0 ** (n ** (1 / depth))


def neurons(layers: Layers) -> int:
    """Hidden neurons with an outgoing edge, counted in the weights."""
    return sum(int((W != 0).any(1).sum()) for W, _ in layers[1:])
