"""approximation.dimension: the width needed for a fixed relative error, against the dimension of the input.

Targets with a bounded Barron norm need a width that does not grow exponentially; merely Lipschitz ones, here a pyramid
of random sign in every orthant, have as many independent pieces as there are orthants. The three ways to m units are
those of approximation.rate.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.approximation import rate
from experiments.drawing import COLOURS, MARKERS, Drawing, new_figure
from experiments.plan import Unit, Work, random_generator
from experiments.rows import Rebuilt
from experiments.settings import ClaimSettings, setting
from experiments.statistics import least_squares_slope
from experiments.verdict import Verdict, decide
from theory.approximation import targets

STATIC = rate.STATIC
# In one dimension constants count for more than growth.
FIRST_D = 2
LIPSCHITZ = "pyramids"
# A width that is not reached is at least so many times the largest tried.
BEYOND = 2.0


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained and how, see `rate.Settings`; `relative_error` is the error over the target's deviation."""

    family: list[str] = setting(["ridges", "gaussian", LIPSCHITZ], choices=tuple(targets.FAMILIES))
    d: list[int] = setting([1, 2, 4, 6, 8], low=1, high=16)
    width: list[int] = setting([4, 16, 64, 256], low=2, high=4000)
    activation: list[str] = setting(["rectifier"], choices=tuple(rate.UNITS))
    input_scale: list[float] = setting([1.0], low=0.0)
    learning_rate: list[float] = setting([0.01, 0.03], low=0.0)
    functions: int = setting(2, low=1, high=1000, counts="function")
    restarts: int = setting(low=1, high=100_000, counts="restart")
    relative_error: float = setting(0.5, low=0.0, high=1.0)
    optimizer: str = setting("adam", choices=("adam", "sgd", "momentum", "rms", "amsgrad", "lion", "yogi", "radam"))
    schedule: str = setting("linear", choices=("constant", "linear", "cosine"))
    batch: int = setting(128, low=0, high=65_536)
    steps: int = setting(1000, low=1, high=100_000_000)
    points: int = setting(2048, low=100, high=10_000_000)


def measure(unit: Unit) -> pd.DataFrame:
    """One row per trained network, see `rate.measure`, with the relative error that is asked for."""
    return rate.measure(unit).assign(relative_error=unit.settings.relative_error)


def work(unit: Unit) -> Work:
    """As for the rate."""
    return rate.work(unit)


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again, its output layer fitted."""
    return rate.rebuild(unit, row)


def is_stuck(table: pd.DataFrame) -> pd.Series:
    """Whether training did no better than random features."""
    return rate.is_stuck(table)


def needed(curve: pd.Series, level: float) -> float:
    """The width at which an error curve first falls to a level, NaN if it does not.

    Args:
        curve: errors, indexed by widths in ascending order.
        level: the error wanted. Between two widths the curve is a power law.
    """
    widths, errors = curve.index.to_numpy(float), curve.to_numpy(float)
    if not (errors <= level).any():
        return float("nan")
    i = int(np.argmax(errors <= level))
    if i == 0:
        return float(widths[0])
    share = np.log(errors[i - 1] / level) / np.log(errors[i - 1] / errors[i])
    return float(widths[i - 1] * (widths[i] / widths[i - 1]) ** share)


def widths_needed(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """For every d and target of one family and activation the width needed in one of the ways.

    Returns:
        Columns d, function, width, reached. What is not reached counts as `BEYOND` times the largest width tried, and
        dimensions after the first in which some target is not reached are left out.
    """
    found = []
    for d, mine in rows.groupby("d"):
        curves = rate.curves(mine, column)
        widths = curves.apply(needed, axis=1, level=float(rows["relative_error"].iloc[0]))
        found.append(pd.DataFrame({"d": d, "function": curves.index, "width": widths.to_numpy(float)}))
        if widths.isna().any():
            break
    table = pd.concat(found, ignore_index=True)
    table["reached"] = table["width"].notna()
    return table.fillna({"width": BEYOND * rows["width"].max()})


def series(table: pd.DataFrame) -> Iterator[tuple[tuple[str, str], str, pd.DataFrame]]:
    """The rows of every family and activation, once for each way that was measured."""
    for names, rows in table.groupby(["family", "activation"]):
        for column in rate.WAYS:
            if rows[column].notna().all():
                yield names, column, rows


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For each family, activation and way: whether the width grows faster or slower than d²."""
    return [_growth(*one) for one in series(table)]


