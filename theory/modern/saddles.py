"""Critical points of deep linear networks, in whole numbers: where the curvature sees that they are no minima.

The network x -> W_L ... W_1 x has no biases, inputs have the covariance I, and targets are M x. Over all inputs

    2 F(W_1, ..., W_L) = |W_L ... W_1 - M|² = |R|².

With A_l = W_L ... W_{l+1} and B_l = W_{l-1} ... W_1, the gradient for W_l is A_lᵀ R B_lᵀ. The derivative of the product
by the entry (a, b) of W_l is the outer product of column a of A_l and row b of B_l. With C_kl = W_{k-1} ... W_{l+1} for
l < k, the second derivative by (a, b) of W_k and (c, d) of W_l is that of column a of A_k and row d of B_l, times
C_kl[b, c]. From these follows the Hessian. If all weights are whole numbers, so are all of these.

Kawaguchi 2016 (arXiv 1605.07110, Theorem 2.3): a critical point above the least loss is a saddle. Its Hessian has a
negative eigenvalue if the product W_{L-1} ... W_2 of the middle layers has full rank. That product is empty, and so
has full rank, for L = 2. At W = 0, which is a saddle, the Hessian is 0 for L >= 3.

Along a line W + t D the loss is a polynomial in t with whole coefficients, and a critical point is no minimum if the
lowest of them that is not 0 is negative for some D. Its order is 2 where the curvature is negative, and 3 or more where
the curvature sees nothing.

Arrays have an axis of networks in front. Weights are small: with entries up to 2 and some layers, no int64 overflows.
"""

import functools
import itertools
from collections.abc import Iterator

import numpy as np
from jaxtyping import Bool, Int

Layers = list[Int[np.ndarray, "_ _ _"]]


