"""Which depth is best, chosen by other networks, and on other points, than those that judge the choice."""

import numpy as np
import pandas as pd

from experiments.judging.budgets import by_budget, extended
from experiments.judging.choosing import at_rates, best_rates, chooses
from experiments.judging.measured import Measured
from experiments.judging.statistics import median_interval

# Errors of float64 below are as good as zero.
ZERO = float(np.finfo(float).eps)


class ChosenDepth:
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

    def factor(self, how: str = "") -> Measured:
        """How many times smaller the error of the best depth is than that of one hidden layer: the median over
        restarts, with its interval at the largest budget as another doubling of the updates could extend it.

        Of two networks that have both diverged, or both have no error, neither is better.
        """
        ratios = log_ratios(self.judged, self.best)
        before, _, _ = median_interval(log_ratios(self.earlier, self.best))

        def estimate(α: float) -> tuple[float, float, float]:
            value, low, high = median_interval(ratios, α)
            low, high = extended(value, low, high, before)
            factor, least, most = np.exp([value, low, high])
            return float(factor), float(least), float(most)

        return Measured(estimate, self.judged["restart"].nunique(), how=how)

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
