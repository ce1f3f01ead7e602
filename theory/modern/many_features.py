"""More features than dimensions: exact losses of n features in m dimensions, of pairs and of polygons, and a floor.

Elhage et al. 2022 (Toy Models of Superposition): features x_i are independent, 0 with probability 1 - p and else
uniform on [0, 1]. The model stores h = W x, m numbers, and returns x'_i = σ(u_i) with u = Wᵀ W x + b. Its loss is

    L(W, b) = Σ_i I_i E (x_i - x'_i)²,    importances I_i.

*Exactly, with the rectifier σ.* With M = Wᵀ W and G_d(t) = max(0, t)^d / d!, the mean over one feature x_j is

    E G_d(t + M_ij x_j) = (1 - p) G_d(t) + p (G_{d+1}(t + M_ij) - G_{d+1}(t)) / M_ij.

Over all features one after the other this gives E u_+² = 2 E G_2(u_i). In E x_i u_+ the feature itself is integrated by
parts: with a = M_ii and the sum r of all else, the integral of x G_1(r + a x) over [0, 1] is
G_2(r + a) / a - (G_3(r + a) - G_3(r)) / a². Whole numbers over one denominator keep it exact where slopes are tiny.

*Without the rectifier* only the covariance of features counts, which is v = p/3 - p²/4 times the identity. With the
best b the loss is v ‖D (1 - M)‖², where D² has the importances on its diagonal. D M has rank m at most. So, by Eckart
and Young, the loss is at least v times the sum of the n - m smallest importances, and the m most important features,
each with a dimension of its own, have just that. If I_m > I_{m+1} nothing else has, however rare features are.

*With the rectifier* that model has the same loss: what it returns is never below 0. Where importances are equal, others
are better, even where features are never 0: every projection M onto m dimensions has the floor without a rectifier,
those that return numbers below 0 somewhere are improved by it.

*Pairs.* k of the dimensions hold two features each, as w and -w, and m - k hold one. A pair costs p²/6 of its
importances, a feature that is dropped v of its own, see superposition.py. If k pairs are made of the 2k least important
ones of the m + k most important features, the loss is

    L_k = p²/6 Σ_{i = m-k+1}^{m+k} I_i + v Σ_{i > m+k} I_i.

The least L_k is that of all choices of pairs: where v < p²/6 no pair pays, and else an exchange makes it no worse.

One more pair is better if and only if p < 4 r / (2 + 5 r) with r = I_{m+k+1} / I_{m-k}: a ladder of borders. It ends at
2m features: more than 2m directions in m dimensions cannot all be at right or larger angles to each other.

*Polygons*, m = 2: k features of equal importance at equal angles with M_ij = a cos(2π (i - j) / k) and one bias b; the
others are dropped.

*Dimensionality* of a feature: D_i = |W_i|² / Σ_j (W_i · W_j / |W_i|)². It is 1 for a feature that is alone in its
direction and 1/2 for one of a pair. The D_i sum to at most m. They are d/k for the k corners of a uniform polytope in
d dimensions.
"""

import functools
import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import scipy.optimize
import scipy.stats
from jaxtyping import Float

from theory.modern.superposition import variance

# Numbers of a measured model are rounded to multiples of this, so that its exact loss takes milliseconds.
FINEST = Fraction(1, 2**20)
# Points of a sample for each number of active features, at least, and the least probability of one that is sampled.
FEWEST, RAREST = 100, 1e-9

# Rows of W: for each dimension a number for each feature.
Matrix = Sequence[Sequence[Fraction]]
Vector = Sequence[Fraction]


class Term(NamedTuple):
    """A multiple of G_degree at a shift: coefficient * max(0, shift + ...)^degree / degree!."""

    degree: int
    coefficient: Fraction
    shift: Fraction


def rounded(number: float) -> Fraction:
    """The multiple of `FINEST` that is nearest."""
    return round(number / FINEST) * FINEST


def loss(W: Matrix, b: Vector, p: Fraction, importance: Vector) -> Fraction:
    """L(W, b) with the rectifier, exactly; the time grows as n 2^n."""
    n = len(b)
    products = [[sum((row[i] * row[j] for row in W), Fraction(0)) for j in range(n)] for i in range(n)]
    return sum((importance[i] * loss_of_one(products[i], i, b[i], p) for i in range(n)), Fraction(0))


def loss_of_one(slopes: Vector, i: int, b: Fraction, p: Fraction) -> Fraction:
    """E (x_i - max(0, Σ_j slopes_j x_j + b))², exactly."""
    a, others = slopes[i], [*slopes[:i], *slopes[i + 1 :]]
    squared = _mean([Term(2, Fraction(2), b)], slopes, p)
    if a:
        terms = [Term(2, 1 / a, b + a), Term(3, -1 / a**2, b + a), Term(3, 1 / a**2, b)]
    else:
        terms = [Term(1, Fraction(1, 2), b)]
    return p / 3 - 2 * p * _mean(terms, others, p) + squared


