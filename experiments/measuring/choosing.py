"""Choosing learning rates and depths on other points, and by other networks, than those that judge the choice."""

import numpy as np
import pandas as pd

from experiments.statistics import mean_interval

# The share of restarts that choose; the others are judged, and more of them make intervals shorter.
CHOOSING = 1 / 3
# Relative errors below are as good as zero; those above, and networks that have diverged, as bad as can be.
LEAST, LARGEST = 0.01, 10.0


def chooses(numbers: pd.Series) -> pd.Series:
    """Which of the restarts, or other repetitions 0, 1, ..., choose: the first third of them, at least one."""
    return numbers < max(1, round(CHOOSING * (numbers.max() + 1)))


def best_rates(rows: pd.DataFrame, by: list[str]) -> pd.MultiIndex:
    """For every group, with its names in front, the learning rate with the least median error of validation."""
    medians = rows.groupby([*by, "learning_rate"])["validation_error"].median()
    return pd.MultiIndex.from_tuples(medians.groupby(by).idxmin().tolist(), names=[*by, "learning_rate"])


def at_rates(rows: pd.DataFrame, rates: pd.MultiIndex) -> pd.DataFrame:
    """The rows of every group at the learning rate that `best_rates` has for it."""
    return rows[pd.MultiIndex.from_frame(rows[list(rates.names)]).isin(rates)]


class Choice:
    """The networks of one target, activation and budget, of which some choose and the others are judged.

    The first third of the restarts chooses the learning rate of every depth, and the depth of those above 1, by the
    median error on the points of validation; so a lucky choice does not judge itself.

    Attributes:
        medians: by depth, what the first third had at the rates it chose.
        judged: the other restarts, at these rates.
    """

    def __init__(self, rows: pd.DataFrame) -> None:
        """From all rows of one setting."""
        choosing = chooses(rows["restart"])
        first = rows[choosing].assign(validation_error=rows["validation_error"].clip(LEAST, LARGEST))
        rates = best_rates(first, ["depth"])
        self.medians = at_rates(first, rates).groupby("depth")["validation_error"].median()
        self.judged = at_rates(rows[~choosing], rates)

    @property
    def best(self) -> int:
        """The depth above 1 that the first third chose."""
        return int(self.medians[self.medians.index > 1].idxmin())

    def logs(self, depth: int) -> pd.Series:
        """Natural logarithms of the judged errors at a depth, by restart."""
        mine = self.judged[self.judged["depth"] == depth].set_index("restart")["error"]
        return np.log(mine.clip(LEAST, LARGEST))

    def factor(self) -> tuple[float, float, float]:
        """How many times smaller the error of the best depth is than that of one hidden layer, and its interval."""
        mean, low, high = np.exp(mean_interval((self.logs(1) - self.logs(self.best)).to_numpy()))
        return float(mean), float(low), float(high)

    def typical(self) -> pd.DataFrame:
        """Geometric mean of the judged errors, its interval, and the learning rate, for every depth: columns error,
        low, high, learning_rate.
        """
        means = {d: np.exp(mean_interval(self.logs(d).to_numpy())) for d in sorted(self.judged["depth"].unique())}
        table = pd.DataFrame(means, index=["error", "low", "high"]).T.rename_axis("depth")
        return table.assign(learning_rate=self.judged.groupby("depth")["learning_rate"].first())


def best_of(rows: pd.DataFrame) -> pd.Series:
    """For every depth the error of the one network, of all restarts and rates, with the least error of validation."""
    chosen = rows.loc[rows.groupby("depth")["validation_error"].idxmin()]
    return chosen.set_index("depth")["error"]
