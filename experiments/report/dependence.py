"""What an answer depends on: the switches that separate the verdicts for a sentence from those against it.

A switch tells as much as it helps to predict the decided verdicts that state it. Without the switch, the prediction is
the majority of all, and is wrong for the minority. With the switch, each verdict is left out once and predicted by the
majority of the others with the same value: an error counts 1; a tie, or a value that no other verdict has, counts 1/2.
The switch with the greatest difference of errors tells most. So a switch with a value of its own for every verdict
tells nothing, and a switch that only some claims state does not separate these claims from others. All of this
describes the verdicts that there are. It is no test.
"""

import dataclasses
import itertools
import re
from collections import Counter

import numpy as np
import pandas as pd

from experiments.judging.table import SWITCH
from experiments.judging.verdict import SEVERAL
from experiments.report.signs import AGAINST, BOTH, FOR, SIGNS, UNDECIDED, Kind

# The most values on an axis of a map: about what fits the width of a page. Rarer values are joined to one.
MOST_VALUES = 8
REST = "other values"
NOT_STATED = "not stated"
# Between the ends of a range of numbers.
TO = "–"
# A number as Python and CSV files write it.
PLAIN_NUMBER = re.compile(r"-?(?:inf|(?:0|[1-9]\d*)(?:\.\d*)?(?:e[-+]?\d+)?)")
# Where there are verdicts on both sides, fewer tell nothing of what decides between them.
FEWEST_TO_TELL = 4
# A further switch beside those of claims: the kind of evidence.
EXISTENCE = "existence"
# The most values that a line names; the others are counted.
MOST_NAMED = 6


@dataclasses.dataclass(frozen=True)
class Tile:
    """Verdicts with the same values of the switches of a map.

    Attributes:
        across, up: the value of the first and of the second switch.
        counts: how many verdicts speak for the sentence, against it, and neither, in this order.
    """

    across: str
    up: str
    counts: tuple[int, int, int]

    @property
    def many(self) -> int:
        """The number of its verdicts that decide something; of those that decide nothing, if none does."""
        pro, contra, undecided = self.counts
        return pro + contra or undecided

    @property
    def kind(self) -> Kind:
        """Which signs there are: for, against, both, or undecided."""
        pro, contra, _ = self.counts
        return BOTH if pro and contra else FOR if pro else AGAINST if contra else UNDECIDED


@dataclasses.dataclass(frozen=True)
class Dependence:
    """The switches that matter most for a sentence.

    Attributes:
        switches: up to two, the one that separates best first; fewer where no more have two values.
        separates: whether the first one tells anything, and with some value all verdicts say the same.
        words: on what the answer depends, in a sentence.
        tiles: all verdicts by the values of these switches.
    """

    switches: tuple[str, ...]
    separates: bool
    words: str
    tiles: tuple[Tile, ...]

    def axis(self, which: int) -> list[str]:
        """The values of the first switch (0) or of the second (1) in their order."""
        values = [(tile.across, tile.up)[which] for tile in self.tiles]
        return in_order(list(dict.fromkeys(values)))


def of(rows: pd.DataFrame) -> Dependence:
    """What the verdicts on a sentence depend on.

    Args:
        rows: verdicts with their sign, see `answers.counted`.
    """
    values = switch_values(rows)
    first = best(rows["sign"], {name: [(value,) for value in column] for name, column in values.items()})
    if first is None:
        return Dependence((), False, _without_switch(rows, values), ())
    joint = {name: list(zip(values[first], column, strict=True)) for name, column in values.items() if name != first}
    second = best(rows["sign"], joint)
    separates = gain(rows["sign"], [(one,) for one in values[first]]) > 0 and _is_told(values[first], rows["sign"])
    subject = "The verdicts, variants too," if _has_variants(rows) else "The verdicts"
    words = _in_words(first, values[first], rows["sign"], subject) if separates else _without_switch(rows, values)
    across = _grouped(values[first], rows["sign"])
    up = _grouped(values[second], rows["sign"]) if second else [""] * len(rows)
    tiles = [
        Tile(*place, _counts(rows["sign"][[pair == place for pair in zip(across, up, strict=True)]]))
        for place in dict.fromkeys(zip(across, up, strict=True))
    ]
    return Dependence((first, second) if second else (first,), separates, words, tuple(tiles))


