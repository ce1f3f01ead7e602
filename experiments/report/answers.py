"""The answer to a sentence, which follows from its verdicts by a rule. Nobody writes an answer.

Of every verdict it is known whether it tests the sentence as stated, a variant or nothing but the measurement, and
whether support speaks for the sentence or against it. `sign` says what a verdict says of the sentence, `word_of` what
all of them say together, and `deciding` which of them a reader is shown.
"""

import dataclasses
from collections.abc import Iterable
from typing import Literal

import numpy as np
import pandas as pd

from experiments import sources
from experiments.errors import amount
from experiments.judging.existence import SEARCHES
from experiments.judging.rules import CONTRADICTED, SUPPORTED
from experiments.judging.table import SWITCH, bearings
from experiments.judging.verdict import Bearing
from experiments.report import dependence, ledger
from experiments.report.dependence import Dependence
from experiments.report.signs import AGAINST, FOR, NO_EXPERIMENT, UNDECIDED, Sign
from experiments.sources import Sentence

HOLDS: Literal["holds"] = "holds"
CONDITIONS: Literal["holds under conditions"] = "holds under conditions"
VARIANTS: Literal["holds in variants"] = "holds in variants"
FAILS: Literal["fails as stated"] = "fails as stated"
OPEN: Literal["open"] = "open"
Word = Literal[
    "holds", "holds under conditions", "holds in variants", "fails as stated", "open", "not for an experiment"
]
WORDS: tuple[Word, ...] = (HOLDS, CONDITIONS, VARIANTS, FAILS, OPEN, NO_EXPERIMENT)
RULE = (
    "A verdict speaks for a sentence or against it; controls are not counted, and a search that fails does not speak "
    "against a sentence on what exists. Only verdicts on the sentence as stated decide, as far as they survive Holm's "
    "correction; those that do not decide only where none survives, and the answer then says so. A sentence on every "
    "case holds if none of them speaks against it and more than half of them speak for it, fails if they speak against "
    "it only, and holds under conditions if they differ. A sentence on some case holds if one of them speaks for it, "
    "and fails only if an exact one speaks against it. Where no verdict on the sentence as stated decides, variants "
    "that speak for it make it hold in variants. Everything else is open."
)
NOT_TESTED = "No verdict bears on it yet."
NOT_SURVIVING = "would be decided, were it not for Holm's correction."
WEAK = "It rests only on verdicts that do not survive Holm's correction."


@dataclasses.dataclass(frozen=True)
class Answer:
    """What the verdicts say of a sentence.

    Attributes:
        sentence: the sentence.
        word: the answer.
        because: which part of the rule gave it, in a sentence.
        weak: whether it rests only on verdicts that do not survive Holm's correction.
        counted: the rows of the ledger that count, and their columns role, sign and survives.
        deciding: the row that decides and is shown; none if there is no verdict.
        dependence: the switches that separate what speaks for the sentence from what speaks against it.
    """

    sentence: Sentence
    word: Word
    because: str
    weak: bool
    counted: pd.DataFrame
    deciding: pd.Series | None
    dependence: Dependence

    @property
    def remark(self) -> str:
        """What a reader has to know of its strength; empty if nothing."""
        return WEAK if self.weak else ""

    @property
    def headline(self) -> str:
        """The finding of the verdict that decides, as its claim words it, with its number and interval."""
        if self.deciding is None:
            return self.sentence.no_experiment or NOT_TESTED
        return headline_of(self.deciding)

    @property
    def on_the_other_hand(self) -> str:
        """Of a sentence that holds under conditions, the finding of the weakest verdict for it; else nothing.

        The headline is of a verdict against it.
        """
        rows = self.counted
        if self.word != CONDITIONS:
            return ""
        mine = rows[(rows["role"] == "as stated") & (rows["sign"] == FOR) & (rows["survives"] | self.weak)]
        return headline_of(_shown(mine, strongest=False))


def of(entries: pd.DataFrame, sentence: Sentence) -> Answer:
    """The answer to a sentence.

    Args:
        entries: the ledger, see `ledger.make`.
        sentence: the sentence.
    """
    rows = counted(entries, sentence)
    word, because, weak = answer_of(rows, sentence)
    return Answer(sentence, word, because, weak, rows, deciding(rows, word, weak, sentence), dependence.of(rows))


def of_all(entries: pd.DataFrame, asked: Iterable[Sentence] | None = None) -> list[Answer]:
    """The answers to the sentences that are asked, in their order; if nothing is said, to all of all sources."""
    # Rows are chosen a thousand times: of plain objects, all columns at once, and of arrays of text one by one.
    plain = entries.astype(dict.fromkeys(entries.select_dtypes("str"), object)).copy()
    return [of(plain, sentence) for sentence in (sources.sentences() if asked is None else asked)]


