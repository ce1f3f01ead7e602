"""The restarts of one setting: their success rate, the best of 1000, and groups that fail."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.claims.restarts import _shared as shared
from experiments.judging.statistics import exact_interval
from theory.restarts.best_of import failure_of_best, runs_for

# The post runs backpropagation this number of times and keeps the best network.
RUNS = 1000
# The best of these runs is nearly sure to succeed if its probability is above this.
CONFIDENCE = 0.99


@dataclass(frozen=True)
class Runs:
    """The restarts of one setting, in the order of their numbers."""

    rows: pd.DataFrame

    @property
    def solved(self) -> np.ndarray:
        """Whether each of them succeeded."""
        return self.rows["solved"].to_numpy(bool)

    @property
    def rate(self) -> float:
        """Share that succeeded."""
        return float(self.solved.mean())

    def interval(self) -> tuple[float, float]:
        """Exact interval of the success rate: rates may be small."""
        return exact_interval(int(self.solved.sum()), len(self.solved))

    def best(self, α: float) -> tuple[float, float, float]:
        """The probability that the best of `RUNS` succeeds, and its interval at a level."""
        low, high = exact_interval(int(self.solved.sum()), len(self.solved), α)
        return 1 - failure_of_best(self.rate, RUNS), 1 - failure_of_best(low, RUNS), 1 - failure_of_best(high, RUNS)

    def groups(self) -> tuple[int, int, int]:
        """k, the number of disjoint groups of k runs of the second half, and the number of groups that failed.

        With this k and p from the first half, the formula says that about half of the groups fail.
        """
        half = len(self.solved) // 2
        rate = self.solved[:half].mean()
        k = int(runs_for(rate, 0.5)) if 0 < rate < 1 else 1
        usable = self.solved[half:][: (len(self.solved) - half) // k * k].reshape(-1, k)
        return k, len(usable), int((~usable.any(1)).sum())

    def excess(self) -> tuple[float, float, int] | None:
        """Share of the groups that fail less that of the formula, the variance of the difference, and the groups.

        p is an estimate, too: its variance is p (1 - p) / half, and (1 - p)^k has the derivative -k (1 - p)^(k - 1).
        The result is None if no run or every run of the first half succeeded.
        """
        k, groups, failing = self.groups()
        half = len(self.solved) // 2
        rate = float(self.solved[:half].mean())
        if not 0 < rate < 1 or not groups:
            return None
        expected = failure_of_best(rate, k)
        variance = expected * (1 - expected) / groups + (k * (1 - rate) ** (k - 1)) ** 2 * rate * (1 - rate) / half
        return failing / groups - expected, variance, groups


def series(table: pd.DataFrame) -> Iterator[Runs]:
    """Every setting of the table."""
    axes = ["task", "n", "width", "activation", "learning_rate"]
    for _, rows in table.groupby(axes):
        yield Runs(rows.sort_values("restart", kind="stable"))


def hardest(table: pd.DataFrame) -> Iterator[tuple[tuple, pd.DataFrame, int, Runs]]:
    """For each task and activation: all rows, the least width with a known network, and the judged runs.

    The least width of the table that is at least as large is judged. It does not depend on any run.
    """
    for names, rows in table.groupby(["task", "n", "activation"]):
        known = int(rows["known"].iloc[0])
        enough = rows.loc[rows["width"] >= known, "width"]
        if known and len(enough):
            judged = shared.judged_at_best_rate(rows[rows["width"] == enough.min()], shared.success_rate)
            yield names, rows, known, Runs(judged.sort_values("restart", kind="stable"))
