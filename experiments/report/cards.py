"""What the page and the terminal say of an answer, in words and numbers without markup."""

import dataclasses
import itertools
from collections.abc import Iterator
from typing import Any

import pandas as pd

from experiments import house, sources
from experiments.report import answers, ledger
from experiments.report.answers import CONDITIONS, FAILS, HOLDS, OPEN, VARIANTS, Answer, Word
from experiments.report.dependence import NOT_STATED, REST, Tile
from experiments.report.gather import Recorded
from experiments.report.signs import AGAINST, BOTH, FOR, NO_EXPERIMENT, UNDECIDED, Kind
from experiments.sources import Source

# Marks differ by shape as well as by colour and word.
MARKS: dict[Word, str] = {
    HOLDS: "✓",
    CONDITIONS: "◐",
    VARIANTS: "≈",
    FAILS: "✗",
    OPEN: "?",
    NO_EXPERIMENT: "–",
}
KINDS: dict[Word, str] = {
    HOLDS: "supported",
    CONDITIONS: "conditions",
    VARIANTS: "variants",
    FAILS: "contradicted",
    OPEN: "inconclusive",
    NO_EXPERIMENT: "none",
}
# Titles of parts of an answer in words.
ANSWER, DEPENDS = "answer", "what it depends on"
# The most places where a sentence does not hold that a line names.
MOST_PLACES = 2
# The marks of tiles on a map.
TILE_MARKS: dict[Kind, str] = {FOR: "✓", AGAINST: "✗", BOTH: "◐", UNDECIDED: "?"}
TILE_LEGEND = ", ".join(
    f"{TILE_MARKS[kind]} {words}"
    for kind, words in ((FOR, "for it"), (AGAINST, "against it"), (BOTH, "both"), (UNDECIDED, "open"))
)
COUNT_LEGEND = f"{TILE_MARKS[FOR]} for it, {TILE_MARKS[AGAINST]} against it, {TILE_MARKS[UNDECIDED]} open"
# Beside a map on which verdicts may speak against what the answer says.
BESIDE_THE_ANSWER = (
    "Variants ask something else, and do not decide where the sentence itself is tested. So a sentence may hold and "
    "have verdicts against it."
)


@dataclasses.dataclass(frozen=True)
class Map:
    """The verdicts on a sentence by the two switches that tell most.

    Attributes:
        across, up: the names of the switches; `up` is empty if there is only one.
        columns: the values of the switch `across`.
        rows: for every value of the switch `up` its tiles, None where there is no verdict.
    """

    across: str
    up: str
    columns: list[str]
    rows: list[tuple[str, list[Tile | None]]]

    @property
    def has_both_sides(self) -> bool:
        """Whether some of its verdicts speak for the sentence, and some against it."""
        counts = [tile.counts for _, tiles in self.rows for tile in tiles if tile is not None]
        return any(pro for pro, _, _ in counts) and any(contra for _, contra, _ in counts)

    @property
    def upright(self) -> "Map":
        """The same map with the longer axis down, so that a narrow page holds it."""
        if len(self.columns) <= len(self.rows):
            return self
        values, tiles = zip(*self.rows, strict=True)
        return Map(
            self.up,
            self.across,
            list(values),
            list(zip(self.columns, map(list, zip(*tiles, strict=True)), strict=True)),
        )


