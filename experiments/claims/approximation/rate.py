"""approximation.rate: how the error of one hidden layer falls with its width, on paper and as found.

Three ways to m hidden units are compared on the same targets, see theory/approximation/targets.py: directions drawn
from the target's own Fourier transform, as Barron's proof does (construction), directions drawn without looking at the
target (random features), and training. The output layer is always fitted by least squares, which is a convex problem.
"""

import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from experiments.drawing import COLOURS, MARKERS, Drawing, label_outside, new_figure
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from experiments.statistics import percentile_interval
from experiments.verdict import Verdict, decide
from theory.approximation import features, targets

STATIC = ("family", "d", "width", "activation")
STARTS = 1000
SMALLEST_ROOM = 16
# The units of a single sigmoidal one.
UNITS = {"tanh": 1, "rectifier": 2}
WAYS = {"construction_error": "construction", "random_error": "random features", "error": "training"}
BARRON, SMOOTH = -0.5, -2.0
MARGIN = 0.25
RESAMPLES = 2000
SOURCE = "Barron 1993, IEEE Trans. Inf. Theory 39, Theorem 1"


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained and how. `function` numbers the targets of a family; so many `points` are fitted, and as many
    others judge; `batch` is the number of points per update, 0 for all of them.
    """

    family: list[str] = setting(["ridges", "gaussian"], choices=tuple(targets.FAMILIES))
    d: list[int] = setting([1, 4], low=1, high=16)
    width: list[int] = setting([4, 8, 16, 32, 64, 128], low=2, high=2000)
    activation: list[str] = setting(["rectifier", "tanh"], choices=tuple(UNITS))
    learning_rate: list[float] = setting([0.01, 0.03], low=0.0)
    functions: int = setting(2, low=1, high=1000, counts="function")
    restarts: int = setting(low=1, high=100_000, counts="restart")
    optimizer: str = setting("adam", choices=("adam", "sgd", "momentum", "rms", "amsgrad", "lion", "yogi", "radam"))
    schedule: str = setting("linear", choices=("constant", "linear", "cosine"))
    batch: int = setting(128, low=0, high=65_536)
    steps: int = setting(1000, low=1, high=100_000_000)
    points: int = setting(4096, low=100, high=10_000_000)
    where: str = setting("d > 1 or family == 'ridges'")


def measure(unit: Unit) -> pd.DataFrame:
    """One row per trained network, with the errors of the other two ways at the same width and restart beside it.

    All errors are root mean squares over points that no fit has seen, divided by the target's standard deviation,
    `deviation`. `trained_error` is that of the network as training left it, `error` after its output layer is fitted;
    `largest_error` is the largest that is found of it anywhere, by a search from the worst of these points.
    """
    from experiments import ensemble

    d, width, settings, rows = unit.static("d"), unit.static("width"), unit.settings, unit.cells
    problems = {number: _problem(unit, number) for number in rows["function"].unique().tolist()}
    program = ensemble.Program(
        sizes=(d, width, 1),
        # Widths share programs, which take longer to compile than to run.
        room=(d, max(SMALLEST_ROOM, 4 ** math.ceil(math.log(width, 4))), 1),
        activation=unit.static("activation"),
        loss="squared",
        optimizer=settings.optimizer,
        steps=settings.steps,
        precision=unit.precision,
        batch=settings.batch,
        schedule=settings.schedule,
        stop_when_solved=False,
    )
    numbers, x = rows["function"].tolist(), next(iter(problems.values())).x
    standard = np.stack([problems[number].standard for number in numbers])
    members = ensemble.Members(unit.keys, standard, rows["learning_rate"].to_numpy())
    outcome = ensemble.train_ensemble(program, x, members, unit.engine.layout, unit.engine.chunk)
    trained = [
        _trained(
            [(np.asarray(W[i]), np.asarray(b[i])) for W, b in outcome.network],
            problems[number],
            np.random.default_rng(key),
        )
        for i, (number, key) in enumerate(zip(numbers, unit.keys.tolist(), strict=True))
    ]
    pairs = list(zip(numbers, rows["restart"].tolist(), strict=True))
    drawn = {pair: _drawn(unit, problems[pair[0]], *pair) for pair in set(pairs)}
    key = [f"{first:08x}{second:08x}" for first, second in unit.keys.tolist()]
    found = pd.DataFrame([one | drawn[pair] for one, pair in zip(trained, pairs, strict=True)], index=rows.index)
    return rows.assign(**found, loss=outcome.loss, steps=outcome.steps, points=len(x), key=key)


@dataclass(frozen=True)
class Problem:
    """A target, points x to fit it on and others to judge the fit by, and the activation of the units that do it."""

    target: targets.Target
    x: Float[np.ndarray, "points d"]
    test: Float[np.ndarray, "points d"]
    activation: str

    @functools.cached_property
    def y(self) -> Float[np.ndarray, " points"]:
        """The target at the points."""
        return self.target.value(self.x)

    @property
    def standard(self) -> Float[np.ndarray, " points"]:
        """The same with mean 0 and variance 1."""
        return (self.y - self.y.mean()) / self.y.std()

    def residual(self, layers: features.Layers, points: Float[np.ndarray, "some d"]) -> Float[np.ndarray, " some"]:
        """What a network misses the target by, over the standard deviation of the latter."""
        return (features.outputs(layers, points, self.activation) - self.target.value(points)) / self.y.std()

    def error(self, layers: features.Layers) -> float:
        """Root mean square of what it misses, over the other points."""
        return float(np.sqrt(np.mean(self.residual(layers, self.test) ** 2)))

    def fitted(self, layers: features.Layers) -> features.Layers:
        """The network with the best output layer for the points."""
        return features.fitted(layers, self.x, self.y, self.activation)


def _problem(unit: Unit, function: int) -> Problem:
    """The numbered target of the unit's family and its points: the same for every width, activation and restart."""
    family, d = unit.static("family"), unit.static("d")
    target = targets.FAMILIES[family](d, random_generator(unit.seed, "target", family, d, function))
    x, test = (
        targets.points_of_cube(d, unit.settings.points, random_generator(unit.seed, "cube", d, what))
        for what in ("fit", "test")
    )
    return Problem(target, x, test, unit.static("activation"))


