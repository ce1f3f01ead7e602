"""Networks as features: all layers but the last are kept, and the output layer is fitted, which is a convex problem.

Everything here is for a single network, or for `stacked` ones, and is calculated on the host in float64: errors far
below the precision of float32 are compared.
"""

from collections.abc import Callable, Sequence

import numpy as np
import scipy.optimize
import scipy.special
from jaxtyping import Float

from theory.dense import Layers, Stacked

ON_HOST: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "rectifier": lambda a: np.maximum(a, 0.0),
    "tanh": np.tanh,
    "logistic": scipy.special.expit,
}

# Eigenvalues of the normal equations below a share of the largest belong to features that nearly repeat each other.
# These shares are tried.
SHARES = np.array([1e-5, 1e-7, 1e-9, 1e-11, 1e-13])
# Rounds of iterative refinement: they remove the rounding of the normal equations.
REFINEMENTS = 3
# A search for the largest error goes on from this number of starts, those with the largest errors.
KEPT = 32
# Random steps from each of these starts.
ROUNDS = 80
# The least scale of a feature: one that is 0 everywhere is not divided by 0.
TINY = 1e-12


def stacked(networks: Sequence[Layers]) -> Stacked:
    """Networks of one shape as one, with an axis of networks in front: `hidden_outputs` and `outputs` take it too."""
    layers = zip(*networks, strict=True)
    return [
        (np.stack([np.asarray(W, float) for W, _ in same]), np.stack([np.asarray(b, float) for _, b in same])[:, None])
        for same in layers
    ]


def hidden_outputs(
    layers: Layers | Stacked, x: Float[np.ndarray, "*#networks points inputs"], activation: str
) -> list[Float[np.ndarray, "*#networks points _"]]:
    """The outputs z^(1), ..., z^(L-1) of every hidden layer, for each point."""
    outputs = []
    for W, b in layers[:-1]:
        x = ON_HOST[activation](x @ np.asarray(W, float) + b)
        outputs.append(x)
    return outputs


def outputs(
    layers: Layers | Stacked, x: Float[np.ndarray, "*#networks points inputs"], activation: str
) -> Float[np.ndarray, "*#networks points"]:
    """The output of a network for each point."""
    W, b = layers[-1]
    return (hidden_outputs(layers, x, activation)[-1] @ np.asarray(W, float) + b)[..., 0]


def with_output(layers: Layers, weights: Float[np.ndarray, " _"]) -> Layers:
    """The network with other output weights; the last one is the bias."""
    return [*layers[:-1], (weights[:-1, None], weights[-1:])]


def with_constant(features: Float[np.ndarray, "points width"]) -> Float[np.ndarray, "points _"]:
    """The features, and 1 as the last of them."""
    return np.concatenate([features, np.ones((len(features), 1))], axis=1)


def least_squares(
    features: Float[np.ndarray, "points width"],
    y: Float[np.ndarray, " points"],
    shares: Float[np.ndarray, " shares"] = SHARES[-1:],
) -> Float[np.ndarray, "shares _"]:
    """Output weights and bias, in this order, with the least mean squared error.

    The normal equations take a fraction of the time of an orthogonal decomposition. Fitting the residual again removes
    their rounding.

    Args:
        features, y: one row a point.
        shares: eigenvalues below this share of the largest are not used; there is one result for each.
    """
    A = with_constant(features)
    eigenvalues, vectors = np.linalg.eigh(A.T @ A)
    kept = eigenvalues > shares[:, None] * eigenvalues[-1]
    inverse = np.where(kept, 1 / np.where(kept, eigenvalues, 1), 0.0)
    weights = np.zeros((len(shares), A.shape[1]))
    for _ in range(REFINEMENTS):
        gradient = (y - weights @ A.T) @ A
        weights += (gradient @ vectors * inverse) @ vectors.T
    return weights


def least_squares_elsewhere(
    features: Float[np.ndarray, "points width"], y: Float[np.ndarray, " points"]
) -> Float[np.ndarray, " _"]:
    """The same, with the share of `SHARES` that is best on every fourth point when the other points are fitted.

    A unit that fires at very few points gets a weight that ruins the output elsewhere, unless small eigenvalues are
    left out. Without such a unit, small eigenvalues are needed.
    """
    held = np.arange(len(y)) % 4 == 0
    candidates = least_squares(features[~held], y[~held], SHARES)
    errors = np.mean((candidates @ with_constant(features[held]).T - y[held]) ** 2, axis=1)
    return least_squares(features, y, SHARES[int(np.argmin(errors))][None])[0]