def _growth(names: tuple[str, str], column: str, rows: pd.DataFrame) -> Verdict:
    (family, activation), way = names, rate.WAYS[column]
    widths = widths_needed(rows, column)
    judged = widths[widths["d"] >= FIRST_D]
    d, log_width = judged["d"].to_numpy(float), np.log2(judged["width"].to_numpy(float))
    one, rng = np.zeros(len(judged)), random_generator(0, "bootstrap", "dimension", family, activation, column)
    slope, low, high = rate.slope_with_interval(d, log_width, one, rng)
    power = rate.slope_with_interval(np.log2(d), log_width, one, rng)
    square, all_reached = float(least_squares_slope(d, 2 * np.log2(d))), bool(judged["reached"].all())
    lipschitz, level = family == LIPSCHITZ, rows["relative_error"].iloc[0]
    faster, slower = low > square, high < square and all_reached
    medians = ", ".join(
        f"{'' if mine['reached'].all() else '> '}{mine['width'].median():.3g} at d = {d}"
        for d, mine in widths.groupby("d")
    )
    return Verdict(
        claim=f"approximation.dimension/{family}/{activation}/{way.replace(' ', '-')}",
        statement=f"The width that {_words(family)} need in d dimensions for a relative error of {level:g} grows "
        + (
            f"faster than d², as exponential growth must in the end: {way}." if lipschitz else f"slower than d²: {way}."
        ),
        source="UML Thm 20.5, there for the largest error of all Lipschitz functions" if lipschitz else rate.SOURCE,
        hypotheses=f"{_hypotheses(rows)}; width needed: {medians}; power of d: {power[0]:.2f} [{power[1]:.2f}, "
        f"{power[2]:.2f}]",
        existence="representable" if column == "construction_error" else "found by training",
        prediction=f"slope of log2(width) on d {'>' if lipschitz else '<'} {square:.3f}, that of d²",
        measured=slope,
        low=low,
        high=high,
        samples=len(rows),
        evidence="statistical",
        rule="Width at which the median error over restarts, at the best learning rate of each width, falls to the "
        f"level, for each d >= {FIRST_D} and target; slope of its log2 on d with a 95 % bootstrap interval of the "
        "residuals, compared with that of d² over the same d. A dimension in which it is not reached is the last one "
        f"that counts, as {BEYOND:g} times the largest width: a bound from below, so that nothing is said to grow "
        "slower by it. "
        f"{'Supported' if lipschitz else 'Contradicted'} if the interval lies above, "
        f"{'contradicted' if lipschitz else 'supported'} if below, else inconclusive.",
        verdict=decide(faster, slower) if lipschitz else decide(slower, faster),
    )


def _hypotheses(rows: pd.DataFrame) -> str:
    rates = ", ".join(f"{value:g}" for value in sorted(rows["learning_rate"].unique()))
    return (
        f"one hidden layer of {rows['activation'].iloc[0]} units with biases, linear output fitted by least squares; "
        f"{rows['function'].nunique()} targets for each d, see theory/approximation/targets.py; error: root mean "
        f"square on {int(rows['points'].iloc[0]):,} fresh uniform points of [-1, 1]^d; widths {rows['width'].min()} to "
        f"{rows['width'].max()}; training: {rows['steps'].max():,} updates, best of the learning rates {rates}"
    )


def _words(family: str) -> str:
    return {"ridges": "three cosines", "gaussian": "a Gaussian", LIPSCHITZ: "pyramids of random sign"}[family]


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Width needed against dimension, a panel for each family: construction, random features and training."""
    families = [family for family in targets.FAMILIES if family in set(table["family"])]
    figure = new_figure(2.6 * len(families) + 1.7, 3.4, columns=len(families))
    numbers = []
    for (family, activation), column, rows in series(table):
        axes = figure.axes[families.index(family)]
        i = list(rate.WAYS).index(column)
        mine = (
            widths_needed(rows, column)
            .groupby("d")
            .agg(width=("width", "median"), low=("width", "min"), high=("width", "max"), reached=("reached", "all"))
            .reset_index()
        )
        style: dict[str, Any] = {"color": COLOURS[i], "marker": MARKERS[i], "ms": 4, "lw": 1}
        axes.plot(mine["d"], mine["width"], label=rate.WAYS[column], **style)
        axes.fill_between(mine["d"], mine["low"], mine["high"], color=COLOURS[i], alpha=0.2, linewidth=0)
        beyond = mine[~mine["reached"]]
        axes.plot(beyond["d"], beyond["width"], "^", color=COLOURS[i], ms=9, mfc="none")
        numbers.append(mine.assign(family=family, activation=activation, way=rate.WAYS[column]))
    for axes, family in zip(figure.axes, families, strict=True):
        d = np.array(sorted(table["d"].unique()))
        axes.plot(d, 2.0**d, "k--", lw=0.8, label="2^d")
        axes.plot(d, d**2.0, "k:", lw=0.8, label="d²")
        axes.set(yscale="log", xlabel="d, dimensions")
        axes.set_yscale("log", base=2)
        axes.set_title(family)
    figure.axes[0].set_ylabel(f"width for a relative error of {table['relative_error'].iloc[0]:g}")
    handles = {
        label: handle for axes in figure.axes for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    figure.legend(handles.values(), handles.keys(), loc="outside right upper", fontsize=8)
    return {"dimension-width": Drawing(figure, pd.concat(numbers, ignore_index=True))}
