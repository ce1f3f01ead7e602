"""Verdicts of claims that do not speak the language of `verdict` yet, and what makes them speak it."""

import dataclasses
from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from experiments.judging import statistics, verdict
from experiments.judging.measured import Evidence, Measured
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED, Outcome, Rule, decide, equivalent
from experiments.judging.verdict import Existence

__all__ = ["CONTRADICTED", "INCONCLUSIVE", "SUPPORTED", "Outcome", "Verdict", "adapted", "decide", "equivalent"]


@dataclasses.dataclass(frozen=True)
class Verdict:
    """One sentence on trial, as numbers and words."""

    claim: str
    statement: str
    source: str
    hypotheses: str
    existence: Existence
    prediction: str
    measured: float
    low: float
    high: float
    samples: int
    evidence: Evidence
    rule: str
    verdict: Outcome


Judge = Callable[[pd.DataFrame], Iterable]


def adapted(judge: Judge, table: pd.DataFrame) -> list[verdict.Verdict]:
    """The verdicts of a claim; those that are flat ask the whole claim again at other levels."""
    found: dict[float, dict[str, Verdict]] = {}

    def at(α: float) -> dict[str, Verdict]:
        if α not in found:
            with statistics.at_level(α), np.errstate(invalid="ignore"):
                found[α] = {one.claim: one for one in judge(table)}
        return found[α]

    return [_adapted(one, at) if isinstance(one, Verdict) else one for one in judge(table)]


def _adapted(one: Verdict, at: Callable[[float], dict[str, Verdict]]) -> verdict.Verdict:
    def estimate(α: float) -> tuple[float, float, float]:
        other = at(α).get(one.claim)
        return (one.measured, -np.inf, np.inf) if other is None else (other.measured, other.low, other.high)

    def outcome(m: Measured) -> Outcome:
        other = at(m.level).get(one.claim)
        return INCONCLUSIVE if other is None else other.verdict

    return verdict.Verdict(
        claim=one.claim.partition("/")[2],
        statement=one.statement,
        source=one.source,
        bears_on=(),
        switches={},
        notes=one.hypotheses,
        existence=one.existence,
        prediction=one.prediction,
        quantity=Measured(estimate, int(one.samples), one.evidence),
        decision=Rule(one.rule, outcome),
    )
