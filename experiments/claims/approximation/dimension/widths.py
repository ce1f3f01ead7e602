"""Widths at which each way to get m units reaches an error, and their growth with the dimension of the input."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from experiments.claims.approximation import _ways as ways
from experiments.claims.approximation.dimension.growth import Bounds, growth
from experiments.judging.neurons_needed import needed
from experiments.judging.statistics import DEFAULT_LEVEL, least_squares_slope
from theory.approximation import targets

# Growth is measured from this dimension on: in one dimension constants matter more than growth.
FIRST_D = 2
PROOF = "proof_width"
WAYS = ways.WAYS | {PROOF: "brute-force proof"}
# Slope and interval if there are too few dimensions.
UNKNOWN = (float("nan"), -np.inf, np.inf)


def widths_needed(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Width at which a way reaches the level, for every d and judged task of one family, activation and budget.

    Returns:
        Columns d, task, low, high: the width is between low and high. It is known, and low equals high, if the curve
        falls to the level between two widths. Otherwise it is above the largest width tried, or between one unit and
        the least width. Columns norm and deviation are those of the task.
    """
    rows = rows.assign(task=ways.tasks(rows))
    facts = rows.groupby(["d", "task"])[["norm", "deviation"]].first().reset_index()
    if column == PROOF:
        known = rows.groupby(["d", "task"])[PROOF].first().rename("low").reset_index()
        return known.assign(high=known["low"]).merge(facts, on=["d", "task"])
    found = []
    for d, mine in rows.groupby("d"):
        curves = ways.curves(mine, column)
        width = curves.apply(needed, axis=1, level=float(rows["relative_error"].iloc[0]))
        at_once, least = width <= mine["width"].min(), float(mine["width"].min())
        low = width.fillna(mine["width"].max()).mask(at_once, 1.0)
        high = width.fillna(np.inf).mask(at_once, least)
        found.append(pd.DataFrame({"d": d, "task": curves.index, "low": low.to_numpy(float), "high": high.to_numpy()}))
    return pd.concat(found, ignore_index=True).merge(facts, on=["d", "task"])


def series(table: pd.DataFrame) -> Iterator[tuple[tuple[str, str], str, pd.DataFrame]]:
    """Rows of every family and activation, with all budgets, for each way that was measured."""
    for names, rows in table.groupby(["family", "activation"]):
        for column in WAYS:
            if rows[column].notna().all():
                yield names, column, rows


def logarithms(widths: pd.DataFrame) -> tuple[np.ndarray, list[Bounds]]:
    """The dimensions that count, and for each the bounds of log2(width)."""
    groups = [(d, mine) for d, mine in widths.groupby("d") if d >= FIRST_D]
    return np.array([float(d) for d, _ in groups]), [
        Bounds(np.log2(mine["low"].to_numpy(float)), np.log2(mine["high"].to_numpy(float))) for _, mine in groups
    ]


def bits(widths: pd.DataFrame, α: float = DEFAULT_LEVEL) -> tuple[float, float, float]:
    """Slope of log2(width) on d, with its interval at level α."""
    return growth(*logarithms(widths), α) if _dimensions(widths) > 1 else UNKNOWN


def barron_widths(widths: pd.DataFrame, level: float) -> pd.Series:
    """Sigmoidal units at which Barron's bound of the target falls to the level, for every width."""
    units = targets.barron_units(widths["norm"].to_numpy(float), level * widths["deviation"].to_numpy(float))
    return pd.Series(units, widths.index)


def barron_power(widths: pd.DataFrame, level: float) -> float:
    """Power of d by which Barron's bound of the width grows; NaN if there is one d only."""
    if _dimensions(widths) < 2:
        return float("nan")
    means = np.log2(barron_widths(widths, level)).groupby(widths["d"]).mean()
    log_d = np.log2(logarithms(widths)[0])
    return float(least_squares_slope(log_d, means[means.index >= FIRST_D].to_numpy(float)))


def power(widths: pd.DataFrame, level: float, α: float = DEFAULT_LEVEL) -> tuple[float, float, float]:
    """Power of d by which the width grows, with its interval at level α.

    It is a slope on log2(d). Targets of one d differ in their norms, which is no part of the growth of widths. So the
    slope of width over Barron's bound is estimated, and the power of the bound is added.
    """
    if _dimensions(widths) < 2:
        return UNKNOWN
    bound, added = barron_widths(widths, level), barron_power(widths, level)
    relative = widths.assign(low=widths["low"] / bound, high=widths["high"] / bound)
    slope, low, high = growth(np.log2(logarithms(widths)[0]), logarithms(relative)[1], α)
    return slope + added, low + added, high + added


def _dimensions(widths: pd.DataFrame) -> int:
    return widths.loc[widths["d"] >= FIRST_D, "d"].nunique()


def extremes(widths: pd.DataFrame) -> pd.DataFrame:
    """Least and largest log2(width) for each dimension that counts."""
    return np.log2(widths[widths["d"] >= FIRST_D].groupby("d")["low"].agg(["min", "max"]))
