"""How near networks that are narrow, or not deep, can come to a curve in the plane on average.

*Few layers.* Let f have a crossing at right angles, with arms of length r or more, where it moves at a speed of v at
most. Then every rectifier network g of width 2 with L hidden layers, however large its weights are, has

    mean of |g - f|^p >= r / (2 (p+1) v) (κ r / (8 L))^p,    κ = 1/√8 - 1/8,    in Euclid's norm.

The proof is ours. As in theory/modern/plane_curves.py let weight matrices be invertible; others are limits of these.
Then g is a straight line after n = 2L clips. Clip j leaves a half-plane H_j as it is and moves all else onto its edge.
Let the number of a time be that of the last clip that moves its place, or 0. In the end, places with the number j are
on the edge of H_j, those with the number 0 on the straight line, and all with numbers up to j are in H_j.

Call r/2 to r away from the crossing the outer half of an arm, and a time good if g is at most r/8 off. Let J be the
least number such that each of the four arms has in its outer half a good time with a number up to J. If there is none,
an arm has no good time there, and that alone is more than the bound. Let j >= J. Then H_j contains a place near the
outer half of each arm. One of the arms is at 45° or less to the normal of the edge. So the crossing is inside H_j, and
h >= r/2 / √2 - r/8 = κ r away from the edge. J is not 0: else this would hold for both sides of one straight line. So
by the choice of J there is an arm on which all good times of the outer half have numbers from J to n.

On this arm, u away from the crossing, the edge of H_j is at a distance of |h - s u|, with |s| <= 1. This is at least κ
|u - d|, for d = h/s, or d = r if h/s is not between 0 and r. So a length of m that is near this edge adds at least 2
κ^p (m/2)^(p+1) / (p+1) to the integral over u. Of n lengths with the sum G, equal ones add the least, all together κ^p
G^(p+1) / ((p+1) (2n)^p). What is not good adds (r/2 - G) (r/8)^p or more. A longer G always costs less than that, so
the least of both is at G = r/2. To go as far as u takes a time of u/v or more.

*Width 1.* All outputs are on one straight line. In L² none is nearer to f than the line through the mean of f along the
larger principal axis: the mean squared distance is the smaller eigenvalue of the covariance of f over its times.
"""

import itertools
from fractions import Fraction
from math import sqrt

import numpy as np

from theory.dense import Layers
from theory.modern.broken_lines import Line, through
from theory.modern.plane_curves import Corners, crossings

# Half of an arm at 45°, less what a good time may be off, over the length of the arm.
KAPPA = 1 / 8**0.5 - 1 / 8


def of_layers(corners: Corners, layers: int, p: int) -> float:
    """The p-th root of the least mean of |x|^p + |y|^p of all networks of width 2; 0 without a crossing.

    Args:
        corners: of the curve, at equal times.
        layers: hidden layers.
        p: 1, 2, ...
    """
    # |x|^p + |y|^p over the p-th power of the Euclidean length is least on an axis, or from p = 2 on at 45°.
    norm = min(1.0, 2.0 ** (1 - p / 2))
    speeds = np.linalg.norm(np.diff(corners, axis=0), axis=1) * (len(corners) - 1)
    found = [
        norm * one.arm / (2 * (p + 1) * max(speeds[[one.first, one.second]])) * (KAPPA * one.arm / (8 * layers)) ** p
        for one in crossings(corners)
    ]
    return float(max(found, default=0.0) ** (1 / p))


def moments(line: Line) -> tuple[np.ndarray, np.ndarray]:
    """The mean of a line over [0, 1], and the matrix of means of products of its coordinates, as fractions."""
    waits = [end - start for start, end in itertools.pairwise(line.times)]
    pairs = list(zip(waits, itertools.pairwise(line.places), strict=True))
    mean = sum(wait * (a + b) / 2 for wait, (a, b) in pairs)
    # The mean of products of affine functions: Simpson's rule is exact.
    products = sum(wait * (np.outer(a, a) + np.outer(a + b, a + b) + np.outer(b, b)) / 6 for wait, (a, b) in pairs)
    return np.asarray(mean), np.asarray(products)


def of_width_1(corners: Corners) -> float:
    """The root of the least mean squared distance of a curve to a straight line: of all networks of width 1."""
    mean, products = moments(through(corners))
    (a, c), (_, b) = products - np.outer(mean, mean)
    # The smaller root of λ² - (a + b) λ + a b - c² in a form that does not cancel.
    larger = (a + b) / 2 + Fraction(sqrt(((a - b) / 2) ** 2 + c * c))
    return sqrt((a * b - c * c) / larger) if larger else 0.0


def straight(corners: Corners) -> Layers:
    """A network of width 1: the straight line, at a constant speed, that is nearest in L², up to rounding."""
    line = through(corners)
    timed = Line(line.times, np.hstack([np.array(line.times, dtype=object)[:, None], line.places]))
    mean, products = moments(timed)
    # Least squares: covariances with the time over its variance.
    slope = (products - np.outer(mean, mean))[0, 1:] * 12
    first = np.ones((1, 1)), np.zeros(1)
    return first, (slope.astype(float)[None], (mean[1:] - slope / 2).astype(float))
