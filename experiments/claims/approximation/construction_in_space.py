"""approximation.construction-in-space: the proof as networks of one hidden layer on [-1, 1]^d, with exact weights.

A mean of the target's cosine series is a sum of ridge cosines, and each of them becomes a staircase of logistic units
or a broken line of rectifiers along its direction. Four fifths of the guaranteed error go to the mean, one to these.
Where the target is itself a sum of a few ridge cosines, it can also be built from them alone, for the same guarantee.

A guarantee that is weaker than the error of a constant says nothing: such networks are built, but do not count.
"""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import sqrt
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Float

from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, decide
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.approximation import cosines, counting, features, space, targets
from theory.approximation.construction import CONSTRUCTIONS, Construction, Layers
from theory.approximation.curves import grid, root_mean_square

ROUTES = ("mean", "directions")
# Rounding of float64 in sums of a hundred thousand terms.
ROUNDING = 1e-8
# Up to here the largest error is looked for on a grid, beyond by a search from this number of starts.
GRID_D, STARTS = 2, 2000
# The part of the mean's guaranteed error that is allowed to the lines beside it.
SPARE = 0.25
# A mean of more vectors is not listed before it is built, so that a plan takes no longer than the network.
LISTED = 50_000
# Operations that one hidden unit takes at one point: about as long as these take where networks are trained.
OPERATIONS = 20.0
# Hidden units that are evaluated together.
SLICE = 4096
DRAWN_D, DRAWN_ORDERS = 2, (4, 16)
PROFILES = {"steps": "staircases", "interpolant": "broken lines"}