def _trained(layers: features.Layers, problem: Problem, rng: np.random.Generator) -> dict[str, float]:
    """The errors of a trained network: see `measure`."""
    facts = {"deviation": float(problem.y.std()), "norm": problem.target.norm}
    if not all(np.isfinite(W).all() and np.isfinite(b).all() for W, b in layers):
        return dict.fromkeys(("error", "trained_error", "largest_error"), np.inf) | facts
    W, b = layers[-1]
    mean, deviation = problem.y.mean(), problem.y.std()
    unscaled = features.with_output(layers, np.append(deviation * W[:, 0], deviation * b + mean))
    best = problem.fitted(layers)
    largest = features.largest_error(
        lambda points: problem.residual(best, points), problem.test[:STARTS], targets.into_cube, rng
    )
    return {
        "error": problem.error(best),
        "trained_error": problem.error(unscaled),
        "largest_error": largest,
        **facts,
    }


def _drawn(unit: Unit, problem: Problem, function: int, restart: int) -> dict[str, float]:
    """The errors of both kinds of drawn directions: the same for every learning rate."""
    width, d = unit.static("width"), unit.static("d")
    rng = random_generator(unit.seed, "units", unit.static("family"), d, width, problem.activation, function, restart)

    def error(directions: np.ndarray) -> float:
        units = features.random_units(directions, problem.x, problem.activation, rng)
        return problem.error(problem.fitted(units))

    frequencies = problem.target.frequencies
    return {
        "random_error": error(rng.normal(size=(width, d))),
        "construction_error": error(frequencies(width, rng)) if frequencies else np.nan,
    }


def work(unit: Unit) -> Work:
    """All updates of all networks, forward and backward, and three fits of an output layer for each."""
    width, steps = unit.static("width"), len(unit.cells) * unit.settings.steps
    points = unit.settings.batch or unit.settings.points
    fits = len(unit.cells) * 3 * 4.0 * unit.settings.points * width**2
    return Work(steps, steps * 6.0 * points * width * (unit.static("d") + 2) + fits)


