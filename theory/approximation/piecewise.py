"""The best piecewise-linear fit on a grid: an exact floor under every one-hidden-layer network of rectifiers.

On the line a network of m rectifiers with biases, linear tails included, is continuous and has at most m kinks, so at
most m + 1 linear pieces, wherever the kinks are. Cut a grid at the kinks: it falls into at most m + 1 runs of
neighbouring points. On each run the network is one line. Hence

    error of every network of m rectifiers >= least error of m + 1 runs, each with a line of its own.

A network has 2m + 1 degrees of freedom: its kinks, as many changes of slope, and a height; the slope on the far left is
that of the rectifiers that look left, so it is not free. The right side has 3m + 2: it leaves the slope on the left to
choice and drops continuity, which is what makes it decompose: with c(i, j) the least sum of squares of a line on the
points i..j,

    E_1(j) = c(0, j),    E_k(j) = min over i of E_(k-1)(i - 1) + c(i, j),

all of it exact up to rounding, a root mean square of some 1e-8 for targets of size 1. It is a floor, not in general
attained; `reachable` is a network that is near it. The best network lies between the two.

For many pieces a line on a piece of width h leaves f'' x²/2 with a sum of squares of f''² h^5 / 720, and is best cut
where all pieces leave the same, which gives for p pieces the mean square (∫ |f''|^(2/5) dx)^5 / (720 · 2 p^4). At both
ends of its piece such a line is f'' h² / 12 away from f, and so is the next one: where f'' keeps its sign the best
lines nearly meet, so that in the limit nothing is lost by dropping continuity.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from theory.approximation.construction import outputs, rectify
from theory.approximation.polynomials import best_output
from theory.damped import Known, Method, move
from theory.dense import Layers

# The first damping of second-order steps.
DAMPING = 1e-3
# Steps end at a damping above this: they are too small to change anything.
LAST_DAMPING = 1e8
# The least damping, and the least scale of a parameter relative to all others.
SMALLEST = 1e-12
# Multiplications of a block of a matrix product: so few that BLAS uses one thread for it. On a busy machine several
# threads wait for each other a hundred times as long as the product takes.
SMALL_PRODUCT = 2**17
# Derivatives of the networks that move together, at most, if it is not one network: so few that they fit the cache.
NUMBERS = 2**17


class Cuts(NamedTuple):
    """Best cuts of a grid into 1, 2, ... runs.

    Attributes:
        errors: least sums of squares.
        starts: for each number of runs the first point of each of them.
    """

    errors: Float[np.ndarray, " most"]
    starts: list[Int[np.ndarray, " runs"]]


def line_errors(y: Float[np.ndarray, " points"]) -> Float[np.ndarray, "points points"]:
    """c(i, j): least sum of squares of a line on y_i..y_j at equally spaced points; infinite for i > j."""
    i, j = np.indices((len(y), len(y)))
    count = np.maximum(j - i + 1.0, 1.0)
    y = y - y.mean()
    place = np.arange(len(y)) - (len(y) - 1) / 2
    sums = [np.concatenate([[0.0], np.cumsum(values)]) for values in (y, y * y, place * y)]
    total, squares, products = (cumulated[j + 1] - cumulated[i] for cumulated in sums)
    spread = count * (count**2 - 1) / 12
    product = products - (place[i] + place[j]) / 2 * total
    errors = squares - total**2 / count - np.where(spread > 0, product**2 / np.maximum(spread, 1.0), 0.0)
    errors[count <= 2] = 0.0
    return np.where(j < i, np.inf, np.maximum(errors, 0.0))


def best_runs(y: Float[np.ndarray, " points"], most: int) -> Cuts:
    """The least sum of squares of 1, ..., `most` runs of neighbouring points, each with a line of its own.

    Raises:
        ValueError: if there are fewer points than runs.
    """
    if most > len(y):
        raise ValueError(f"{len(y)} points cannot be cut into {most} runs")
    costs = line_errors(y)
    least, cuts = [costs[0]], [np.zeros(len(y), int)]
    for _ in range(1, most):
        candidates = least[-1][:-1, None] + costs[1:]
        cuts.append(candidates.argmin(0) + 1)
        least.append(candidates.min(0))
    return Cuts(np.array([errors[-1] for errors in least]), [_traced(cuts[:runs]) for runs in range(1, most + 1)])


def _traced(cuts: list[np.ndarray]) -> Int[np.ndarray, " runs"]:
    """First points of the runs, from the best start of the last run that ends at each point."""
    starts, end = [], -1
    for cut in reversed(cuts):
        starts.append(int(cut[end]))
        end = starts[-1] - 1
    return np.array(starts[::-1])


def floor(runs: Cuts, points: int, width: int) -> float:
    """Lower bound on the root mean square error of `width` rectifiers; `runs` has width + 1 or more."""
    return float(np.sqrt(runs.errors[width] / points))


def asymptote(x: Float[np.ndarray, " points"], y: Float[np.ndarray, " points"]) -> float:
    """The c such that p best pieces leave a root mean square of about c / p²; f'' from differences on a grid."""
    curvature = np.abs(np.diff(y, 2)) / (x[1] - x[0]) ** 2
    return float(np.sqrt((np.mean(curvature**0.4) * (x[-1] - x[0])) ** 5 / (720 * (x[-1] - x[0]))))


def reachable(x: Float[np.ndarray, " points"], y: Float[np.ndarray, " points"], runs: Cuts, width: int) -> Layers:
    """A network of `width` rectifiers close to the floor: kinks between the best runs, moved by second-order steps.

    A network of m rectifiers cannot have any m + 1 pieces: it has one parameter less. The better of two is returned:
    m pieces, where one rectifier is not 0 anywhere on the grid, and m + 1 pieces with the flattest made flat, because
    the rectifiers to its left look left and those to its right look right.

    Args:
        x, y: the grid and the target there.
        runs: best runs of y, `width` + 1 of them or more.
        width: number of rectifiers.
    """
    outside = np.concatenate([[2 * x[0] - x[1]], _between(x, runs.starts[width - 1])])
    inside, pieces = _between(x, runs.starts[width]), np.split(np.arange(len(x)), runs.starts[width][1:])
    steepness = [abs(y[piece[-1]] - y[piece[0]]) / len(piece) for piece in pieces]
    sides = np.where(np.arange(width) < np.argmin(steepness), -1.0, 1.0)
    found = [
        refined(x, y, ((d[None], -d * t), (np.zeros((width, 1)), np.zeros(1))), evaluations=200)
        for d, t in ((np.ones(width), outside), (sides, inside))
    ]
    return min(found, key=lambda layers: float(np.sum((outputs(layers, x, rectify) - y) ** 2)))


def _between(x: np.ndarray, starts: np.ndarray) -> Float[np.ndarray, " kinks"]:
    return (x[starts[1:] - 1] + x[starts[1:]]) / 2


def refined(
    x: Float[np.ndarray, " points"], y: Float[np.ndarray, " points"], layers: Layers, evaluations: int
) -> Layers:
    """A network of rectifiers with a smaller sum of squares, see `refined_together`."""
    return refined_together(x, y[None], [layers], evaluations)[0]


def refined_together(
    x: Float[np.ndarray, " points"],
    y: Float[np.ndarray, "networks points"],
    networks: Sequence[Layers],
    evaluations: int,
) -> list[Layers]:
    """Networks of rectifiers with smaller sums of squares: second-order steps on all parameters, in float64.

    With d = ±1 a network is N(x) = Σ s_i max(0, d_i (x - t_i)) + c. The best s and c for the given kinks t are solved
    for, then Levenberg-Marquardt moves t, s and c together. A network with more parameters than points is only solved.

    Args:
        x, y: points, and targets of every network.
        networks: of one width, to begin with; their output layers do not matter.
        evaluations: of each network, at most.
    """
    W, b = (np.stack([layers[0][part] for layers in networks]) for part in (0, 1))
    W, width = W[:, 0], W.shape[-1]
    d = np.where(W < 0, -1.0, 1.0)
    # A unit of weight 0 is a constant; so is a unit with its kink to the right of every point.
    t = np.where(W == 0, x.max() + 1, -b / np.where(W == 0, 1.0, W))
    solved = [best_output(z, mine) for z, mine in zip(rectify(_arguments(x, d, t)), y, strict=True)]
    θ = np.concatenate([t, [s[:, 0] for s, _ in solved], [c for _, c in solved]], axis=1)
    if θ.shape[1] <= len(x):
        seats = max(1, NUMBERS // (len(x) * θ.shape[1]))
        θ, _ = move(_levenberg_marquardt(x, y, d), θ, evaluations, seats)
    t, s, c = θ[:, :width], θ[:, width:-1], θ[:, -1:]
    return [((d[i][None], -d[i] * t[i]), (s[i][:, None], c[i])) for i in range(len(θ))]


def _arguments(x: np.ndarray, d: np.ndarray, t: np.ndarray) -> Float[np.ndarray, "networks points width"]:
    """d (x - t)."""
    return d[:, None] * (x[:, None] - t[:, None])


def _levenberg_marquardt(x: np.ndarray, y: np.ndarray, d: np.ndarray) -> Method:
    """Levenberg-Marquardt with Marquardt's scaling: the damping falls by 3 with every success, else it rises by 4."""
    # SciPy's does not give the same bits twice on Jacobians with columns of zeros, as dead rectifiers have them.
    width = d.shape[1]

    def evaluate(θ: np.ndarray, numbers: np.ndarray) -> Known:
        a = _arguments(x, d[numbers], θ[:, :width])
        error = (rectify(a) @ θ[:, width:-1, None])[:, :, 0] + θ[:, -1:] - y[numbers]
        return error, (error[:, None] @ error[:, :, None])[:, 0, 0], d[numbers]

    def derive(θ: np.ndarray, known: Known) -> Known:
        error, _, sides = known
        a, s = _arguments(x, sides, θ[:, :width]), θ[:, None, width:-1]
        return _normal(
            np.concatenate([-sides[:, None] * s * (a > 0), rectify(a), np.ones((*a.shape[:2], 1))], 2), error
        )

    def step(known: Known, damping: np.ndarray) -> np.ndarray:
        *_, normal, gradient = known
        scale = np.diagonal(normal, axis1=1, axis2=2)
        scale = np.maximum(scale, SMALLEST * np.trace(normal, axis1=1, axis2=2)[:, None])
        added = damping[:, None, None] * (np.eye(scale.shape[1]) * scale[:, None])
        return np.linalg.solve(normal + added, gradient[:, :, None])[:, :, 0]

    return Method(
        evaluate=evaluate,
        first_damping=lambda known: np.full(len(known[0]), DAMPING),
        step=step,
        better=lambda there, here: there[1] < here[1],
        damping=lambda before, made: np.where(made, np.maximum(before / 3, SMALLEST), before * 4),
        arrived=lambda known, damping: damping > LAST_DAMPING,
        summary=lambda known: known[1:2],
        derive=derive,
    )


def _normal(J: np.ndarray, error: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """JᵀJ and Jᵀ error of every network."""
    products = _products(np.concatenate([J, error[:, :, None]], axis=2))
    return products[:, :-1, :-1], products[:, :-1, -1]


def _products(A: np.ndarray) -> np.ndarray:
    """AᵀA of every network."""
    rows = max(1, SMALL_PRODUCT // A.shape[2] ** 2)
    parts = [A[:, first : first + rows] for first in range(0, A.shape[1], rows)]
    return np.sum([part.mT @ part for part in parts], axis=0)
