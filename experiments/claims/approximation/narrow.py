"""approximation.narrow: rectifier networks no wider than their input approximate no bowl, however deep; wider ones do.

The bowl is Σ (x_i - ½)² on a ball, see theory/approximation/narrow.py, and errors are largest errors on that ball.
Networks from one unit narrower than the input to four units wider are trained at many depths; the construction of width
d + 1 stands beside them. What a trained network's error is found to be it errs at a point, so it is at least that.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.drawing import COLOURS, MARKERS, Drawing, label_outside, new_figure
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from experiments.statistics import least_squares_slope, percentile_interval, wilson
from experiments.verdict import Verdict, decide
from theory.approximation import features, narrow

STATIC = ("d", "spare", "depth")
POINTS = 256
STARTS = 2000
# Finer grids show more of a covering and cost more; by dimension.
SPACING = {1: 0.001, 2: 0.005, 3: 0.015}
# Networks are compiled for widths that are a multiple of this.
ROOM = 8
# The search for a largest error may miss so much of it.
SEARCH = 0.01
RATE = 0.5
RESAMPLES = 2000
PUBLISHED = "Dommel & Wegner, arXiv 2510.07202"
HANIN = "Hanin & Sellke, arXiv 1710.11278; theory/approximation/narrow.py"


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained and how: d inputs, and `depth` hidden layers of d + `spare` units each."""

    d: list[int] = setting([2, 3], low=1, high=20)
    spare: list[int] = setting([-1, 0, 1, 2, 4], low=-19, high=1000)
    depth: list[int] = setting([1, 2, 4, 8, 16], low=1, high=64)
    learning_rate: list[float] = setting([0.003, 0.01, 0.03], low=0.0)
    restarts: int = setting(low=2, high=1_000_000, counts="restart")
    optimizer: str = setting("adam", choices=("adam", "sgd", "momentum", "rms", "amsgrad", "lion", "yogi", "radam"))
    schedule: str = setting("linear", choices=("constant", "linear", "cosine"))
    steps: int = setting(800, low=1, high=100_000_000)
    where: str = setting("d + spare >= 1")


