"""The verdicts of a run as objects."""

import dataclasses
import math
from collections import Counter
from typing import Any

import pandas as pd

from experiments.errors import amount
from experiments.interface import display
from experiments.interface.named import Named
from experiments.judging.measured import number_in_words
from experiments.judging.table import COLUMNS, SWITCH
from experiments.judging.verdict import Value


@dataclasses.dataclass(frozen=True)
class Verdict:
    """One verdict. A notebook shows it with its rule.

    Attributes:
        claim: its whole name, such as `boolean.minimum-width/parity`.
        outcome: supported, contradicted or inconclusive.
        statement, source: the sentence, and who says so.
        sentence: the names of the sentences of sources that it bears on, separated by `; `; empty if none.
        direction, role: in the same order: whether support speaks for or against it; as stated, variant or control.
        switches: the hypotheses under which it was tested, as named values.
        hypotheses: the same in words.
        existence: what was shown: representable, found by training or by brute force, or drawn at random.
        prediction: what the statement predicts for the measured quantity.
        measured, low, high: the quantity with its interval; the three are equal where it is exact.
        samples: the number of cases, networks or draws behind it.
        evidence: exact, or statistical.
        rule: how it was measured, and how that becomes a verdict.
        p_value: the smallest of some levels at which the rule still decides so; NaN if there is none.
        finding: the result in a sentence; empty where the claim gives none.
    """

    claim: str
    outcome: str
    statement: str
    source: str
    sentence: str
    direction: str
    role: str
    switches: dict[str, Value]
    hypotheses: str
    existence: str
    prediction: str
    measured: float
    low: float
    high: float
    samples: int
    evidence: str
    rule: str
    p_value: float
    finding: str

    @property
    def number(self) -> str:
        """The quantity with its interval, in words."""
        return number_in_words(self.measured, self.low, self.high, self.evidence)

    def __repr__(self) -> str:
        """The verdict in a line."""
        return f"{self.claim}: {self.outcome}, {self.number} ({self.prediction})"

    def _repr_html_(self) -> str:
        level = "" if math.isnan(self.p_value) else f", p ≤ {self.p_value:g}"
        parts = {
            "statement": self.statement,
            "source": self.source,
            "prediction": self.prediction,
            "measured": self.number,
            "evidence": f"{self.evidence}, {self.existence}, {amount(self.samples, 'sample')}{level}",
            "hypotheses": self.hypotheses,
            "rule": self.rule,
            "finding": self.finding,
        }
        rows = [(name, display.text(words)) for name, words in parts.items() if words]
        return display.pairs([("verdict", display.coloured(self.outcome)), ("claim", display.text(self.claim)), *rows])


class Verdicts(Named[Verdict]):
    """Verdicts by number, or by name without the family. A notebook shows a line for each."""

    what = "verdict"

    def __init__(self, table: pd.DataFrame) -> None:
        """Takes rows as those of verdicts.csv, which `judging.table.to_table` makes of what a claim's `judge` gives."""
        found = [_verdict(row) for row in table.to_dict("records")]
        super().__init__(found, [one.claim.partition(".")[2] or one.claim for one in found])

    @property
    def table(self) -> pd.DataFrame:
        """One row for each. A switch is a column `switch.NAME`."""
        rows = [
            dataclasses.asdict(one)
            | {"verdict": one.outcome}
            | {SWITCH + name: value for name, value in one.switches.items()}
            for one in self
        ]
        switches = sorted({name for row in rows for name in row if name.startswith(SWITCH)})
        return pd.DataFrame(rows, columns=[*COLUMNS, *switches])

    @property
    def counts(self) -> dict[str, int]:
        """How many there are of each outcome."""
        return dict(Counter(one.outcome for one in self))

    def _repr_html_(self) -> str:
        rows = (
            (display.coloured(one.outcome), *map(display.text, (one.claim, one.number, one.prediction, one.finding)))
            for one in self
        )
        return display.listing(("verdict", "claim", "measured", "prediction", "finding"), rows)


def _verdict(row: dict[Any, Any]) -> Verdict:
    switches = {
        name.removeprefix(SWITCH): value
        for name, value in row.items()
        if name.startswith(SWITCH) and not pd.isna(value)
    }
    fields = {field.name for field in dataclasses.fields(Verdict)} - {"outcome", "switches"}
    return Verdict(outcome=row["verdict"], switches=switches, **{name: row[name] for name in fields})
