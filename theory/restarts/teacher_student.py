"""Descent from random weights ends in spurious minima when a student of n rectifiers learns from k orthonormal ones.

Inputs x ~ N(0, I_k), teacher Σ_j [v_j·x]₊ with v_j = e_j, student Σ_i [w_i·x]₊ with rows w_i of W: no biases, output
weights 1. The population loss, half the mean squared difference, is known in closed form:

    F(W) = ½ Σ_ij f(w_i, w_j) - Σ_ij f(w_i, v_j) + ½ Σ_ij f(v_i, v_j),
    f(w, v) = E [w·x]₊ [v·x]₊ = |w| |v| (sin t + (π - t) cos t) / 2π,    t the angle between w and v.

F is twice continuously differentiable if no neuron is zero, also if neurons are parallel: the parts of its second
derivatives that are not smooth have the factor sin t. A zero neuron counts as orthogonal to all others, so its gradient
is the mean over all directions of approach.

Sources: Safran & Shamir 2018 (arXiv 1712.08968), Safran, Yehudai & Shamir 2021 (arXiv 2006.01005); f is due to
Cho & Saul 2009. Functions work on arrays of numpy as well as of jax, in their precision. `gradient` is of one network;
the others take any number of them, with their axes in front.
"""

import functools
from typing import Any, NamedTuple

import numpy as np
import scipy.optimize
from jaxtyping import Float

# Runs with a loss up to this are on their way to the global minimum: the lowest known spurious minimum is above 0.002.
GLOBAL_LOSS = 1e-6
# A minimum is strict if the smallest eigenvalue of the Hessian is above this: rounding changes it by some 1e-14.
STRICT = 1e-6

# Arrays of the host or of a device, or traced arrays: results stay where the arrays are.
Numbers = Any

# The terms of the polynomial in `angle`: fewer are less exact, and more add more rounding.
DEGREE = 19
# The largest norm of the gradient at a point that `spurious_point` returns.
STATIONARY = 1e-12


class Polar(NamedTuple):
    """A network as lengths |w_i| and unit vectors, with their angles t to each other and to the teacher's.

    Attributes:
        lengths, directions: of the neurons; the direction of a zero neuron is zero.
        cosines, sines, supplements: cos t, sin t and π - t in radians, between the student's neurons.
        teacher_sines, teacher_supplements: between the student's neurons and the teacher's; cos t is `directions`.
    """

    lengths: Float[Numbers, "*networks n"]
    directions: Float[Numbers, "*networks n k"]
    cosines: Float[Numbers, "*networks n n"]
    sines: Float[Numbers, "*networks n n"]
    supplements: Float[Numbers, "*networks n n"]
    teacher_sines: Float[Numbers, "*networks n k"]
    teacher_supplements: Float[Numbers, "*networks n k"]


def loss(W: Float[Numbers, "*networks n k"]) -> Float[Numbers, "*networks"]:
    """F(W). It is never negative except by rounding: about 1e-16 times the number of pairs of neurons."""
    k = W.shape[-1]
    p = _polar(W)
    row, column = p.lengths[..., None, :], p.lengths[..., None]
    among = (row @ (p.sines + p.supplements * p.cosines) @ column)[..., 0, 0]
    across = (row @ (p.teacher_sines + p.teacher_supplements * p.directions).sum(-1)[..., None])[..., 0, 0]
    return (among / 2 - across + k * (np.pi + k - 1) / 2) / (2 * np.pi)


def gradient(W: Float[Numbers, "n k"]) -> Float[Numbers, "n k"]:
    """∂F/∂W from ∂f/∂w = (|v| sin t w/|w| + (π - t) v) / 2π, of one network; finite for every finite W."""
    p = _polar(W)
    outward = p.sines @ p.lengths - p.teacher_sines.sum(1)
    return (outward[:, None] * p.directions + p.supplements @ W - p.teacher_supplements) / (2 * np.pi)