def counted(entries: pd.DataFrame, sentence: Sentence) -> pd.DataFrame:
    """The verdicts that bear on a sentence, without controls, each with its role, its sign, and whether it survives."""
    mine = ledger.of_sentence(entries, sentence)
    # Of all switches that there are the verdicts on one sentence state few, and every step below copies them.
    stated = mine.notna().any()
    mine = mine[[name for name in mine if stated[name] or not str(name).startswith(SWITCH)]]
    records = mine.to_dict("records")
    found = [next(one for one in bearings(row) if one.sentence == sentence.id) for row in records]
    signs = [sign(row, one, sentence) for row, one in zip(records, found, strict=True)]
    rows = mine.assign(role=[one.role for one in found], sign=signs, survives=mine["remark"] == "")
    return rows[rows["role"] != "control"].reset_index(drop=True)


def sign(row: dict, bearing: Bearing, sentence: Sentence) -> Sign:
    """What a verdict says of a sentence: for, against, or neither.

    Args:
        row: of the ledger.
        bearing: of the verdict on the sentence.
        sentence: the sentence.
    """
    if row["verdict"] not in (SUPPORTED, CONTRADICTED):
        return UNDECIDED
    if row["verdict"] == SUPPORTED:
        return FOR if bearing.direction == "for" else AGAINST
    if sentence.about not in SEARCHES and row["existence"] in SEARCHES:
        return UNDECIDED
    return AGAINST if bearing.direction == "for" else FOR


def answer_of(rows: pd.DataFrame, sentence: Sentence) -> tuple[Word, str, bool]:
    """The answer, why, and whether it is weak: verdicts that survive Holm's correction go before the others.

    Args:
        rows: as `counted` gives them.
        sentence: the sentence.
    """
    surviving = rows.assign(sign=rows["sign"].where(rows["survives"], UNDECIDED))
    word, because = word_of(surviving, sentence)
    if word != OPEN:
        return word, because, False
    stated = rows[rows["role"] == "as stated"]
    if (surviving.loc[stated.index, "sign"] != UNDECIDED).any():
        lost = ((stated["sign"] != UNDECIDED) & ~stated["survives"]).sum()
        return word, because + (f" Of the others {lost} {NOT_SURVIVING}" if lost else ""), False
    weak_word, weak_because = word_of(rows, sentence)
    return (word, because, False) if weak_word == OPEN else (weak_word, weak_because, True)


def word_of(rows: pd.DataFrame, sentence: Sentence) -> tuple[Word, str]:
    """The answer that follows from signs alone, and the part of the rule that gives it: see `RULE`."""
    stated, variants = rows[rows["role"] == "as stated"], rows[rows["role"] == "variant"]
    pro, contra = (stated["sign"] == FOR).sum(), (stated["sign"] == AGAINST).sum()
    of = f"{amount(len(stated), 'verdict')} on the sentence as stated"
    said = f"{pro} of {of} {_speak(stated)} for it, {contra} against it."
    if sentence.quantifier == "some":
        if pro:
            return HOLDS, f"One example is enough: {said}"
        if ((stated["sign"] == AGAINST) & (stated["evidence"] == "exact")).any():
            return FAILS, f"There is no example, by exact evidence: {said}"
    elif pro and contra:
        return CONDITIONS, said
    elif contra:
        return FAILS, said
    elif 2 * pro > len(stated):
        return HOLDS, said
    elif pro:
        return OPEN, f"Too few are decided: {said}"
    return _word_of_variants(stated, variants, sentence)


def _speak(rows: pd.DataFrame) -> str:
    return "speaks" if len(rows) == 1 else "speak"


def _word_of_variants(stated: pd.DataFrame, variants: pd.DataFrame, sentence: Sentence) -> tuple[Word, str]:
    if stated.empty and variants.empty:
        return (NO_EXPERIMENT, sentence.no_experiment) if sentence.no_experiment else (OPEN, NOT_TESTED)
    pro, contra = (variants["sign"] == FOR).sum(), (variants["sign"] == AGAINST).sum()
    undecided = "No verdict on the sentence as stated is decided" if len(stated) else "No verdict tests it as stated"
    said = f"{undecided}; {pro} of {len(variants)} on variants {_speak(variants)} for it, {contra} against it."
    return (VARIANTS if pro else OPEN), said


