"""Rectifier networks of one input as broken lines, and how far one broken line is from another on average.

*Bends.* Layer by layer. Between neighbouring bends every unit so far is affine. So a unit that is below 0 at one of
them and above 0 at the other is 0 once between them. This place becomes a bend too; then rectifiers are applied at
bends alone. A bend is a row of whole numbers, (d, t, z_1, ...), for the time t/d and the units z_k/d. Then nothing is
rounded, and the place where unit k is 0 between two rows A and B is the row |B_k| A + |A_k| B, up to a common factor.

*Errors.* The mean error in L^p of a curve with the differences x and y is the p-th root of the mean of |x|^p + |y|^p.
Where a difference is affine, from a to b, and does not change its sign, the mean of its p-th power is the mean of the p
+ 1 products |a|^i |b|^(p-i). So both lines are cut at the bends of both, and where a difference is 0. The squared
distance is convex between bends: it is largest at a bend.
"""

from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Shaped

from theory.dense import Layers


class Line(NamedTuple):
    """A broken line on [0, 1]: times of its bends, with both ends, in order, and where it is then, as fractions."""

    times: list[Fraction]
    places: Shaped[np.ndarray, "bends coordinates"]


def through(corners: Shaped[np.ndarray, "corners coordinates"]) -> Line:
    """The broken line with these corners, whole numbers, after equal times."""
    count = len(corners) - 1
    places = np.array([[Fraction(one) for one in corner] for corner in corners.tolist()], dtype=object)
    return Line([Fraction(i, count) for i in range(count + 1)], places)


def line(layers: Layers) -> Line:
    """What a rectifier network of one input is on [0, 1]; its last layer is linear.

    Raises:
        ValueError: if a weight is not finite.
    """
    bends = np.array([[1, 0, 0], [1, 1, 1]], dtype=object)
    for number, (W, b) in enumerate(layers):
        bends = _affine(bends, np.asarray(W, float), np.asarray(b, float))
        if number < len(layers) - 1:
            bends = _with_zeros(bends)
            bends[:, 2:] = np.maximum(bends[:, 2:], 0)
    times, *coordinates = (
        [Fraction(*pair) for pair in zip(column, bends[:, 0], strict=True)] for column in bends.T[1:]
    )
    return Line(times, np.array(coordinates, dtype=object).T)


def _affine(bends: np.ndarray, W: Float[np.ndarray, "units outputs"], b: Float[np.ndarray, " outputs"]) -> np.ndarray:
    """Rows with the outputs of a layer in place of its inputs."""
    if not (np.isfinite(W).all() and np.isfinite(b).all()):
        raise ValueError("a network with a weight that is not finite is no broken line")
    ratios = [number.as_integer_ratio() for number in np.vstack([W, b]).ravel().tolist()]
    # Denominators are powers of two, so the largest is a multiple of all.
    common = max(denominator for _, denominator in ratios)
    whole = np.array([numerator * (common // denominator) for numerator, denominator in ratios], dtype=object)
    weights = whole.reshape(-1, len(b))
    found = np.hstack([bends[:, :2] * common, bends[:, 2:] @ weights[:-1] + bends[:, :1] * weights[-1]])
    return found // np.gcd.reduce(found, axis=1)[:, None]


def _with_zeros(bends: np.ndarray) -> np.ndarray:
    """Rows with another one wherever a unit changes its sign between two."""
    signs = np.sign(bends[:, 2:])
    changes = signs[1:] * signs[:-1] < 0
    found, done = [], 0
    for i in np.flatnonzero(changes.any(axis=1)).tolist():
        A, B = bends[i : i + 2]
        zeros = [abs(B[k]) * A + abs(A[k]) * B for k in np.flatnonzero(changes[i]) + 2]
        # Units that are 0 at the same time make one bend.
        between = {Fraction(row[1], row[0]): row for row in zeros}
        found += [bends[done : i + 1], np.array([between[time] for time in sorted(between)], dtype=object)]
        done = i + 1
    return np.vstack([*found, bends[done:]])


def difference(one: Line, other: Line) -> Line:
    """One line minus another, with all bends of both."""
    times = sorted({*one.times, *other.times})
    return Line(times, _at(one, times) - _at(other, times))


def _at(one: Line, times: list[Fraction]) -> np.ndarray:
    """Where a line is at times in order, the bends among them."""
    found, i = [], 0
    for time in times:
        while one.times[i + 1] < time:
            i += 1
        share = (time - one.times[i]) / (one.times[i + 1] - one.times[i])
        found.append(one.places[i] + share * (one.places[i + 1] - one.places[i]))
    return np.array(found, dtype=object)


def mean_power(off: Line, p: int) -> Fraction:
    """The mean over [0, 1] of |x|^p + |y|^p, of all coordinates of a line, for p = 1, 2, ...; see above."""
    total = Fraction(0)
    for (start, end), (first, last) in zip(pairwise(off.times), pairwise(off.places), strict=True):
        total += (end - start) * sum(_mean(a, b, p) for a, b in zip(first, last, strict=True))
    return total


def _mean(a: Fraction, b: Fraction, p: int) -> Fraction:
    if a * b < 0:
        # Up to the zero for a share |a| / (|a| + |b|) of the time, and from there on.
        return (abs(a) ** (p + 1) + abs(b) ** (p + 1)) / ((p + 1) * (abs(a) + abs(b)))
    return sum((abs(a) ** i * abs(b) ** (p - i) for i in range(p + 1)), Fraction(0)) / (p + 1)


def largest_square(off: Line) -> Fraction:
    """The largest squared Euclidean length of a line's places."""
    return max((row**2).sum() for row in off.places)
