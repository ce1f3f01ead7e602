"""Which runs are judged, and what they reach: training has its best setting, and a lucky choice does not judge itself.

The first quarter of the restarts chooses a setting at each width and budget; the other restarts of this setting are
judged. The least error of *the best of k* of them is random, and its median is judged. The least of k errors is above e
with probability (1 - F(e))^k. This is a half if

    F(e) = 1 - 2^(-1/k),

so the median is a quantile of a single run. Order statistics give an interval for a quantile without any assumption
about the errors. The interval has a lower end at level α only with n >= k log2(2 / α) runs, so k follows from n. (A
bootstrap knows no error below the least one found: for the best of 6 from 12 runs its interval lay above the truth in
up to 25 % of all cases.) Two budgets, see budgets.py, separate what training cannot find from what it has not found
yet.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float

from experiments.judging.budgets import by_budget
from experiments.judging.choosing import chooses
from experiments.judging.statistics import DEFAULT_LEVEL, quantile_interval
from theory.restarts.best_of import expected_least

# k of the best of k, at most.
BEST_OF = 4
# Settings that are chosen: the spread of the initial kinks, and the learning rate.
CHOICES = ["input_scale", "learning_rate"]
# What is known of a target and a width, whatever was trained.
FACTS = ["floor", "reachable", "interpolant", "bound"]


@dataclass(frozen=True)
class Series:
    """Judged runs of one target and optimiser, at every width.

    Attributes:
        target, optimizer: the target and the optimiser of the runs.
        k: the k of the best of k.
        facts: one row per width: width, floor, reachable, interpolant, bound.
        errors: for every width, errors of the judged runs with the largest budget.
        before: the same with half of the budget; empty if there is no such budget.
        settings: the setting chosen at the largest width, a value for each of `CHOICES`.
    """

    target: str
    optimizer: str
    k: int
    facts: pd.DataFrame
    errors: list[Float[np.ndarray, " runs"]]
    before: list[Float[np.ndarray, " runs"]]
    settings: dict[str, float]

    @property
    def share(self) -> float:
        """The quantile of a single run that is the median of the best of k."""
        return 1 - 2 ** (-1 / self.k)

    def least(self) -> Float[np.ndarray, " widths"]:
        """Median error of the best of k, for every width."""
        return self._quantiles(self.errors)

    def least_before(self) -> Float[np.ndarray, " widths"]:
        """The same with half of the budget; NaN if there is no such budget."""
        return self._quantiles(self.before)

    def _quantiles(self, errors: list[Float[np.ndarray, " runs"]]) -> Float[np.ndarray, " widths"]:
        return np.array([np.quantile(one, self.share, method="inverted_cdf") if len(one) else np.nan for one in errors])

    def interval(self, α: float = DEFAULT_LEVEL) -> Float[np.ndarray, "widths 2"]:
        """Intervals of `least` at level α; errors are not negative."""
        ends = np.array([quantile_interval(some, self.share, α) for some in self.errors])
        return np.maximum(ends, 0.0)


def judged(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Judged restarts of the setting with the least expected error of the best of the choosing restarts."""
    first = {setting: mine[column].to_numpy() for setting, mine in rows[chooses(rows["restart"])].groupby(CHOICES)}
    best = min(
        first, key=lambda setting: expected_least(first[setting], np.array([min(BEST_OF, len(first[setting]))]))[0]
    )
    return rows[~chooses(rows["restart"]) & (rows[CHOICES] == list(best)).all(axis=1)]


def tries(runs: int) -> int:
    """The k of the best of k: the most for which these runs give an interval with a lower end, up to `BEST_OF`."""
    return int(np.clip(runs / np.log2(2 / DEFAULT_LEVEL), 1, BEST_OF))


def series(table: pd.DataFrame, column: str = "rms") -> Iterator[Series]:
    """A series for every target and optimiser of the table; `column` is the error that counts."""
    # The other columns, whole networks among them, would be copied with every choice of rows.
    table = table[["target", "optimizer", "width", "steps", "restart", *CHOICES, *FACTS, column]]
    for (target, optimizer), rows in table.groupby(["target", "optimizer"], sort=False):
        now, half = by_budget(rows)
        chosen = {int(width): judged(mine, column) for width, mine in now.groupby("width")}
        earlier = {int(width): judged(mine, column) for width, mine in half.groupby("width")}
        errors = [mine[column].fillna(np.inf).to_numpy() for mine in chosen.values()]
        before = [
            earlier[width][column].fillna(np.inf).to_numpy() if width in earlier else np.array([]) for width in chosen
        ]
        facts = now.groupby("width")[FACTS].first().reset_index()
        settings = chosen[max(chosen)][CHOICES].iloc[0].to_dict()
        yield Series(str(target), str(optimizer), tries(min(map(len, errors))), facts, errors, before, settings)
