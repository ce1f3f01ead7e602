"""approximation.construction-in-space: the proof as networks of one hidden layer on [-1, 1]^d, with exact weights.

A mean of the target's cosine series is a sum of ridge cosines. Each ridge cosine becomes a staircase of logistic units,
or a broken line of rectifiers, along its direction. The mean may use four fifths of the guaranteed error, the ridges
one fifth. A target that is itself a sum of a few ridge cosines can also be built from these alone, for the same
guarantee.

A guarantee that is weaker than the error of a constant says nothing: such networks are built, but do not count.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np
import pandas as pd
from jaxtyping import Float

from experiments.claims.approximation.construction_in_space.figures import draw
from experiments.claims.approximation.construction_in_space.plans import ROUTES, SPARE, built, planned, target_of
from experiments.claims.approximation.construction_in_space.verdicts import GRID_D, STARTS, judge
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.approximation import cosines, counting, features, targets
from theory.approximation.construction import CONSTRUCTIONS, Construction
from theory.approximation.curves import grid, root_mean_square
from theory.dense import Layers

__all__ = ["FULL", "SMOKE", "Settings", "draw", "judge", "measure", "work"]

# A mean of more vectors than this is not listed for the plan of a run, which should take less time than the networks.
LISTED = 50_000


# Operations that one hidden unit takes at one point: about as long as these take where networks are trained.
OPERATIONS = 20.0


# Hidden units that are evaluated together.
SLICE = 4096


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is built: `order` is the order of the mean. Errors are measured on `points` points, on a grid or drawn."""

    family: list[str] = setting(list(targets.FAMILIES), choices=tuple(targets.FAMILIES))
    d: list[int] = setting([1, 2, 3, 4], low=1, high=8, static=True)
    construction: list[str] = setting(list(CONSTRUCTIONS), choices=tuple(CONSTRUCTIONS), static=True)
    route: list[str] = setting(list(ROUTES), choices=ROUTES)
    order: list[int] = setting([1, 2, 4, 6, 8, 16, 32], low=1, high=256)
    points: int = setting(4_000, low=100, high=10_000_000)
    # In several dimensions, means of ridges guarantee nothing at any size that can be built.
    where: str = setting(
        "route == 'directions' and family == 'ridges' or route == 'mean' and ((2 * order + 1) ** d <= 1100 and (d == 1 "
        "or order <= 4 or family != 'ridges') or family == 'gaussian' and d == 3 and order <= 8)"
    )


SMOKE = {
    "family": ["ridges", "pyramids"],
    "d": [2, 3],
    "order": [1, 4],
    "points": 500,
}


