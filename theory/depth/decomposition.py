"""Finding bilinear schemes, and making an exact one of a found one.

Alternating least squares: with V and W held, Brent's equations are linear in U, so that its best value is the solution
of r normal equations; then V, then W, and again. A penalty λ (|U|² + |V|² + |W|²) that shrinks geometrically keeps the
weights from running away while the residual falls.

A scheme with 7 products that is found so has no entry that one recognises, because a change of bases A -> P A Q^-1,
B -> Q B R^-1, AB -> P AB R^-1 turns a scheme into another. By de Groote 1978 (from memory, not checked) these changes
lead from any scheme of 7 products to Strassen's. `rounded` looks for the bases in which the entries are whole numbers,
and returns a scheme only if Brent's equations hold for those in integers: nothing rests on that theorem.

A small residual alone does not show that a scheme is near an exact one: with ten products for 2x3 by 3x2 it becomes as
small as one likes while the weights grow, see theory/depth/near_schemes.py. So schemes are `polished`: Newton's steps,
damped after Levenberg and Marquardt, bring one that is near an exact scheme to it but for rounding, in a few steps.
"""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float

from theory.depth.schemes import RANKS, SQUARE, Numbers, Scheme, defects, product_tensor, residual

# The penalty at the first and at the last iteration.
FIRST_PENALTY, LAST_PENALTY = 0.1, 1e-10
# Directions and determinants of unit matrices that are smaller count as none: such bases are not worth trying.
DEGENERATE = 1e-6
# Schemes with larger residuals are not polished: 6 products were never seen to come below 1.
NEARLY_SOLVED = 1e-2
# A polished scheme is near an exact one if its residual is at most this. Where exact schemes form surfaces that touch,
# with more products than are needed, steps are slow and end between 1e-15 and 1e-6. Those of the least number that
# training finds reach 1e-15 in 15 steps, and those of one product fewer end above 1e-3 after 300.
EXACT = 1e-5
# Steps of polishing.
STEPS = 40
# Schemes that are polished at once: a step of one for 2x3 by 3x2 takes half a megabyte.
BLOCK = 256
# The damping before the first step, and its factors after a step that is taken and one that is not.
DAMPING, LESS, MORE = 1e-4, 0.2, 10.0


def alternating_least_squares(start: Scheme, iterations: int) -> Iterator[Scheme]:
    """Schemes after each of `iterations` rounds of U, V, W; all, and the start, have an axis of schemes in front."""
    U, V, W = (np.asarray(part, float) for part in start)
    # The equations as they are linear in U, in V and in W: unknown entries in front, then those of the two others.
    T = product_tensor(start.shape).astype(float)
    of_U, of_V, of_W = (np.moveaxis(T, axis, 0).reshape(T.shape[axis], -1) for axis in range(3))
    for λ in np.geomspace(FIRST_PENALTY, LAST_PENALTY, iterations):
        U = _best(of_U, V, W, λ)
        V = _best(of_V, U, W, λ)
        W = _best(of_W, U, V, λ)
        yield Scheme(U, V, W)


def loss(weights: Float[Numbers, "r entries"], T: Float[Numbers, "nm mp np"]) -> Float[Numbers, ""]:
    """Mean square of the misses of Brent's equations, for descent by gradients.

    Args:
        weights: U, V and W side by side.
        T: the tensor of the product.
    """
    U, V, W = parts(weights, T.shape)
    pairs = U[:, :, None] * V[:, None, :]
    return ((pairs.reshape(len(U), -1).T @ W - T.reshape(-1, T.shape[2])) ** 2).mean()


def parts(weights: Float[Numbers, "*schemes r entries"], entries: tuple[int, ...]) -> Scheme:
    """U, V and W, which stand side by side; `entries` are those of A, of B and of their product."""
    of_A, of_B, _ = entries
    return Scheme(weights[..., :of_A], weights[..., of_A : of_A + of_B], weights[..., of_A + of_B :])


