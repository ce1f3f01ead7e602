"""On the whole line every logistic, tanh or rectifier network, however wide and deep, is at least 1 away from sin.

*Proof.* Far to the right a rectifier network is affine: each unit of the first layer changes its sign once, so beyond
some place the outputs of the layer are affine, and so on. If its slope is not 0, it leaves every bound. Else it is a
constant c there, and sin is 1 as well as -1 beyond every place: the error is at least max(1 - c, c + 1) >= 1. Logistic
and tanh units of the first layer tend to limits, and continuous functions of them do: the same holds for the limit c.
The network that is 0 everywhere errs by 1, so that nothing is better than this constant.

*Certificate.* For one network, places of the line at which its error is seen, in fractions. At a crest x and a later
trough y of sin, the two errors 1 - N(x) and N(y) + 1 sum to at least 2 - |N(x) - N(y)|, so that one of them is at least
1 - |N(x) - N(y)| / 2. No limit has to be known. Places are multiples of 2^-64 next to a crest, so that sin is not 1
there, but at least 1 - d²/2 at a distance d of at most 2^-64. π is bounded by Machin's formula.

*Hypotheses.* On [-2π, 2π] the same networks approximate sin. And on the whole line one hidden layer approximates what
vanishes at infinity (van Nuland 2023, arXiv 2308.03812), such as sin on [-2π, 2π] and 0 elsewhere: see `vanishing`. A
unit with the activation sin is sin itself: the proof needs activations that are affine far away, or tend to limits. The
staircase of logistic units has the bound of theory/approximation/construction.py on the whole line: its plateaus at
both ends reach to infinity, where the target keeps the value 0 of the ends of [-2π, 2π].
"""

import functools
from fractions import Fraction
from math import ceil, floor, pi
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from theory.approximation import construction
from theory.approximation.curves import CURVES
from theory.dense import Layers
from theory.modern.exact_outputs import exact_layers, fractions, values

RECTIFIER, LOGISTIC, TANH = ACTIVATIONS = ("rectifier", "logistic", "tanh")
# sin is approximated from -EDGE to EDGE.
EDGE = 2 * pi
# Places are multiples of this.
SPACING = Fraction(1, 2**64)
# How far into its flat part every unit of the first layer is at the places, and no smaller bound is calculated.
FLAT = 200
# Slopes of broken lines are multiples of this, so that they sum to 0 without rounding.
SLOPES = 2.0**40
# The largest slope of an activation.
STEEPEST = {RECTIFIER: Fraction(1), LOGISTIC: Fraction(1, 4), TANH: Fraction(1)}


class Certificate(NamedTuple):
    """Places of the line, and a number: at one of them |N - sin| is at least so large."""

    places: tuple[Fraction, ...]
    error: Fraction


def certificate(layers: Layers, activation: str) -> Certificate:
    """Shows that a network is far from sin somewhere on the line.

    Args:
        layers: of a network with one input and one linear output.
        activation: of all hidden units.

    Raises:
        ValueError: if a weight is not finite.
    """
    if activation != RECTIFIER:
        crest = crest_after(_saturated(layers))
        places = crest, nearest(crest + pi_between()[0])
        return Certificate(places, least_sine(*places) - moved(layers, activation, *places) / 2)
    slope, height, after = tail(layers)
    if slope:
        # Far enough for an output of 2; all that is used of it is what the network says there.
        place = Fraction(max(after, ceil((2 + abs(height)) / abs(slope))))
        return Certificate((place,), abs(values(layers, [place])[0]) - 1)
    crest = crest_after(after)
    places = crest, nearest(crest + pi_between()[0])
    at_crest, at_trough = values(layers, list(places))
    return Certificate(places, least_sine(*places) + max(-at_crest, at_trough))


def tail(layers: Layers) -> tuple[Fraction, Fraction, int]:
    """A rectifier network is affine from some whole number on: its slope and height there, and that number."""
    α, β, after = fractions(np.ones(1)), fractions(np.zeros(1)), 0
    exact = exact_layers(layers)
    for W, b in exact[:-1]:
        α, β = α @ W, β @ W + b
        zeros = [-height / slope for slope, height in zip(α, β, strict=True) if slope]
        after = max([after, *(floor(zero) + 1 for zero in zeros)])
        fires = np.array([int(slope > 0 or (not slope and height > 0)) for slope, height in zip(α, β, strict=True)])
        α, β = α * fires, β * fires
    (W, b) = exact[-1]
    return (α @ W)[0], (β @ W + b)[0], after


