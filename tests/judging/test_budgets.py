"""Budgets of training: the largest, and what it may still change."""

import dataclasses

import numpy as np
import pandas as pd

from experiments.judging import budgets
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from experiments.judging.statistics import exact_interval


def test_an_interval_is_extended_to_where_it_went():
    assert budgets.extended(3.0, 2.5, 3.5, 2.0) == (2.5, 4.5)
    assert budgets.extended(3.0, 2.5, 3.5, 4.0) == (1.5, 3.5)
    assert budgets.extended(3.0, 2.5, 3.5, np.nan) == (-np.inf, np.inf)


def test_budgets_are_the_largest_and_at_most_half_of_it():
    rows = pd.DataFrame({"steps": [10, 30, 40, 100]})
    assert [some["steps"].tolist() for some in budgets.by_budget(rows)] == [[100], [40]]
    assert [some["steps"].tolist() for some in budgets.by_budget(rows[rows["steps"] > 50])] == [[100], []]


def test_a_success_counts_as_it_is_and_a_failure_only_when_nothing_changes():
    def solved(share: float) -> pd.Series:
        return pd.Series(np.arange(40) < 40 * share)

    def outcome(now: float, before: float | None, reference: float | None = None) -> tuple[str, str]:
        earlier = solved(0.0)[:0] if before is None else solved(before)
        share = budgets.success_share(solved(now), earlier)
        if reference is not None:
            other = budgets.success_share(solved(reference), solved(reference))
            share = dataclasses.replace(share, beside={**share.beside, "reference": other})
        return budgets.FOUND.outcome(share), budgets.FOUND_BESIDE.outcome(share)

    # Without a reference, or with one that is not found either, a failure says nothing.
    assert outcome(0.9, 0.0) == (SUPPORTED, SUPPORTED)
    failed = budgets.success_share(solved(0.2), solved(0.2))
    assert (failed.low, failed.high) == exact_interval(8, 40)
    assert outcome(0.2, 0.2) == outcome(0.2, 0.2, 0.2) == outcome(0.2, 0.2, 0.6) == (CONTRADICTED, INCONCLUSIVE)
    assert outcome(0.2, 0.2, 0.9) == (CONTRADICTED, CONTRADICTED)
    assert outcome(0.2, 0.0)[0] == outcome(0.0, None)[0] == INCONCLUSIVE


def test_the_worst_of_many_has_a_wider_interval():
    always, never = pd.Series([True] * 20), pd.Series([False] * 20)
    name, worst = budgets.worst_share({4: (always, always), 8: (never, never)})
    assert (name, worst.high) == (8, exact_interval(0, 20, 0.025)[1])
    assert worst.beside["later"].high == worst.high
