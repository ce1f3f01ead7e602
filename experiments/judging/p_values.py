"""p-values of verdicts, by inverting the rules that decided them; and Holm's correction over many.

A rule decides at a level α: the intervals of what was measured have the confidence 1 - α. The smaller α, the wider they
are, until the rule cannot decide any more. The p-value of a verdict is the smallest level at which its rule still says
the same. It is sought among `LEVELS`, so that what is reported is an upper bound of it, and never less than the last.

- No p-value (NaN) has a verdict that does not rest on a level: exact evidence, and whatever is still decided at α = 0,
  where intervals are all there is and tests never reject. A counter-example is one; so is "no test rejected it", and
  so would be a rule with an interval of its own that knows nothing of levels.
- An inconclusive verdict has 1. It was a test that might have decided, so that it counts among those which Holm's
  correction is for; and whatever its p-value is above the house's level, it cannot survive.

Intervals have two sides and most rules look at one of them, so that the chance to decide wrongly is half of what a
p-value says. Bootstraps know their tails as far as their resamples reach; beyond, see
`statistics.percentile_interval`.
"""

import math
from collections.abc import Callable

import pandas as pd

from experiments.judging import statistics
from experiments.judging.rules import INCONCLUSIVE
from experiments.judging.verdict import Verdict

# A quarter to a half of a decade apart, which is as exact as a p-value needs to be.
DEFAULT = statistics.DEFAULT_LEVEL
LEVELS = (DEFAULT, 0.02, 0.01, 0.005, 0.002, 0.001, 5e-4, 2e-4, 1e-4, 3e-5, 1e-5, 3e-6, 1e-6)


def of(verdict: Verdict) -> float:
    """The p-value of a verdict at the house's level."""
    if verdict.evidence == "exact":
        return math.nan
    outcome = verdict.verdict
    if outcome == INCONCLUSIVE:
        return 1.0
    if verdict.at(0.0).verdict == outcome:
        return math.nan
    # Intervals of smaller levels hold those of larger ones: what is not decided at one is not at any smaller one.
    return smallest(lambda α: verdict.at(α).verdict == outcome)


def smallest(holds: Callable[[float], bool]) -> float:
    """The smallest of `LEVELS` at which something holds that holds at the first: at no smaller one where not at one."""
    decided, undecided = 0, len(LEVELS)
    while undecided - decided > 1:
        middle = (decided + undecided) // 2
        decided, undecided = (middle, undecided) if holds(LEVELS[middle]) else (decided, middle)
    return LEVELS[decided]


def adjusted(verdicts: pd.DataFrame) -> pd.Series:
    """p-values adjusted by Holm's method over all verdicts of a table that have one; NaN for the others.

    A verdict survives if its adjusted value is at most the level: the chance that any verdict which survives is wrong
    is below the level, however many were judged.

    Args:
        verdicts: of one or of several runs, as `RunDirectory.read_verdicts` gives them.
    """
    known = verdicts["p_value"].dropna()
    return pd.Series(statistics.holm(known.to_numpy(float)), known.index).reindex(verdicts.index)
