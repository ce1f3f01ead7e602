"""Budgets of training: every search is made with a number of updates and with half of it.

What training does not find within one budget it may find within the next. So a rule looks at two budgets: the largest,
and the largest that is at most half of it. Another doubling is assumed to change as much as the last one did, and the
interval is extended by that change. A rule decides against training only if the extended interval still does. With one
budget nothing is known of the next, and nothing is decided.
"""

import dataclasses
from collections.abc import Mapping

import numpy as np
import pandas as pd

from experiments.judging.measured import Measured
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED, Outcome, Rule, decide

# The success rate that a sentence of the form "training finds it" is taken to promise: more often than not.
RATE = 0.5
STILL = "even if the next doubling of the updates changes as much as the last one did"


def by_budget(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of the largest number of updates, `steps`, and of the largest that is at most half of it, if any."""
    most = rows["steps"].max()
    half = rows.loc[2 * rows["steps"] <= most, "steps"].max()
    return rows[rows["steps"] == most], rows[rows["steps"] == half]


def extended(value: float, low: float, high: float, before: float) -> tuple[float, float]:
    """An interval, extended in the direction in which its value moved when the updates were doubled, by as much.

    Args:
        value, low, high: at the largest budget.
        before: the value at half of it. If it is not known, the interval is unbounded.
    """
    change = value - before
    if not np.isfinite(change):
        return -np.inf, np.inf
    return low + min(change, 0.0), high + max(change, 0.0)


def with_later(measured: Measured, before: float) -> Measured:
    """A quantity at the largest budget. Beside it is `later`: what it could be after another doubling of the updates.

    Args:
        measured: at the largest budget.
        before: its value at half of it; NaN where there is no such budget.
    """

    def later(α: float) -> tuple[float, float, float]:
        now = measured.at(α)
        return now.value, *extended(now.value, now.low, now.high, before)

    beside = {**measured.beside, "later": Measured(later, measured.samples, measured.evidence)}
    return dataclasses.replace(measured, beside=beside)


def success_share(solved: pd.Series, solved_before: pd.Series, how: str = "") -> Measured:
    """The share of runs at the largest budget that are solved, with `later` beside it.

    Args:
        solved, solved_before: whether each run is solved, at the largest budget and at half of it.
        how: what a run and a success are, in a sentence.
    """
    return with_later(Measured.share(solved, how), rate_before(solved_before))


def rate_before(solved_before: pd.Series) -> float:
    """The success rate at half of the budget; NaN where there is no such budget."""
    return float(solved_before.mean()) if len(solved_before) else np.nan


def before_in_words(solved_before: pd.Series) -> str:
    """The rate at half of the budget, for the notes of a verdict."""
    rate = rate_before(solved_before)
    return "one budget only" if np.isnan(rate) else f"at half of the updates the rate is {rate:.2f}"


def worst_share(groups: Mapping[int, tuple[pd.Series, pd.Series]], how: str = "") -> tuple[int, Measured]:
    """The group with the lowest success rate, and its rate. The interval allows for choosing the worst of all groups.

    Args:
        groups: the arguments `solved` and `solved_before` of `success_share`, by the name of the group.
        how: see `success_share`.
    """
    worst = min(groups, key=lambda name: groups[name][0].mean())
    solved, before = groups[worst]
    return worst, with_later(Measured.share(solved, how).divided(len(groups)), rate_before(before))


# Training finds what it looks for in at least `RATE` of all runs.
FOUND = Rule(
    f"Supported if the interval of the rate lies above {RATE:g}; contradicted if it lies below, {STILL}; else "
    "inconclusive.",
    lambda m: decide(m.low > RATE, m.beside["later"].high < RATE),
)


def _beside(m: Measured) -> Outcome:
    found, reference = FOUND.outcome(m), m.beside.get("reference")
    learned = reference is not None and FOUND.outcome(reference) == SUPPORTED
    return found if learned or found != CONTRADICTED else INCONCLUSIVE


# The same rule beside a reference, which says whether the same way of training finds the target at all.
FOUND_BESIDE = Rule(
    f"{FOUND.words} Contradicted only if the `reference`, a network of one hidden layer, is found by the same rule: "
    "else failures say nothing of depth or width.",
    _beside,
)


def later(m: Measured) -> Measured:
    """A quantity after another doubling of the updates; the quantity itself where no budget bears on it."""
    return m.beside.get("later", m)


def at_most(limit: float) -> Rule:
    """The quantity is at most a limit. A contradiction must also hold at the next budget."""
    return Rule(
        f"Supported if the interval lies at or below {limit:.3g}; contradicted if it lies above, {STILL}; else "
        "inconclusive.",
        lambda m: decide(m.high <= limit, later(m).low > limit),
    )


def at_least(limit: float) -> Rule:
    """The quantity is at least a limit. Both outcomes must also hold at the next budget."""
    return Rule(
        f"Supported if the interval lies at or above {limit:.3g}, contradicted if it lies below, both {STILL}; else "
        "inconclusive.",
        lambda m: decide(later(m).low >= limit, later(m).high < limit),
    )


def within(target: float, margin: float) -> Rule:
    """The quantity equals a number within a margin. A contradiction must also hold at the next budget."""
    low, high = target - margin, target + margin
    return Rule(
        f"Supported if the interval lies within {margin:g} of {target:g}; contradicted if all of it lies outside, "
        f"{STILL}; else inconclusive.",
        lambda m: decide(low <= m.low and m.high <= high, later(m).low > high or later(m).high < low),
    )
