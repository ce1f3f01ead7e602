"""Compositions: a function built of small ones, level by level, and the deep network that it is.

A *block* is a small network of one hidden layer, u -> σ(u A + a) C + c. A function that applies one block after the
other is a network with one hidden layer for each of them: what leaves a block linearly enters the next one linearly,
and the two matrices are one,

    W^(1) = A_1,  W^(l+1) = C_l A_{l+1},            W^(L+1) = C_L,
    b^(1) = a_1,  b^(l+1) = c_l A_{l+1} + a_{l+1},  b^(L+1) = c_L.

So a binary tree of gates with two inputs, or a chain of maps of a line, has a network as deep as itself, with as many
units in a layer as the gates of that level have together.

Gates: two rectifiers make u v of two signs, |u + v| - 1, exactly; two make the triangle 1 - 2|u|, exactly; four tanh
units with a bias β make u v in the limit λ -> 0 (Lin, Tegmark & Rolnick 2017, eq. 11, with the bias that a tanh needs,
because σ''(0) = 0):

    u v ≈ [σ(β + λ(u+v)) + σ(β - λ(u+v)) - σ(β + λ(u-v)) - σ(β - λ(u-v))] / (4 λ² σ''(β)).
"""

import functools
import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import scipy.linalg
from jaxtyping import Float

from theory.dense import Layers

# Where |tanh''| is largest, tanh β = 1/√3, and its value there.
BENT = float(np.arctanh(1 / np.sqrt(3)))
CURVATURE = -4 / (3 * np.sqrt(3))
# Small enough for products of a few hundred, large enough for what float64 rounds.
SMALL = 1e-4


class Block(NamedTuple):
    """A network of one hidden layer, u -> σ(u A + a) C + c."""

    A: Float[np.ndarray, "inputs units"]
    a: Float[np.ndarray, " units"]
    C: Float[np.ndarray, "units outputs"]
    c: Float[np.ndarray, " outputs"]


def product_gate(λ: float = SMALL) -> Block:
    """u v of two numbers, by four tanh units; the relative error is O(λ²(u² + v²)), and rounding counts as λ^-2."""
    A = λ * np.array([[1.0, -1.0, 1.0, -1.0], [1.0, -1.0, -1.0, 1.0]])
    C = np.array([1.0, 1.0, -1.0, -1.0]) / (4 * λ**2 * CURVATURE)
    return Block(A, np.full(4, BENT), C[:, None], np.zeros(1))


def sign_gate() -> Block:
    """u v of two signs in {-1, 1}, which is exclusive or, by two rectifiers: |u + v| - 1."""
    return Block(np.array([[1.0, -1.0], [1.0, -1.0]]), np.zeros(2), np.ones((2, 1)), -np.ones(1))


def triangle() -> Block:
    """1 - 2|u| of a number in [-1, 1], by two rectifiers."""
    return Block(np.array([[1.0, -1.0]]), np.zeros(2), np.full((2, 1), -2.0), np.ones(1))


def random_gate(rng: np.random.Generator) -> Block:
    """A smooth function of two numbers: two tanh units with random weights, which bend within [-2, 2]."""
    return Block(rng.normal(size=(2, 2)), rng.normal(size=2), rng.normal(size=(2, 1)), np.zeros(1))


def side_by_side(gates: Sequence[Block]) -> Block:
    """Gates that each see inputs of their own, as one block."""
    A, a, C, c = zip(*gates, strict=True)
    return Block(scipy.linalg.block_diag(*A), np.concatenate(a), scipy.linalg.block_diag(*C), np.concatenate(c))


def tree(gate: Block, inputs: int) -> list[Block]:
    """The levels of a binary tree of the same gate over a power of two of inputs."""
    return [side_by_side([gate] * 2**level) for level in reversed(range(inputs.bit_length() - 1))]


def network(levels: Sequence[Block]) -> Layers:
    """The (W, b) of the network that applies one block after the other; all blocks have the same activation."""
    between = [(now.C @ after.A, now.c @ after.A + after.a) for now, after in itertools.pairwise(levels)]
    return [(levels[0].A, levels[0].a), *between, (levels[-1].C, levels[-1].c)]


def random_tree(inputs: int, points: Float[np.ndarray, "points inputs"], rng: np.random.Generator) -> list[Block]:
    """A binary tree of random gates with tanh units, each with mean 0 and variance 1 over the points."""
    levels, u = [], points
    for level in reversed(range(inputs.bit_length() - 1)):
        block = side_by_side([random_gate(rng) for _ in range(2**level)])
        raw = np.tanh(u @ block.A + block.a) @ block.C
        mean, deviation = raw.mean(0), raw.std(0)
        levels.append(block._replace(C=block.C / deviation, c=-mean / deviation))
        u = (raw - mean) / deviation
    return levels


def applied(levels: Sequence[Block], x: Float[np.ndarray, "points inputs"]) -> Float[np.ndarray, " points"]:
    """The single output of blocks with tanh units applied one after the other."""
    return functools.reduce(lambda u, block: np.tanh(u @ block.A + block.a) @ block.C + block.c, levels, x)[:, 0]


def parameters(layers: Layers) -> int:
    """Weights and biases of a network with dense layers of this shape, zeros among them included."""
    return sum(W.size + b.size for W, b in layers)
