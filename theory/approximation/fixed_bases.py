"""What m functions can do that are fixed before the target is known: about m^(-1/d) in d dimensions.

Barron (1993) sets it against his bound for units that are chosen for the target, (2 C)² / m for the mean square: over
the class of all targets with norm C at most, no m fixed functions have a mean square that falls faster than m^(-2/d)
(known here from the paper's abstract). The root mean square then falls as m^(-1/d) at best: -1/2, -1/4, -1/8 for d = 2,
4, 8. It is a statement about the worst target of the class; a single target may be met faster, or slower. Derived here:

Let φ_1, ..., φ_N be orthonormal for the distribution of x, and H the span of m fixed functions and the constant, with
an orthonormal basis h_0, ..., h_m. Bessel's inequality, for each of these and all φ_j, gives

    Σ_j |P_H φ_j|² = Σ_i Σ_j <h_i, φ_j>² <= m + 1,    so    mean over j of dist(φ_j, H)² >= 1 - (m + 1) / N.

*Barron's class.* cos(π<k, x>) and sin(π<k, x>) have on [-1, 1]^d the norm π|k|_1 and the mean square 1/2, and are
orthogonal for integer vectors k, where k and -k count once. Over π|k|_1 they have the norm 1. With K(l) vectors k != 0
of |k|_1 <= l there are K(l) such functions, a cosine and a sine for each pair ±k, and some one of them is missed by

    E(m) = max over l of √(1 - (m + 1) / K(l)) / (√2 π l).

Since K(l) ~ (2l)^d / d!, E(m) falls as m^(-1/d) in the end; while l is not far above d, K(l) grows slower, and E(m)
falls faster. The functions themselves, in the order of |k|_1, are a fixed basis with a worst error over them of
1 / (√2 π l) where all of |k|_1 < l are taken, so that the power is sharp for these functions.

*Orthants.* A pyramid of random sign in every orthant of the cube is Σ_o ε_o p_o with 2^d orthogonal pieces, each with
the mean square μ / 2^d. Over independent signs the expected squared distance from H is at least μ (1 - (m + 1) / 2^d),
and the expected variance at most μ. So for a relative error ε over all signs m + 1 >= (1 - ε²) 2^d.
"""

import itertools
from math import comb, pi, sqrt
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int


def vectors(d: int, length: int) -> int:
    """K(l): integer vectors k != 0 with |k|_1 <= l: Σ_j 2^j C(d, j) C(l, j), j coordinates not being 0."""
    return sum(2**j * comb(d, j) * comb(length, j) for j in range(1, d + 1))


class Floor(NamedTuple):
    """E(m), and the length l at which the bound is largest."""

    error: float
    length: int


def floor(d: int, units: int) -> Floor:
    """E(m): whatever the m functions and a constant are, some target of norm 1 is missed by that, in the mean square.

    It is found among the lengths up to where 1 / (√2 π l) is less than what is found already.
    """
    best, length = Floor(0.0, 0), 1
    while best.error < 1 / (sqrt(2) * pi * length):
        spare = 1 - (units + 1) / vectors(d, length)
        if spare > 0:
            best = max(best, Floor(sqrt(spare) / (sqrt(2) * pi * length), length))
        length += 1
    return best


def of_cosines(d: int, units: int) -> float:
    """The worst error over these functions, if the basis is a constant and the first `units` of them."""
    length = 1
    while vectors(d, length) <= units:
        length += 1
    return 1 / (sqrt(2) * pi * length)


def units_for_orthants(d: Float[np.ndarray, "*dims"], relative_error: float) -> Float[np.ndarray, "*dims"]:
    """(1 - ε²) 2^d - 1: fixed units without which no relative error of ε is reached over all signs of the orthants."""
    return (1 - relative_error**2) * 2**d - 1


def frequencies(d: int, length: int) -> Int[np.ndarray, "pairs d"]:
    """One of k and -k for all integer vectors k != 0 with |k|_1 <= l, the shortest first."""
    every = [k for k in itertools.product(range(-length, length + 1), repeat=d) if 0 < sum(map(abs, k)) <= length]
    # Of each pair, the one with a positive first non-zero coordinate.
    half = [k for k in every if next(value for value in k if value) > 0]
    return np.array(sorted(half, key=lambda k: (sum(map(abs, k)), k)))


def lattice(
    frequencies_: Int[np.ndarray, "pairs d"], points: int, rng: np.random.Generator, tries: int = 10_000
) -> Float[np.ndarray, "points d"]:
    """Points of [-1, 1]^d on which the constant and all these cosines and sines are exactly orthogonal.

    The points are 2 (i z mod n) / n - 1, i = 0, ..., n - 1, with an integer vector z. The mean of exp(iπ<k, x>) over
    them is 0 unless <k, z> is a multiple of n, so that it suffices that <k, z> differs modulo n for all ±k and 0; z is
    drawn until it does.

    Raises:
        ValueError: if no such z is found: there are too few points.
    """
    d = frequencies_.shape[1]
    for _ in range(tries):
        z = rng.integers(1, points, d)
        residues = frequencies_ @ z % points
        if len(np.unique(np.concatenate([residues, -residues % points, [0]]))) == 2 * len(residues) + 1:
            return 2 * (np.arange(points)[:, None] * z % points) / points - 1
    raise ValueError(f"{points} points are too few for {2 * len(frequencies_) + 1} orthogonal functions")


def functions(
    frequencies_: Int[np.ndarray, "pairs d"], x: Float[np.ndarray, "points d"]
) -> Float[np.ndarray, "points functions"]:
    """cos(π<k, x>) / (π|k|_1) of all k, then the same of the sine: functions of Barron's norm 1."""
    phases, lengths = pi * (x @ frequencies_.T), pi * np.abs(frequencies_).sum(1)
    return np.concatenate([np.cos(phases) / lengths, np.sin(phases) / lengths], axis=1)


def distances(
    basis: Float[np.ndarray, "points units"], targets: Float[np.ndarray, "points functions"]
) -> Float[np.ndarray, " functions"]:
    """Root mean square error of the best fit to each target by the functions of a basis, and a constant, at points."""
    orthonormal, scale, _ = np.linalg.svd(np.column_stack([basis, np.ones(len(basis))]), full_matrices=False)
    orthonormal = orthonormal[:, scale > 1e-10 * scale[0]]
    residuals = targets - orthonormal @ (orthonormal.T @ targets)
    return np.sqrt(np.mean(residuals**2, axis=0))