def switch_values(rows: pd.DataFrame) -> dict[str, list[str | None]]:
    """For every switch with two values or more its value in each row, as text; None where it is not stated."""
    names = [name for name in rows.columns if str(name).startswith(SWITCH)]
    found = {name.removeprefix(SWITCH): [as_text(value) for value in rows[name].astype(object)] for name in names}
    found[EXISTENCE] = [str(value) for value in rows[EXISTENCE]]
    return {name: column for name, column in found.items() if len(set(column) - {None}) > 1}


def as_text(value: object) -> str | None:
    """A value of a switch as a reader sees it; None where none is stated, or several for one verdict."""
    if value is None or (isinstance(value, float) and np.isnan(value)) or SEVERAL in str(value):
        return None
    if str(value) in ("True", "False"):
        return "yes" if str(value) == "True" else "no"
    # A word of digits, such as 01 for bits of 0 and 1, is no number.
    return f"{float(str(value)):g}" if PLAIN_NUMBER.fullmatch(str(value)) else str(value)


def gain(signs: pd.Series, values: list[tuple]) -> float:
    """How many errors fewer one makes who knows the values of switches, see the module.

    Args:
        signs: of all verdicts; those that are undecided are left out.
        values: of the switches in each verdict; with None among them it does not state them, and is left out.
    """
    pairs = zip(values, signs, strict=True)
    stated = [(value, sign) for value, sign in pairs if sign in (FOR, AGAINST) and None not in value]
    many, alike = Counter(sign for _, sign in stated), Counter(stated)
    total = 0.0
    for value, sign in stated:
        same, different = alike[value, sign] - 1, alike[value, AGAINST if sign == FOR else FOR]
        total += 1.0 if different > same else 0.5 if different == same else 0.0
    return min(many[FOR], many[AGAINST]) - total


def best(signs: pd.Series, values: dict[str, list[tuple]]) -> str | None:
    """The switch that tells most; of equal ones the one that most verdicts state, then by number of values.

    Args:
        signs: of all verdicts.
        values: for each switch those of every verdict, see `gain`.
    """

    def order(name: str) -> tuple[float, int, int, str]:
        stated = [value for value in values[name] if None not in value]
        many = len(set(stated))
        return -gain(signs, values[name]), -len(stated), many if many > MOST_VALUES else -many, name

    return min(values, key=order, default=None)


def tested(rows: pd.DataFrame) -> dict[str, str]:
    """The values of each switch that most verdicts state, in a line each: what an answer rests on."""
    names = [name for name in rows.columns if str(name).startswith(SWITCH)]
    lines = {}
    for name in names:
        stated = rows[name].dropna().astype(object)
        values = [as_text(one) for value in stated for one in str(value).split(SEVERAL)]
        if 2 * len(stated) >= len(rows):
            lines[name.removeprefix(SWITCH).replace("_", " ")] = _listed(list(dict.fromkeys(map(str, values))))
    return lines


def in_order(values: list[str]) -> list[str]:
    """Numbers and ranges by size, then words by name, then what is neither."""

    def key(value: str) -> tuple[int, float, str]:
        if value in (REST, NOT_STATED):
            return 2, 0.0, value
        try:
            return 0, float(value.partition(TO)[0]), ""
        except ValueError:
            return 1, 0.0, value

    return sorted(values, key=key)


def _grouped(values: list[str | None], signs: pd.Series) -> list[str]:
    """Values for an axis: of many, numbers of which verdicts say the same are a range, and the rarer values are one.

    What is not stated has a place of its own.
    """
    if len({*values} - {None}) > MOST_VALUES:
        values = _in_ranges(values, signs)
    many = Counter(value for value in values if value is not None).most_common()
    kept = {value for value, _ in (many if len(many) <= MOST_VALUES else many[: MOST_VALUES - 1])}
    return [NOT_STATED if value is None else value if value in kept else REST for value in values]


def _in_ranges(values: list[str | None], signs: pd.Series) -> list[str | None]:
    """Numbers that follow one another and of which all verdicts say the same, as a range; words stay as they are."""
    numbers = {value: kind for value, kind in _kinds(values, signs).items() if PLAIN_NUMBER.fullmatch(value)}
    named: dict[str | None, str] = {}
    for _, same in itertools.groupby(numbers, key=numbers.__getitem__):
        some = list(same)
        named |= dict.fromkeys(some, f"{some[0]}{TO}{some[-1]}" if len(some) > 1 else some[0])
    return [named.get(value, value) for value in values]


def _counts(signs: pd.Series) -> tuple[int, int, int]:
    pro, contra, undecided = (int((signs == one).sum()) for one in SIGNS)
    return pro, contra, undecided


