"""The number of hidden units that the proof needs in d dimensions for an error ε. They are counted, not built.

The proof is that of space.py. For the mean of order N every pair ±K of integer vectors, |K_j| <= N, is a ridge cosine
of length π |K|_1 / 2, on which the construction on a line spends the units it needs to err by

    η = (ε - ω(√d r(N))) / Σ |a|,

the same for all. There are as many vectors K with |K|_1 = l as z^l has in (1 + 2z + ... + 2z^N)^d. Σ |a| is the exact
one where it is known; for a function with nothing known but |f| <= B, Cauchy and Schwarz's inequality and Parseval's
equation on the sample points give, with the weights ρ of the kernel,

    Σ |a| = Σ_(K != 0) ρ_K |f_K| <= B √(Σ_(K != 0) ρ_K²) = B √((Σ_k ρ_|k|²)^d - 1).

With N ~ 1 / ε, N^d cosines and N^(d/2) for this bound of Σ |a|, a Lipschitz function needs about ε^-(3d/2 + 2) units
with staircases and ε^-(5d/4 + 3/2) with broken lines, where a basis of ε^-d fixed functions would do.

N is free: of `TRIED` orders, from the least for which η > 0 to `FARTHEST` times it, the cheapest is taken. Units are
added up as integers; those of a single cosine are rounded up in float64.
"""

from collections.abc import Callable
from math import pi, sqrt
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from theory.approximation.construction import Construction
from theory.approximation.cosines import ROUNDING, coefficients, kernel, reach, sample_points
from theory.approximation.space import profile, widths
from theory.approximation.targets import Target

TRIED, FARTHEST = 13, 3


class Spectrum(NamedTuple):
    """The ridge cosines of a mean of some order.

    Attributes:
        terms: for k = 0, ..., N how many of the integers k and -k occur as coordinates of a K.
        mass: Σ |a| over all ridge cosines, or a bound of it.
    """

    terms: list[int]
    mass: float


class Count(NamedTuple):
    """The order of the mean, its ridge cosines, and the hidden units of all of them."""

    order: int
    ridges: int
    neurons: int


def vectors_by_length(terms: list[int], d: int) -> list[int]:
    """How many K have |K|_1 = l, for l = 0, ..., d N: the coefficients of (Σ_k terms_k z^k)^d."""
    # With z a power of 256 that exceeds all of them, a single power of an integer has them for digits.
    size = (d * sum(terms).bit_length()) // 8 + 1
    digits = d * (len(terms) - 1) + 1
    power = sum(count << 8 * size * k for k, count in enumerate(terms)) ** d
    data = power.to_bytes(size * digits, "little")
    return [int.from_bytes(data[size * i : size * (i + 1)], "little") for i in range(digits)]


def of_any_function(order: int, d: int, largest: float) -> Spectrum:
    """Of every function with |f| <= largest: all K, and Cauchy and Schwarz's bound."""
    squares = kernel(order) ** 2
    return Spectrum([1] + [2] * order, largest * sqrt(float(2 * squares.sum() - 1) ** d - 1))


def of_product(order: int, d: int, factor: Callable[[np.ndarray], Float[np.ndarray, " _"]]) -> Spectrum:
    """Of f(x) = g(x_1) ... g(x_d): the coefficients are products too, so their sum is known exactly."""
    weighted = np.abs(kernel(order) * coefficients(factor(sample_points(order + 1))))
    present = weighted > ROUNDING * weighted.max()
    terms = [int(present[0]), *(2 * present[1:]).tolist()]
    return Spectrum(terms, float(weighted.sum() ** d - weighted[0] ** d))


def neurons(spectrum: Spectrum, d: int, kind: Construction, each: float) -> tuple[int, int]:
    """Ridge cosines, and units for all of them where every single one may err by `each`."""
    counts = vectors_by_length(spectrum.terms, d)
    # K and -K are one ridge cosine; K = 0 is the constant.
    pairs = {length: count // 2 for length, count in enumerate(counts) if count and length}
    units = (count * kind.needed(profile(pi / 2 * length), each) for length, count in pairs.items())
    return sum(pairs.values()), sum(units)


def least_order(modulus: Callable[[float], float], d: int, error: float) -> int:
    """The least N for which the mean alone is guaranteed to err by less than `error`."""
    high = 1
    while modulus(sqrt(d) * reach(high)) >= error:
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if modulus(sqrt(d) * reach(middle)) < error else (middle, high)
    return high


def needed(
    modulus: Callable[[float], float],
    spectrum: Callable[[int], Spectrum],
    d: int,
    kind: Construction,
    error: float,
) -> Count:
    """Order, ridge cosines and hidden units with which the proof guarantees an error, in the sup norm.

    Args:
        modulus: ω, concave, in the Euclidean norm.
        spectrum: of the mean of an order.
        d: dimensions.
        kind: how a ridge cosine is made.
        error: ε > 0.
    """
    first, found = least_order(modulus, d, error), []
    for order in np.unique(np.linspace(first, FARTHEST * first, TRIED).astype(int)).tolist():
        made_of = spectrum(order)
        rest = error - modulus(sqrt(d) * reach(order))
        each = rest / made_of.mass if made_of.mass else float("inf")
        found.append(Count(order, *neurons(made_of, d, kind, each)))
    return min(found, key=lambda count: count.neurons)


def needed_by(target: Target, d: int, kind: Construction, error: float) -> Count:
    """The same for one target, with all that is known of it; a sum of ridge cosines needs no mean, of order 0 then."""
    if target.cosines is not None:
        units = widths(target.cosines, kind, error)
        return Count(0, len(units), sum(units))

    def spectrum(order: int) -> Spectrum:
        if target.factor is not None:
            return of_product(order, d, target.factor)
        return of_any_function(order, d, target.largest)

    return needed(target.modulus, spectrum, d, kind, error)