def _best(
    equations: Float[np.ndarray, "unknowns others"],
    first: Float[np.ndarray, "schemes r one"],
    second: Float[np.ndarray, "schemes r other"],
    λ: float,
) -> Float[np.ndarray, "schemes r unknowns"]:
    """The least squares solution for one of U, V, W when the two others are held."""
    # Products of stacks of matrices, one by one: nobody's numbers depend on who else is in the stack.
    count, r, _ = first.shape
    pairs = (first[:, :, :, None] * second[:, :, None, :]).reshape(count, r, -1)
    gram = (first @ first.swapaxes(1, 2)) * (second @ second.swapaxes(1, 2))
    return np.linalg.solve(gram + λ * np.eye(r), pairs @ equations.T)


def polished(schemes: Scheme, steps: int = STEPS) -> Scheme:
    """Schemes after steps towards exact ones; all have an axis of schemes in front. No residual becomes larger."""
    blocks = (schemes.some(slice(i, i + BLOCK)) for i in range(0, len(schemes.U), BLOCK))
    return Scheme(*map(np.concatenate, zip(*(_polished(block, steps) for block in blocks), strict=True)))


def _polished(schemes: Scheme, steps: int) -> Scheme:
    now = Scheme(*(np.asarray(part, float) for part in schemes))
    missed, damping = residual(now), np.full(len(now.U), DAMPING)
    for _ in range(steps):
        tried = Scheme(*(part + step for part, step in zip(now, _step(now, damping), strict=True)))
        after = residual(tried)
        better = after < missed
        now = Scheme(*(np.where(better[:, None, None], new, old) for new, old in zip(tried, now, strict=True)))
        missed, damping = np.where(better, after, missed), damping * np.where(better, LESS, MORE)
    return now


def _step(schemes: Scheme, damping: Float[np.ndarray, " schemes"]) -> Scheme:
    """The damped step J^T (J J^T + λ)^-1 (-defects), where J holds the derivatives of the equations.

    J J^T is a sum of three: of the derivatives by U those of equations with other i do not meet, and so on. So the
    equations, fewer than the weights, are all that is solved for.
    """
    U, V, W = schemes
    count, r, nm = U.shape
    T = (nm, V.shape[2], W.shape[2])
    products = [(a[:, :, :, None] * b[:, :, None, :]).reshape(count, r, -1) for a, b in ((V, W), (U, W), (U, V))]
    by_U, by_V, by_W = (one.swapaxes(1, 2) @ one for one in products)
    eye = [np.eye(entries) for entries in T]
    i, j, k = T
    gram = np.einsum("ax,sbcyz->sabcxyz", eye[0], by_U.reshape(count, j, k, j, k))
    gram += np.einsum("by,sacxz->sabcxyz", eye[1], by_V.reshape(count, i, k, i, k))
    gram += np.einsum("cz,sabxy->sabcxyz", eye[2], by_W.reshape(count, i, j, i, j))
    equations = i * j * k
    matrices = gram.reshape(count, equations, equations) + damping[:, None, None] * np.eye(equations)
    y = np.linalg.solve(matrices, -defects(schemes).reshape(count, equations, 1)).reshape(count, i, j, k)
    by_axis = (np.moveaxis(y, axis, 1).reshape(count, entries, -1) for axis, entries in zip((1, 2, 3), T, strict=True))
    return Scheme(*(one @ other.swapaxes(1, 2) for one, other in zip(products, by_axis, strict=True)))


def rounded(scheme: Scheme) -> Scheme | None:
    """An exact scheme of 7 products with whole entries, from one that is found; None if this way leads to none.

    Strassen's scheme has one product of three regular matrices. They become unit matrices, which leaves P = Q = R; the
    six other U have rank one, and their columns lie on three lines, which become those of (1, 0), (0, 1) and (1, -1).
    """
    # Written so that NaN is refused. What solves the equations has no vanishing product, for 6 are too few.
    if scheme.shape != SQUARE or scheme.products != RANKS[SQUARE] or not residual(scheme) <= NEARLY_SOLVED:
        return None
    U, V, W = (np.asarray(part, float).reshape(-1, 2, 2) for part in scheme)
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