def hessian(W: Float[Numbers, "*networks n k"]) -> Float[Numbers, "*networks n*k n*k"]:
    """The second derivatives of F, neuron after neuron; finite for every finite W, but meaningless at a zero neuron.

    With unit vectors u = w/|w|, u' = v/|v| and m the unit vector of v's part orthogonal to w, m' of w's to v,

        ∂²f/∂w∂w = sin t |v|/|w| (I - u uᵀ + m mᵀ) / 2π,    ∂²f/∂w∂v = (u mᵀ + u' m'ᵀ + (π - t) I) / 2π.
    """
    *networks, n, k = W.shape
    p = _polar(W)
    one = np.eye(k, dtype=W.dtype)
    u, m = p.directions, _orthogonal(p.directions, p.directions, p.sines)
    teacher_m = _orthogonal(one, p.directions, p.teacher_sines)
    inverse = 1 / _nonzero(p.lengths)[..., None]
    students, teachers = p.sines * p.lengths[..., None, :] * inverse, p.teacher_sines * inverse
    outward = (students.sum(-1) - teachers.sum(-1))[..., None, None] * (one - u[..., :, None] * u[..., None, :])
    sideways = (m.mT * students[..., None, :]) @ m - (teacher_m.mT * teachers[..., None, :]) @ teacher_m
    # The axes are neuron and coordinate, and again neuron and coordinate.
    total = u[..., :, :, None, None] * m[..., :, None, :, :]
    total += u.mT[..., None, :, :, None] * m.swapaxes(-3, -2)[..., :, None, :, :]
    total += p.supplements[..., :, None, :, None] * one[:, None, :]
    total += np.eye(n, dtype=W.dtype)[:, None, :, None] * (outward + sideways)[..., :, :, None, :]
    total /= 2 * np.pi
    return total.reshape(*networks, n * k, n * k)


def smallest_eigenvalue(W: Float[Numbers, "*networks n k"]) -> Float[Numbers, "*networks"]:
    """Smallest eigenvalue of the Hessian: a stationary point is a strict minimum if positive, a saddle if negative."""
    return W.__array_namespace__().linalg.eigvalsh(hessian(W))[..., 0]


def least_angle(W: Float[Numbers, "*networks n k"]) -> Float[Numbers, "*networks"]:
    """The least angle in radians between two neurons of the student; π if there is one neuron.

    If it is 0, length can move from one neuron to the other without a change of F: the Hessian is singular.
    """
    p = _polar(W)
    return (np.pi - p.supplements * (1 - np.eye(W.shape[-2], dtype=W.dtype))).min((-2, -1))


def spurious_point(k: int, astray: int = 1) -> Float[np.ndarray, "k k"]:
    """The stationary point of type (s, k - s) for n = k, up to permutations: s = `astray` neurons have gone astray.

        w_i = a e_i + b Σ_{j ≠ i, j <= k - s} e_j + c Σ_{j > k - s} e_j                (i <= k - s)
        w_i = d Σ_{j <= k - s} e_j + e e_i + f Σ_{j ≠ i, j > k - s} e_j                (i > k - s)

    F and such a point do not change if neurons and inputs are permuted alike within each of the two groups. Therefore
    the gradient has the same form there, and it vanishes by six equations for six unknowns, or five if s = 1.

    Raises:
        ArithmeticError: if no such point is found, or none but the global minimum.
    """
    unknowns = 6 if astray > 1 else 5
    begin = (1, 0, 2 / k, 1 / k, -1, 0)[:unknowns]
    solution = scipy.optimize.root(
        lambda entries: _entries(gradient(_symmetric(entries, k, astray)), astray), begin, tol=1e-13
    )
    W = _symmetric(solution.x, k, astray)
    if np.linalg.norm(gradient(W)) > STATIONARY or np.abs(W - np.eye(k)).max() < 0.1:
        raise ArithmeticError(f"no spurious point of type ({astray}, k - {astray}) for k = {k}: {solution.message}")
    return W


@functools.cache
def spurious_loss(k: int, astray: int = 1) -> float:
    """F at `spurious_point`."""
    return float(loss(spurious_point(k, astray)))