def least_largest_error(
    features: Float[np.ndarray, "points width"], y: Float[np.ndarray, " points"]
) -> Float[np.ndarray, " _"]:
    """Output weights and bias with the least largest error over the points: a linear program.

    Features are scaled to a largest value of 1. If the program fails, the weights of least squares are returned.
    """
    scale = np.maximum(np.abs(features).max(0), TINY)
    A = with_constant(features / scale)
    bound = np.ones((len(A), 1))
    constraints = np.block([[A, -bound], [-A, -bound]])
    objective = np.append(np.zeros(A.shape[1]), 1.0)
    found = scipy.optimize.linprog(objective, constraints, np.concatenate([y, -y]), bounds=(None, None), method="highs")
    return found.x[:-1] / np.append(scale, 1.0) if found.success else least_squares(features, y)[0]


def largest_error(
    error: Callable[[Float[np.ndarray, "points d"]], Float[np.ndarray, " points"]],
    starts: Float[np.ndarray, "points d"],
    into_domain: Callable[[np.ndarray], np.ndarray],
    rng: np.random.Generator,
    kept: int = KEPT,
    rounds: int = ROUNDS,
) -> float:
    """The largest |error| found: from the worst starts by random steps, accepted where it grows, ever shorter.

    What is found is attained at a point, so the true supremum is at least that.
    """
    moves = rng.normal(size=(1, rounds, min(kept, len(starts)), starts.shape[1]))
    return float(largest_errors(lambda x: error(x[0])[None], starts, into_domain, moves)[0])


def largest_errors(
    error: Callable[[Float[np.ndarray, "_ points d"]], Float[np.ndarray, "networks points"]],
    starts: Float[np.ndarray, "points d"],
    into_domain: Callable[[np.ndarray], np.ndarray],
    moves: Float[np.ndarray, "networks rounds kept d"],
) -> Float[np.ndarray, " networks"]:
    """The same of several networks, each by a search of its own.

    Args:
        error: of every network, at its own points, or at common ones, which have one in front.
        starts, into_domain: see `largest_error`.
        moves: normal numbers of each search.
    """
    values = np.abs(error(starts[None]))
    worst = np.argsort(values, axis=1)[:, -moves.shape[2] :]
    x, best = starts[worst], np.take_along_axis(values, worst, 1)
    for step, move in zip(np.geomspace(0.1, 1e-5, moves.shape[1]), np.moveaxis(moves, 1, 0), strict=True):
        moved = into_domain(x + step * move)
        now = np.abs(error(moved))
        better = now > best
        x, best = np.where(better[..., None], moved, x), np.where(better, now, best)
    return best.max(1)


def random_units(
    directions: Float[np.ndarray, "width d"],
    x: Float[np.ndarray, "points d"],
    activation: str,
    rng: np.random.Generator,
) -> Layers:
    """One hidden layer of σ(s (<u, x> - t)) along these directions; its output layer is still to be fitted.

    The thresholds t are the quantiles 0, 1/m, 2/m, ... of <u, x> over the points, in random order over the units. The
    steepness s is drawn between 1 and 8 on a logarithmic scale; to rectifiers it makes no difference, so theirs is 1.
    """
    u = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    s = np.exp(rng.uniform(0, np.log(8), len(u))) if activation == "tanh" else np.ones(len(u))
    levels = rng.permutation(len(u)) / len(u)
    t = np.sort(u @ x.T, axis=1)[np.arange(len(u)), (levels * len(x)).astype(int)]
    return [((s[:, None] * u).T, -s * t), (np.zeros((len(u), 1)), np.zeros(1))]


def fitted(
    layers: Layers, x: Float[np.ndarray, "points d"], y: Float[np.ndarray, " points"], activation: str
) -> Layers:
    """The network with the output layer of least mean squared error, as is to be expected at other points."""
    return with_output(layers, least_squares_elsewhere(hidden_outputs(layers, x, activation)[-1], y))
