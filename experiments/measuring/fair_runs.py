"""Which runs are judged, and what they reach: training has its best setting, and a lucky choice does not judge itself.

The first half of the restarts chooses, at each width, among all ways to begin; the second half of the restarts of that
way is judged. What *the best of k* of them reaches is its expectation over all choices of k, see
theory/restarts/best_of.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float

from experiments.plan import random_generator
from experiments.statistics import DEFAULT_LEVEL, level, percentile_interval
from theory.restarts.best_of import expected_least

BEST_OF = 8
RESAMPLES = 500
# What is chosen among: how far apart the first kinks are, and the size of the steps.
CHOICES = ["input_scale", "learning_rate"]


@dataclass(frozen=True)
class Series:
    """Judged runs of one target and optimiser, at every width.

    Attributes:
        target, optimizer: whose.
        k: of the best of k.
        facts: one row a width: width, floor, reachable, interpolant, bound.
        errors: for every width those of the judged runs.
        least: the expected least error of k of them.
        resampled: bootstraps of `least`.
        settings: how the widest ones began, a value for each of `CHOICES`.
    """

    target: str
    optimizer: str
    k: int
    facts: pd.DataFrame
    errors: list[Float[np.ndarray, " runs"]]
    least: Float[np.ndarray, " widths"]
    resampled: Float[np.ndarray, "widths resamples"]
    settings: dict[str, float]

    def interval(self) -> Float[np.ndarray, "widths 2"]:
        """Intervals of `least`."""
        return np.array([_interval(least) for least in self.resampled])


def _interval(least: Float[np.ndarray, " resamples"]) -> tuple[float, float]:
    """Bootstrap interval of an error, on a logarithmic scale.

    Where runs diverge an end may be infinite: nothing is interpolated then, and no tail goes on beyond the resamples.
    """
    if np.isfinite(least).all() and (least > 0).all():
        low, high = np.exp(percentile_interval(np.log(least)))
        return float(low), float(high)
    if level() < DEFAULT_LEVEL:
        return 0.0, np.inf
    low, high = np.quantile(least, (level() / 2, 1 - level() / 2), method="inverted_cdf")
    return float(low), float(high)


def judged(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """The second half of the restarts of the setting whose first half is expected to have the least error."""
    half = rows["restart"] <= rows["restart"].max() // 2
    first = {setting: mine[column].to_numpy() for setting, mine in rows[half].groupby(CHOICES)}
    best = min(first, key=lambda setting: expected_least(first[setting], np.array([tries(len(first[setting]))]))[0])
    return rows[~half & (rows[CHOICES] == list(best)).all(axis=1)]


def tries(runs: int) -> int:
    """The k of the best of k: half of the runs, so that there are many choices of k of them."""
    return max(1, min(BEST_OF, runs // 2))


def series(table: pd.DataFrame, column: str = "rms") -> Iterator[Series]:
    """Every target and optimiser of the table; `column` is the error that counts."""
    for (target, optimizer), rows in table.groupby(["target", "optimizer"], sort=False):
        chosen = {int(width): judged(mine, column) for width, mine in rows.groupby("width")}
        errors = [mine[column].fillna(np.inf).to_numpy() for mine in chosen.values()]
        k = tries(min(map(len, errors)))
        rng = random_generator(0, "bootstrap", column, target, optimizer)
        least = [expected_least(some, np.array([k]))[0] for some in errors]
        drawn = [rng.choice(some, (RESAMPLES, len(some))) for some in errors]
        resampled = [[expected_least(one, np.array([k]))[0] for one in some] for some in drawn]
        facts = rows.groupby("width")[["floor", "reachable", "interpolant", "bound"]].first().reset_index()
        settings = chosen[max(chosen)][CHOICES].iloc[0].to_dict()
        yield Series(str(target), str(optimizer), k, facts, errors, np.array(least), np.array(resampled), settings)
