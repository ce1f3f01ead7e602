"""Targets on the cube [-1, 1]^d, by name, with what is known of them exactly. The measure is uniform, of mass 1.

| name | f(x) | smoothness | f(x) - f(y) at most |
|---|---|---|---|
| ridges | Σ_k cos(<ω_k, x> + φ_k), three random directions with lengths 3, 4, 5, random phases | analytic | 12 δ |
| gaussian | exp(-2 |x|² / d), wider in more dimensions, or it would be 0 nearly everywhere | analytic | δ 2 / √(ed) |
| pyramids | 2 ε(x) min_i min(|x_i|, 1 - |x_i|), ε a random sign for each of the 2^d orthants | Lipschitz | 2 δ |
| cusp | √(|x| / √d), infinitely steep at 0 | Hölder, exponent ½ | √(δ / √d) |

for points at a Euclidean distance δ; the constants are the least but for the ridges'.

*Barron's norm* is C = ∫ sup_{x ∈ cube} |<ω, x>| |F(dω)| = ∫ |ω|_1 |F(dω)|, where f(x) = ∫ exp(i<ω, x>) F(dω). By Barron
(1993, Theorems 1 and 2) some sum of a constant and m sigmoidal units has a mean squared error of at most (2 C)² / m,
whatever the distribution of x on the cube. A cosine has the mass ½ at ω and at -ω, so the ridges have C = Σ |ω_k|_1;
the Gaussian exp(-|x|² / 2s²) has F = N(0, I / s²), so C = d √(2/π) / s with s² = d / 4. For the others it is not known
here.

*Mean and mean square*: that of cos(<ω, x> + φ) is cos φ ∏ sin(ω_i) / ω_i, and products of cosines are sums of them; a
Gaussian is a product, each factor an error function; 2 min(|x_i|, 1 - |x_i|) is uniform on [0, 1], and the least of d
such numbers has mean 1 / (d+1) and mean square 2 / ((d+1)(d+2)).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import scipy.special
from jaxtyping import Float, Int

from theory.approximation.cosines import Cosines

RIDGE_LENGTHS = (3.0, 4.0, 5.0)
UNKNOWN = float("nan")


class Target(NamedTuple):
    """A continuous function f on the cube.

    Attributes:
        value: f itself, of points.
        steepness, exponent: C and α <= 1 such that |f(x) - f(y)| <= C |x - y|^α, in the Euclidean norm.
        largest: a number that |f| does not exceed.
        mean, mean_square: of f, NaN where they are not known.
        norm: Barron's C for the cube, NaN where it is not known.
        frequencies: draws a number of ω from |ω|_1 |F(dω)| / C; None where F is not known.
        cosines: f as a finite sum of ridge cosines, None where it is not one.
        factor: g where f(x) = g(x_1) ... g(x_d), else None.
    """

    value: Callable[[Float[np.ndarray, "points d"]], Float[np.ndarray, " points"]]
    steepness: float
    exponent: float
    largest: float
    mean: float = UNKNOWN
    mean_square: float = UNKNOWN
    norm: float = UNKNOWN
    frequencies: Callable[[int, np.random.Generator], Float[np.ndarray, "count d"]] | None = None
    cosines: Cosines | None = None
    factor: Callable[[Float[np.ndarray, " points"]], Float[np.ndarray, " points"]] | None = None

    def modulus(self, distance: float) -> float:
        """C δ^α, by how much f differs at most between points at a distance δ; a concave function of δ."""
        return self.steepness * distance**self.exponent

    @property
    def deviation(self) -> float:
        """The standard deviation of f."""
        return float(np.sqrt(self.mean_square - self.mean**2))


def points_of_cube(d: int, count: int, rng: np.random.Generator) -> Float[np.ndarray, "count d"]:
    """Uniform points of [-1, 1]^d, in random order; in one dimension there is one in each of as many equal pieces."""
    if d == 1:
        return (2 * (rng.permutation(count) + rng.random(count)) / count - 1)[:, None]
    return rng.uniform(-1, 1, (count, d))


def into_cube(x: Float[np.ndarray, "*points d"]) -> Float[np.ndarray, "*points d"]:
    """The nearest points of the cube."""
    return np.clip(x, -1, 1)


def ridges(d: int, rng: np.random.Generator) -> Target:
    """Three cosines along random directions."""
    directions = rng.normal(size=(len(RIDGE_LENGTHS), d))
    ω = directions / np.linalg.norm(directions, axis=1, keepdims=True) * np.array(RIDGE_LENGTHS)[:, None]
    φ = rng.uniform(0, 2 * np.pi, len(ω))
    cosines, masses = Cosines(0.0, np.ones(len(ω)), ω, φ), np.abs(ω).sum(1)

    def frequencies(count: int, rng: np.random.Generator) -> np.ndarray:
        return ω[rng.choice(len(ω), count, p=masses / masses.sum())]

    sums, differences = (mean_of_cosine(ω[:, None] + sign * ω, φ[:, None] + sign * φ) for sign in (1, -1))
    return Target(
        cosines.of,
        steepness=float(sum(RIDGE_LENGTHS)),
        exponent=1.0,
        largest=float(len(ω)),
        mean=float(mean_of_cosine(ω, φ).sum()),
        mean_square=float((sums + differences).sum() / 2),
        norm=float(masses.sum()),
        frequencies=frequencies,
        cosines=cosines,
    )


def mean_of_cosine(ω: Float[np.ndarray, "*terms d"], φ: Float[np.ndarray, "*terms"]) -> Float[np.ndarray, "*terms"]:
    """The mean of cos(<ω, x> + φ) over the cube."""
    return np.cos(φ) * np.sinc(ω / np.pi).prod(-1)


def gaussian(d: int, rng: np.random.Generator) -> Target:
    """exp(-2 |x|² / d); draws nothing."""
    s = np.sqrt(d) / 2

    def frequencies(count: int, rng: np.random.Generator) -> np.ndarray:
        # |ω|_1 N(0, I / s²) is a mixture: in one coordinate, drawn evenly, the density is |ω_i| times the normal one.
        ω = rng.normal(size=(count, d))
        ω[np.arange(count), rng.integers(d, size=count)] = rng.rayleigh(size=count) * rng.choice([-1, 1], count)
        return ω / s

    def mean(a: float) -> float:
        # Of exp(-a |x|²).
        return float((np.sqrt(np.pi / a) * scipy.special.erf(np.sqrt(a)) / 2) ** d)

    return Target(
        lambda x: np.exp(-np.sum(x**2, axis=1) / (2 * s**2)),
        # The slope is largest at |x| = s, which is within the cube.
        steepness=float(np.exp(-0.5) / s),
        exponent=1.0,
        largest=1.0,
        mean=mean(2 / d),
        mean_square=mean(4 / d),
        norm=float(d * np.sqrt(2 / np.pi) / s),
        frequencies=frequencies,
        factor=lambda x: np.exp(-(x**2) / (2 * s**2)),
    )


def pyramids(d: int, rng: np.random.Generator) -> Target:
    """A pyramid of random sign in every orthant."""
    signs = rng.choice([-1.0, 1.0], 2**d)

    def value(x: np.ndarray) -> np.ndarray:
        orthant = (x > 0) @ (1 << np.arange(d))
        height = 2 * np.minimum(np.abs(x), 1 - np.abs(x)).min(1)
        return signs[orthant] * height

    return Target(
        value,
        steepness=2.0,
        exponent=1.0,
        largest=1.0,
        mean=float(signs.mean() / (d + 1)),
        mean_square=2 / ((d + 1) * (d + 2)),
    )


def cusp(d: int, rng: np.random.Generator) -> Target:
    """√(|x| / √d); draws nothing."""
    return Target(lambda x: (np.sum(x**2, axis=1) / d) ** 0.25, steepness=d**-0.25, exponent=0.5, largest=1.0)


FAMILIES: dict[str, Callable[[int, np.random.Generator], Target]] = {
    "ridges": ridges,
    "gaussian": gaussian,
    "pyramids": pyramids,
    "cusp": cusp,
}

# Families of one function only.
DRAW_NOTHING = ("gaussian", "cusp")


def barron_bound(
    norm: Float[np.ndarray, "*#widths"], units: Int[np.ndarray, "*#widths"]
) -> Float[np.ndarray, "*widths"]:
    """Root of the mean squared error that m sigmoidal units can reach: 2 C / √m.

    Two rectifiers make one: the ramp [a]₊ - [a - 1]₊.
    """
    return 2 * norm / np.sqrt(units)


def barron_units(
    norm: Float[np.ndarray, "*targets"], error: Float[np.ndarray, "*targets"]
) -> Float[np.ndarray, "*targets"]:
    """(2 C / ε)²: from this number of sigmoidal units on, Barron's bound is at most the root mean square error ε."""
    return (2 * norm / error) ** 2
