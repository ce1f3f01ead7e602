"""The ledger: every verdict of every run in one table, with p-values corrected for their number."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from experiments.judging import p_values
from experiments.judging.measured import number_in_words
from experiments.judging.rules import CONTRADICTED, SUPPORTED
from experiments.judging.statistics import DEFAULT_LEVEL
from experiments.judging.table import bearings, head_of
from experiments.report import sentences
from experiments.report.gather import NUMBERS, OUTCOMES, RECORDED, Recorded
from experiments.report.signs import NO_EXPERIMENT
from experiments.sources import Sentence

UNTESTED = "not tested yet"
NOT_AFTER_HOLM = "not after Holm's correction"


class Outcome(NamedTuple):
    """What the verdicts on a sentence came to.

    Attributes:
        counted: the numbers of those that its answer counts, by outcome: `2 supported, 1 contradicted`. Where there is
            none, whether the sentence is for an experiment at all, in the words of its answer.
        controls: the same of its controls, which no answer counts; empty where there is none.
    """

    counted: str
    controls: str

    def __str__(self) -> str:
        """Both in a line."""
        return f"{self.counted}; controls: {self.controls}" if self.controls else self.counted


def make(runs: list[Recorded]) -> pd.DataFrame:
    """All verdicts of these runs.

    Returns:
        One row for each verdict with the columns `gather.RECORDED` and: run; sweep; head, its claim; places, the
        sentences that it bears on, see `sentences.places`; p_holm, the p-value adjusted over all verdicts that have
        one; remark, which says whether a decision does not survive the adjustment.
    """
    tables = [one.verdicts.assign(run=one.run.name, sweep=one.sweep) for one in runs]
    ledger = pd.concat([pd.DataFrame(columns=[*RECORDED, "run", "sweep"]), *tables])
    ledger = ledger.astype(dict.fromkeys(NUMBERS, float)).reset_index(drop=True)
    ledger["head"] = [head_of(claim) for claim in ledger["claim"]]
    ledger["places"] = sentences.places(ledger)
    # A file may say anything: only what can be a p-value counts as one.
    tests = ledger["p_value"].where(ledger["evidence"] == "statistical").clip(0, 1)
    ledger["p_holm"] = p_values.adjusted(ledger.assign(p_value=tests))
    decided = ledger["verdict"].isin([SUPPORTED, CONTRADICTED])
    ledger["remark"] = np.where(decided & (ledger["p_holm"] > DEFAULT_LEVEL), NOT_AFTER_HOLM, "")
    return ledger


def counts(verdicts: pd.Series) -> dict[str, int]:
    """The number of verdicts with each outcome, in a fixed order. Unknown outcomes are left out."""
    return {outcome: int((verdicts == outcome).sum()) for outcome in OUTCOMES}


def of_sentence(ledger: pd.DataFrame, sentence: Sentence) -> pd.DataFrame:
    """The verdicts that bear on a sentence."""
    return ledger[sentences.at(ledger["places"], sentence)]


def outcome_of(ledger: pd.DataFrame, sentence: Sentence) -> Outcome:
    """What the verdicts on a sentence came to."""
    mine = of_sentence(ledger, sentence)
    roles = [{one.role for one in bearings(row) if one.sentence == sentence.id} for row in mine.to_dict("records")]
    control = np.array(["control" in of_row for of_row in roles], bool)
    none = NO_EXPERIMENT if sentence.no_experiment else UNTESTED
    return Outcome(
        in_words(counts(mine["verdict"][~control])) or none,
        in_words(counts(mine["verdict"][control])),
    )


def summary(ledger: pd.DataFrame, shown: list[Sentence]) -> pd.DataFrame:
    """One row for each sentence: its numbers of verdicts by outcome and of exact ones, and its claims."""
    rows = []
    for sentence in shown:
        mine = of_sentence(ledger, sentence)
        outcome = counts(mine["verdict"])
        place = {"chapter": sentences.where(sentence), "id": sentence.id, "sentence": sentence.text}
        claims = ", ".join(sorted(mine["head"].unique()))
        rows.append({**place, **outcome, "exact": int((mine["evidence"] == "exact").sum()), "claims": claims})
    columns = ["chapter", "id", "sentence", *OUTCOMES, "exact", "claims"]
    return pd.DataFrame(rows, columns=columns)


def in_words(outcome: dict[str, int]) -> str:
    """Counts of outcomes as words: `2 supported, 1 contradicted`; of none nothing."""
    return ", ".join(f"{outcome[name]} {name}" for name in OUTCOMES if outcome[name])


def removed_in_words(ledger: pd.DataFrame) -> str:
    """The claims with decisions that do not survive Holm's correction, with their numbers, the largest first."""
    removed = ledger[ledger["remark"] != ""]
    numbers = removed.groupby("head", sort=True).size().sort_values(ascending=False, kind="stable")
    return ", ".join(f"{head} {number}" for head, number in numbers.items())


def measured(row: pd.Series) -> str:
    """What was measured, with its interval unless it is exact."""
    return number_in_words(row["measured"], row["low"], row["high"], row["evidence"])


def probability(value: float) -> str:
    """A p-value in two digits; empty if there is none."""
    return "" if np.isnan(value) else f"{value:.2g}"


def p_value_words(row: pd.Series) -> str:
    """A verdict's p-value and, after a comma, what Holm's correction makes of it, or why there are none.

    A p-value is an upper bound: the smallest of some levels at which the rule still decides the same.
    """
    if row["evidence"] == "exact":
        return "exact"
    if np.isnan(row["p_value"]):
        return "decided at any level"
    return f"{probability(row['p_value'])}, {probability(row['p_holm'])}"
