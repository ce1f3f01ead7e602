"""A prediction, a measurement, and the rule that judges one by the other."""

import dataclasses
import math
import typing
from pathlib import Path
from typing import Any, Literal, TextIO

import pandas as pd

from experiments.names import is_line

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
        for field, allowed in WORDS.items():
            if (word := getattr(self, field)) not in typing.get_args(allowed):
                raise ValueError(f"{self.claim}: {field} {word!r} is none of {allowed_words(allowed)}")


COLUMNS = tuple(field.name for field in dataclasses.fields(Verdict))
NUMBERS = ("measured", "low", "high", "samples", "p_value")
WORDS = {"existence": Existence, "evidence": Evidence, "verdict": Outcome}


def decide(supported: bool, contradicted: bool) -> Outcome:
    """The outcome of a rule whose two conditions exclude each other; neither of them is inconclusive."""
    if supported and contradicted:
        raise ValueError("a rule cannot support and contradict the same sentence")
    return SUPPORTED if supported else CONTRADICTED if contradicted else INCONCLUSIVE


def is_of(head: str, claim: str) -> bool:
    """Whether verdicts with this head are of a claim: `backprop.cost` is of `anatomy.backprop-cost`.

    Args:
        head: the name of a verdict up to the first slash.
        claim: with its family.
    """
    return head == claim or head.replace(".", "-") == claim.partition(".")[2]


def read_table(path: Path | TextIO, claims: set[str]) -> pd.DataFrame:
    """The verdicts in a file, as `to_table` makes them.

    Args:
        path: a CSV file, or an open one.
        claims: with their family, of which they should be.

    Raises:
        ValueError: if they cannot be read, or are not that; the text says why, to stand after the file's name.
    """
    try:
        table = pd.read_csv(path)
    except (OSError, ValueError, pd.errors.ParserError) as error:
        raise ValueError(f"cannot be read ({type(error).__name__})") from error
    missing = [name for name in COLUMNS if name not in table and name != "p_value"]
    if missing:
        raise ValueError(f"lacks the columns {', '.join(missing)}")
    for name in COLUMNS:
        if name in table and name not in NUMBERS and not all(map(is_line, table[name])):
            raise ValueError(f"has in the column {name} what is no line of text")
        if name in table and name in NUMBERS and not (pd.api.types.is_numeric_dtype(table[name]) or table.empty):
            raise ValueError(f"has in the column {name} what is no number")
    for name, allowed in WORDS.items():
        if strange := sorted(set(table[name]) - set(typing.get_args(allowed))):
            raise ValueError(
                f"has {strange[0][:60]!r} in the column {name}, where one of {allowed_words(allowed)} stands"
            )
    if "p_value" in table and not table["p_value"].dropna().between(0, 1).all():
        raise ValueError("has a p-value that is none")
    if table["claim"].duplicated().any():
        raise ValueError(f"has two verdicts with the name {table['claim'][table['claim'].duplicated()].iloc[0][:60]!r}")
    heads = dict.fromkeys(claim.split("/")[0] for claim in table["claim"])
    foreign = [head for head in heads if not any(is_of(head, claim) for claim in claims)]
    if foreign:
        raise ValueError(f"has verdicts of claims that are not of this run, such as {foreign[0][:60]!r}")
    return table


def allowed_words(allowed: Any) -> str:
    """The words of a literal type, in a line."""
    return ", ".join(typing.get_args(allowed))


def equivalent(low: float, high: float, target: float, margin: float) -> Outcome:
    """Whether a quantity equals a number, within a margin that was fixed before anything was measured.

    Supported if its interval lies within target ± margin, contradicted if all of it lies outside; else inconclusive.
    """
    return decide(target - margin <= low and high <= target + margin, low > target + margin or high < target - margin)


def to_table(verdicts: list[Verdict]) -> pd.DataFrame:
    """One row a verdict, one column an attribute."""
    return pd.DataFrame([dataclasses.asdict(verdict) for verdict in verdicts], columns=list(COLUMNS))
