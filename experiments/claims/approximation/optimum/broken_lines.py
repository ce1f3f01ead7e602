"""References for networks of m rectifiers on a line: an exact floor, a network near it, and the construction.

The first two are in theory/approximation/piecewise.py, the third in theory/approximation/construction.py.
"""

import functools
import json
from typing import NamedTuple

import numpy as np

from experiments.claims.approximation._curves import errors_of
from theory.approximation.construction import interpolant, interpolant_bound, rectify
from theory.approximation.curves import CURVES, Curve, grid
from theory.approximation.piecewise import asymptote, best_runs, floor, reachable, refined_together
from theory.approximation.polynomials import best_output
from theory.dense import Layers

# Networks of this width are written down, to be drawn on top of their targets.
DRAWN_WIDTH = 8


# A floor as small is 0 up to rounding: the target is itself a broken line of that number of pieces.
ROUNDING = 1e-6
# If the floor is 0, an error up to this share of the target's norm counts as no error.
NEGLIGIBLE = 1e-3


class References(NamedTuple):
    """Root mean square errors that the networks of a width are compared with.

    Attributes:
        floor, asymptote: the exact floor, and its asymptote as the width grows.
        reachable: the error of a network near the floor.
        interpolant, bound: the error of the construction, and its guaranteed bound.
        known: the network near the floor, as text, at the width that is drawn.
    """

    floor: float
    asymptote: float
    reachable: float
    interpolant: float
    bound: float
    known: str


@functools.lru_cache(maxsize=256)
def references(target: str, width: int, points: int) -> References:
    """What networks of a number of rectifiers are held against, on a grid."""
    curve, x = CURVES[target], grid(points)
    y = curve.of(x)
    runs = best_runs(y, width + 1)
    near = reachable(x, y, runs, width)
    known, built = (errors_of(layers, curve, x, rectify)["rms"] for layers in (near, interpolant(curve, width)))
    text = as_text(near) if width == DRAWN_WIDTH else ""
    tends_to = asymptote(x, y) / (width + 1) ** 2
    return References(floor(runs, points, width), tends_to, known, built, interpolant_bound(curve, width), text)


def negligible(target: str, floor: float) -> float:
    """Errors up to this count as no error; it is 0 unless the floor is 0."""
    return NEGLIGIBLE * CURVES[target].root_mean_square if floor <= ROUNDING else 0.0


def random_rectifiers(x: np.ndarray, curve: Curve, width: int, rng: np.random.Generator) -> Layers:
    """Random features: uniform kinks in [-1, 1] and random sides; only the output layer is fitted, at x."""
    sides, kinks = rng.choice([-1.0, 1.0], width), rng.uniform(-1, 1, width)
    z = rectify(sides * (x[:, None] - kinks))
    return (sides[None], -sides * kinks), best_output(z, curve.of(x))


def second_order(evaluations: int, x: np.ndarray, y: np.ndarray, networks: list[Layers]) -> list[Layers]:
    """The networks after Levenberg-Marquardt on all of their weights, in float64."""
    return refined_together(x, y, networks, evaluations)


def as_text(layers: Layers) -> str:
    """Weights of a network of one hidden layer, rounded for drawing."""
    (W, b), (V, c) = layers
    return json.dumps([[float(f"{value:.12g}") for value in values] for values in (W[0], b, V[:, 0], c)])


def from_text(text: str) -> Layers:
    """The network that `as_text` wrote down."""
    W, b, V, c = (np.array(values) for values in json.loads(text))
    return (W[None], b), (V[:, None], c)