FULL = {
    "d": [1, 2, 3, 4, 5],
    "order": [1, 2, 4, 6, 8, 16, 32, 64],
    "points": 50_000,
    "where": (
        "route == 'directions' and family == 'ridges' or route == 'mean' and ((2 * order + 1) ** d <= 5000 or family "
        "== 'gaussian' and d == 3 and order <= 16)"
    ),
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: its units, its guaranteed error, and the largest and root mean square error found.

    `mean_bound` is the mean's part of the bound; `sup_by` says how the largest error was searched. `constant` is a
    lower bound for the error of the best constant. `telling` is the number of units at which the guarantee first drops
    below it.
    """
    d, kind = unit.static("d"), CONSTRUCTIONS[unit.static("construction")]
    rng = random_generator(unit.seed, "points of space", d)
    count = unit.settings.points
    x = cube_grid(d, count) if d <= GRID_D else targets.points_of_cube(d, count, rng)
    rows = []
    for cell in unit.cells.to_dict("records"):
        target = target_of(unit.seed, cell["family"], d)
        layers, facts = built(target, d, cell["order"], cell["route"], unit.static("construction"))
        y = target.value(x)
        constant = float(np.ptp(y)) / 2
        facts |= {"constant": constant, "telling": telling(target, d, kind, constant, cell["route"])}
        errors = evaluate(layers, x, kind.activation) - y
        sup = float(np.abs(errors).max())
        if d > GRID_D:
            sup = max(sup, _searched(layers, kind.activation, target, x, random_generator(unit.seed, "search", cell)))
        rows.append(facts | {"sup": sup, "rms": root_mean_square(errors)})
    how = "grid" if d <= GRID_D else "search"
    return pd.concat([unit.cells, pd.DataFrame(rows)], axis=1).assign(sup_by=how, points=len(x), seed=unit.seed)


def most_units(target: targets.Target, d: int, order: int, route: str, kind: Construction) -> int:
    """Hidden units of the network; if its mean has too many vectors, the units that are enough for any function."""
    if route == "directions" or (2 * order + 1) ** d <= LISTED:
        return sum(planned(target, d, order, route, kind).units)
    spectrum = counting.of_any_function(order, d, target.largest)
    each = SPARE * target.modulus(sqrt(d) * cosines.reach(order)) / spectrum.mass
    return counting.neurons(spectrum, d, kind, each)[1]


def telling(target: targets.Target, d: int, kind: Construction, constant: float, route: str) -> float:
    """Units from which on the proof guarantees at most the error of a constant, at the best order and split."""
    if route == "directions":
        return float(counting.needed_by(target, d, kind, constant).neurons)
    return float(counting.needed_by(target._replace(cosines=None), d, kind, constant).neurons)


def cube_grid(d: int, count: int) -> Float[np.ndarray, "points d"]:
    """About that number of points of an even grid of the cube, its corners and its middle among them."""
    axis = grid(2 * round(count ** (1 / d) / 2) + 1)
    return np.stack(np.meshgrid(*[axis] * d, indexing="ij"), axis=-1).reshape(-1, d)


def evaluate(layers: Layers, x: Float[np.ndarray, "points d"], activation: str) -> Float[np.ndarray, " points"]:
    """Outputs of a network in float64; the hidden layer is added up `SLICE` units at a time, to fit into memory."""
    import jax
    import jax.numpy as jnp

    from theory import network
    from theory.activations import ACTIVATIONS

    (W, b), (V, c) = layers
    spare = -len(b) % SLICE
    W, b, V = np.pad(W, ((0, 0), (0, spare))), np.pad(b, (0, spare)), np.pad(V, ((0, spare), (0, 0)))
    z = np.full(len(x), c[0])
    with jax.enable_x64(True):
        for start in range(0, len(b), SLICE):
            part = slice(start, start + SLICE)
            some = network.from_arrays([(W[:, part], b[part]), (V[part], np.zeros(1))], jnp.float64)
            z += np.asarray(network.evaluate(some, jnp.asarray(x), ACTIVATIONS[activation]))[:, 0]
    return z


def _searched(
    layers: Layers, activation: str, target: targets.Target, x: np.ndarray, rng: np.random.Generator
) -> float:
    """The largest error found by a search from the worst of `STARTS` points, the corners of the cube and its middle."""
    special = itertools.chain(itertools.product((-1.0, 1.0), repeat=x.shape[1]), [(0.0,) * x.shape[1]])
    starts = np.concatenate([np.array(list(special)), x[:STARTS]])
    error: Callable = lambda points: evaluate(layers, points, activation) - target.value(points)  # noqa: E731
    return features.largest_error(error, starts, targets.into_cube, rng)


def work(unit: Unit) -> Work:
    """Every unit of every network at every point (a grid has about that many) and at the points of the search."""
    d, kind = unit.static("d"), CONSTRUCTIONS[unit.static("construction")]
    searched = STARTS + 2**d + 1 + features.KEPT * features.ROUNDS if d > GRID_D else 0
    units = sum(
        most_units(target_of(unit.seed, cell["family"], d), d, cell["order"], cell["route"], kind)
        for cell in unit.cells.to_dict("records")
    )
    return Work(0, units * OPERATIONS * (unit.settings.points + searched))
