"""Butterflies: log2 N layers with 2 N weights each that do what takes N² weights in one layer.

The i-th butterfly layer, with stride s = 1, 2, 4, ..., N/2, mixes each neuron with the one s places away:

    z'_{2sb + is + t} = Σ_j F_{(bs + t) j i} z_{2sb + js + t},    b < N / 2s, t < s, i and j in {0, 1}.

Before the first the inputs are put in an order, `ORDERS`, which only says which input neuron is which. Every input has
exactly one path to every output, so the butterflies' 2 N log2 N weights are products of one weight a layer.

- The discrete Fourier transform, x_j -> Σ_j x_j ω^{jk}, ω = exp(-2πi / N), from bit-reversed inputs (Cooley & Tukey
  1965, decimation in time): F_{j=0} = (1, 1), F_{j=1} = ω^{tN/2s} (1, -1).
- Walsh and Hadamard's transform, Σ_j x_j (-1)^{number of common bits of j and k}, from inputs in their own order:
  F = ((1, 1), (1, -1)).

What no butterflies reach. Let a path be cut after k layers. It passes through the neuron with the high bits of the
input and the k low bits of the output, so for fixed high bits u of the input and low bits v of the output the matrix
over the input's low and the output's high bits has rank one. The distance of any matrix from all butterflies is at
least that from the matrices with this property, for every k: the root of the sum of the squares of all singular values
but the first, over the N blocks (Eckart & Young 1936). For N = 4 this is the distance, for both layers are free. [P]
"""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.linalg
from jaxtyping import Complex, Float, Int, Num

# Of the host or of a device, traced ones among them.
Numbers = Any


def bit_reversal(N: int) -> Int[np.ndarray, " N"]:
    """The numbers below N, a power of two, with their bits in reverse."""
    order = np.zeros(1, int)
    while len(order) < N:
        order = np.concatenate([2 * order, 2 * order + 1])
    return order


ORDERS: dict[str, Callable[[int], Int[np.ndarray, " N"]]] = {"own": np.arange, "bit-reversal": bit_reversal}


def butterflies(F: Num[Numbers, "layers pairs 2 2"], z: Num[Numbers, "samples N"]) -> Num[Numbers, "samples N"]:
    """z after all butterfly layers, for many samples."""
    for layer, weights in enumerate(F):
        z = one_layer(weights, layer, z)
    return z


