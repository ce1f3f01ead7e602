"""M -> M N for a fixed n x n matrix N, as linear networks without biases: flat, and by a bilinear scheme.

The n² entries of M are the inputs and those of M N the outputs; every activation is the identity. *Flat* there is one
layer. Its weights are unique, because a linear map has one matrix, here I ⊗ N; so flat networks have exactly n times
the non-zeros of N as edges, n³ for an N without zeros. No other flat network has fewer.

*Deep*, a scheme of r products for 2x2 matrices (schemes.py) is applied to blocks, k times. Combinations of M's blocks
are layers; combinations of N's blocks are known beforehand and become weights, r^k matrices of size n / 2^k; then
come the layers that sum the products. Weights are Kronecker products I ⊗ W ⊗ I, kept as such, so that edges can be
counted from them where they do not fit into memory. With u and w non-zeros in U and in W,

    edges = r^k (n / 2^k)³ + (u + w) Σ_{j<k} r^j (n / 2^{j+1})²    if no entry of N and of its combinations is 0.

Layers see only the layer before them: a block that is needed later is carried along by neurons with one edge of weight
1, its *wires*. They are counted as edges; `wires` counts them alone, for networks that may skip layers.

One hidden layer. If its weights do not depend on N and those of the outputs are linear in N, there are n³ edges as
well: an entry of M N is a bilinear form of rank n in M and N, and each edge into it adds a form of rank one, so that
n³ run into the outputs. If it is the other way round, the same holds of the edges out of the inputs. So no bilinear
scheme keeps what it saves when it is multiplied out. [P] Of networks that depend on N in other ways this says nothing.
"""

from typing import NamedTuple

import numpy as np
import scipy.sparse
from jaxtyping import Int

from theory.depth.schemes import Scheme

LARGEST = np.iinfo(np.int64).max


class Combination(NamedTuple):
    """A layer with the weights I_problems ⊗ W ⊗ I_entries: every problem's blocks are combined, entry by entry."""

    problems: int
    W: Int[np.ndarray, "inputs outputs"]
    entries: int

    @property
    def neurons(self) -> int:
        """Number of outputs."""
        return self.problems * self.W.shape[1] * self.entries

    @property
    def edges(self) -> int:
        """Number of weights that are not 0."""
        return self.problems * int(np.count_nonzero(self.W)) * self.entries

    @property
    def wires(self) -> int:
        """Number of neurons that hand on one value as it is."""
        alone = (np.count_nonzero(self.W, 0) == 1) & (self.W.sum(0) == 1)
        return self.problems * int(alone.sum()) * self.entries

    def matrix(self) -> scipy.sparse.sparray:
        """All weights, inputs x outputs."""
        identities = (scipy.sparse.eye_array(size, dtype=int) for size in (self.problems, self.entries))
        left, right = identities
        return scipy.sparse.kron(scipy.sparse.kron(left, scipy.sparse.csr_array(self.W)), right)

    def outputs(self, z: Int[np.ndarray, " inputs"]) -> Int[np.ndarray, " outputs"]:
        """z times the weights."""
        blocks = z.reshape(self.problems, len(self.W), self.entries)
        return (self.W.T @ blocks).reshape(-1)


class Products(NamedTuple):
    """A layer with the weights I_m ⊗ N_p for each p: every m x m matrix is multiplied by one of its own."""

    N: Int[np.ndarray, "problems m m"]

    @property
    def neurons(self) -> int:
        """Number of outputs."""
        return self.N.size

    @property
    def edges(self) -> int:
        """Number of weights that are not 0."""
        return self.N.shape[1] * int(np.count_nonzero(self.N))

    @property
    def wires(self) -> int:
        """None: these neurons multiply."""
        return 0

    def matrix(self) -> scipy.sparse.sparray:
        """All weights, inputs x outputs."""
        neurons = np.arange(self.N.size).reshape(self.N.shape)
        # Axes: matrix p, row of its block, the entry of that row that comes in, the one that goes out.
        inputs, outputs, weights = np.broadcast_arrays(neurons[..., None], neurons[:, :, None], self.N[:, None])
        places = inputs.ravel(), outputs.ravel()
        return scipy.sparse.coo_array((weights.ravel(), places), (self.N.size, self.N.size))

    def outputs(self, z: Int[np.ndarray, " inputs"]) -> Int[np.ndarray, " outputs"]:
        """z times the weights."""
        return (z.reshape(self.N.shape) @ self.N).reshape(-1)


