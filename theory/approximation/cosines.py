"""Every continuous function on [-1, 1]^d is nearly a finite sum of ridge cosines, with an explicit error.

With x_j = 2 θ_j / π - 1 a function on the cube becomes one of angles, g(θ) = f(x), and as an even function of period 2π
in every angle it is continuous everywhere. Its *mean* of order N weighs the terms of its cosine series:

    (S f)(x) = Σ_k ρ_(k_1) ... ρ_(k_d) c_k cos(k_1 θ_1) ... cos(k_d θ_d),    k_j = 0, ..., N,

with the weights of the kernel K(t) = 1 + 2 Σ_k ρ_k cos(k t) that is positive and closest to a point mass (Fejér and
Korovkin's): a_j = sin((j+1) π / (N+2)), ρ_k = Σ_j a_j a_(j+k) / Σ_j a_j², so K = |Σ_j a_j exp(ijt)|² / Σ_j a_j² and
ρ_1 = cos(π / (N+2)). The c_k are those of the function's values at Q > N angles (q + ½) π / Q on every axis, no
integrals, hence exact. Then S f is a weighted mean of values with the weights K / 2Q at 2Q equally spaced angles on the
circle, so that sums of cosines of degree below 2Q over them are integrals. The weights are positive and sum to 1. The
mean of 1 - cos t is 1 - ρ_1, and that of (1 - cos t)² is 3/2 - 2 ρ_1 + ρ_2 / 2. All Taylor coefficients of
t² = 4 arcsin²(√(s/2)) in s = 1 - cos t are positive and t² = π² at s = 2, so on the circle

    t² <= 2 (1 - cos t) + (π²/4 - 1) (1 - cos t)²,

and a coordinate of x is shifted by at most 2|t| / π. With r the root of the mean square that follows, and a concave
modulus of continuity ω in the Euclidean norm, Jensen's inequality gives at every x

    |S f(x) - f(x)| <= ω(√d r),    r ~ 2 / N.

A product of cosines is a sum of *ridge cosines*: with f_K = c_|K| / 2^(number of K_j != 0), K over integer vectors,
S f = Σ_K ρ_K f_K cos(<K, θ>). K and -K give the same cosine, so it has ((2N+1)^d - 1) / 2 cosines and a constant.
Source: the kernel from memory, not checked: Korovkin 1959; bound, constant and discretisation are derived here.
"""

import itertools
from collections.abc import Callable
from math import pi, sqrt
from typing import NamedTuple

import numpy as np
import scipy.fft
from jaxtyping import Float

# Amplitudes below this share of the largest are rounding.
ROUNDING = 1e-13


class Cosines(NamedTuple):
    """The function constant + Σ_r amplitudes_r cos(<frequencies_r, x> + phases_r)."""

    constant: float
    amplitudes: Float[np.ndarray, " ridges"]
    frequencies: Float[np.ndarray, "ridges d"]
    phases: Float[np.ndarray, " ridges"]

    def of(self, x: Float[np.ndarray, "points d"]) -> Float[np.ndarray, " points"]:
        """Its values."""
        return self.constant + np.cos(x @ self.frequencies.T + self.phases) @ self.amplitudes

    @property
    def mass(self) -> float:
        """Σ |amplitudes|: by how much the sum errs at most where every cosine errs by 1."""
        return float(np.abs(self.amplitudes).sum())


def kernel(order: int) -> Float[np.ndarray, " coefficients"]:
    """ρ_0 = 1, ρ_1, ..., ρ_N: the sums of the module's docstring in closed form."""
    k, a = np.arange(order + 1), pi / (order + 2)
    outer, inner = (order - k + 3) * np.sin((k + 1) * a), (order - k + 1) * np.sin((k - 1) * a)
    return (outer - inner) / (2 * (order + 2) * np.sin(a))


def reach(order: int) -> float:
    """r: a bound of the root mean square by which the mean of order N >= 1 shifts one coordinate of x."""
    _, first, second = (*kernel(order), 0.0)[:3]
    return 2 / pi * sqrt(2 * (1 - first) + (pi**2 / 4 - 1) * (1.5 - 2 * first + second / 2))


def sample_points(samples: int) -> Float[np.ndarray, " samples"]:
    """The coordinates x at the angles (q + ½) π / Q."""
    return (2 * np.arange(samples) + 1) / samples - 1


def coefficients(values: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    """The c_k of as many products of cosines as there are values of f at the sample points, one axis a dimension.

    They interpolate the values. More samples bring them closer to the coefficients of the cosine series of f.
    """
    c = scipy.fft.dctn(values, type=2) / values.size
    for axis in range(c.ndim):
        c[(slice(None),) * axis + (0,)] /= 2
    return c


def mean(
    value: Callable[[Float[np.ndarray, "points d"]], Float[np.ndarray, " points"]],
    d: int,
    order: int,
) -> Cosines:
    """The mean S f of a function on the cube, as ridge cosines; cosines of amplitude 0 are left out.

    Args:
        value: f, of points.
        d, order: dimensions and N >= 1; there are N + 1 samples on each axis.
    """
    axis = sample_points(order + 1)
    x = np.stack(np.meshgrid(*[axis] * d, indexing="ij"), axis=-1)
    c = coefficients(value(x.reshape(-1, d)).reshape(x.shape[:-1]))
    K = np.arange(-order, order + 1)
    amplitudes = c[np.ix_(*[np.abs(K)] * d)]
    weights = kernel(order)[np.abs(K)] * np.where(K == 0, 1.0, 0.5)
    for j in range(d):
        amplitudes = amplitudes * weights.reshape([-1 if i == j else 1 for i in range(d)])
    every = amplitudes.ravel()
    # In lexicographic order -K is as far before 0 as K is after it.
    first = every.size // 2
    twice, vectors = 2 * every[first + 1 :], np.array(list(itertools.product(K, repeat=d))[first + 1 :], float)
    kept = np.abs(twice) > ROUNDING * np.abs(every).max()
    return Cosines(float(every[first]), twice[kept], pi / 2 * vectors[kept], pi / 2 * vectors[kept].sum(1))