def one_layer(F: Num[Numbers, "pairs 2 2"], layer: int, z: Num[Numbers, "samples N"]) -> Num[Numbers, "samples N"]:
    """z after the butterfly layer of this number, from 0 on."""
    N, s = z.shape[1], 2**layer
    pairs = z.reshape(-1, N // (2 * s), 2, s)
    W = F.reshape(N // (2 * s), s, 2, 2)
    mixed = pairs[:, :, 0, :, None] * W[:, :, 0] + pairs[:, :, 1, :, None] * W[:, :, 1]
    return mixed.swapaxes(2, 3).reshape(-1, N)


def layer_matrix(F: Num[np.ndarray, "pairs 2 2"], layer: int) -> Num[np.ndarray, "N N"]:
    """All weights of one layer, inputs x outputs."""
    return one_layer(F, layer, np.eye(2 * len(F), dtype=F.dtype))


def multiplied(F: Num[Numbers, "layers pairs 2 2"]) -> Num[Numbers, "N N"]:
    """The matrix, inputs x outputs, of all butterfly layers: each entry is the product of the weights on its path.

    After k layers it consists of blocks of 2^k neurons, and the next joins two of them: N (2 + 4 + ... + N)
    multiplications in all, where N unit vectors would take N² of them in every layer.
    """
    blocks = np.ones((2 * F.shape[1], 1, 1), F.dtype)
    for layer, weights in enumerate(F):
        s = 2**layer
        # Axes: pair of blocks, input's half and place, output's half and place.
        W = weights.reshape(-1, s, 2, 2).transpose(0, 2, 3, 1)[:, :, None]
        blocks = (blocks.reshape(-1, 2, s, 1, s) * W).reshape(-1, 2 * s, 2 * s)
    return blocks[0]


def matrix(F: Num[Numbers, "layers pairs 2 2"], order: Int[np.ndarray, " N"]) -> Num[Numbers, "N N"]:
    """The matrix T, inputs x outputs, of butterflies that take their inputs in an order."""
    # In the order of the butterflies the input that comes first is number order[0], and so on.
    return multiplied(F)[np.argsort(order)]


def hadamard(N: int) -> Int[np.ndarray, "layers pairs 2 2"]:
    """The weights of Walsh and Hadamard's transform, in integers."""
    return np.broadcast_to(np.array([[1, 1], [1, -1]]), (_layers(N), N // 2, 2, 2))


def fourier_exponents(N: int) -> Int[np.ndarray, "layers pairs 2 2"]:
    """The weights of the Fourier transform as powers of ω, by their exponents."""
    exponents = np.zeros((_layers(N), N // 2, 2, 2), int)
    for layer in range(len(exponents)):
        s = 2**layer
        twiddles = np.tile(np.arange(s) * (N // (2 * s)), N // (2 * s))
        exponents[layer, :, 1, 0], exponents[layer, :, 1, 1] = twiddles, (twiddles + N // 2) % N
    return exponents


def fourier(N: int) -> Complex[np.ndarray, "layers pairs 2 2"]:
    """The weights of the Fourier transform; those that are 1, -1, i or -i exactly so."""
    return roots(fourier_exponents(N), N)


def roots(exponents: Int[np.ndarray, "*shape"], N: int) -> Complex[np.ndarray, "*shape"]:
    """exp(-2πi e / N) for each e; the parts of 1, -1, i and -i, and all signs, are exact."""
    quarter, rest = np.divmod(4 * exponents, N)
    return np.exp(-2j * np.pi * rest / (4 * N)) * np.array([1, -1j, -1, 1j])[quarter % 4]


def paths(exponents: Int[np.ndarray, "layers pairs 2 2"]) -> tuple[Int[np.ndarray, "N N"], Int[np.ndarray, "N N"]]:
    """Number of paths from every input to every output, and the sum of the exponents along them. Exact.

    Where there is one path, the weight of the whole is ω to the power of that sum.
    """
    N = 2 * exponents.shape[1]
    ones = np.ones_like(exponents[0])
    # Of each path so far: that it is there, and its exponent. A layer hands on the first and adds its own to the other.
    count, total = np.eye(N, dtype=int), np.zeros((N, N), int)
    for layer, added in enumerate(exponents):
        total = one_layer(ones, layer, total) + one_layer(added, layer, count)
        count = one_layer(ones, layer, count)
    return count, total


def target(name: str, N: int) -> Num[np.ndarray, "N N"]:
    """A transform as a matrix of rows of norm 1: "fourier", "hadamard", or "random".

    Random are normal entries of variance 1 / N: the very matrix that the code of Dao et al. 2019 (arXiv 1903.05895,
    learning_transforms/target_matrix.py) draws for its experiments, by numpy's generator of old with seed 0. [S]
    """
    if name == "fourier":
        return scipy.linalg.dft(N, scale="sqrtn")
    if name == "hadamard":
        return scipy.linalg.hadamard(N) / np.sqrt(N)
    return np.random.RandomState(0).randn(N, N) / np.sqrt(N)


def floor(T: Num[np.ndarray, "N N"], order: Int[np.ndarray, "*orders N"]) -> Float[np.ndarray, "*orders"]:
    """A root mean square error that no butterflies on inputs in this order are below; for N = 4 the least there is."""
    N, squares = len(T), [np.zeros(order.shape[:-1])]
    for k in range(1, _layers(N)):
        low, high = 2**k, N // 2**k
        # Axes: high and low bits of the input, high and low bits of the output.
        blocks = np.moveaxis(T[order].reshape(*order.shape[:-1], high, low, high, low), (-4, -1), (-4, -3))
        values = np.linalg.svd(blocks, compute_uv=False)
        squares.append(np.sum(values[..., 1:] ** 2, axis=(-3, -2, -1)))
    return np.asarray(np.sqrt(np.max(squares, 0)) / N)


def floor_of_all_orders(T: Num[np.ndarray, "N N"]) -> float:
    """A root mean square error that no butterflies are below, whatever the order of their inputs. For small N.

    A cut only asks which inputs share their high bits, so of the orders that differ by swapping the halves of a block
    one is tried: for N = 8 there are 315 of them.
    """
    orders = np.array(list(itertools.permutations(range(len(T)))))
    for s in (2**layer for layer in range(_layers(len(T)))):
        orders = orders[(orders[:, :: 2 * s] < orders[:, s :: 2 * s]).all(1)]
    return float(floor(T, orders).min())


def root_mean_square_error(
    F: Num[np.ndarray, "layers pairs 2 2"], T: Num[np.ndarray, "N N"], order: Int[np.ndarray, " N"]
) -> float:
    """Root of the mean over all N² entries of |difference|²."""
    return float(np.sqrt(np.mean(np.abs(matrix(F, order) - T) ** 2)))


def real_edges(weights: Num[np.ndarray, "*shape"]) -> int:
    """Edges of the same layers between real neurons, two for each complex one.

    A weight c + is takes the four edges c, s, -s and c; parts that are 0 take none.
    """
    return 2 * int(np.count_nonzero(np.real(weights)) + np.count_nonzero(np.imag(weights)))


def loss(parts: Float[Numbers, "layers pairs 2 2 2"], T: Float[Numbers, "2 N N"]) -> Float[Numbers, ""]:
    """Mean square of the difference between T, with its rows in the order of the butterflies, and their matrix.

    Args:
        parts: real and imaginary parts of the weights, on the last axis.
        T: real and imaginary parts.
    """
    F = parts[..., 0] + 1j * parts[..., 1]
    found = multiplied(F)
    return ((found.real - T[0]) ** 2 + (found.imag - T[1]) ** 2).mean()


def _layers(N: int) -> int:
    return N.bit_length() - 1