@dataclasses.dataclass(frozen=True)
class Card:
    """An answer in words.

    Attributes:
        answer: the answer.
        counts: the numbers of verdicts on the sentence by what they say, without controls; none is said of a sentence
            that is not for an experiment.
        controls: the numbers of its controls by outcome, which are not counted; empty if there is none.
        map: the verdicts by switches; None if all verdicts say the same.
        published: rows of `answers.published`.
        run: the run of the verdict that decides; None if no verdict does.
        figure: the file of its claim's first figure in that run; empty if it has none.
    """

    answer: Answer
    counts: str
    controls: str
    map: Map | None
    published: list[dict[str, Any]]
    run: Recorded | None
    figure: str

    @property
    def mark(self) -> str:
        """A sign for the answer."""
        return MARKS[self.answer.word]

    @property
    def kind(self) -> str:
        """The class of its colours."""
        return KINDS[self.answer.word]

    @property
    def number(self) -> str:
        """The quantity that decides, with its interval unless it is exact."""
        return "" if self.answer.deciding is None else ledger.measured(self.answer.deciding)

    @property
    def finding(self) -> str:
        """The result in the words of the claim that decides; empty if it gives none."""
        return "" if self.answer.deciding is None else str(self.answer.deciding["finding"])

    @property
    def condition(self) -> str:
        """Where a sentence does not hold, or was not tested, in a sentence; empty if it holds, fails or is open."""
        if self.answer.word == VARIANTS:
            return "Not tested as stated."
        return exceptions(self.answer) if self.answer.word == CONDITIONS else ""

    @property
    def command(self) -> str:
        """The command that makes the run of the verdict that decides again, to the last bit."""
        return self.run.facts["command"] if self.run else ""

    @property
    def falsified_by(self) -> str:
        """What would have given another answer."""
        return answers.falsified_by(self.answer)

    @property
    def silent_on(self) -> list[str]:
        """What it says nothing of."""
        return answers.silent_on(self.answer)


def make(found: list[Answer], entries: pd.DataFrame, runs: list[Recorded]) -> list[Card]:
    """The cards of answers.

    Args:
        found: the answers.
        entries: the ledger that they come from.
        runs: the runs of the ledger.
    """
    by_name = {one.run.name: one for one in runs}
    return [_card(one, entries, by_name) for one in found]


def by_source(made: list[Card]) -> list[tuple[Source, list[tuple[str, list[Card]]]]]:
    """Cards by source and, within it, by chapter."""
    by_id = {one.answer.sentence.id: one for one in made}
    found = []
    for source, said in sources.every():
        chapters = itertools.groupby(said, key=lambda one: f"{one.chapter}: {one.title}")
        mine = [(title, [by_id[one.id] for one in group if one.id in by_id]) for title, group in chapters]
        found.append((source, mine))
    return found


def in_words(card: Card) -> Iterator[tuple[str, str]]:
    """The parts of an answer, each with its title, as far as there are any. A title may come several times."""
    found = card.answer
    yield "sentence", found.sentence.text
    yield ANSWER, f"{card.mark} {found.word}"
    yield ANSWER, found.remark
    yield ("against it" if found.on_the_other_hand else "finding"), found.headline
    yield "for it", found.on_the_other_hand
    if card.controls:
        yield "controls", f"{card.controls}; they are not counted"
    if found.deciding is None:
        return
    yield "number", f"{card.number}, {found.deciding['evidence']}, {found.deciding['existence']}"
    yield "predicted", str(found.deciding["prediction"])
    yield "decided by", f"{found.deciding['claim']}, in the run {found.deciding['run']}"
    yield "why", found.because
    yield DEPENDS, found.dependence.words
    yield "it would change with", card.falsified_by
    for line in card.silent_on:
        yield "it rests on", line
    for row in card.published:
        difference = f", difference {row['apart']}" if row["ours"] else ""
        ours = row["ours"] or "not in these runs"
        yield "published", f"{row['what']}: {row['published']:g} ({row['known']}); ours {ours}{difference}"
    yield "made by", house.as_typed_here(card.command)
    if card.figure and card.run is not None:
        yield "figure", str(card.run.run.at("figures", card.figure))


def _card(answer: Answer, entries: pd.DataFrame, runs: dict[str, Recorded]) -> Card:
    outcome = ledger.outcome_of(entries, answer.sentence)
    run = None if answer.deciding is None else runs.get(str(answer.deciding["run"]))
    return Card(
        answer=answer,
        counts=counts_of(answer),
        controls=outcome.controls,
        map=map_of(answer),
        published=answers.published(answer, entries).to_dict("records"),
        run=run,
        figure="" if run is None or answer.deciding is None else _figure(run, str(answer.deciding["head"])),
    )


