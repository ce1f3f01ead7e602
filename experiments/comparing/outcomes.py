"""Verdicts of two runs, claim by claim: what changed, and whether sampling explains it.

Of a statistical verdict the two measured values are compared by a normal test, with standard errors read off their
intervals, each on the side where the other value lies. That is right for two seeds; for rows that both runs share it
asks for more evidence than it needs, and `rows` asks for less. Intervals hold what a claim takes to be drawn at random:
where a seed also decides upon a random task and the interval is one of restarts alone, two seeds differ by more.
"""

import math
from typing import Any

import numpy as np
import pandas as pd
import scipy.stats

from experiments import statistics
from experiments.store import RunDirectory

# Values of exact verdicts are the same within this relative difference.
EXACT = 1e-6
KEPT = ("verdict", "measured", "low", "high", "evidence", "p_value")


def compare(a: RunDirectory, b: RunDirectory, same_settings: dict[str, bool]) -> pd.DataFrame:
    """One row a verdict, with what both runs say of it (`_a`, `_b`) and `p_value`, that both measured the same.

    Args:
        a, b: runs that have verdicts.
        same_settings: for each claim whether its settings are the same in both. Where they are not, or one run alone
            has the verdict, there is nothing to test.
    """
    tables = [_read(run).reindex(columns=["claim", *KEPT]) for run in (a, b)]
    both = tables[0].merge(tables[1], on="claim", how="outer", suffixes=("_a", "_b"))
    both["same_settings"] = [_of(claim, same_settings) for claim in both["claim"]]
    both["p_value"] = [_p_value(row) for row in both.itertuples()]
    return both


def _read(run: RunDirectory) -> pd.DataFrame:
    verdicts = run.read_verdicts()
    assert verdicts is not None
    return verdicts


def _of(verdict: str, same_settings: dict[str, bool]) -> bool:
    claim = verdict.split("/")[0].split(".", 1)[-1]
    return same_settings.get(claim, False)


def _testable(row: Any) -> bool:
    """Whether both verdicts are there, under the same settings, and rest on intervals."""
    numbers = (row.measured_a, row.measured_b)
    statistical = row.evidence_a == row.evidence_b == "statistical" and row.same_settings
    # A rule without a level has no p-value, and what stands for its interval is none.
    by_rule = np.isnan(row.p_value_a) and np.isnan(row.p_value_b) and row.low_a == row.high_a
    return bool(statistical and np.isfinite(numbers).all() and not by_rule)


def _p_value(row: Any) -> float:
    if not _testable(row):
        return math.nan
    lower, upper = ("a", "b") if row.measured_a <= row.measured_b else ("b", "a")
    difference = abs(row.measured_b - row.measured_a)
    halves = (
        getattr(row, f"high_{lower}") - getattr(row, f"measured_{lower}"),
        getattr(row, f"measured_{upper}") - getattr(row, f"low_{upper}"),
    )
    spread = math.hypot(*halves) / float(statistics.reach(1.0))
    if spread == 0:
        return float(difference == 0)
    return float(2 * scipy.stats.norm.sf(difference / spread))


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
    exact = row.evidence_a == row.evidence_b == "exact"
    equal = np.isclose(row.measured_a, row.measured_b, rtol=EXACT, atol=0, equal_nan=True)
    return "same" if same and (equal or not exact) else "different"
