"""One hidden layer approximates every continuous function on [-1, 1]: the proof made into networks.

*Steps*: m logistic units, σ(s (x - t_i)), at m equally spaced thresholds cut [-1, 1] into plateaus of width
h = 2 / (m + 1); output weights are the jumps from f at the middle of one plateau to f at the middle of the next. So

    N(x) = Σ_j p_j(x) f(mid_j),    p_j(x) = σ(s (x - t_j)) - σ(s (x - t_(j+1))) >= 0,    Σ_j p_j(x) = 1,

where p_j(x) is the probability that x + Λ / s falls on plateau j, Λ drawn from the logistic distribution. Hence, with a
concave modulus of continuity ω, Jensen's inequality and E|Λ| = 2 log 2,

    |N(x) - f(x)| <= Σ_j p_j(x) ω(|x - mid_j|) <= ω(h / 2 + 2 log 2 / s).

*Interpolant*: m rectifiers, max(0, x - t_i), at the left ends of m equal pieces of width h = 2 / m; output weights are
the changes of slope of the broken line that meets f at the ends of the pieces. With λ the weights of interpolation,

    |N(x) - f(x)| <= ω(2 (x - a) (b - x) / h) <= ω(h / 2),    and <= max|f''| h² / 8 where f'' is bounded.

Both bounds hold at every x, so they bound the root mean square as well. Assumes biases, linear output. Source: the
post, ch. II, and any course on approximation; the constants are worked out here.
"""

from collections.abc import Callable
from math import ceil, log, sqrt
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from scipy.special import expit

from theory.approximation.curves import Curve
from theory.dense import Layers

# Slope s of a step times the width h of a plateau: 2 log 2 / s is then h / 36.
SHARPNESS = 50.0


def steps(curve: Curve, width: int) -> Layers:
    """The staircase of `width` logistic units."""
    h = 2 / (width + 1)
    slope = SHARPNESS / h
    thresholds = -1 + h * np.arange(1, width + 1)
    values = curve.of(-1 + h * (np.arange(width + 1) + 0.5))
    hidden = np.full((1, width), slope), -slope * thresholds
    return hidden, (np.diff(values)[:, None], values[:1])


def steps_bound(curve: Curve, width: int) -> float:
    """ω(h / 2 + 2 log 2 / s): the staircase is nowhere farther from the curve."""
    return curve.modulus(_reach_of_a_step() * 2 / (width + 1))


def interpolant(curve: Curve, width: int) -> Layers:
    """The broken line through `width` + 1 equally spaced points of the curve, by as many rectifiers as pieces."""
    knots = np.linspace(-1, 1, width + 1)
    values = curve.of(knots)
    changes = np.diff(np.diff(values) * width / 2, prepend=0.0)
    hidden = np.ones((1, width)), -knots[:-1]
    return hidden, (changes[:, None], values[:1])


def interpolant_bound(curve: Curve, width: int) -> float:
    """The smaller of ω(h / 2) and max|f''| h² / 8: the broken line is nowhere farther from the curve."""
    h = 2 / width
    return min(curve.modulus(h / 2), curve.curvature * h**2 / 8)


def interpolant_needed(curve: Curve, error: float) -> int:
    """Least number of rectifiers for which the broken line's bound is at most this error."""
    by_modulus = (curve.steepness / error) ** (1 / curve.exponent)
    return max(1, ceil(min(by_modulus, sqrt(curve.curvature / (2 * error)))))


def order(construction: str, curve: Curve) -> float:
    """The r such that the bound falls as width^-r."""
    return 2.0 if construction == "interpolant" and np.isfinite(curve.curvature) else curve.exponent


def steps_needed(curve: Curve, error: float) -> int:
    """Least number of logistic units for which the staircase's bound is at most this error."""
    plateaus = 2 * _reach_of_a_step() * (curve.steepness / error) ** (1 / curve.exponent)
    return max(1, ceil(plateaus) - 1)


def _reach_of_a_step() -> float:
    return 0.5 + 2 * log(2) / SHARPNESS


def rectify(a: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    """max(0, a), on the host."""
    return np.maximum(a, 0.0)


class Construction(NamedTuple):
    """One way to make a curve into a network.

    Attributes:
        build: the network for a curve and a width.
        bound: of its error, for a curve and a width.
        needed: (curve, error) -> the least width that has a bound of at most this error.
        σ, activation: its hidden units on the host, and their name.
    """

    build: Callable[[Curve, int], Layers]
    bound: Callable[[Curve, int], float]
    needed: Callable[[Curve, float], int]
    σ: Callable[[np.ndarray], np.ndarray]
    activation: str


CONSTRUCTIONS = {
    "steps": Construction(steps, steps_bound, steps_needed, expit, "logistic"),
    "interpolant": Construction(interpolant, interpolant_bound, interpolant_needed, rectify, "rectifier"),
}


def outputs(layers: Layers, x: Float[np.ndarray, " points"], σ: Callable) -> Float[np.ndarray, " points"]:
    """Outputs of a network with one hidden layer at points of the line, in float64 on the host."""
    (W, b), (V, c) = layers
    return (σ(x[:, None] * W[0] + b) @ V + c)[:, 0]
