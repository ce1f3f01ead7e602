"""A measured quantity with its interval at every level.

A rule decides at a level α by intervals of confidence 1 - α. When a p-value is sought, the same object is asked at
smaller levels, see `p_values`. So an interval is a function of α, and not two numbers.
"""

import dataclasses
import functools
from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from experiments.judging import statistics
from experiments.judging.statistics import DEFAULT_LEVEL

Evidence = Literal["exact", "statistical"]
# α -> the value and both ends of its interval of confidence 1 - α, as the functions of `statistics` return them.
Estimate = Callable[[float], tuple[float, float, float]]


@dataclasses.dataclass(frozen=True)
class Measured:
    """A quantity, its interval, and how both were measured.

    Attributes:
        estimate: its value and interval at each level α; the value is the same at all of them.
        samples: the number of cases, networks or draws behind it.
        evidence: exact if every case was enumerated or exact arithmetic decides, else statistical.
        how: how it was measured, and which interval it has, in sentences. The words of the rule come after them.
        beside: other quantities that the rule looks at, by name.
        of_this_run: whether it is a property of a network that this run found, such as the error of the best one. Its
            interval holds for that network, and says nothing about another run.
        level: the level α of `low` and `high`.
    """

    estimate: Estimate
    samples: int
    evidence: Evidence = "statistical"
    how: str = ""
    beside: Mapping[str, "Measured"] = dataclasses.field(default_factory=dict)
    of_this_run: bool = False
    level: float = DEFAULT_LEVEL

    @classmethod
    def exactly(
        cls, value: float, samples: int, low: float | None = None, high: float | None = None, how: str = ""
    ) -> "Measured":
        """A quantity that is known exactly: its ends do not depend on the level.

        Args:
            value: the quantity.
            samples: the number of cases behind it.
            low, high: the range of all, if the quantity is the least or largest of several; by default the value.
            how: see the class.
        """
        ends = float(value), float(value if low is None else low), float(value if high is None else high)
        return cls(lambda α: ends, samples, "exact", how)

    @classmethod
    def share(cls, hits: ArrayLike, how: str = "") -> "Measured":
        """The share of independent trials that are hits, with Clopper and Pearson's interval.

        Args:
            hits: whether each trial is a hit. Without any trial the share is NaN.
            how: what a trial and a hit are, in a sentence. The kind of the interval is added.
        """
        hits = np.asarray(hits, bool)
        interval = f"Clopper and Pearson's {statistics.percent()} interval of the share."

        def estimate(α: float) -> tuple[float, float, float]:
            value = float(hits.mean()) if len(hits) else np.nan
            return value, *statistics.exact_interval(int(hits.sum()), len(hits), α)

        return cls(estimate, len(hits), how=f"{how} {interval}".strip())

    @classmethod
    def clustered_share(cls, hits: ArrayLike, clusters: ArrayLike, how: str = "") -> "Measured":
        """The share of trials that are hits, with Korn and Graubard's interval for trials that come in clusters.

        Args:
            hits: whether each trial is a hit.
            clusters: the cluster of each trial, such as the function that was drawn.
            how: what a trial, a hit and a cluster are, in a sentence. The kind of the interval is added.
        """
        import pandas as pd  # as late as a table is judged

        groups = pd.Series(np.asarray(hits, bool)).groupby(np.asarray(clusters))
        successes, trials = groups.sum().to_numpy(), groups.size().to_numpy()
        interval = f"Korn and Graubard's {statistics.percent()} interval of the share."

        def estimate(α: float) -> tuple[float, float, float]:
            return float(successes.sum() / trials.sum()), *statistics.clustered_interval(successes, trials, α)

        return cls(estimate, len(trials), how=f"{how} {interval}".strip())

    def divided(self, by: int) -> "Measured":
        """The same quantity with the interval at the level α / by, which is wide enough for the worst of several."""
        return dataclasses.replace(self, estimate=lambda α: self.estimate(α / by))

    def at(self, α: float) -> "Measured":
        """The same quantity, and those beside it, at another level. At level 0 intervals are unbounded."""
        beside = {name: one.at(α) for name, one in self.beside.items()}
        return dataclasses.replace(self, level=α, beside=beside)

    @property
    def value(self) -> float:
        """The quantity."""
        return self._numbers[0]

    @property
    def low(self) -> float:
        """Lower end of its interval at its level."""
        return self._numbers[1]

    @property
    def high(self) -> float:
        """Upper end of its interval at its level."""
        return self._numbers[2]

    @property
    def in_words(self) -> str:
        """The value, with its interval unless it is exact."""
        return number_in_words(self.value, self.low, self.high, self.evidence)

    @functools.cached_property
    def _numbers(self) -> tuple[float, float, float]:
        # The unbounded interval of a quantity that does not vary has the ends NaN: no rule decides by it.
        with np.errstate(invalid="ignore"):
            value, low, high = self.estimate(self.level)
        return float(value), float(low), float(high)


def counted(hits: int, of: int) -> str:
    """A share as a count, for findings: `all 512`, or `500 of 512`."""
    return f"all {of:,}" if hits == of else f"{hits:,} of {of:,}"


def number_in_words(value: float, low: float, high: float, evidence: str) -> str:
    """A value with its interval, `0.25 [0.2, 0.31]`; without it, `0.25`, if it is exact; `none` for NaN."""
    if np.isnan(value):
        return "none"
    value, low, high = (round(number, 12) + 0.0 for number in (value, low, high))
    return f"{value:.4g}" if evidence == "exact" else f"{value:.4g} [{low:.3g}, {high:.3g}]"
