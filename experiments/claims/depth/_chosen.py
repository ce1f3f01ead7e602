"""Which depth is best: some networks choose it on points of validation, and others judge it on other points."""

import numpy as np
import pandas as pd

from experiments.judging.budgets import by_budget, extended
from experiments.judging.choosing import at_rates, best_rates, chooses
from experiments.judging.measured import Measured
from experiments.judging.statistics import median_interval

# Smaller errors count as zero in float64.
ZERO = float(np.finfo(float).eps)


class ChosenDepth:
    """The networks of one target, activation and size: some choose, and the others are judged.

    The choosing networks use the median error on the points of validation. They choose the learning rate of every depth
    and budget and, at the largest budget, the best depth above 1.

    Attributes:
        medians: by depth, median errors of the choosing networks at the chosen rates.
        judged: the other networks at these rates, with the largest budget.
        earlier: the same with half of the budget.
    """

    def __init__(self, rows: pd.DataFrame) -> None:
        """Takes all rows of one setting."""
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
        """Error of one hidden layer over that of the best depth: the median over restarts at the largest budget.

        Its interval is extended by what another doubling of the updates could change. If two networks have both
        diverged, or both have no error, neither is better.
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
        """Median of the judged errors with its interval, and the learning rate, for every depth.

        Returns:
            Columns error, low, high, learning_rate; the index is the depth.
        """
        errors = self.judged.groupby("depth")["error"]
        table = pd.DataFrame({depth: median_interval(mine.to_numpy()) for depth, mine in errors}).T
        table = table.set_axis(["error", "low", "high"], axis=1).rename_axis("depth")
        return table.assign(learning_rate=self.judged.groupby("depth")["learning_rate"].first())


def log_ratios(rows: pd.DataFrame, depth: int) -> np.ndarray:
    """Natural logarithms of the error of one hidden layer over that of `depth` layers, one for every restart."""
    if rows.empty:
        return np.array([])
    errors = rows.pivot(index="restart", columns="depth", values="error")
    flat, deep = (np.log(errors[some].clip(ZERO).to_numpy(float)) for some in (1, depth))
    with np.errstate(invalid="ignore"):
        # If both networks have diverged, neither is better.
        return np.nan_to_num(flat - deep, nan=0.0, posinf=np.inf, neginf=-np.inf)


def best_of(rows: pd.DataFrame) -> pd.Series:
    """For every depth, the error of the network with the least error of validation, of all restarts, rates, budgets."""
    chosen = rows.loc[rows.groupby("depth")["validation_error"].idxmin()]
    return chosen.set_index("depth")["error"]
