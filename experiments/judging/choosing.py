"""Choosing learning rates and depths by other networks, and on other points, than those that judge the choice.

The first quarter of the restarts chooses, at the largest budget and at half of it alike, and the others are judged: so
a lucky choice does not judge itself.
"""

import numpy as np
import pandas as pd

from experiments.judging.budgets import by_budget, extended
from experiments.judging.statistics import median_interval

# The share of restarts that choose; the others are judged, and more of them make intervals shorter.
CHOOSING = 1 / 4
# Errors of float64 below are as good as zero.
ZERO = float(np.finfo(float).eps)


def chooses(numbers: pd.Series) -> pd.Series:
    """Which of the restarts, or other repetitions 0, 1, ..., choose: the first of them, at least one."""
    return numbers < max(1, round(CHOOSING * (numbers.max() + 1)))


def best_rates(rows: pd.DataFrame, by: list[str], error: str = "validation_error") -> pd.MultiIndex:
    """For every group, with its names in front, the learning rate with the least median error; one that is not a number
    is the worst.
    """
    medians = rows.assign(**{error: rows[error].fillna(np.inf)}).groupby([*by, "learning_rate"])[error].median()
    return pd.MultiIndex.from_tuples(medians.groupby(by).idxmin().tolist(), names=[*by, "learning_rate"])


def most_solved(rows: pd.DataFrame, by: list[str], error: str) -> pd.MultiIndex:
    """For every group the learning rate with most rows `solved`, among equals the one with the least median error."""
    runs = rows.assign(**{error: rows[error].fillna(np.inf)}).groupby([*by, "learning_rate"])
    scores = pd.DataFrame({"missed": 1 - runs["solved"].mean(), "error": runs[error].median()})
    best = scores.sort_values(["missed", "error"], kind="stable").groupby(by, sort=True).head(1)
    return best.index


def at_rates(rows: pd.DataFrame, rates: pd.MultiIndex) -> pd.DataFrame:
    """The rows of every group at the learning rate that `best_rates` has for it."""
    return rows[pd.MultiIndex.from_frame(rows[list(rates.names)]).isin(rates)]


def judged_where_most_solved(rows: pd.DataFrame, by: list[str], error: str) -> pd.DataFrame:
    """The judged rows of every group, at the learning rate with which most of those that choose are solved."""
    choose = chooses(rows["restart"])
    return at_rates(rows[~choose], most_solved(rows[choose], by, error))


class Choice:
    """The networks of one target, activation and size, of which some choose and the others are judged.

    Those that choose do so by the median error on the points of validation: the learning rate of every depth and
    budget, and at the largest budget the depth of those above 1.

    Attributes:
        medians: by depth, what those that choose had at the rates they chose.
        judged: the others at these rates, of the largest budget.
        earlier: those of half of the budget.
    """

    def __init__(self, rows: pd.DataFrame) -> None:
        """From all rows of one setting."""
        choose = chooses(rows["restart"])
        rates = best_rates(rows[choose], ["steps", "depth"])
        first, _ = by_budget(at_rates(rows[choose], rates))
        self.medians = first.groupby("depth")["validation_error"].median()
        self.judged, self.earlier = by_budget(at_rates(rows[~choose], rates))

    @property
    def best(self) -> int:
        """The depth above 1 that was chosen."""
        return int(self.medians[self.medians.index > 1].idxmin())

    def factor(self) -> tuple[float, float, float]:
        """How many times smaller the error of the best depth is than that of one hidden layer: the median over
        restarts, and its interval, see `extended`.

        Of two networks that have both diverged, or both have no error, neither is better.
        """
        ratios = log_ratios(self.judged, self.best)
        value, low, high = median_interval(ratios)
        before, _, _ = median_interval(log_ratios(self.earlier, self.best))
        low, high = extended(value, low, high, before)
        factor, low, high = np.exp([value, low, high])
        return float(factor), float(low), float(high)

    def typical(self) -> pd.DataFrame:
        """Median of the judged errors, its interval, and the learning rate, for every depth: columns error, low, high,
        learning_rate.
        """
        errors = self.judged.groupby("depth")["error"]
        table = pd.DataFrame({depth: median_interval(mine.to_numpy()) for depth, mine in errors}).T
        table = table.set_axis(["error", "low", "high"], axis=1).rename_axis("depth")
        return table.assign(learning_rate=self.judged.groupby("depth")["learning_rate"].first())


def log_ratios(rows: pd.DataFrame, depth: int) -> np.ndarray:
    """Natural logarithms of the error of one hidden layer over that of `depth` of them, one for every restart."""
    if rows.empty:
        return np.array([])
    errors = rows.pivot(index="restart", columns="depth", values="error")
    flat, deep = (np.log(errors[some].clip(ZERO).to_numpy(float)) for some in (1, depth))
    with np.errstate(invalid="ignore"):
        # Of two networks that have both diverged neither is better.
        return np.nan_to_num(flat - deep, nan=0.0, posinf=np.inf, neginf=-np.inf)


def best_of(rows: pd.DataFrame) -> pd.Series:
    """For every depth the error of the one network, of all restarts, rates and budgets, with the least error of
    validation.
    """
    chosen = rows.loc[rows.groupby("depth")["validation_error"].idxmin()]
    return chosen.set_index("depth")["error"]