def grid(sizes: tuple[int, ...], largest: int, chunk: int = 1 << 16) -> Iterator[Layers]:
    """All networks whose weights are whole numbers from -largest to largest, in chunks of networks.

    Args:
        sizes: inputs, hidden widths, outputs.
        largest: the largest weight.
        chunk: the most networks at a time.
    """
    base, weights = 2 * largest + 1, sum(before * after for before, after in itertools.pairwise(sizes))
    places = base ** np.arange(weights)
    for first in range(0, base**weights, chunk):
        numbers = np.arange(first, min(first + chunk, base**weights))
        yield unflatten(numbers[:, None] // places % base - largest, sizes)


def unflatten(θ: Int[np.ndarray, "networks weights"], sizes: tuple[int, ...]) -> Layers:
    """Layers from all weights of each network, W_1 first, row after row."""
    shapes = [(after, before) for before, after in itertools.pairwise(sizes)]
    ends = np.cumsum([rows * columns for rows, columns in shapes]).tolist()
    return [
        θ[:, end - rows * columns : end].reshape(-1, rows, columns)
        for (rows, columns), end in zip(shapes, ends, strict=True)
    ]


def product(layers: Layers, size: int) -> Int[np.ndarray, "networks rows columns"]:
    """W_l ... W_k of consecutive layers, the first of them first; without any, the identity of this size."""
    return functools.reduce(lambda before, W: W @ before, layers) if layers else np.eye(size, dtype=np.int64)[None]


def twice_loss(layers: Layers, M: Int[np.ndarray, "outputs inputs"]) -> Int[np.ndarray, " networks"]:
    """2 F = |W_L ... W_1 - M|²."""
    return ((product(layers, len(M)) - M) ** 2).sum((1, 2))


def gradient(layers: Layers, M: Int[np.ndarray, "outputs inputs"]) -> Int[np.ndarray, "networks weights"]:
    """The gradient of F; weights in the order of `unflatten`."""
    R = product(layers, len(M)) - M
    parts = [after.mT @ R @ before.mT for after, before in _around(layers, M)]
    return np.concatenate([part.reshape(len(R), -1) for part in parts], axis=1)


def hessian(layers: Layers, M: Int[np.ndarray, "outputs inputs"]) -> Int[np.ndarray, "networks weights weights"]:
    """All second derivatives of F; weights in the order of `unflatten`."""
    R, around = product(layers, len(M)) - M, _around(layers, M)
    count, parts = len(R), [W.shape[1] * W.shape[2] for W in layers]
    ends = np.cumsum(parts).tolist()
    slopes = [
        np.einsum("noa,nbi->naboi", *_whole(one, count)).reshape(count, size, -1)
        for one, size in zip(around, parts, strict=True)
    ]
    J = np.concatenate(slopes, axis=1)
    H = J @ J.mT
    for low, high in itertools.combinations(range(len(layers)), 2):
        between = np.broadcast_to(
            product(layers[low + 1 : high], layers[low].shape[1]), (count, layers[high].shape[2], layers[low].shape[1])
        )
        outer = around[high][0].mT @ R @ around[low][1].mT
        block = np.einsum("nad,nbc->nabcd", outer, between).reshape(count, parts[high], parts[low])
        rows, columns = slice(ends[high] - parts[high], ends[high]), slice(ends[low] - parts[low], ends[low])
        H[:, rows, columns] += block
        H[:, columns, rows] += block.mT
    return H


def _around(layers: Layers, M: Int[np.ndarray, "outputs inputs"]) -> list[tuple[np.ndarray, np.ndarray]]:
    """A_l and B_l for every layer."""
    outputs, inputs = M.shape
    return [(product(layers[low + 1 :], outputs), product(layers[:low], inputs)) for low in range(len(layers))]


def _whole(pair: tuple[np.ndarray, np.ndarray], count: int) -> tuple[np.ndarray, np.ndarray]:
    """Two stacks of matrices with all networks in front, where an empty product had one for all."""
    after, before = (np.broadcast_to(one, (count, *one.shape[1:])) for one in pair)
    return after, before


def semidefinite(H: Int[np.ndarray, "networks n n"]) -> Bool[np.ndarray, " networks"]:
    """Whether no eigenvalue is negative, decided exactly by elimination with whole numbers of any size.

    Bareiss' elimination: after k pivots all entries are minors of order k + 1, so that every division leaves no rest.
    Pivots are the largest entries of the diagonal. A negative entry of a diagonal decides, and so does a matrix whose
    diagonal is 0: it is semidefinite only if all of it is 0.
    """
    S, open_, found = H.astype(object), np.arange(len(H)), np.zeros(len(H), bool)
    previous = np.ones(len(H), object)
    for _ in range(H.shape[1] + 1):
        diagonal = np.diagonal(S, axis1=1, axis2=2)
        zero = (diagonal == 0).all(1)
        found[open_[zero]] = (S[zero] == 0).all((1, 2))
        going = ~zero & (diagonal >= 0).all(1)
        S, open_, previous = S[going], open_[going], previous[going]
        if not len(open_):
            break
        best = diagonal[going].argmax(1)
        rows = np.arange(len(open_))
        pivot, row = S[rows, best, best], S[rows, best]
        S = (pivot[:, None, None] * S - row[:, :, None] * row[:, None, :]) // previous[:, None, None]
        previous = pivot
    return found


def first_fall(layers: Layers, M: Int[np.ndarray, "outputs inputs"]) -> Int[np.ndarray, " networks"]:
    """The order in t at which the loss falls along some line W + t D, the first that is found; 0 if none is.

    Layers of D are 0 or of rank one, with entries -1, 0 and 1. For a critical point the order is at least 2. Of a line
    and the same line backwards one falls wherever the order is odd.
    """
    order = np.zeros(len(layers[0]), int)
    for D in _directions([W.shape[1:] for W in layers]):
        open_ = np.flatnonzero(order == 0)
        if not len(open_):
            break
        coefficients = along([W[open_] for W in layers], D, M)[:, 1:]
        lowest = (coefficients != 0).argmax(1)
        leading = coefficients[np.arange(len(open_)), lowest]
        falls = (leading < 0) | ((leading != 0) & (lowest % 2 == 0))
        order[open_[falls]] = lowest[falls] + 1
    return order


def along(
    layers: Layers, D: list[Int[np.ndarray, "_ _"]], M: Int[np.ndarray, "outputs inputs"]
) -> Int[np.ndarray, "networks powers"]:
    """Coefficients of 2 F(W + t D) as a polynomial in t, the constant first."""
    powers = [np.broadcast_to(np.eye(M.shape[1], dtype=np.int64), (len(layers[0]), *[M.shape[1]] * 2))]
    for W, direction in zip(layers, D, strict=True):
        with_W, with_D = [W @ one for one in powers], [direction @ one for one in powers]
        powers = [with_W[0], *(a + b for a, b in zip(with_W[1:], with_D, strict=False)), with_D[-1]]
    powers[0] = powers[0] - M
    top = len(powers) - 1
    sums = [
        sum((powers[i] * powers[order - i]).sum((1, 2)) for i in range(max(0, order - top), min(order, top) + 1))
        for order in range(2 * top + 1)
    ]
    return np.stack(sums, axis=1)


def _directions(shapes: list[tuple[int, ...]]) -> Iterator[list[Int[np.ndarray, "_ _"]]]:
    """Layers that are 0 or of rank one; with them those whose first layer that is not 0 has the other sign."""
    for D in itertools.product(*(_rank_one(*shape) for shape in shapes)):
        yield list(D)
        turned = next((low for low, layer in enumerate(D) if layer.any()), 0)
        yield [-layer if low == turned else layer for low, layer in enumerate(D)]


def _rank_one(rows: int, columns: int) -> list[Int[np.ndarray, "rows columns"]]:
    """0, and every matrix u vᵀ with entries -1, 0 and 1, one of each pair with opposite signs."""
    u, v = (
        [np.array(one) for one in itertools.product((0, 1, -1), repeat=size) if any(one) and one > (0,) * size]
        for size in (rows, columns)
    )
    return [np.zeros((rows, columns), np.int64), *(np.outer(a, b) for a in u for b in v)]
