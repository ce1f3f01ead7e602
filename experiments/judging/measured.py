"""A measured quantity that knows its interval at every level.

A rule decides at a level α by intervals of the confidence 1 - α. The same object is asked again at smaller levels when
a p-value is sought, see `p_values`: so an interval is a function of α, and not two numbers.
"""

import dataclasses
import functools
from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from experiments.judging import statistics
from experiments.judging.statistics import DEFAULT_LEVEL

Evidence = Literal["exact", "statistical"]
# α -> value and both ends of the interval of confidence 1 - α, as the functions of `statistics` give them.
Estimate = Callable[[float], tuple[float, float, float]]


@dataclasses.dataclass(frozen=True)
class Measured:
    """A quantity, and what is known of it.

    Attributes:
        estimate: its value and interval at each level α; the value is the same at all of them.
        samples: how many cases, networks or draws went in.
        evidence: exact if every case was enumerated or exact arithmetic decides, else statistical.
        how: how it was measured, and which interval it has, in sentences; the rule's words follow them.
        beside: other quantities that the rule looks at, by name.
        of_this_run: whether it is a property of a network that this run found, such as the error of the best one. Its
            interval holds for that network, and says nothing of what another run would find.
        level: α, at which `low` and `high` are.
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
        """A quantity that is known, without an error that a level could widen.

        Args:
            value: the quantity.
            samples: cases that it is of.
            low, high: where it is the least or largest of several, the range of all; by default the value.
            how: see the class.
        """
        ends = float(value), float(value if low is None else low), float(value if high is None else high)
        return cls(lambda α: ends, samples, "exact", how)

    @classmethod
    def share(cls, hits: ArrayLike, how: str = "") -> "Measured":
        """The share of independent trials that are hits, with Clopper and Pearson's interval.

        Args:
            hits: a truth for each trial; without a trial nothing is known.
            how: what a trial and a hit are, in a sentence; which interval it is follows.
        """
        hits = np.asarray(hits, bool)
        interval = f"Clopper and Pearson's {statistics.percent()} interval of the share."

        def estimate(α: float) -> tuple[float, float, float]:
            value = float(hits.mean()) if len(hits) else np.nan
            return value, *statistics.exact_interval(int(hits.sum()), len(hits), α)

        return cls(estimate, len(hits), how=f"{how} {interval}".strip())

    @classmethod
    def clustered_share(cls, hits: ArrayLike, clusters: ArrayLike, how: str = "") -> "Measured":
        """The share of trials that are hits, where trials of one cluster resemble each other: Korn and Graubard's.

        Args:
            hits: a truth for each trial.
            clusters: what each trial is of, such as the function that was drawn.
            how: what a trial, a hit and a cluster are, in a sentence; which interval it is follows.
        """
        groups = pd.Series(np.asarray(hits, bool)).groupby(np.asarray(clusters))
        successes, trials = groups.sum().to_numpy(), groups.size().to_numpy()
        interval = f"Korn and Graubard's {statistics.percent()} interval of the share."

        def estimate(α: float) -> tuple[float, float, float]:
            return float(successes.sum() / trials.sum()), *statistics.clustered_interval(successes, trials, α)

        return cls(estimate, len(trials), how=f"{how} {interval}".strip())

    def divided(self, by: int) -> "Measured":
        """The same quantity with the interval of a level that is divided: wide enough for the worst of several."""
        return dataclasses.replace(self, estimate=lambda α: self.estimate(α / by))

    def at(self, α: float) -> "Measured":
        """The same quantity, and those beside it, at another level; at 0 intervals are all there is."""
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
        # An unbounded interval of something that does not vary is not a number, and decides nothing.
        with np.errstate(invalid="ignore"):
            value, low, high = self.estimate(self.level)
        return float(value), float(low), float(high)


def counted(hits: int, of: int) -> str:
    """A share as a count, for findings: `all 512`, or `500 of 512`."""
    return f"all {of:,}" if hits == of else f"{hits:,} of {of:,}"


def number_in_words(value: float, low: float, high: float, evidence: str) -> str:
    """A value, with its interval unless it is exact: `0.25 [0.2, 0.31]`, or `0.25`; `none` where it is no number."""
    if pd.isna(value):
        return "none"
    value, low, high = (round(number, 12) + 0.0 for number in (value, low, high))
    return f"{value:.4g}" if evidence == "exact" else f"{value:.4g} [{low:.3g}, {high:.3g}]"