def at_best_rate(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """The rows of each width at the learning rate with the least median of a column there."""
    best = rows.groupby(["width", "learning_rate"])[column].median().groupby("width").idxmin()
    kept = pd.MultiIndex.from_tuples(best.tolist())
    return rows[pd.MultiIndex.from_frame(rows[["width", "learning_rate"]]).isin(kept)]


def curves(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """For every target the median error over restarts against width, at the best learning rate of each width.

    Returns:
        One row a function, one column a width.
    """
    best = at_best_rate(rows, column)
    return best.groupby(["function", "width"])[column].median().unstack("width")


def slope_with_interval(
    x: np.ndarray, y: np.ndarray, groups: np.ndarray, rng: np.random.Generator
) -> tuple[float, float, float]:
    """Slope of y on x, with an intercept for every group, and its 95 % interval.

    The interval is a bootstrap of the residuals, which are enlarged by √(points / degrees of freedom) so that they have
    the variance of the noise, and has Student's tails. It takes the line for granted: what bends it counts as noise.
    """
    frame = pd.DataFrame({"x": x, "y": y, "group": groups})
    means = frame.groupby("group")[["x", "y"]].transform("mean")
    x, y = (frame[name].to_numpy(float) - means[name].to_numpy(float) for name in ("x", "y"))
    freedom = len(x) - len(np.unique(groups)) - 1
    if freedom < 1 or not np.isfinite(y).all() or not x.any():
        return float("nan"), -np.inf, np.inf
    slope = float(x @ y / (x @ x))
    residuals = (y - slope * x) * np.sqrt(len(x) / freedom)
    drawn = residuals[rng.integers(len(x), size=(RESAMPLES, len(x)))]
    return slope, *percentile_interval(slope + drawn @ x / (x @ x), freedom)


def slope_of(rows: pd.DataFrame, column: str) -> tuple[float, float, float]:
    """Slope of log error on log width over all targets, and its interval."""
    points = curves(rows, column).stack()
    function, width = (points.index.get_level_values(name).to_numpy() for name in ("function", "width"))
    rng = random_generator(0, "bootstrap", "rate", column, len(points))
    return slope_with_interval(np.log2(width), np.log2(points.to_numpy(float)), function, rng)


def series(table: pd.DataFrame) -> Iterator[tuple[tuple[str, int, str], pd.DataFrame]]:
    """The rows of every family, d and activation."""
    yield from table.groupby(["family", "d", "activation"])


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For each family, d and activation: Barron's bound, and the slope of each way; in one dimension also m^-2."""
    verdicts = []
    for names, rows in series(table):
        if rows["norm"].notna().all():
            verdicts.append(_bound(names, rows))
        ways = [column for column in WAYS if rows[column].notna().all()]
        verdicts += [_slope(names, rows, column) for column in ways]
        if names[1] == 1 and names[2] == "rectifier":
            verdicts += [_smooth(names, rows, column) for column in ways]
    return verdicts


def _verdict(name: str, statement: str, names: tuple, rows: pd.DataFrame, **others: Any) -> Verdict:
    family, d, activation = names
    widths, rates = (
        ", ".join(f"{value:g}" for value in sorted(rows[axis].unique())) for axis in ("width", "learning_rate")
    )
    points = int(rows["points"].iloc[0])
    standard: dict[str, Any] = {
        "source": SOURCE,
        "hypotheses": f"one hidden layer of {activation} units with biases, linear output fitted by least squares; "
        f"{rows['function'].nunique()} targets {family} on [-1, 1]^{d}, see theory/approximation/targets.py; error: "
        f"root mean square on {points:,} fresh uniform points over the standard deviation; widths {widths}; fitted to "
        f"as many points; training: {rows['steps'].max():,} updates, learning rates {rates}, the best at each width",
        "samples": len(rows),
        "evidence": "statistical",
    }
    full = f"approximation.rate/{name}/{family}/d={d}/{activation}"
    return Verdict(claim=full, statement=statement, **(standard | others))


def _existence(column: str) -> Any:
    return "representable" if column == "construction_error" else "found by training"


def ratios(rows: pd.DataFrame) -> pd.Series:
    """For every width and target the least error of any way over Barron's bound for that target."""
    least = rows[list(WAYS)].min(axis=1).groupby([rows["function"], rows["width"]]).min()
    facts = rows.groupby(["function", "width"])[["norm", "deviation"]].first()
    units = UNITS[rows["activation"].iloc[0]]
    width = facts.index.get_level_values("width").to_numpy()
    return least / (targets.barron_bound(facts["norm"].to_numpy(), width // units) / facts["deviation"])


def _bound(names: tuple, rows: pd.DataFrame) -> Verdict:
    ratio = ratios(rows)
    units = UNITS[names[2]]
    return _verdict(
        "bound",
        "Some network of m sigmoidal units has a root mean square error of at most 2 C / √m.",
        names,
        rows,
        existence="representable",
        prediction="largest of error over bound <= 1",
        measured=float(ratio.max()),
        low=float(ratio.min()),
        high=float(ratio.max()),
        rule="Least error of any way, for every width and target, over the bound with the exact norm of the target, "
        f"which is {rows['norm'].mean():.3g} on average; {units} unit(s) count as a sigmoidal one. Supported if all of "
        "these ratios are at most 1; else inconclusive, because a better network may not have been found. The interval "
        "is from the least to the largest ratio.",
        verdict=decide(bool((ratio <= 1).all()), False),
    )


def _slope(names: tuple, rows: pd.DataFrame, column: str) -> Verdict:
    slope, low, high = slope_of(rows, column)
    return _verdict(
        f"slope/{WAYS[column].replace(' ', '-')}",
        f"The error falls at least as fast as m^-1/2: {WAYS[column]}.",
        names,
        rows,
        existence=_existence(column),
        prediction=f"slope of log error on log m <= {BARRON:g}",
        measured=slope,
        low=low,
        high=high,
        rule="Median error over restarts for each target and width; least-squares slope with an intercept for each "
        f"target and a 95 % bootstrap interval of its residuals. Supported if the interval lies at or below "
        f"{BARRON:g}, contradicted if above, else inconclusive.",
        verdict=decide(high <= BARRON, low > BARRON),
    )


def _smooth(names: tuple, rows: pd.DataFrame, column: str) -> Verdict:
    slope, low, high = slope_of(rows, column)
    return _verdict(
        f"smooth/{WAYS[column].replace(' ', '-')}",
        f"In one dimension the error of a smooth target falls as m^-2, that of the best broken line: {WAYS[column]}.",
        names,
        rows,
        source="de Boor 1973: best approximation by broken lines with free knots [M: remembered, not checked]",
        existence=_existence(column),
        prediction=f"slope of log error on log m = {SMOOTH:g}, within {MARGIN:g}",
        measured=slope,
        low=low,
        high=high,
        rule="Slope and interval as for m^-1/2. Equality cannot be shown, agreement within a margin can: supported if "
        f"the interval lies within {MARGIN:g} of {SMOOTH:g}, contradicted if it lies outside, else inconclusive.",
        verdict=decide(
            low >= SMOOTH - MARGIN and high <= SMOOTH + MARGIN, low > SMOOTH + MARGIN or high < SMOOTH - MARGIN
        ),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Error against width, a panel for each family, d and activation: bound, construction, random units, training."""
    every = list(series(table))
    columns = min(len(every), 3)
    height = -(-len(every) // columns)
    figure = new_figure(2.5 * columns + 1.6, 2.3 * height + 0.3, height, columns)
    numbers = []
    for axes, (names, rows) in zip(figure.axes, every, strict=False):
        drawn = _curve_numbers(names, rows)
        _draw_panel(axes, drawn)
        axes.set_title(f"{names[0]}, d = {names[1]}, {names[2]}", fontsize=8)
        numbers.append(drawn)
    for axes in figure.axes[len(every) :]:
        axes.set_visible(False)
    label_outside(figure, "width m", "error / standard deviation")
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside right upper", fontsize=8)
    return {"rate-error-width": Drawing(figure, pd.concat(numbers, ignore_index=True))}


def _curve_numbers(names: tuple, rows: pd.DataFrame) -> pd.DataFrame:
    """Geometric means over targets of bound and of every way's error, and the extremes over targets of the latter."""
    family, d, activation = names
    widths = np.array(sorted(rows["width"].unique()))
    scale = (rows["norm"] / rows["deviation"]).groupby(rows["function"]).first().to_numpy()
    bound = targets.barron_bound(np.exp(np.log(scale).mean(keepdims=True)), widths // UNITS[activation])
    parts = [pd.DataFrame({"way": "bound", "width": widths, "error": bound})]
    for column, way in WAYS.items():
        if rows[column].notna().all():
            curve = curves(rows, column)
            mean, low, high = np.exp(np.log(curve).mean()), curve.min(), curve.max()
            parts.append(pd.DataFrame({"way": way, "width": widths, "error": mean, "low": low, "high": high}))
    return pd.concat(parts, ignore_index=True).assign(family=family, d=d, activation=activation)


def _draw_panel(axes: Any, drawn: pd.DataFrame) -> None:
    for way, mine in drawn.groupby("way", sort=False):
        if way == "bound":
            axes.plot(mine["width"], mine["error"], "k--", lw=0.8, label="Barron's bound")
            continue
        i = list(WAYS.values()).index(way)
        axes.plot(mine["width"], mine["error"], f"{MARKERS[i]}-", color=COLOURS[i], ms=3, lw=1, label=way)
        axes.fill_between(mine["width"], mine["low"], mine["high"], color=COLOURS[i], alpha=0.2, linewidth=0)
    axes.set(xscale="log", yscale="log")
    axes.set_xticks(drawn["width"].unique(), [str(width) for width in drawn["width"].unique()], fontsize=7)
    axes.minorticks_off()