def moved(layers: Layers, activation: str, x: Fraction, y: Fraction) -> Fraction:
    """An upper bound on |N(x) - N(y)|: units that are flat at both places hardly move, and no slope is too large.

    1 - σ(a) < 2^-a for logistic units and 1 - tanh(a) < 2^(1 - 2a), because e > 2.
    """
    first, *others = exact_layers(layers)
    at_x, at_y = (place * first[0][0] + first[1] for place in (x, y))
    change = np.array([_moved(activation, a, b) for a, b in zip(at_x, at_y, strict=True)], dtype=object)
    for number, (W, _) in enumerate(others):
        steepness = 1 if number == len(others) - 1 else STEEPEST[activation]
        change = steepness * (change @ abs(W))
    return change[0]


def _moved(activation: str, a: Fraction, b: Fraction) -> Fraction:
    straight = STEEPEST[activation] * abs(a - b)
    if a * b <= 0 or activation == RECTIFIER:
        return straight
    flat = min(floor(min(abs(a), abs(b))), FLAT)
    return min(straight, Fraction(2, 4**flat) if activation == TANH else Fraction(1, 2**flat))


def _saturated(layers: Layers) -> int:
    """A place beyond which every unit of the first layer that is not constant is far in its flat part."""
    W, b = exact_layers(layers)[0]
    units = zip(W[0], b, strict=True)
    return max((ceil((FLAT + abs(bias)) / abs(weight)) for weight, bias in units if weight), default=0)


@functools.cache
def pi_between() -> tuple[Fraction, Fraction]:
    """Two fractions with π between them, 2^-400 apart or less: 16 arctan(1/5) - 4 arctan(1/239)."""
    five, many = _arctan(5), _arctan(239)
    return 16 * five[0] - 4 * many[1], 16 * five[1] - 4 * many[0]


def _arctan(n: int) -> tuple[Fraction, Fraction]:
    """arctan(1/n) between two sums of its alternating series."""
    total, k = Fraction(0), 0
    while True:
        term = Fraction((-1) ** k, (2 * k + 1) * n ** (2 * k + 1))
        if abs(term) < Fraction(1, 2**410):
            return min(total, total + term), max(total, total + term)
        total, k = total + term, k + 1


def nearest(x: Fraction) -> Fraction:
    """The nearest multiple of `SPACING`."""
    return round(x / SPACING) * SPACING


def crest_after(after: int) -> Fraction:
    """A place next to a crest of sin, π/2 + 2πk, at least 1 beyond a whole number."""
    π = pi_between()[0]
    return nearest(π / 2 + 2 * π * (floor(after / (2 * π)) + 1))


def least_sine(crest: Fraction, trough: Fraction) -> Fraction:
    """A number that sin(crest) and -sin(trough) are not below, for places next to a crest and a trough.

    Raises:
        ValueError: if one of them is not next to one.
    """
    distances = [_from_crest(crest, Fraction(1, 2)), _from_crest(trough, Fraction(3, 2))]
    if max(distances) > 2 * SPACING:
        raise ValueError(f"{float(crest)} and {float(trough)} are no crest and trough of sin")
    return 1 - max(distances) ** 2 / 2


def _from_crest(x: Fraction, phase: Fraction) -> Fraction:
    """The largest distance that x can have from (phase + 2k) π, for the nearest k."""
    low, high = pi_between()
    turns = phase + 2 * round((x / low - phase) / 2)
    return max(abs(x - turns * low), abs(x - turns * high))


def vanishing(activation: str, width: int) -> Layers:
    """A network of one hidden layer for sin on [-2π, 2π] and 0 elsewhere, on the whole line.

    Args:
        activation: rectifiers make a broken line through sin at equally spaced places that is 0 outside; logistic and
            tanh units make a staircase.
        width: number of units, at least 2.
    """
    if activation != RECTIFIER:
        (W, b), (V, c) = construction.steps(CURVES["sine"], width)
        if activation == LOGISTIC:
            return (W / EDGE, b), (V, c)
        # σ(a) = (1 + tanh(a / 2)) / 2.
        return (W / (2 * EDGE), b / 2), (V / 2, c + V.sum(0) / 2)
    knots = np.linspace(-EDGE, EDGE, width)
    slopes = np.round(np.diff(np.sin(knots)) / np.diff(knots) * SLOPES) / SLOPES
    changes = np.diff(slopes, prepend=0.0, append=0.0)
    return (np.ones((1, width)), -knots), (changes[:, None], np.zeros(1))


def vanishing_bound(activation: str, width: int) -> float:
    """`vanishing` errs nowhere by more: h²/8 and rounded slopes, or what theory/approximation/construction.py says."""
    if activation == RECTIFIER:
        return (2 * EDGE / (width - 1)) ** 2 / 8 + 2 * EDGE / SLOPES
    return construction.steps_bound(CURVES["sine"], width)


def window(x: Float[np.ndarray, " points"]) -> Float[np.ndarray, " points"]:
    """sin on [-2π, 2π] and 0 elsewhere: continuous, and 0 at infinity."""
    return np.where(np.abs(x) <= EDGE, np.sin(x), 0.0)