@functools.cache
def spurious_eigenvalue(k: int, astray: int = 1) -> float:
    """The smallest eigenvalue of the Hessian at `spurious_point`: a strict minimum if it is positive, else a saddle."""
    return float(smallest_eigenvalue(spurious_point(k, astray)))


def _symmetric(entries: Float[np.ndarray, " unknowns"], k: int, s: int) -> Float[np.ndarray, "k k"]:
    a, b, c, d, e, *f = entries
    W = np.full((k, k), b) + (a - b) * np.eye(k)
    W[: k - s, k - s :], W[k - s :, : k - s] = c, d
    W[k - s :, k - s :] = np.where(np.eye(s, dtype=bool), e, f[0] if f else 0.0)
    return W


def _entries(W: Float[np.ndarray, "k k"], s: int) -> Float[np.ndarray, " unknowns"]:
    """The entries that define a matrix of `_symmetric`."""
    rows, columns = [0, 0, 0, -1, -1], [0, 1, -1, 0, -1]
    return W[[*rows, -1], [*columns, -2]] if s > 1 else W[rows, columns]


def _polar(W: Float[Numbers, "*networks n k"]) -> Polar:
    xp = W.__array_namespace__()
    lengths = xp.sqrt((W * W).sum(-1))
    directions = W / _nonzero(lengths)[..., None]
    # The angle of a neuron to itself is exactly 0, without rounding.
    cosines = xp.where(np.eye(W.shape[-2], dtype=bool), 1, directions @ directions.mT)
    return Polar(lengths, directions, cosines, *_angles(cosines), *_angles(directions))


def _angles(
    cosines: Float[Numbers, "*networks n others"],
) -> tuple[Float[Numbers, "*networks n others"], Float[Numbers, "*networks n others"]]:
    """Sines and supplements of angles, from the same cosines, so that their rounding cancels in the gradient."""
    xp = cosines.__array_namespace__()
    cosines = xp.clip(cosines, -1, 1)
    return xp.sqrt((1 - cosines) * (1 + cosines)), np.pi - angle(cosines)


def angle(cosine: Float[Numbers, "*any"]) -> Float[Numbers, "*any"]:
    """The angle in radians with this cosine between -1 and 1; to 2e-15 in float64.

    It is a polynomial times a root. The arccos of a library takes one number at a time, and descent took twice as long.
    """
    xp = cosine.__array_namespace__()
    size, polynomial = abs(cosine), 0
    for coefficient in reversed(_angle_coefficients()):
        polynomial = polynomial * (2 * size - 1) + coefficient
    acute = polynomial * xp.sqrt(1 - size)
    return xp.where(cosine < 0, np.pi - acute, acute)


@functools.cache
def _angle_coefficients() -> tuple[float, ...]:
    """Coefficients of the polynomial in u = 2|c| - 1 for arccos(|c|) / √(1 - |c|), which is analytic near [0, 1]."""

    def quotient(u: Any) -> Any:
        root = np.sqrt((1 - u) / 2)
        return 2 * np.arcsin(root / np.sqrt(2)) / root

    series = np.polynomial.chebyshev.chebinterpolate(quotient, DEGREE)
    return tuple(np.polynomial.chebyshev.cheb2poly(series).tolist())


def _orthogonal(
    others: Float[Numbers, "... m k"], directions: Float[Numbers, "*networks n k"], sines: Float[Numbers, "... n m"]
) -> Float[Numbers, "... n m k"]:
    """For each pair, the unit vector of the other's part orthogonal to the direction; zero if they are parallel."""
    along = (directions @ others.mT)[..., None] * directions[..., :, None, :]
    return (others[..., None, :, :] - along) / _nonzero(sines)[..., None]


def _nonzero(lengths: Float[Numbers, "*any"]) -> Float[Numbers, "*any"]:
    """Lengths to divide by: 1 in the place of 0."""
    return lengths.__array_namespace__().where(lengths > 0, lengths, 1)
