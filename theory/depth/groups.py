"""A product in k hidden layers: numbers are multiplied in groups, their products in groups again, until one is left.

A hidden layer holds one flat product for each of its groups, see `product`; its output weights and the next layer's
input weights are multiplied into one matrix, because layers in between are linear. With groups of b_1, ..., b_k
numbers, ∏ b_i = n, and flat products of 2^b neurons,

    neurons = Σ_i (∏_{j>i} b_j) 2^{b_i}            (Rolnick & Tegmark 2018, arXiv 1705.05502, on k hidden layers),

4 (n - 1) for pairs, if n is a power of 2. For other n, in so many layers, one number is alone in its group and carried
along, which costs 2 neurons without biases (1 with an output bias), for no layer can be skipped. The published
n^((k-1)/k) 2^(n^(1/k)) is the term i = 1 for equal groups, which need not be whole numbers; the others are as many
again for large k.
"""

import functools
from collections.abc import Callable

import numpy as np
from scipy.linalg import block_diag

from theory.boolean.construction import Layers

Groups = tuple[tuple[int, ...], ...]
# (hidden, output) layer of a flat product in this hidden layer, of so many numbers.
Gate = Callable[[int, int], Layers]


def balanced(n: int, groups: int) -> tuple[int, ...]:
    """Sizes of so many groups of n numbers, as equal as can be; flat products cost so fast more that this is best."""
    return tuple(n // groups + (i < n % groups) for i in range(groups))


def best_groups(n: int, depth: int, cost: Callable[[int], float]) -> tuple[float, Groups]:
    """The cheapest way to multiply n numbers in so many hidden layers: neurons, and the sizes of the groups per layer.

    Args:
        n: numbers.
        depth: hidden layers.
        cost: neurons of a flat product of so many numbers, infinite if there is none.
    """

    @functools.cache
    def best(n: int, depth: int) -> tuple[float, Groups]:
        if depth == 1:
            return cost(n), ((n,),)
        found = []
        for count in range(1, n + 1):
            sizes = balanced(n, count)
            later, groups = best(count, depth - 1)
            found.append((sum(map(cost, sizes)) + later, (sizes, *groups)))
        return min(found, key=lambda one: one[0])

    return best(n, depth)


def formula(n: int, depth: int) -> float:
    """n^((k-1)/k) 2^(n^(1/k)): the published estimate for k hidden layers."""
    return n ** ((depth - 1) / depth) * 2.0 ** (n ** (1 / depth))


def equal_groups(sizes: tuple[int, ...]) -> int:
    """Σ_i (∏_{j>i} b_j) 2^{b_i}: neurons of bias-free products of n = ∏ b_i numbers in groups of these sizes."""
    return sum(int(np.prod(sizes[i + 1 :])) * 2**b for i, b in enumerate(sizes))


def grouped(groups: Groups, gate: Gate) -> Layers:
    """(W, b) of every layer of the network that multiplies in these groups.

    Args:
        groups: sizes per hidden layer, of the first one first; the last layer has one group.
        gate: the flat product in a layer, counted from 0, of so many numbers.
    """
    W, b = np.eye(sum(groups[0])), np.zeros(sum(groups[0]))
    layers = []
    for layer, sizes in enumerate(groups):
        gates = [gate(layer, size) for size in sizes]
        A = block_diag(*(hidden[0] for hidden, _ in gates))
        layers.append((W @ A, b @ A + np.concatenate([hidden[1] for hidden, _ in gates])))
        W = block_diag(*(output[0] for _, output in gates))
        b = np.concatenate([output[1] for _, output in gates])
    return *layers, (W, b)


def neurons(layers: Layers) -> int:
    """Hidden neurons of which something goes out, counted in the weights."""
    return sum(int((W != 0).any(1).sum()) for W, _ in layers[1:])
