"""Targets on the cube [-1, 1]^d, by name, with what is known of them exactly.

- ridges: Σ_k cos(<ω_k, x> + φ_k), three random directions with |ω_k| = 3, 4, 5 and random phases; analytic.
- gaussian: exp(-2 |x|² / d), wider in more dimensions, so that it is not zero nearly everywhere; analytic.
- pyramids: each of the 2^d orthants holds a pyramid of height ±1, whose sign ε is drawn:
  2 ε(x) min_i min(|x_i|, 1 - |x_i|); continuous, with slopes of ±2 along a single axis, so with Lipschitz constant 2,
  and no smoother.

*Barron's norm* is C = ∫ sup_{x ∈ cube} |<ω, x>| |F(dω)| = ∫ |ω|_1 |F(dω)|, where f(x) = ∫ exp(i<ω, x>) F(dω). By Barron
(1993, Theorems 1 and 2) some sum of a constant and m sigmoidal units has a mean squared error of at most (2 C)² / m,
whatever the distribution of x on the cube. A cosine has the mass ½ at ω and at -ω, so the ridges have C = Σ |ω_k|_1;
the Gaussian exp(-|x|² / 2s²) has F = N(0, I / s²), so C = d √(2/π) / s with s² = d / 4. For the pyramids it is not
known here.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

RIDGE_LENGTHS = (3.0, 4.0, 5.0)


class Target(NamedTuple):
    """A function on the cube.

    Attributes:
        value: of points, for each of them.
        norm: Barron's C for the cube, NaN where it is not known.
        frequencies: draws so many ω from |ω|_1 |F(dω)| / C; None where F is not known.
        lipschitz: a constant with |f(x) - f(y)| <= constant · |x - y|, in the Euclidean norm; the least where the
            target is not ridges.
    """

    value: Callable[[Float[np.ndarray, "points d"]], Float[np.ndarray, " points"]]
    norm: float
    frequencies: Callable[[int, np.random.Generator], Float[np.ndarray, "count d"]] | None
    lipschitz: float


def points_of_cube(d: int, count: int, rng: np.random.Generator) -> Float[np.ndarray, "count d"]:
    """Uniform points of [-1, 1]^d, in random order; in one dimension there is one in each of as many equal pieces."""
    if d == 1:
        return (2 * (rng.permutation(count) + rng.random(count)) / count - 1)[:, None]
    return rng.uniform(-1, 1, (count, d))


def into_cube(x: Float[np.ndarray, "points d"]) -> Float[np.ndarray, "points d"]:
    """The nearest points of the cube."""
    return np.clip(x, -1, 1)


def ridges(d: int, rng: np.random.Generator) -> Target:
    """Three cosines along random directions."""
    directions = rng.normal(size=(len(RIDGE_LENGTHS), d))
    ω = directions / np.linalg.norm(directions, axis=1, keepdims=True) * np.array(RIDGE_LENGTHS)[:, None]
    φ = rng.uniform(0, 2 * np.pi, len(ω))
    masses = np.abs(ω).sum(1)

    def frequencies(count: int, rng: np.random.Generator) -> np.ndarray:
        return ω[rng.choice(len(ω), count, p=masses / masses.sum())]

    return Target(lambda x: np.cos(x @ ω.T + φ).sum(1), float(masses.sum()), frequencies, float(sum(RIDGE_LENGTHS)))


def gaussian(d: int, rng: np.random.Generator) -> Target:
    """exp(-2 |x|² / d); draws nothing."""
    s = np.sqrt(d) / 2

    def frequencies(count: int, rng: np.random.Generator) -> np.ndarray:
        # |ω|_1 N(0, I / s²) is a mixture: in one coordinate, drawn evenly, the density is |ω_i| times the normal one.
        ω = rng.normal(size=(count, d))
        ω[np.arange(count), rng.integers(d, size=count)] = rng.rayleigh(size=count) * rng.choice([-1, 1], count)
        return ω / s

    # The slope is largest at |x| = s, which is within the cube.
    return Target(
        lambda x: np.exp(-np.sum(x**2, axis=1) / (2 * s**2)),
        float(d * np.sqrt(2 / np.pi) / s),
        frequencies,
        float(np.exp(-0.5) / s),
    )


def pyramids(d: int, rng: np.random.Generator) -> Target:
    """A pyramid of random sign in every orthant."""
    signs = rng.choice([-1.0, 1.0], 2**d)

    def value(x: np.ndarray) -> np.ndarray:
        orthant = (x > 0) @ (1 << np.arange(d))
        height = 2 * np.minimum(np.abs(x), 1 - np.abs(x)).min(1)
        return signs[orthant] * height

    return Target(value, float("nan"), None, 2.0)


FAMILIES: dict[str, Callable[[int, np.random.Generator], Target]] = {
    "ridges": ridges,
    "gaussian": gaussian,
    "pyramids": pyramids,
}


def barron_bound(
    norm: Float[np.ndarray, "*#widths"], units: Int[np.ndarray, "*#widths"]
) -> Float[np.ndarray, "*widths"]:
    """Root of the mean squared error that so many sigmoidal units can reach: 2 C / √m.

    Two rectifiers make one: the ramp [a]₊ - [a - 1]₊.
    """
    return 2 * norm / np.sqrt(units)