def measure(unit: Unit) -> pd.DataFrame:
    """One row per trained network: its largest error on the ball, and the share of its units that never fire there.

    Adam, or what is set, makes the mean squared error small; then the output layer is fitted to the least largest
    error over the points. `trained_error` is the largest error on the ball before, `error` the smaller of that and the
    one after; `collapsed` networks are constant, because no unit of some layer fires. `construction_error` is that of
    the construction as deep.
    """
    from experiments import ensemble

    d, width, depth, settings = (
        unit.static("d"),
        unit.static("d") + unit.static("spare"),
        unit.static("depth"),
        unit.settings,
    )
    x = narrow.points_of_ball(d, POINTS, random_generator(unit.seed, "narrow", d, "points"))
    starts = narrow.points_of_ball(d, STARTS, random_generator(unit.seed, "narrow", d, "starts"))
    rows = unit.cells
    program = ensemble.Program(
        sizes=(d, *[width] * depth, 1),
        room=(d, *[-(-width // ROOM) * ROOM] * depth, 1),
        activation="rectifier",
        loss="squared",
        optimizer=settings.optimizer,
        steps=settings.steps,
        precision=unit.precision,
        schedule=settings.schedule,
        stop_when_solved=False,
    )
    # Inputs and targets of a size near 1, which the first and the last layer make up for.
    y = np.broadcast_to(8 * narrow.bowl(x) - 1, (len(rows), len(x)))
    members = ensemble.Members(unit.keys, y, rows["learning_rate"].to_numpy())
    outcome = ensemble.train_ensemble(program, _scaled(x), members, unit.engine.layout, unit.engine.chunk)
    found = [
        _examine([(np.asarray(W[i]), np.asarray(b[i])) for W, b in outcome.network], x, starts, rng)
        for i, rng in enumerate(_searches(unit))
    ]
    key = [f"{first:08x}{second:08x}" for first, second in unit.keys.tolist()]
    return rows.assign(
        **pd.DataFrame(found, index=rows.index),
        loss=outcome.loss,
        steps=outcome.steps,
        key=key,
        construction_error=_construction_error(d, depth) if width > d else np.nan,
    )


def _scaled(x: np.ndarray) -> np.ndarray:
    return (x - 0.5) / narrow.RADIUS


def _searches(unit: Unit) -> Iterator[np.random.Generator]:
    return (np.random.default_rng(key) for key in unit.keys.tolist())


def _examine(layers: features.Layers, x: np.ndarray, starts: np.ndarray, rng: np.random.Generator) -> dict[str, Any]:
    """What becomes of one trained network: see `measure`."""
    hidden = features.hidden_outputs(layers, _scaled(starts), "rectifier")
    dead = np.array([np.mean(z.max(0) <= 0) for z in hidden])
    if not np.isfinite(hidden[-1]).all():
        return {"error": np.inf, "trained_error": np.inf, "dead": np.nan, "collapsed": False}
    W, b = layers[-1]
    trained = features.with_output(layers, np.append(W[:, 0], b + 1.0) / 8)
    last = features.hidden_outputs(layers, _scaled(x), "rectifier")[-1]
    fitted = features.with_output(layers, features.least_largest_error(last, narrow.bowl(x)))
    before, after = (
        features.largest_error(functools.partial(_error, one), starts, narrow.into_ball, rng)
        for one in (trained, fitted)
    )
    return {
        "error": min(before, after),
        "trained_error": before,
        "dead": float(dead.mean()),
        "collapsed": bool((dead == 1).any()),
    }


def _error(layers: features.Layers, x: np.ndarray) -> np.ndarray:
    return features.outputs(layers, _scaled(x), "rectifier") - narrow.bowl(x)


def _construction_error(d: int, depth: int) -> float:
    """At most so large is the error of the construction with so many layers, NaN where no grid can tell."""
    if d > narrow.LARGEST_GRID:
        return float("nan")
    centres = narrow.centres(d, depth + 1, np.random.default_rng(0))
    # Fewer centres are never worse than as many as there is room for.
    radius = min(narrow.covering_radius(centres, SPACING[d]), narrow.RADIUS)
    return radius**2 / 2


def work(unit: Unit) -> Work:
    """All updates of all networks, forward and backward."""
    from theory.network import parameter_count

    sizes = (unit.static("d"), *[unit.static("d") + unit.static("spare")] * unit.static("depth"), 1)
    steps = len(unit.cells) * unit.settings.steps
    return Work(steps, steps * POINTS * 6.0 * parameter_count(sizes))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """The floor that was published and the true one; then whether one more unit suffices, on paper and in training."""
    slim, wider = table[table["spare"] <= 0], table[table["spare"] == 1]
    verdicts = []
    if len(slim):
        verdicts += [_floor("published", PUBLISHED, narrow.PUBLISHED_FLOOR, slim)]
        source = f"theory/approximation/narrow.py, ours, sharper than {PUBLISHED}"
        verdicts += [_floor("as-good-as-constant", source, narrow.FLOOR, slim)]
    if wider["construction_error"].notna().any():
        verdicts.append(_representable(wider[wider["construction_error"].notna()]))
    for d, rows in wider.groupby("d"):
        verdicts += [_found(int(d), rows), _collapse(int(d), rows)]
    return verdicts


def _verdict(name: str, statement: str, rows: pd.DataFrame, **others: Any) -> Verdict:
    ds, depths, rates = (_listed(rows[axis]) for axis in ("d", "depth", "learning_rate"))
    widths = ", ".join(f"d{spare:+d}" if spare else "d" for spare in sorted(rows["spare"].unique()))
    standard: dict[str, Any] = {
        "hypotheses": f"rectifier units with biases, linear output; d = {ds}; every hidden layer of width {widths}; "
        f"{depths} hidden layers; error: largest on the ball; trained on {POINTS} points of it, "
        f"{rows['steps'].max():,} updates on all of them, learning rates {rates}, then the output layer fitted to the "
        "least largest error, if that makes it smaller on the ball",
        "existence": "found by training",
        "samples": len(rows),
        "evidence": "statistical",
    }
    return Verdict(claim=f"approximation.narrow/{name}", statement=statement, **(standard | others))


def _listed(values: pd.Series) -> str:
    return ", ".join(f"{value:g}" for value in sorted(values.unique()))


def _floor(name: str, source: str, floor: float, rows: pd.DataFrame) -> Verdict:
    least = float(rows["error"].min())
    return _verdict(
        f"floor/{name}",
        f"Every rectifier network no wider than its input errs by at least {floor:g} on the bowl, however deep.",
        rows,
        source=source,
        prediction=f"least error >= {floor:g}",
        measured=least,
        low=least,
        high=least / (1 - SEARCH),
        rule="Least error of all trained networks of width d or less. The error of each is the largest that is found "
        f"on {STARTS:,} points and by a search from the worst of them, which may miss {SEARCH:.0%} of it. Supported if "
        "it is at least the floor, but for what the search may miss; contradicted if not.",
        verdict=decide(least >= floor * (1 - SEARCH), least < floor * (1 - SEARCH)),
    )


def _representable(rows: pd.DataFrame) -> Verdict:
    least = rows.groupby("d")["construction_error"].min()
    worst = float(least.max())
    reached = ", ".join(f"{error:.4f} for d = {d}" for d, error in least.items())
    return _verdict(
        "wider/representable",
        f"With one unit more in each layer networks err by less than {narrow.PUBLISHED_FLOOR:g}, less the deeper.",
        rows,
        source=HANIN,
        hypotheses=f"maximum of tangents, one more for every hidden layer of width d + 1, up to "
        f"{rows['depth'].max()} of them; errors: {reached}",
        existence="representable",
        prediction=f"largest over d of the error of the deepest < {narrow.PUBLISHED_FLOOR:g}",
        measured=worst,
        low=worst,
        high=worst,
        samples=len(least),
        evidence="exact",
        rule="The error is half the square of the radius at which balls about the points of tangency cover the ball, "
        "at most that on a grid and half the diagonal of its cells. Supported if it is below; else inconclusive, "
        "because deeper networks might be.",
        verdict=decide(worst < narrow.PUBLISHED_FLOOR, False),
    )


def _below_floor(rows: pd.DataFrame) -> pd.Series:
    """Whether networks are better than any of width d: below the true floor by more than a search may miss."""
    return rows["error"] < narrow.FLOOR * (1 - SEARCH)


def best_setting(rows: pd.DataFrame) -> pd.DataFrame:
    """The second half of the restarts, at the depth and learning rate where most of the first are below the floor."""
    half = rows["restart"] <= rows["restart"].max() // 2
    shares = _below_floor(rows[half]).groupby([rows["depth"], rows["learning_rate"]]).mean()
    depth, rate = shares.idxmax()
    return rows[~half & (rows["depth"] == depth) & (rows["learning_rate"] == rate)]


def _found(d: int, rows: pd.DataFrame) -> Verdict:
    judged = best_setting(rows)
    below = _below_floor(judged)
    low, high = wilson(int(below.sum()), len(below))
    return _verdict(
        f"wider/found/d={d}",
        f"Training at width d + 1 finds networks better than any of width d, d = {d}.",
        judged,
        source="ours: what is representable need not be found",
        prediction=f"share of runs with an error below {narrow.FLOOR:g} > {RATE:g}",
        measured=float(below.mean()),
        low=low,
        high=high,
        rule="At the depth and learning rate with most such runs among the first half of the restarts; the second half "
        f"is judged. Supported if the 95 % Wilson interval of the share lies above {RATE:g}, contradicted if it lies "
        f"below, else inconclusive. The best of all runs at this width errs by {rows['error'].min():.4f}.",
        verdict=decide(low > RATE, high < RATE),
    )


def _collapse(d: int, rows: pd.DataFrame) -> Verdict:
    counts = rows.groupby("depth")["collapsed"].agg(["sum", "size"])
    x, size = np.log2(counts.index.to_numpy(float)), counts["size"].to_numpy()
    slope = float(least_squares_slope(x, (counts["sum"] / size).to_numpy(float)))
    # A share of exactly 0 or 1 would never vary on a bootstrap: half a run is added to both sides.
    shares = (counts["sum"].to_numpy() + 0.5) / (size + 1)
    drawn = random_generator(0, "bootstrap", "narrow", d).binomial(size, shares, (RESAMPLES, len(size)))
    low, high = percentile_interval(least_squares_slope(x, drawn / size))
    return _verdict(
        f"deeper-collapses/d={d}",
        f"At width d + 1, the deeper, the more runs collapse to a constant because a layer dies, d = {d}.",
        rows,
        source="Lu et al., arXiv 1903.06733: dying ReLU and initialization [M: remembered, not checked]",
        prediction="slope of the share of collapsed runs on log2(depth) > 0",
        measured=slope,
        low=low,
        high=high,
        rule="Runs at all learning rates. Least-squares slope with a 95 % parametric bootstrap interval (half a run "
        "added to both sides at each depth). Supported if the interval lies above 0, contradicted if below, else "
        "inconclusive.",
        verdict=decide(low > 0, high < 0),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Least errors by depth and width, errors against depth at width d + 1, and how many units die."""
    return {
        "narrow-depth-width": draw_errors(table),
        "narrow-error-depth": draw_depths(table),
        "narrow-dead-units": draw_dead(table),
    }


def draw_errors(table: pd.DataFrame) -> Drawing:
    """For every depth and width the least error of all runs, in a panel for each d."""
    ds = sorted(table["d"].unique())
    numbers = (
        table.groupby(["d", "depth", "spare"])["error"].agg(least="min", median="median", runs="size").reset_index()
    )
    figure = new_figure(3.1 * len(ds) + 1.0, 3.2, columns=len(ds))
    for axes, d in zip(figure.axes, ds, strict=True):
        errors = numbers[numbers["d"] == d].pivot(index="depth", columns="spare", values="least")
        axes.imshow(np.log(errors), cmap="viridis", vmin=np.log(0.01), vmax=np.log(0.15), aspect="auto", origin="lower")
        for (row, column), error in np.ndenumerate(errors.to_numpy()):
            axes.text(column, row, f"{error:.3f}", ha="center", va="center", fontsize=7, color=_ink(error))
        axes.set_xticks(range(errors.shape[1]), [f"d{spare:+d}" if spare else "d" for spare in errors.columns])
        axes.set_yticks(range(errors.shape[0]), [str(depth) for depth in errors.index])
        axes.grid(False)
        axes.set_title(f"d = {d}")
    label_outside(figure, "width of every hidden layer", "hidden layers")
    figure.suptitle("Least of all largest errors; a constant errs by 0.125", fontsize=9)
    return Drawing(figure, numbers)


def _ink(error: float) -> str:
    return "black" if error > 0.06 else "white"


def draw_depths(table: pd.DataFrame) -> Drawing:
    """Error against depth at width d + 1: the construction, the best and the median run; both floors of width d."""
    wider = table[table["spare"] == 1]
    ds = sorted(wider["d"].unique())
    grouped = wider.groupby(["d", "depth"])
    numbers = grouped.agg(
        construction=("construction_error", "min"),
        least=("error", "min"),
        median=("error", "median"),
        runs=("error", "size"),
    ).reset_index()
    figure = new_figure(2.7 * max(len(ds), 1) + 1.8, 3.2, columns=max(len(ds), 1))
    lines = {"construction": "construction", "least": "best run", "median": "median run"}
    for axes, d in zip(figure.axes, ds, strict=False):
        mine = numbers[numbers["d"] == d]
        for (column, label), colour, marker in zip(lines.items(), COLOURS, MARKERS, strict=False):
            axes.plot(mine["depth"], mine[column], f"{marker}-", color=colour, ms=4, lw=1, label=label)
        axes.axhline(narrow.FLOOR, color="black", lw=0.8, label="floor at width d: 1/8")
        axes.axhline(narrow.PUBLISHED_FLOOR, color="black", lw=0.8, ls=":", label="floor as published: 1/16")
        axes.set_xscale("log", base=2)
        axes.set_yscale("log")
        axes.set_title(f"d = {d}")
    label_outside(figure, "hidden layers of width d + 1", "largest error on the ball")
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside right upper", fontsize=8)
    return Drawing(figure, numbers)


def draw_dead(table: pd.DataFrame) -> Drawing:
    """Share of units that never fire, and share of runs that collapse to a constant, against depth, for each width."""
    grouped = table.groupby(["d", "spare", "depth"])
    numbers = grouped.agg(dead=("dead", "mean"), collapsed=("collapsed", "mean"), runs=("dead", "size")).reset_index()
    ds = sorted(numbers["d"].unique())
    figure = new_figure(2.7 * len(ds) + 1.2, 4.4, 2, len(ds))
    panels = [(column, d) for column in ("dead", "collapsed") for d in ds]
    for axes, (column, d) in zip(figure.axes, panels, strict=True):
        for i, (spare, mine) in enumerate(numbers[numbers["d"] == d].groupby("spare")):
            style: dict[str, Any] = {
                "color": COLOURS[i % len(COLOURS)],
                "marker": MARKERS[i % len(MARKERS)],
                "ms": 3,
                "lw": 1,
            }
            axes.plot(mine["depth"], mine[column], label=f"d{spare:+d}" if spare else "d", **style)
        axes.set_xscale("log", base=2)
        axes.set_ylim(-0.03, 1.03)
        axes.set_title(f"{'units that never fire' if column == 'dead' else 'collapsed runs'}, d = {d}")
    label_outside(figure, "hidden layers", "share")
    figure.legend(*figure.axes[0].get_legend_handles_labels(), title="width", loc="outside right upper", fontsize=8)
    return Drawing(figure, numbers)