def deciding(rows: pd.DataFrame, word: Word, weak: bool, sentence: Sentence) -> pd.Series | None:
    """The verdict that a reader is shown; none if there is none.

    It is of those that give the answer. One counter-example or one example is enough where the strongest decides; what
    holds in every case is shown by the weakest of its verdicts, so that no number is picked because it looks good. A
    verdict for which its claim has words of its own goes before others.

    Args:
        rows: as `counted` gives them.
        word, weak: the answer, and whether it rests only on verdicts that do not survive Holm's correction.
        sentence: the sentence.
    """
    if rows.empty:
        return None
    mine = _givers(rows if weak or word == OPEN else rows[rows["survives"]], word)
    strongest = word == FAILS or (word == HOLDS and sentence.quantifier == "some") or (mine["sign"] == AGAINST).all()
    return _shown(mine, strongest)


def _shown(rows: pd.DataFrame, strongest: bool) -> pd.Series:
    """The strongest or the weakest of some verdicts; one with words of its own goes before others."""
    order = rows.assign(
        _worded=rows["finding"] == "",
        _p=np.where(rows["evidence"] == "exact", -1.0, rows["p_value"].fillna(0.0)) * (1 if strongest else -1),
    ).sort_values(["_worded", "_p", "claim"], kind="stable")
    return rows.loc[order.index[0]]


def _givers(rows: pd.DataFrame, word: Word) -> pd.DataFrame:
    """The verdicts that give an answer; where nothing is decided, those on the sentence as stated, or else all."""
    stated = rows[rows["role"] == "as stated"]
    if word in (HOLDS, FAILS):
        return stated[stated["sign"] == (FOR if word == HOLDS else AGAINST)]
    if word == CONDITIONS:
        return stated[stated["sign"] == AGAINST]
    if word == VARIANTS:
        return rows[(rows["role"] == "variant") & (rows["sign"] == FOR)]
    return stated if len(stated) else rows


def headline_of(row: pd.Series) -> str:
    """A verdict in one sentence with its number and interval: in its claim's words, or else as it was put on trial."""
    if row["finding"]:
        return str(row["finding"])
    return f"{row['statement']} Measured: {ledger.measured(row)}; predicted: {row['prediction']}."


def summary(answers: list[Answer]) -> dict[Word, int]:
    """How many sentences have each answer."""
    return {word: sum(one.word == word for one in answers) for word in WORDS}


def falsified_by(answer: Answer) -> str:
    """What would have given another answer, and the rule of the verdict that decides."""
    if answer.deciding is None:
        return ""
    some = answer.sentence.quantifier == "some"
    would = {
        HOLDS: "exact evidence that there is no example" if some else "a verdict on the sentence as stated against it",
        FAILS: "a verdict on the sentence as stated for it",
        CONDITIONS: "verdicts on the sentence as stated that all say the same",
    }.get(answer.word, "a verdict on the sentence as stated that is decided")
    return f"Another answer would need {would}. The rule of the verdict that is shown: {answer.deciding['rule']}"


def silent_on(answer: Answer) -> list[str]:
    """What the answer rests on, and so beyond what it says nothing: values of switches, and what a search can show."""
    stated = answer.counted[answer.counted["role"] == "as stated"]
    rows = stated if len(stated) else answer.counted
    if rows.empty:
        return []
    tried = [f"{name}: {values}" for name, values in dependence.tested(rows).items()]
    lines = ["only these values were tried:", *tried] if tried else []
    if answer.sentence.about not in SEARCHES and rows["existence"].isin(SEARCHES).any():
        lines.append("a search that found nothing says nothing of what exists")
    if answer.sentence.about in SEARCHES:
        lines.append("other tasks, budgets and optimisers may end otherwise")
    return lines


def published(answer: Answer, entries: pd.DataFrame) -> pd.DataFrame:
    """Numbers that somebody has published beside ours.

    Columns are what, published, ours, difference, apart, known and verdict. `ours` and `apart`, which is the
    difference, are words: what was measured has its interval, the other has none. Where the verdict is not among the
    entries, both are empty and the difference is not a number.
    """
    found = []
    for one in answer.sentence.published:
        mine = entries[entries["claim"] == one.verdict]
        ours, apart, difference = "", "", float("nan")
        if len(mine):
            row = mine.iloc[0]
            value, measured = float(row["measured"]), ledger.measured(row)
            difference = value if one.measures == "difference" else value - one.value
            ours, apart = measured, f"{difference:+.2g}"
            if one.measures == "difference":
                ours, apart = f"{value + one.value:.4g}", measured
        beside = {"ours": ours, "difference": difference, "apart": apart}
        found.append({"what": one.what, "published": one.value, **beside, "known": one.known, "verdict": one.verdict})
    return pd.DataFrame(found, columns=["what", "published", "ours", "difference", "apart", "known", "verdict"])
