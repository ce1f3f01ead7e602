"""Finding bilinear schemes, and making an exact one of a found one.

Alternating least squares: with V and W held, Brent's equations are linear in U, so that its best value is the solution
of r normal equations; then V, then W, and again. A penalty λ (|U|² + |V|² + |W|²) that shrinks geometrically keeps the
weights from running away while the residual falls.

A scheme with 7 products that is found so has no entry that one recognises, because a change of bases A -> P A Q^-1,
B -> Q B R^-1, AB -> P AB R^-1 turns a scheme into another. By de Groote 1978 (from memory, not checked) these changes
lead from any scheme of 7 products to Strassen's. `rounded` looks for the bases in which the entries are whole numbers,
and returns a scheme only if Brent's equations hold for those in integers: nothing rests on that theorem.
"""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float

from theory.depth.schemes import RANK, Numbers, Scheme, defects, product_tensor, residual

# The penalty at the first and at the last iteration.
FIRST_PENALTY, LAST_PENALTY = 0.1, 1e-10
# Directions and determinants of unit matrices that are smaller count as none: such bases are not worth trying.
DEGENERATE = 1e-6
# Residuals up to this solve the equations but for rounding and patience: 6 products were never seen to come below 1.
NEARLY_SOLVED = 1e-2

_T = product_tensor().astype(float)
# The equations as they are linear in U, in V and in W: unknown entries in front, then those of the two others.
_UNFOLDED = tuple(np.moveaxis(_T, axis, 0).reshape(4, 16) for axis in range(3))


def alternating_least_squares(start: Scheme, iterations: int) -> Iterator[Scheme]:
    """Schemes after each of `iterations` rounds of U, V, W; all, and the start, have an axis of schemes in front."""
    U, V, W = (np.asarray(part, float) for part in start)
    for λ in np.geomspace(FIRST_PENALTY, LAST_PENALTY, iterations):
        U = _best(_UNFOLDED[0], V, W, λ)
        V = _best(_UNFOLDED[1], U, W, λ)
        W = _best(_UNFOLDED[2], U, V, λ)
        yield Scheme(U, V, W)


def loss(parts: Float[Numbers, "3 r 4"], T: Float[Numbers, "4 4 4"]) -> Float[Numbers, ""]:
    """Mean square of the misses of Brent's equations for the scheme with these U, V and W, for descent by gradients."""
    U, V, W = parts
    pairs = U[:, :, None] * V[:, None, :]
    return ((pairs.reshape(len(U), 16).T @ W - T.reshape(16, 4)) ** 2).mean()


def _best(
    equations: Float[np.ndarray, "4 16"],
    first: Float[np.ndarray, "schemes r 4"],
    second: Float[np.ndarray, "schemes r 4"],
    λ: float,
) -> Float[np.ndarray, "schemes r 4"]:
    """The least squares solution for one of U, V, W when the two others are held."""
    # Products of stacks of matrices, one by one: nobody's numbers depend on who else is in the stack.
    count, r, _ = first.shape
    pairs = (first[:, :, :, None] * second[:, :, None, :]).reshape(count, r, 16)
    gram = (first @ first.swapaxes(1, 2)) * (second @ second.swapaxes(1, 2))
    return np.linalg.solve(gram + λ * np.eye(r), pairs @ equations.T)


def rounded(scheme: Scheme) -> Scheme | None:
    """An exact scheme of 7 products with whole entries, from one that is found; None if this way leads to none.

    Strassen's scheme has one product of three regular matrices. They become unit matrices, which leaves P = Q = R; the
    six other U have rank one, and their columns lie on three lines, which become those of (1, 0), (0, 1) and (1, -1).
    """
    U, V, W = (np.asarray(part, float).reshape(-1, 2, 2) for part in scheme)
    # Written so that NaN is refused. What solves the equations has no vanishing product, for 6 are too few.
    if len(U) != RANK or not residual(scheme) <= NEARLY_SOLVED:
        return None
    regular = np.min([np.abs(np.linalg.det(_unit(part))) for part in (U, V, W)], 0).argmax()
    if min(abs(np.linalg.det(_unit(part))[regular]) for part in (U, V, W)) < DEGENERATE:
        return None
    R = np.linalg.inv(U[regular] @ V[regular]).T
    Q = np.linalg.inv(U[regular]).T
    U, V, W = U @ Q.T, np.linalg.inv(Q).T @ V @ R.T, W @ np.linalg.inv(R)
    H = _onto_lines(np.delete(U, regular, 0))
    if H is None:
        return None
    P = np.linalg.inv(H).T
    U, V, W = H @ U @ P.T, H @ V @ P.T, P @ W @ np.linalg.inv(P)
    return _whole(*(part.reshape(-1, 4) for part in (U, V, W)))


def _unit(matrices: Float[np.ndarray, "r 2 2"]) -> Float[np.ndarray, "r 2 2"]:
    return matrices / np.linalg.norm(matrices, axis=(1, 2), keepdims=True)


def _onto_lines(matrices: Float[np.ndarray, "six 2 2"]) -> Float[np.ndarray, "2 2"] | None:
    """The matrix that takes the column spaces of matrices of rank one onto (1, 0), (0, 1) and (1, -1)."""
    lines = np.linalg.svd(matrices)[0][:, :, 0]
    sines = np.abs(lines[:, None, 0] * lines[None, :, 1] - lines[:, None, 1] * lines[None, :, 0])
    second = sines[0].argmax()
    third = np.minimum(sines[0], sines[second]).argmax()
    if min(sines[0, second], sines[0, third], sines[second, third]) < DEGENERATE:
        return None
    basis = np.column_stack([lines[0], lines[second]])
    return np.linalg.inv(basis * (np.linalg.solve(basis, lines[third]) * [1, -1]))


def _whole(U: np.ndarray, V: np.ndarray, W: np.ndarray) -> Scheme | None:
    """The scheme with U and V scaled to largest entries of 1, rounded to integers, if it is exact."""
    largest = [np.take_along_axis(part, np.abs(part).argmax(1)[:, None], 1) for part in (U, V)]
    scaled = (U / largest[0], V / largest[1], W * largest[0] * largest[1])
    whole = Scheme(*(np.rint(part).astype(int) for part in scaled))
    return whole if not defects(whole).any() else None
