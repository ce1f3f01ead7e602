"""Verdicts of two runs, claim by claim: what changed, and whether sampling explains it.

Both runs are judged by the rules of today, at as many levels as it takes. Of a statistical verdict three things may be
held against each other:

- Measured values that have intervals. Their difference has one, too: as far to either side as the two ends there are
  away from the values, squared and added (Zou and Donner, Statistics in Medicine 27, 2008; for two rates Newcombe's).
  The p-value is the smallest level at which it leaves 0 out. Every interval is asked for at that level: none is
  stretched as if it were normal, which those of few values are not.
- Values without an interval, or with one that no level widens: p-values, ranges. That they differ says nothing. What
  the verdicts say does, if one supports what the other contradicts: one of them is wrong, whatever the truth is, and
  that happens at most as often as its p-value says. The larger of the two p-values, doubled, is that of the pair.
- Where one of two such verdicts is inconclusive, nothing: a rule that sees an effect in half of all cases does that.

Intervals hold what a claim takes to be drawn at random. Where a seed also decides upon a random task, and the interval
is one of restarts alone, two seeds differ by more; that is a fault of the claim's, which `benchmarks/seeds.py` finds.
"""

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from experiments.judging import p_values
from experiments.judging.p_values import DEFAULT
from experiments.judging.rules import INCONCLUSIVE
from experiments.judging.verdict import Verdict

# What is called different is so wrongly in one comparison of a hundred: an alarm more often false would be ignored.
LEVEL = 0.01
# Values of exact verdicts are the same within this relative difference.
EXACT = 1e-6
KEPT = ("verdict", "measured", "low", "high", "evidence")
COLUMNS = ("claim", "same_settings", "same_seed", *(f"{name}_{end}" for name in KEPT for end in "ab"), "p_value")


def compare(a: Iterable[Verdict], b: Iterable[Verdict], same_settings: bool, same_seed: bool) -> pd.DataFrame:
    """One row a verdict of a claim, with what both runs say of it (`_a`, `_b`) and `p_value`, that nothing changed.

    Args:
        a, b: the claim's verdicts in two runs.
        same_settings: whether its settings are the same in both. Where they are not, or one run alone has a verdict,
            there is nothing to test.
        same_seed: whether both drew the same random numbers.
    """
    first, second = ({one.claim: one for one in verdicts} for verdicts in (a, b))
    found = []
    for name in dict.fromkeys([*first, *second]):
        row: dict[str, Any] = {"claim": name, "same_settings": same_settings, "same_seed": same_seed}
        row |= _facts(first.get(name), "a") | _facts(second.get(name), "b")
        tested = same_settings and name in first and name in second
        found.append(row | {"p_value": p_value(first[name], second[name]) if tested else math.nan})
    return pd.DataFrame(found, columns=list(COLUMNS))


def _facts(verdict: Verdict | None, end: str) -> dict[str, Any]:
    return {
        f"{name}_{end}": getattr(verdict, name, None if name in ("verdict", "evidence") else math.nan) for name in KEPT
    }


def p_value(a: Verdict, b: Verdict) -> float:
    """The p-value, that two runs measured the same, of a verdict that both have; NaN where nothing can be tested."""
    if "exact" in (a.evidence, b.evidence):
        return math.nan

    def apart(α: float) -> bool:
        return excludes_zero(a.at(α), b.at(α))

    if not (has_interval(a) and has_interval(b)):
        return _opposite(a, b)
    if not apart(DEFAULT):
        return 1.0
    return _opposite(a, b) if apart(0.0) else p_values.smallest(apart)


def has_interval(verdict: Verdict) -> bool:
    """Whether a verdict says how far its value may be from that of another run.

    It may be a rule without a level, a p-value itself, or a property of a network that this run alone has found.
    """
    return bool(np.isfinite(verdict.measured) and verdict.low < verdict.high and not verdict.quantity.of_this_run)


def excludes_zero(a: Verdict, b: Verdict) -> bool:
    """Whether the interval of the difference of two measured values leaves 0 out."""
    lower, upper = sorted((a, b), key=lambda one: one.measured)
    reach = math.hypot(max(lower.high - lower.measured, 0.0), max(upper.measured - upper.low, 0.0))
    return bool(upper.measured - lower.measured > reach)


def _opposite(a: Verdict, b: Verdict) -> float:
    """That of two verdicts which contradict each other; NaN for those that do not."""
    if a.verdict == b.verdict or INCONCLUSIVE in (a.verdict, b.verdict):
        return math.nan
    of_each = [p_values.of(a), p_values.of(b)]
    # What is decided at any level has no p-value because it has the smallest.
    return min(2 * max(np.nan_to_num(of_each, nan=0.0)), 1.0)


def outcome(row: Any, level: float) -> str:
    """A word or two for a pair of verdicts, with the p-value adjusted for all that was tested, at a level."""
    if pd.isna(row.verdict_a) or pd.isna(row.verdict_b):
        return "only in b" if pd.isna(row.verdict_a) else "only in a"
    same = row.verdict_a == row.verdict_b
    if not row.same_settings:
        return "same, other settings" if same else "changed, other settings"
    if not np.isnan(row.p_value):
        within = row.adjusted > level
        return "different" if not within else "same" if same else "changed, within sampling"
    if "exact" not in (row.evidence_a, row.evidence_b):
        return "same" if same else "changed, not tested"
    return _exact(row, same)


def _exact(row: Any, same: bool) -> str:
    """Exact verdicts are the same but for rounding. Of other draws numbers may be others, and decide or not."""
    if same and np.isclose(row.measured_a, row.measured_b, rtol=EXACT, atol=0, equal_nan=True):
        return "same"
    if row.same_seed or (not same and INCONCLUSIVE not in (row.verdict_a, row.verdict_b)):
        return "different"
    return "same, other draws" if same else "changed, other draws"


def recorded_otherwise(recorded: pd.DataFrame, verdicts: Iterable[Verdict]) -> Iterator[str]:
    """The verdicts of a claim that a run has recorded with another word than its table gives today."""
    words = dict(zip(recorded["claim"], recorded["verdict"], strict=True))
    yield from (one.claim for one in verdicts if words.get(one.claim) != one.verdict)
