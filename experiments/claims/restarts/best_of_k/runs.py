"""The restarts of one setting, and what follows from them: the success rate, the best of 1000, groups that fail."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.claims.restarts import _shared as shared
from experiments.judging.statistics import exact_interval
from theory.restarts.best_of import failure_of_best, runs_for

# The post says to run backpropagation this often, and to keep the best network.
RUNS = 1000
# The best of these runs is nearly sure to succeed if it does so with more than this probability.
CONFIDENCE = 0.99


@dataclass(frozen=True)
class Runs:
    """The restarts of one setting, in the order of their numbers, and what follows from them."""

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
        """Exact interval of the success rate, which may be small."""
        return exact_interval(int(self.solved.sum()), len(self.solved))

    def best(self, α: float) -> tuple[float, float, float]:
        """The probability that the best of `RUNS` succeeds, and its interval at a level."""
        low, high = exact_interval(int(self.solved.sum()), len(self.solved), α)
        return 1 - failure_of_best(self.rate, RUNS), 1 - failure_of_best(low, RUNS), 1 - failure_of_best(high, RUNS)

    def groups(self) -> tuple[int, int, int]:
        """k, disjoint groups of k runs of the second half, and how many of these failed as a whole.

        k is such that by the formula, with p from the first half, about half of the groups fail.
        """
        half = len(self.solved) // 2
        rate = self.solved[:half].mean()
        k = int(runs_for(rate, 0.5)) if 0 < rate < 1 else 1
        usable = self.solved[half:][: (len(self.solved) - half) // k * k].reshape(-1, k)
        return k, len(usable), int((~usable.any(1)).sum())

    def excess(self) -> tuple[float, float, int] | None:
        """Share of the groups that fail less that of the formula, the variance of the difference, and the groups.

        p is an estimate too: (1 - p)^k has the derivative -k (1 - p)^(k - 1), and the variance p (1 - p) / half. Where
        no run of the first half succeeded, or each did, nothing can be said.
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
        yield Runs(rows.sort_values("restart"))


def hardest(table: pd.DataFrame) -> Iterator[tuple[tuple, pd.DataFrame, int, Runs]]:
    """For each task and activation all rows, the least width with a known network, and the runs that are judged.

    Judged is the least width of the table that is as large: which width that is does not depend on any run.
    """
    for names, rows in table.groupby(["task", "n", "activation"]):
        known = int(rows["known"].iloc[0])
        enough = rows.loc[rows["width"] >= known, "width"]
        if known and len(enough):
            judged = shared.judged_at_best_rate(rows[rows["width"] == enough.min()], shared.success_rate)
            yield names, rows, known, Runs(judged.sort_values("restart"))
