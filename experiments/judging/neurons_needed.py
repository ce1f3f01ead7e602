"""The number of units that an error needs, and how it grows with the size of the problem."""

import numpy as np
import pandas as pd

from experiments.judging.statistics import DEFAULT_LEVEL, line_slope


def needed(curve: pd.Series, level: float) -> float:
    """The number of units at which an error curve first falls to a level; NaN if it does not.

    Between two numbers of units the curve is taken to be a power law.

    Args:
        curve: errors, indexed by numbers of units in ascending order.
        level: the error that is asked for.
    """
    units, errors = curve.index.to_numpy(float), curve.to_numpy(float)
    if not (errors <= level).any():
        return float("nan")
    i = int(np.argmax(errors <= level))
    if i == 0:
        return float(units[0])
    if not np.isfinite(errors[i - 1]):
        return float(units[i])
    share = np.log(errors[i - 1] / level) / np.log(errors[i - 1] / errors[i])
    return float(units[i - 1] * (units[i] / units[i - 1]) ** share)


def units_needed(curves: dict[int, pd.Series], level: float) -> pd.DataFrame:
    """The number of units that a level needs at each n.

    Args:
        curves: for each n, ascending, the errors by number of units.
        level: the error that is asked for.

    Returns:
        Columns n, needed, reached. Where the level is not reached, `needed` is the largest number of units that was
        tried, a lower bound. The table ends with the first n of this kind.
    """
    found = []
    for n, curve in curves.items():
        units = needed(curve, level)
        reached = not np.isnan(units)
        found.append({"n": n, "needed": units if reached else float(curve.index.max()), "reached": reached})
        if not reached:
            break
    return pd.DataFrame(found)


def power(table: pd.DataFrame, α: float = DEFAULT_LEVEL) -> tuple[float, float, float]:
    """The power of n in the units needed, see `units_needed`: a slope on logarithmic axes, with its interval."""
    return line_slope(np.log2(table["n"].to_numpy(float)), np.log2(table["needed"].to_numpy(float)), α)


def slope_of_gain(table: pd.DataFrame, α: float = DEFAULT_LEVEL) -> tuple[float, float, float]:
    """Slope of the column `gain` on n, with its interval."""
    return line_slope(table["n"].to_numpy(float), table["gain"].to_numpy(float), α)
