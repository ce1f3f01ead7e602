"""p-values of verdicts, found by inverting the rules that decided them, and Holm's correction over many.

A rule decides at a level α, by intervals of confidence 1 - α. The smaller α is, the wider they are, until the rule can
decide no more. The p-value of a verdict is the smallest level at which its rule still says the same. It is sought among
`LEVELS`, so the value that is reported is an upper bound, and never below the last of them.

- A verdict that does not depend on a level has no p-value (NaN). Such are exact verdicts, and those that the rule
  still gives at α = 0, where intervals are unbounded and tests never reject: a counter-example, or "no test rejected
  it". A rule with an interval of its own that ignores the level would be such a case too.
- An inconclusive verdict has the p-value 1. It is a test that could have decided, so Holm's correction counts it. Its
  true p-value is above the default level, so it could not survive the correction in any case.

Intervals have two sides, and most rules look at one of them. Then the probability of a wrong decision is half of the
p-value. A bootstrap knows its tails only as far as its resamples reach, see `statistics.percentile_interval`.
"""

import math
from collections.abc import Callable

import pandas as pd

from experiments.judging import statistics
from experiments.judging.rules import INCONCLUSIVE
from experiments.judging.verdict import Verdict

DEFAULT = statistics.DEFAULT_LEVEL
# The levels that are tried. They are a quarter to a half of a decade apart: a p-value needs no more digits.
LEVELS = (DEFAULT, 0.02, 0.01, 0.005, 0.002, 0.001, 5e-4, 2e-4, 1e-4, 3e-5, 1e-5, 3e-6, 1e-6)


def of(verdict: Verdict) -> float:
    """The p-value of a verdict."""
    if verdict.evidence == "exact":
        return math.nan
    outcome = verdict.verdict
    if outcome == INCONCLUSIVE:
        return 1.0
    if verdict.at(0.0).verdict == outcome:
        return math.nan
    # The interval of a smaller level contains that of a larger one: undecided at one level, undecided at all below it.
    return smallest(lambda α: verdict.at(α).verdict == outcome)


def smallest(holds: Callable[[float], bool]) -> float:
    """The smallest of `LEVELS` at which `holds` is true: true at the first, and false at all below a false one."""
    decided, undecided = 0, len(LEVELS)
    while undecided - decided > 1:
        middle = (decided + undecided) // 2
        decided, undecided = (middle, undecided) if holds(LEVELS[middle]) else (decided, middle)
    return LEVELS[decided]


def adjusted(verdicts: pd.DataFrame) -> pd.Series:
    """p-values adjusted by Holm's method over all verdicts of a table that have one; NaN for the others.

    A verdict survives if its adjusted value is at most the level. Then the probability that any surviving verdict is
    wrong is at most the level, for any number of verdicts.

    Args:
        verdicts: of one or of several runs, as `RunDirectory.read_verdicts` gives them.
    """
    known = verdicts["p_value"].dropna()
    return pd.Series(statistics.holm(known.to_numpy(float)), known.index).reindex(verdicts.index)
