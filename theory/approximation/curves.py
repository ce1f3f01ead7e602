"""Targets on [-1, 1], by name, with what is known of them.

- sine: sin(2πx), two periods, smooth.
- bump: Runge's 1 / (1 + 25x²), smooth, but no power series around 0 converges on all of [-1, 1].
- ramp: tanh(20x), smooth, nearly a step.
- absolute: |x|, two lines that meet at 0.
- saw: a triangle wave of five periods, slopes ±10, eleven lines.
- root: √|x|, continuous, infinitely steep at 0.

L2 norms are root mean squares: the measure on [-1, 1] is uniform and has total mass 1.
"""

from collections.abc import Callable
from math import atan, inf, pi, sqrt, tanh
from typing import NamedTuple

import numpy as np
from jaxtyping import Float


class Curve(NamedTuple):
    """A continuous target f.

    Attributes:
        of: f itself, number by number.
        steepness, exponent: C and α <= 1 such that |f(x) - f(y)| <= C |x - y|^α everywhere; f is Lipschitz if α is 1.
        curvature: the largest |f''|, or infinity where f has no second derivative.
        largest: the largest |f|.
        root_mean_square: of f.
    """

    of: Callable[[np.ndarray], np.ndarray]
    steepness: float
    exponent: float
    curvature: float
    largest: float
    root_mean_square: float

    def modulus(self, distance: float) -> float:
        """C δ^α, by how much f differs at most between points at a distance δ; a concave function of δ."""
        return self.steepness * distance**self.exponent


CURVES = {
    "sine": Curve(lambda x: np.sin(2 * pi * x), 2 * pi, 1.0, 4 * pi**2, 1.0, sqrt(1 / 2)),
    "bump": Curve(
        # The steepest place is x = 1 / √75, the most curved one 0.
        lambda x: 1 / (1 + 25 * x**2),
        15 * sqrt(3) / 8,
        1.0,
        50.0,
        1.0,
        sqrt((1 / 26 + atan(5) / 5) / 2),
    ),
    "ramp": Curve(
        # |tanh''| is largest where tanh is 1 / √3.
        lambda x: np.tanh(20 * x),
        20.0,
        1.0,
        1600 / (3 * sqrt(3)),
        tanh(20),
        sqrt(1 - tanh(20) / 20),
    ),
    "absolute": Curve(np.abs, 1.0, 1.0, inf, 1.0, sqrt(1 / 3)),
    "saw": Curve(lambda x: 2 / pi * np.arcsin(np.sin(5 * pi * x)), 10.0, 1.0, inf, 1.0, sqrt(1 / 3)),
    "root": Curve(lambda x: np.sqrt(np.abs(x)), 1.0, 0.5, inf, 1.0, sqrt(1 / 2)),
}


def grid(points: int) -> Float[np.ndarray, " points"]:
    """Equally spaced points of [-1, 1], both ends among them: where errors are measured."""
    return np.linspace(-1, 1, points)


def midpoints(points: int) -> Float[np.ndarray, " points"]:
    """The middles of `points` equal parts of [-1, 1]: the points of training.

    None of 2^k of them, k >= 6, is a point of a grid of 1001.
    """
    return (2 * np.arange(points) + 1) / points - 1


def root_mean_square(values: Float[np.ndarray, " points"]) -> float:
    """√(mean of squares)."""
    return float(np.sqrt(np.mean(values**2)))