def counts_of(answer: Answer) -> str:
    """The numbers of verdicts by what they say: `as stated 11 against it, 1 open; variants 9 for it`."""
    rows, parts = answer.counted, []
    for role, word in (("as stated", "as stated"), ("variant", "variants")):
        mine = rows.loc[rows["role"] == role, "sign"]
        said = ((FOR, "for it"), (AGAINST, "against it"), (UNDECIDED, "open"))
        numbers = [f"{(mine == sign).sum()} {words}" for sign, words in said if (mine == sign).any()]
        if numbers:
            parts.append(f"{word} {', '.join(numbers)}")
    return "; ".join(parts) or ("" if answer.word == NO_EXPERIMENT else ledger.UNTESTED)


def exceptions(answer: Answer) -> str:
    """Where a sentence does not hold, in a sentence.

    It names values of the switches that matter most with which all verdicts speak against it, or says how many
    verdicts differ.
    """
    names = [name.replace("_", " ") for name in answer.dependence.switches]
    found = [_place(names, tile) for tile in answer.dependence.tiles if tile.kind == AGAINST]
    found = [one for one in found if one]
    if found:
        more = f", and {len(found) - MOST_PLACES} more" if len(found) > MOST_PLACES else ""
        return f"Condition: not with {'; nor with '.join(found[:MOST_PLACES])}{more}."
    if answer.dependence.separates:
        mixed = dict.fromkeys(tile.across for tile in answer.dependence.tiles if tile.counts[1])
        values = [value for value in mixed if value not in (NOT_STATED, REST)]
        if values:
            return f"Condition: not always with {names[0]} {' or '.join(map(_quoted, values))}."
    rows = answer.counted
    decide = rows.loc[(rows["role"] == "as stated") & rows["survives"], "sign"]
    pro, contra = (int((decide == sign).sum()) for sign in (FOR, AGAINST))
    return f"No condition was found: {pro} verdict{'s speak' if pro != 1 else ' speaks'} for it, {contra} against it."


def _place(names: list[str], tile: Tile) -> str:
    """A tile's values with their names, as far as its verdicts state them."""
    values = zip(names, (tile.across, tile.up), strict=False)
    stated = [(name, value) for name, value in values if value not in (NOT_STATED, REST)]
    return " and ".join(f"{name} {_quoted(value)}" for name, value in stated)


def _quoted(value: str) -> str:
    """A value of several words as a quotation."""
    return f"“{value}”" if " " in value else value


def _figure(run: Recorded, head: str) -> str:
    """The file of a claim's first figure, as the run's manifest names it and if it is there."""
    names = [name for name in run.figures.get(head.partition(".")[2], ()) if name.endswith(".png")]
    return next((name for name in names if run.run.at("figures", name).is_file()), "")


def map_of(answer: Answer) -> Map | None:
    """The tiles of an answer in rows and columns; None where all of them say the same."""
    tiles, switches = answer.dependence.tiles, answer.dependence.switches
    if len({tile.kind for tile in tiles}) < 2:
        return None
    columns, values = answer.dependence.axis(0), answer.dependence.axis(1)
    at = {(tile.across, tile.up): tile for tile in tiles}
    return Map(
        across=switches[0].replace("_", " "),
        up=switches[1].replace("_", " ") if len(switches) > 1 else "",
        columns=columns,
        rows=[(value, [at.get((column, value)) for column in columns]) for value in values],
    )


def tile_marks(tile: Tile) -> str:
    """The numbers of a tile's verdicts with the marks of what they say: `✓ 3 ✗ 1`."""
    marks = (TILE_MARKS[kind] for kind in (FOR, AGAINST, UNDECIDED))
    return " ".join(f"{mark} {number}" for mark, number in zip(marks, tile.counts, strict=True) if number)


def tile_words(tile: Tile) -> str:
    """What a tile says to those who do not see it: `3 for, 1 against`."""
    pro, contra, undecided = tile.counts
    parts = [f"{number} {word}" for number, word in ((pro, "for"), (contra, "against"), (undecided, "open")) if number]
    return ", ".join(parts)