TRIAL = Trial(
    source="the post, ch. II: one hidden layer approximates every continuous function, and the proof is brute force",
    bears_on=on("universal-approximation"),
    existence="representable",
    switches={
        "inputs": "[-1, 1]^d",
        "hidden_layers": 1,
        "bias": True,
        "output": "linear",
        "norm": f"largest error: on a grid for d <= {GRID_D}, else by a search from {STARTS:,} points and the corners",
        "precision": "float64",
    },
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is built: `order` is that of the mean. `points`: of the grid, or as many drawn, on which errors are
    measured.
    """

    family: list[str] = setting(list(targets.FAMILIES), choices=tuple(targets.FAMILIES))
    d: list[int] = setting([1, 2, 3, 4], low=1, high=8, static=True)
    construction: list[str] = setting(list(CONSTRUCTIONS), choices=tuple(CONSTRUCTIONS), static=True)
    route: list[str] = setting(list(ROUTES), choices=ROUTES)
    order: list[int] = setting([1, 2, 4, 6, 8, 16, 32], low=1, high=256)
    points: int = setting(4_000, low=100, high=10_000_000)
    # Means of ridges guarantee nothing at any size that can be built in several dimensions.
    where: str = setting(
        "route == 'directions' and family == 'ridges' or route == 'mean' and ((2 * order + 1) ** d <= 1100 "
        "and (d == 1 or order <= 4 or family != 'ridges') or family == 'gaussian' and d == 3 and order <= 8)"
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
        "route == 'directions' and family == 'ridges' or route == 'mean' and ((2 * order + 1) ** d <= "
        "5000 or family == 'gaussian' and d == 3 and order <= 16)"
    ),
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: its units, its guaranteed error, and the largest and root mean square error found.

    `mean_bound` is the part of the bound that is the mean's; `sup_by` says how the largest error was looked for.
    `constant` is what the best constant errs by, at least, and `telling` the number of units with which the proof first
    guarantees less.
    """
    d, kind = unit.static("d"), CONSTRUCTIONS[unit.static("construction")]
    rng = random_generator(unit.seed, "points of space", d)
    count = unit.settings.points
    x = cube_grid(d, count) if d <= GRID_D else targets.points_of_cube(d, count, rng)
    rows = []
    for cell in unit.cells.to_dict("records"):
        target = _target(unit.seed, cell["family"], d)
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


def _target(seed: int, family: str, d: int) -> targets.Target:
    """The target of a family and d in a run."""
    return targets.FAMILIES[family](d, random_generator(seed, "in space", family, d))


class Plan(NamedTuple):
    """What a network is built from.

    Attributes:
        parts: the sum of ridge cosines.
        units: for each of them.
        bound: of the error of the whole network.
        mean_bound: the part of it that is the mean's.
    """

    parts: cosines.Cosines
    units: list[int]
    bound: float
    mean_bound: float


def planned(target: targets.Target, d: int, order: int, route: str, kind: Construction) -> Plan:
    """How the network for a target is to be built."""
    allowed = target.modulus(sqrt(d) * cosines.reach(order))
    if route == "mean":
        parts, mean_bound = cosines.mean(target.value, d, order), allowed
    elif target.cosines is not None:
        parts, mean_bound = target.cosines, 0.0
    else:
        raise ValueError("only ridges are a sum of few ridge cosines: give `where` as a condition that says so")
    units = space.widths(parts, kind, (1 + SPARE) * allowed - mean_bound)
    return Plan(parts, units, mean_bound + space.bound(parts, kind, units), mean_bound)


def built(
    target: targets.Target, d: int, order: int, route: str, construction: str
) -> tuple[Layers, dict[str, float | int]]:
    """The network for a target, and its numbers: ridge cosines, width, and the bound of its error."""
    kind = CONSTRUCTIONS[construction]
    parts, units, bound, mean_bound = planned(target, d, order, route, kind)
    facts = {"ridges": len(units), "width": sum(units), "bound": bound, "mean_bound": mean_bound}
    return space.build(parts, kind, units), facts


def most_units(target: targets.Target, d: int, order: int, route: str, kind: Construction) -> int:
    """Hidden units of the network: its own, or as many as any function needs where its mean has too many vectors."""
    if route == "directions" or (2 * order + 1) ** d <= LISTED:
        return sum(planned(target, d, order, route, kind).units)
    spectrum = counting.of_any_function(order, d, target.largest)
    each = SPARE * target.modulus(sqrt(d) * cosines.reach(order)) / spectrum.mass
    return counting.neurons(spectrum, d, kind, each)[1]


def telling(target: targets.Target, d: int, kind: Construction, constant: float, route: str) -> float:
    """Units with which the proof guarantees no more than the error of a constant, at the best order and split."""
    if route == "directions":
        return float(counting.needed_by(target, d, kind, constant).neurons)
    return float(counting.needed_by(target._replace(cosines=None), d, kind, constant).neurons)


def cube_grid(d: int, count: int) -> Float[np.ndarray, "points d"]:
    """About that number of points of an even grid of the cube, its corners and its middle among them."""
    axis = grid(2 * round(count ** (1 / d) / 2) + 1)
    return np.stack(np.meshgrid(*[axis] * d, indexing="ij"), axis=-1).reshape(-1, d)


def evaluate(layers: Layers, x: Float[np.ndarray, "points d"], activation: str) -> Float[np.ndarray, " points"]:
    """Outputs of a network in float64, whose hidden layer is added up `SLICE` units at a time, so that it fits."""
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
    """The largest error found from the worst of `STARTS` points, the corners of the cube and its middle."""
    special = itertools.chain(itertools.product((-1.0, 1.0), repeat=x.shape[1]), [(0.0,) * x.shape[1]])
    starts = np.concatenate([np.array(list(special)), x[:STARTS]])
    error: Callable = lambda points: evaluate(layers, points, activation) - target.value(points)  # noqa: E731
    return features.largest_error(error, starts, targets.into_cube, rng)


def work(unit: Unit) -> Work:
    """Every unit of every network at every point, up to the rounding of a grid, and at those of the search."""
    d, kind = unit.static("d"), CONSTRUCTIONS[unit.static("construction")]
    searched = STARTS + 2**d + 1 + features.KEPT * features.ROUNDS if d > GRID_D else 0
    units = sum(
        most_units(_target(unit.seed, cell["family"], d), d, cell["order"], cell["route"], kind)
        for cell in unit.cells.to_dict("records")
    )
    return Work(0, units * OPERATIONS * (unit.settings.points + searched))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For each construction whether it keeps its bound, where that says something."""
    return [_kept(str(name), rows) for name, rows in table.groupby("construction")]


def _kept(construction: str, rows: pd.DataFrame) -> Verdict:
    says = rows["bound"] < rows["constant"]
    ratio = (rows["sup"] / rows["bound"])[says]
    broken = bool((rows["sup"] > (1 + ROUNDING) * rows["bound"]).any())
    several = bool((rows.loc[says, "d"] > 1).any())
    empty = _listed(f"{(~says & (rows['d'] == d)).sum()} of {(rows['d'] == d).sum()} at d = {d}" for d in _values(rows))
    built = _listed(f"{mine['width'].max():,} at d = {d}" for d, mine in rows[says].groupby("d"))
    first = _listed(
        f"{family} {_listed(f'{one:,.0f}' for one in mine.groupby('d')['telling'].first())}"
        for family, mine in rows[(rows["route"] == "mean") & (rows["d"] > 1)].groupby("family", sort=False)
    )
    how = (
        "Proved, see theory/approximation/space.py; what is built can only try to refute it. The largest ratio of the "
        "networks with a bound that is below the error of a constant, half of the range of the target that was seen; "
        "the interval begins at the least."
    )
    return TRIAL.verdict(
        f"bound/{construction}",
        "In several dimensions, too, the network of the proof is nowhere farther from a continuous target than the "
        f"proof guarantees, where that is less than a constant's error: {PROFILES[construction]} along every ridge.",
        Measured.exactly(ratio.max(), int(says.sum()), ratio.min(), ratio.max(), how),
        Rule(
            "Contradicted if one of all networks has a larger error than its bound, up to rounding, "
            f"{ROUNDING:g} of it. Supported if none has and for some d > 1 the bound is below the error of a constant; "
            "else inconclusive.",
            lambda _: decide(several and not broken, broken),
        ),
        finding=f"In up to {rows['d'].max()} dimensions the network of the proof errs by at most {{measured}} times "
        "what it guarantees.",
        prediction="largest error / bound <= 1; bound ω(√d r) + Σ |a| e",
        notes=f"most hidden units of those that count: {built}; weaker than a constant, and not counted: {empty}; "
        "hidden units with which the proof first guarantees less than a constant's error, at d = "
        f"{_listed(map(str, (d for d in _values(rows) if d > 1)))}: {first}",
        activation=CONSTRUCTIONS[construction].activation,
        target=rows["family"],
        order=f"means of order {rows['order'].min()} to {rows['order'].max()}",
        d=rows["d"].sort_values(),
    )


def _values(rows: pd.DataFrame) -> list[int]:
    return sorted(rows["d"].unique().tolist())


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Errors and bounds against width, and networks on top of their targets along a line through the square."""
    drawings = {"construction-in-space-error": draw_errors(table)}
    square = table[(table["d"] == DRAWN_D) & (table["route"] == "mean")]
    return drawings | ({"construction-in-space-fit": draw_fits(square)} if len(square) else {})


def draw_errors(table: pd.DataFrame) -> Drawing:
    """A panel for each construction, family and route, in which every d has its colour."""
    table = table[table["width"] > 0]
    present = set(zip(table["route"], table["family"], strict=True))
    columns = [(route, family) for route in ROUTES for family in targets.FAMILIES if (route, family) in present]
    rows = [construction for construction in CONSTRUCTIONS if construction in set(table["construction"])]
    keys = [(construction, *column) for construction in rows for column in columns]
    figure, axes_of = panels(keys, len(columns), width=1.8, height=2.2, beside=1.5)
    groups = dict(list(table.groupby(["construction", "route", "family"])))
    dimensions = sorted(table["d"].unique())
    for names, axes in axes_of.items():
        mine = groups.get(names, table[:0])
        for i, d in enumerate(dimensions):
            curve = mine[mine["d"] == d].sort_values("width")
            style: dict[str, Any] = {"color": COLOURS[i % len(COLOURS)]}
            axes.plot(curve["width"], curve["bound"], lw=0.9, label=f"d = {d}: bound", **style)
            axes.plot(curve["width"], curve["sup"], MARKERS[i % len(MARKERS)], ms=3, label="largest error", **style)
            axes.plot(curve["width"], curve["rms"], "_", ms=5, label="root mean square", **style)
        axes.set(xscale="log", yscale="log", xlim=(0.7, 1.5 * table["width"].max()))
        note = "" if names[1] == "mean" else ", few directions"
        axes.set_title(f"{names[2]}{note}\n{PROFILES[names[0]]}", fontsize=8)
    label_outside(figure, "hidden units", "error")
    legend_beside(figure, size=7)
    says = table[table["bound"] < table["constant"]]
    most = float((says["sup"] / says["bound"]).max())
    title = f"In up to {max(dimensions)} dimensions errors are at most {most:.2g} of what the proof guarantees"
    caption = "Largest and root mean square errors of the networks of the proof; lines: the bound."
    return Drawing(figure, table, title, caption)


def draw_fits(table: pd.DataFrame) -> Drawing:
    """Targets on the line from (-1, -½) to (1, ½), and on top of them the networks of two orders."""
    families = [family for family in targets.FAMILIES if family in set(table["family"])]
    construction = "interpolant" if "interpolant" in set(table["construction"]) else "steps"
    figure, axes_of = panels(families, width=2.2, height=2.3, beside=1.9)
    t, numbers = grid(401), []
    x = np.stack([t, t / 2], axis=1)
    orders = [order for order in DRAWN_ORDERS if order in set(table["order"])] or [int(table["order"].max())]
    for family, axes in axes_of.items():
        target = _target(int(table["seed"].iloc[0]), family, DRAWN_D)
        lines = {"target": target.value(x)}
        for order in orders:
            layers, facts = built(target, DRAWN_D, order, "mean", construction)
            lines[f"order {order}"] = features.outputs(layers, x, CONSTRUCTIONS[construction].activation)
            numbers.append(pd.DataFrame({"width": facts["width"], "order": order, "y": lines[f"order {order}"]}))
            numbers[-1] = numbers[-1].assign(family=family, t=t, target=lines["target"])
        for (line, y), colour in zip(lines.items(), ("#aaaaaa", *COLOURS), strict=False):
            axes.plot(t, y, color=colour, lw=2.2 if line == "target" else 0.9, label=line)
        units = " and ".join(f"{frame['width'].iloc[0]:,}" for frame in numbers[-len(orders) :])
        axes.set_title(f"{family}\n{units} {CONSTRUCTIONS[construction].activation}s", fontsize=8)
    label_outside(figure, "t, at x = (t, t/2)", "output")
    legend_beside(figure, size=7)
    widths = [int(frame["width"].iloc[0]) for frame in numbers]
    title = f"In two dimensions the network of the proof has {min(widths):,} to {max(widths):,} hidden units"
    caption = "Targets on a line through the square (grey), and networks of two orders."
    return Drawing(figure, pd.concat(numbers, ignore_index=True), title, caption)
