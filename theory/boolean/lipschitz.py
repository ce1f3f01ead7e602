"""Every boolean function of n bits is a 1-Lipschitz function on [-1, 1]^n, and so all of these take as many units.

Two vertices of the cube are 2 apart or more, in every norm |x|_p. So values of -1 and 1 at the vertices, whatever they
are, differ by no more than the vertices are apart, and McShane's extension

    f(x) = min( 1, min over vertices v of ( g(v) + |x - v|_∞ ) )

has them and is 1-Lipschitz in the maximum norm, and so in every |x|_p. A network that errs by less than 1 has the sign
of g at every vertex. An architecture that comes so near to every 1-Lipschitz function therefore has 2^(2^n) signs.

What that takes is counted in bounds.py.

Source: Shalev-Shwartz & Ben-David, *Understanding Machine Learning*, Theorem 20.5, for sigmoids; the same reduction.
"""

import itertools
from fractions import Fraction

import numpy as np
from jaxtyping import Int

from theory.boolean.functions import inputs

# Distances are measured in this share of 1, so that they are integers.
PARTS = 2


def extensions(n: int) -> Int[np.ndarray, "functions points"]:
    """McShane's extension of every boolean function, in units of 1 / `PARTS`, at the points of `grid`."""
    vertices = PARTS * (2 * inputs(n).astype(int) - 1)
    apart = np.abs(grid(n)[:, None] - vertices).max(-1)
    values = PARTS * (2 * _truths(n) - 1)
    return np.minimum((values[:, None] + apart).min(-1), PARTS)


def grid(n: int) -> Int[np.ndarray, "points n"]:
    """Points of [-1, 1]^n at distances of 1 / `PARTS` on every axis, the vertices among them, in that unit."""
    return np.array(list(itertools.product(range(-PARTS, PARTS + 1), repeat=n)))


def _truths(n: int) -> Int[np.ndarray, "functions inputs"]:
    return np.arange(2**2**n)[:, None] >> np.arange(2**n) & 1


def steepest(n: int) -> Fraction:
    """The largest |f(x) - f(y)| / |x - y|_∞ of all extensions over all pairs of points of `grid`, exactly."""
    points, values = grid(n), extensions(n)
    first, second = np.triu_indices(len(points), 1)
    apart = np.abs(points[first] - points[second]).max(-1)
    return max(
        Fraction(int(np.abs(values[:, first[mine]] - values[:, second[mine]]).max()), int(distance))
        for distance in np.unique(apart)
        for mine in [apart == distance]
    )


def misses(n: int) -> int:
    """How many of the values -1 and 1 of all boolean functions their extensions do not have."""
    vertices = np.flatnonzero((np.abs(grid(n)) == PARTS).all(-1))
    # The grid counts its first axis slowest, inputs count it fastest.
    order = np.lexsort(grid(n)[vertices].T)
    return int((extensions(n)[:, vertices[order]] != PARTS * (2 * _truths(n) - 1)).sum())