def _mean(terms: Iterable[Term], slopes: Vector, p: Fraction) -> Fraction:
    """The mean of the sum of terms, each with Σ_j slopes_j x_j added to its shift."""
    terms, slopes = list(terms), [slope for slope in slopes if slope]
    scale = math.lcm(*(one.denominator for one in [*slopes, *(term.shift for term in terms)]))
    denominator = math.lcm(*(term.coefficient.denominator for term in terms))
    # In units of 1 / scale. For each degree a whole number for each shift.
    shifts = np.array([_whole(term.shift, scale) for term in terms], object)
    by_degree = {degree: np.zeros(len(terms), object) for degree in {term.degree for term in terms}}
    for place, term in enumerate(terms):
        by_degree[term.degree][place] = _whole(term.coefficient, denominator)
    active, silent = p.numerator, p.denominator - p.numerator
    for slope in slopes:
        c = _whole(slope, scale)
        nothing = np.zeros(len(shifts), object)
        moved: dict[int, np.ndarray] = {}
        for degree, numbers in by_degree.items():
            stays = np.concatenate([silent * c * numbers, nothing])
            moves = active * scale * np.concatenate([-numbers, numbers])
            moved[degree] = moved.get(degree, 0) + stays
            moved[degree + 1] = moved.get(degree + 1, 0) + moves
        by_degree, shifts = moved, np.concatenate([shifts, shifts + c])
        denominator *= p.denominator * c
    positive = np.maximum(shifts, 0)
    sums = [
        Fraction(int((numbers * positive**degree).sum()), scale**degree * math.factorial(degree))
        for degree, numbers in by_degree.items()
    ]
    return sum(sums, Fraction(0)) / denominator


def _whole(number: Fraction, unit: int) -> int:
    """The number in units of 1 / unit, of which it is a multiple."""
    return number.numerator * (unit // number.denominator)


def sampled_loss(
    W: Float[np.ndarray, "m n"],
    b: Float[np.ndarray, " n"],
    p: float,
    importance: Float[np.ndarray, " n"],
    points: int,
    rng: np.random.Generator,
) -> tuple[float, float]:
    """L(W, b) with the rectifier and its standard error, from about so many points.

    Each number of active features has its share of them, and `FEWEST` at least, unless it is hardly ever met.
    """
    n = len(b)
    total, squared_error = 0.0, 0.0
    for k, share in enumerate(scipy.stats.binom.pmf(range(n + 1), n, p).tolist()):
        if share >= RAREST:
            shape = max(FEWEST, round(share * points)), n
            x = rng.random(shape) * (rng.random(shape).argsort(1) < k)
            losses = (x - np.maximum(x @ W.T @ W + b, 0)) ** 2 @ importance
            total += share * losses.mean()
            squared_error += share**2 * losses.var(ddof=1) / len(losses)
    return float(total), math.sqrt(squared_error)


def linear_loss(
    W: Float[np.ndarray, "m n"], b: Float[np.ndarray, " n"], p: float, importance: Float[np.ndarray, " n"]
) -> float:
    """L(W, b) without the rectifier."""
    missing = np.eye(len(b)) - W.T @ W
    mean = missing.sum(1) * p / 2 - b
    return float(importance @ (variance(p) * (missing**2).sum(1) + mean**2))


def least_linear_loss(m: int, p: Fraction, importance: Vector) -> Fraction:
    """The least loss of all linear models: the n - m smallest importances, times the variance."""
    return variance(p) * sum(sorted(importance, reverse=True)[m:], Fraction(0))


def pairs(k: int, m: int, n: int, p: Fraction) -> tuple[Matrix, Vector]:
    """W and b of k pairs, with features in the order of their importance; of the others, m - k have a dimension."""
    W = [[Fraction(0)] * n for _ in range(m)]
    for i in range(m):
        W[i][i] = Fraction(1)
    for one in range(k):
        W[m - 1 - one][m + one] = Fraction(-1)
    b = [Fraction(0)] * (m + k) + [p / 2] * (n - m - k)
    return W, b


def loss_of_pairs(k: int, m: int, p: Fraction, importance: Vector) -> Fraction:
    """L_k, of k pairs; importances fall."""
    return p**2 / 6 * sum(importance[m - k : m + k], Fraction(0)) + variance(p) * sum(importance[m + k :], Fraction(0))


def best_pairs(m: int, p: Fraction, importance: Vector) -> int:
    """The number of pairs of least loss; the fewer ones of several."""
    return min(range(most_pairs(m, len(importance)) + 1), key=lambda k: (loss_of_pairs(k, m, p, importance), k))


def most_pairs(m: int, n: int) -> int:
    """No more than one for each dimension, and for each feature without a dimension of its own."""
    return min(m, n - m)


class Polygon(NamedTuple):
    """A regular polygon of k features of importance 1: its least loss, and the size a and the bias b that have it."""

    loss: float
    size: float
    bias: float


@functools.cache
def polygon(k: int, p: Fraction) -> Polygon:
    """The best regular polygon of k features."""

    def of(point: np.ndarray) -> float:
        a, b = point.tolist()
        slopes = [rounded(a * math.cos(2 * math.pi * j / k)) for j in range(k)]
        return k * float(loss_of_one(slopes, 0, rounded(b), p))

    # Of dense features the best polygon is short with a bias above 0, of rare ones long with one below.
    starts = [(2 / k, float(p) / 2), (1.2, -0.1)]
    options = {"xatol": 1e-4, "fatol": 1e-8}
    ends = [scipy.optimize.minimize(of, start, method="Nelder-Mead", options=options) for start in starts]
    return min(Polygon(float(end.fun), *map(float, end.x)) for end in ends)


def best_polygon(n: int, p: Fraction) -> tuple[int, float]:
    """The k <= n for which k of n features of importance 1 as a polygon, and n - k dropped, have the least loss."""
    losses = {k: polygon(k, p).loss + (n - k) * float(variance(p)) for k in range(3, n + 1)}
    best = min(losses, key=lambda k: losses[k])
    return best, losses[best]


def dimensionalities(W: Float[np.ndarray, "m n"]) -> Float[np.ndarray, " n"]:
    """D_i of every feature; 0 for one without a direction."""
    lengths = (W**2).sum(0)
    shared = ((W.T @ W) ** 2).sum(1)
    return np.divide(lengths**2, shared, out=np.zeros(len(lengths)), where=shared > 0)