def _kinds(values: list[str | None], signs: pd.Series) -> dict[str, Kind]:
    """For every value of a switch what the verdicts with it say: for, against, both, or undecided."""
    found = [value for value in dict.fromkeys(values) if value is not None]
    return {value: Tile("", "", _counts(signs[[one == value for one in values]])).kind for value in in_order(found)}


def _is_told(values: list[str | None], signs: pd.Series) -> bool:
    """Whether with some value all verdicts say the same, and with another something else."""
    kinds = set(_kinds(values, signs).values()) - {UNDECIDED}
    return len(kinds) > 1


def _in_words(name: str, values: list[str | None], signs: pd.Series, subject: str) -> str:
    """Values of a switch by what the verdicts with them say; the sentence begins with `subject`."""
    kinds: dict[Kind, list[str]] = {}
    for value, kind in _kinds(values, signs).items():
        kinds.setdefault(kind, []).append(value)
    said: dict[Kind, str] = {
        FOR: "they speak for it",
        AGAINST: "they speak against it",
        BOTH: "they differ",
        UNDECIDED: "nothing is decided",
    }
    parts = [f"With {_listed(kinds[kind])} {words}." for kind, words in said.items() if kind in kinds]
    return f"{subject} depend on {name.replace('_', ' ')}. {' '.join(parts)}"


def _has_variants(rows: pd.DataFrame) -> bool:
    return "role" in rows and bool((rows["role"] == "variant").any())


def _without_switch(rows: pd.DataFrame, values: dict[str, list[str | None]]) -> str:
    """What the verdicts say where no switch tells them apart; more of them may count here than in the answer."""
    words = _at_a_border(rows["sign"], values) or _all_together(rows["sign"])
    how = ["with variants"] if _has_variants(rows) else []
    if "survives" in rows and (~rows["survives"].astype(bool) & (rows["sign"] != UNDECIDED)).any():
        how.append("without Holm's correction")
    return f"Counted {' and '.join(how)}: {words[0].lower()}{words[1:]}" if words and how else words


def _at_a_border(signs: pd.Series, values: dict[str, list[str | None]]) -> str:
    """Between which numbers of a switch the verdicts change sides, if there are such; else nothing."""
    pro, contra, _ = _counts(signs)
    for name, column in values.items() if pro and contra and pro + contra >= FEWEST_TO_TELL else ():
        stated = [(value, sign) for value, sign in zip(column, signs, strict=True) if sign in (FOR, AGAINST)]
        if not all(value is not None and PLAIN_NUMBER.fullmatch(value) for value, _ in stated):
            continue
        ordered = sorted((float(str(value)), str(value), sign) for value, sign in stated)
        changes = [(one, other) for one, other in itertools.pairwise(ordered) if one[2] != other[2]]
        if len(changes) == 1 and changes[0][0][0] < changes[0][1][0]:
            (_, below, side), (_, above, _) = changes[0]
            sides = ("for", "against") if side == FOR else ("against", "for")
            what = name.replace("_", " ")
            return f"The verdicts {sides[0]} it have {what} up to {below}, those {sides[1]} it {above} or more."
    return ""


def _all_together(signs: pd.Series) -> str:
    pro, contra, undecided = _counts(signs)
    if pro and contra:
        if pro + contra < FEWEST_TO_TELL:
            sides = ", ".join(
                f"{many} {'speak' if many > 1 else 'speaks'} {side} it"
                for many, side in ((pro, "for"), (contra, "against"))
            )
            return f"Of {pro + contra} decided verdicts {sides}: too few to tell on which hypothesis that depends."
        those = "verdict that speaks" if pro == 1 else f"{pro} verdicts that speak"
        return f"No single hypothesis separates the {those} for it from the {contra} against it."
    if pro or contra:
        side, many = ("for", pro) if pro else ("against", contra)
        all_of_them = "The one decided verdict speaks" if many == 1 else f"All {many} decided verdicts speak"
        rest = f"; {undecided} {'decides' if undecided == 1 else 'decide'} nothing" if undecided else ""
        return f"{all_of_them} {side} it, whatever the hypotheses{rest}."
    if undecided == 1:
        return "Its one verdict is not decided."
    return f"None of {undecided} verdicts is decided." if undecided else ""


def _listed(values: list[str]) -> str:
    values = in_order(values)
    more = f" and {len(values) - MOST_NAMED} more" if len(values) > MOST_NAMED else ""
    between = "; " if any(", " in value for value in values) else ", "
    return between.join(values[:MOST_NAMED]) + more
