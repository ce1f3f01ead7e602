"""approximation.rate: how the error of one hidden layer falls with its width, on paper and as found.

Three ways to m hidden units are compared on the same targets, see theory/approximation/targets.py: directions drawn
from the target's own Fourier transform, as Barron's proof does (construction), directions drawn without looking at the
target (random features), and training. The output layer is always fitted by least squares, which is a convex problem.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.drawing import Drawing
from experiments.figures.approximation import rate as figures
from experiments.measuring import ways
from experiments.measuring.ways import SOURCE, UNITS, WAYS, curves
from experiments.plan import Unit, Work
from experiments.rows import Rebuilt
from experiments.settings import ClaimSettings, setting
from experiments.statistics import common_slope, percent
from experiments.verdict import Verdict, decide
from theory.approximation import targets

STATIC = ways.STATIC
BARRON, SMOOTH = -0.5, -2.0
UNITS_OF = {
    "construction_error": "units drawn as in Barron's proof",
    "random_error": "units drawn without looking at the target",
    "error": "trained units",
}
MARGIN = 0.25


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained and how. `function` numbers the targets of a family; so many `points` are fitted, and as many
    others judge; `batch` is the number of points per update, 0 for all of them. Training sees `input_scale` times the
    inputs.
    """

    family: list[str] = setting(["ridges", "gaussian"], choices=tuple(targets.FAMILIES))
    d: list[int] = setting([1, 4], low=1, high=16)
    width: list[int] = setting([4, 8, 16, 32, 64, 128], low=2, high=2000)
    activation: list[str] = setting(["rectifier", "tanh"], choices=tuple(UNITS))
    input_scale: list[float] = setting([1.0, 4.0], low=0.001, high=1000.0)
    learning_rate: list[float] = setting([0.01, 0.03], low=1e-9, high=1000.0)
    functions: int = setting(2, low=1, high=1000, counts="function")
    restarts: int = setting(low=1, high=100_000, counts="restart")
    optimizer: str = setting("adam", choices=("adam", "sgd", "momentum", "rms", "amsgrad", "lion", "yogi", "radam"))
    schedule: str = setting("linear", choices=("constant", "linear", "cosine"))
    batch: int = setting(128, low=0, high=65_536)
    steps: int = setting(1000, low=1, high=100_000_000)
    points: int = setting(4096, low=100, high=10_000_000)
    where: str = setting("d > 1 or family == 'ridges'")


def measure(unit: Unit) -> pd.DataFrame:
    """One row per trained network, with the errors of the other two ways beside it, see `ways.measure`."""
    return ways.measure(unit)


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again, its output layer fitted."""
    return ways.rebuild(unit, row)


def is_stuck(table: pd.DataFrame) -> pd.Series:
    """Whether training did no better than random features."""
    return ways.is_stuck(table)


def work(unit: Unit) -> Work:
    """All updates of all networks and the fits of their output layers."""
    return ways.work(unit)


def slope_of(rows: pd.DataFrame, column: str) -> tuple[float, float, float]:
    """Slope of log error on log width over all targets, and its interval."""
    points = curves(rows, column).stack()
    function, width = (points.index.get_level_values(name).to_numpy() for name in ("function", "width"))
    return common_slope(np.log2(width), np.log2(points.to_numpy(float)), function)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For each family, d and activation: Barron's bound, and the slope of each way; in one dimension also m^-2."""
    verdicts = []
    for names, rows in table.groupby(["family", "d", "activation"]):
        if rows["norm"].notna().all():
            verdicts.append(_bound(names, rows))
        known = [column for column in WAYS if rows[column].notna().all()]
        verdicts += [_slope(names, rows, column) for column in known]
        if names[1] == 1 and names[2] == "rectifier":
            verdicts += [_smooth(names, rows, column) for column in known]
    return verdicts


def _verdict(name: str, statement: str, names: tuple, rows: pd.DataFrame, **others: Any) -> Verdict:
    family, d, activation = names
    widths, rates, scales = (
        ", ".join(f"{value:g}" for value in sorted(rows[axis].unique()))
        for axis in ("width", "learning_rate", "input_scale")
    )
    points = int(rows["points"].iloc[0])
    standard: dict[str, Any] = {
        "source": SOURCE,
        "hypotheses": f"one hidden layer of {activation} units with biases, linear output fitted by least squares; "
        f"{rows['function'].nunique()} targets {family} on [-1, 1]^{d}, see theory/approximation/targets.py; error: "
        f"root mean square on {points:,} fresh uniform points over the standard deviation; widths {widths}; fitted to "
        f"as many points; training: {rows['steps'].max():,} updates, learning rates {rates}, inputs scaled by "
        f"{scales}, the best of these at each width",
        "samples": len(rows),
        "evidence": "statistical",
    }
    full = f"approximation.rate/{name}/{family}/d={d}/{activation}"
    return Verdict(claim=full, statement=statement, **(standard | others))


def _setting(names: tuple) -> str:
    family, d, activation = names
    return f"{family}, d = {d}, {activation}"


def _existence(column: str) -> Any:
    return "found by training" if column == "error" else "representable"


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
        f"Some network of m sigmoidal units has a root mean square error of at most 2 C / √m: {_setting(names)}.",
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
        "is from the least to the largest ratio; far below 1 the bound is generous.",
        verdict=decide(bool((ratio <= 1).all()), False),
    )


def _slope(names: tuple, rows: pd.DataFrame, column: str) -> Verdict:
    slope, low, high = slope_of(rows, column)
    return _verdict(
        f"slope/{WAYS[column].replace(' ', '-')}",
        f"With {UNITS_OF[column]} the error falls at least as fast as m^-1/2: {_setting(names)}.",
        names,
        rows,
        existence=_existence(column),
        prediction=f"slope of log error on log m <= {BARRON:g}",
        measured=slope,
        low=low,
        high=high,
        rule="Median error over restarts for each target and width; least-squares slope with an intercept for each "
        f"target and Student's {percent()} interval. Supported if the interval lies at or below "
        f"{BARRON:g}, contradicted if above, else inconclusive.",
        verdict=decide(high <= BARRON, low > BARRON),
    )


def _smooth(names: tuple, rows: pd.DataFrame, column: str) -> Verdict:
    slope, low, high = slope_of(rows, column)
    return _verdict(
        f"smooth/{WAYS[column].replace(' ', '-')}",
        f"With {UNITS_OF[column]} the error of a smooth target falls as m^-2, like that of the best broken line: "
        f"{_setting(names)}.",
        names,
        rows,
        source="theory/approximation/piecewise.py derives the rate; de Boor 1973 (from memory, not checked)",
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
    return figures.draw(table)