BlockNetwork = list[Combination | Products]


def layers(scheme: Scheme, N: Int[np.ndarray, "n n"], recursion: int) -> BlockNetwork:
    """The network M -> M N by a scheme that is applied `recursion` times; 0 times is the flat network.

    Raises:
        ValueError: if N cannot be halved so often.
    """
    n, r = len(N), len(scheme.U)
    if n % 2**recursion:
        raise ValueError(
            f"{n} x {n} matrices cannot be halved {recursion} times; n must be a multiple of 2^{recursion}"
        )
    products = N[None]
    for _ in range(recursion):
        products = _blocks(products)
        products = (scheme.V @ products.reshape(len(products), 4, -1)).reshape(-1, *products.shape[2:])
    levels = [(r**level, (n >> (level + 1)) ** 2) for level in range(recursion)]
    before = [Combination(problems, scheme.U.T, entries) for problems, entries in levels]
    after = [Combination(problems, scheme.W, entries) for problems, entries in reversed(levels)]
    return [*before, Products(products), *after]


def _blocks(matrices: Int[np.ndarray, "*problems n n"]) -> Int[np.ndarray, "*problems 4 half half"]:
    """The four blocks of each matrix, row by row."""
    half = matrices.shape[-1] // 2
    halves = matrices.reshape(*matrices.shape[:-2], 2, half, 2, half).swapaxes(-3, -2)
    return halves.reshape(*matrices.shape[:-2], 4, half, half)


def as_inputs(M: Int[np.ndarray, "n n"], recursion: int) -> Int[np.ndarray, " n*n"]:
    """The entries of M block by block, blocks within blocks, which is how the input neurons are numbered."""
    for _ in range(recursion):
        M = _blocks(M)
    return M.reshape(-1)


def product(network: BlockNetwork, M: Int[np.ndarray, "n n"]) -> Int[np.ndarray, "n n"]:
    """The network's output for M, in 64-bit integers.

    Raises:
        OverflowError: if a neuron could leave their range.
    """
    if bound(network, M) > LARGEST:
        raise OverflowError("a neuron's value could be larger than 64-bit integers; use smaller entries")
    recursion = len(network) // 2
    z = as_inputs(M, recursion)
    for layer in network:
        z = layer.outputs(z)
    numbers = as_inputs(np.arange(M.size).reshape(M.shape), recursion)
    return z[np.argsort(numbers)].reshape(M.shape)


def bound(network: BlockNetwork, M: Int[np.ndarray, "n n"]) -> float:
    """No neuron's absolute value is larger, whatever the signs of the entries."""
    largest = float(np.abs(M).max())
    for layer in network:
        if isinstance(layer, Products):
            largest *= layer.N.shape[1] * float(np.abs(layer.N).max())
        else:
            largest *= float(np.abs(layer.W).sum(0).max())
    return largest


def edges(network: BlockNetwork) -> int:
    """Number of weights that are not 0."""
    return sum(layer.edges for layer in network)


def wires(network: BlockNetwork) -> int:
    """Number of edges that only carry a value along."""
    return sum(layer.wires for layer in network)


def predicted_edges(scheme: Scheme, n: int, recursion: int) -> int:
    """The number of edges by the formula at the head of this module."""
    r, combined = len(scheme.U), int(np.count_nonzero(scheme.U) + np.count_nonzero(scheme.W))
    sums = sum(r**level * (n >> (level + 1)) ** 2 for level in range(recursion))
    return r**recursion * (n >> recursion) ** 3 + combined * sums


def edges_through_one_hidden_layer(network: BlockNetwork) -> int:
    """The fewest edges when neighbouring layers are multiplied out until two are left; three or more layers are given.

    Multiplying out is what a linear network allows; it is one way to flatten and need not be the best.
    """
    matrices = [layer.matrix().tocsr() for layer in network]
    counts = []
    for cut in range(1, len(matrices)):
        first, second = _multiplied(matrices[:cut]), _multiplied(matrices[cut:])
        counts.append(int(first.count_nonzero() + second.count_nonzero()))
    return min(counts)


def _multiplied(matrices: list[scipy.sparse.sparray]) -> scipy.sparse.sparray:
    result = matrices[0]
    for matrix in matrices[1:]:
        result = result @ matrix
    return result
