"""Verdicts of two runs, claim by claim: what changed, and whether sampling explains it.

Both runs are judged by today's rules, at as many levels as needed. Statistical verdicts are compared in one of three
ways:

- Both measured values have intervals. Then their difference has one too: its reach to a side is √(d₁² + d₂²), where d₁
  and d₂ are the distances of the two values to the ends on that side (Zou and Donner, Statistics in Medicine 27, 2008;
  for two rates it is Newcombe's). The p-value is the smallest level at which this interval leaves 0 out. Both intervals
  are computed at that level, and never scaled as if they were normal: intervals of few values are not.
- A value has no interval, or one that no level widens, such as a p-value or a range. A difference of such values says
  nothing. But if one verdict supports what the other contradicts, one of them is wrong, whatever the truth is. That
  happens with a probability of at most its p-value, so the p-value of the pair is twice the larger of the two.
- If one of two such verdicts is inconclusive, nothing is tested: a rule that detects an effect in half of all cases
  gives such pairs often.

Exact verdicts of the same random numbers have the same values up to rounding. But what a search finds is not continuous
in rounding: on another processor training ends at another network. Of those only the words are compared.

Intervals cover what a claim takes to be drawn at random. If the seed also draws a random task, and the interval is one
of restarts alone, two seeds differ by more. That is a fault of the claim, which `benchmarks/seeds.py` finds.
"""

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from experiments.judging import p_values
from experiments.judging.existence import SEARCHES
from experiments.judging.p_values import DEFAULT
from experiments.judging.rules import INCONCLUSIVE
from experiments.judging.verdict import Verdict

# One comparison in a hundred calls runs different that are not: alarms that are false more often would be ignored.
LEVEL = 0.01
# Values of exact verdicts are the same within this relative difference.
EXACT = 1e-6
KEPT = ("verdict", "measured", "low", "high", "evidence")
COLUMNS = (
    "claim",
    "same_settings",
    "same_seed",
    "searched",
    *(f"{name}_{end}" for name in KEPT for end in "ab"),
    "p_value",
)


def compare_verdicts(a: Iterable[Verdict], b: Iterable[Verdict], same_settings: bool, same_seed: bool) -> pd.DataFrame:
    """One row for each verdict of a claim: what both runs say (`_a`, `_b`), and the `p_value` that nothing changed.

    Args:
        a, b: the claim's verdicts in two runs.
        same_settings: whether its settings are the same in both. If they are not, or only one run has a verdict, there
            is nothing to test.
        same_seed: whether both drew the same random numbers.
    """
    first, second = ({one.claim: one for one in verdicts} for verdicts in (a, b))
    found = []
    for name in dict.fromkeys([*first, *second]):
        row: dict[str, Any] = {"claim": name, "same_settings": same_settings, "same_seed": same_seed}
        row["searched"] = all(name in mine and mine[name].existence in SEARCHES for mine in (first, second))
        row |= _facts(first.get(name), "a") | _facts(second.get(name), "b")
        tested = same_settings and name in first and name in second
        found.append(row | {"p_value": p_value(first[name], second[name]) if tested else math.nan})
    return pd.DataFrame(found, columns=list(COLUMNS))


def _facts(verdict: Verdict | None, end: str) -> dict[str, Any]:
    return {
        f"{name}_{end}": getattr(verdict, name, None if name in ("verdict", "evidence") else math.nan) for name in KEPT
    }


def p_value(a: Verdict, b: Verdict) -> float:
    """The p-value of the hypothesis that both runs measured the same, for one verdict; NaN where nothing is tested."""
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
    """Whether a verdict says how far its value may be from the value of another run.

    It does not if its rule has no level, if it is itself a p-value, or if it is a property of a network of this run.
    """
    return bool(np.isfinite(verdict.measured) and verdict.low < verdict.high and not verdict.quantity.of_this_run)


def excludes_zero(a: Verdict, b: Verdict) -> bool:
    """Whether the interval of the difference of two measured values leaves 0 out."""
    lower, upper = sorted((a, b), key=lambda one: one.measured)
    reach = math.hypot(max(lower.high - lower.measured, 0.0), max(upper.measured - upper.low, 0.0))
    return bool(upper.measured - lower.measured > reach)


def _opposite(a: Verdict, b: Verdict) -> float:
    """The p-value of two verdicts that contradict each other; NaN if they do not."""
    if a.verdict == b.verdict or INCONCLUSIVE in (a.verdict, b.verdict):
        return math.nan
    of_each = [p_values.of(a), p_values.of(b)]
    # A verdict that holds at every level has no p-value (NaN). It counts as 0.
    return min(2 * max(np.nan_to_num(of_each, nan=0.0)), 1.0)


def outcome(row: Any, level: float) -> str:
    """The outcome for a pair of verdicts, in a few words. `adjusted` is its p-value after Holm's correction."""
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
    """The outcome for a pair with exact evidence: equal up to rounding, unless draws or searches have other numbers."""
    if same and np.isclose(row.measured_a, row.measured_b, rtol=EXACT, atol=0, equal_nan=True):
        return "same"
    anew = row.searched or not row.same_seed
    if not anew or (not same and INCONCLUSIVE not in (row.verdict_a, row.verdict_b)):
        return "different"
    why = "other draws" if not row.same_seed else "found anew"
    return f"same, {why}" if same else f"changed, {why}"


def recorded_otherwise(recorded: pd.DataFrame, verdicts: Iterable[Verdict]) -> Iterator[str]:
    """The verdicts of a claim for which a run has recorded another outcome than its table gives today."""
    words = dict(zip(recorded["claim"], recorded["verdict"], strict=True))
    yield from (one.claim for one in verdicts if words.get(one.claim) != one.verdict)
