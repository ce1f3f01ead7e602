"""A prediction, a measurement, and the rule that judges one by the other."""

import dataclasses
import math
import typing
from typing import Literal

import pandas as pd

SUPPORTED: Literal["supported"] = "supported"
CONTRADICTED: Literal["contradicted"] = "contradicted"
INCONCLUSIVE: Literal["inconclusive"] = "inconclusive"
Outcome = Literal["supported", "contradicted", "inconclusive"]
Existence = Literal["representable", "found by training", "found by brute force", "drawn at random"]
Evidence = Literal["exact", "statistical"]


@dataclasses.dataclass(frozen=True)
class Verdict:
    """One sentence on trial.

    Attributes:
        claim: its name, family.claim, with the part after a slash where one claim has several verdicts.
        statement: the sentence.
        source: who says so.
        hypotheses: the switches under which it was tested: biases, activation, domain, quantifier and so on.
        existence: what was shown: that a network is representable, found by training, or found by brute force; or what
            random draws do, which nobody searched.
        prediction: what the sentence predicts of the measured quantity.
        measured: the quantity's value; `low` and `high` are its interval, equal to it where it is exact.
        samples: how many cases, networks or draws went in.
        evidence: exact if every case was enumerated or exact arithmetic decides, else statistical.
        rule: how numbers become a verdict, fixed before they are seen.
        verdict: what the rule says.
        p_value: smallest level at which it still says so, or NaN; not the judge's to know, see `p_values`.
    """

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
    p_value: float = math.nan

    def __post_init__(self) -> None:
        """Refuses words that nobody could sort by."""
        for field, allowed in {"existence": Existence, "evidence": Evidence, "verdict": Outcome}.items():
            if (word := getattr(self, field)) not in typing.get_args(allowed):
                raise ValueError(f"{self.claim}: {field} {word!r} is none of {', '.join(typing.get_args(allowed))}")


COLUMNS = tuple(field.name for field in dataclasses.fields(Verdict))


def decide(supported: bool, contradicted: bool) -> Outcome:
    """The outcome of a rule whose two conditions exclude each other; neither of them is inconclusive."""
    if supported and contradicted:
        raise ValueError("a rule cannot support and contradict the same sentence")
    return SUPPORTED if supported else CONTRADICTED if contradicted else INCONCLUSIVE


def equivalent(low: float, high: float, target: float, margin: float) -> Outcome:
    """Whether a quantity equals a number, within a margin that was fixed before anything was measured.

    Supported if its interval lies within target ± margin, contradicted if all of it lies outside; else inconclusive.
    """
    return decide(target - margin <= low and high <= target + margin, low > target + margin or high < target - margin)


def to_table(verdicts: list[Verdict]) -> pd.DataFrame:
    """One row a verdict, one column an attribute."""
    return pd.DataFrame([dataclasses.asdict(verdict) for verdict in verdicts], columns=list(COLUMNS))
