"""The first screen: what is on trial and what came out, for the text that this began with, and for the others."""

import dataclasses

from experiments.report import answers
from experiments.report.answers import CONDITIONS, FAILS, HOLDS, VARIANTS, Word
from experiments.report.cards import Card
from experiments.sources import FIRST, LAST, Source

# Of fewer sentences a bar would say nothing.
FEWEST = 5
# Sentences of a list that are seen without opening the rest of it: two lists fill a screen.
AT_ONCE = 6
Chapters = list[tuple[str, list[Card]]]


@dataclasses.dataclass(frozen=True)
class Group:
    """Texts that are summed up together.

    Attributes:
        name: what the page calls them.
        sources: which they are.
        words: how many of their sentences have each answer.
        cards: of their sentences.
        right: the cards of the sentences that the texts turn on, as far as they hold.
        wrong: those of them that fail as stated, then those that hold under conditions, then in variants only.
    """

    name: str
    sources: list[Source]
    words: dict[Word, int]
    cards: list[Card]
    right: list[Card]
    wrong: list[Card]

    @property
    def sentences(self) -> int:
        """How many sentences they have."""
        return len(self.cards)

    @property
    def is_counted(self) -> bool:
        """Whether they are many enough to be counted; the first screen says each of a few."""
        return self.sentences >= FEWEST


def groups(by_source: list[tuple[Source, Chapters]]) -> list[Group]:
    """The post, the papers and books together, and the harness's own rules, in this order.

    Args:
        by_source: as `cards.by_source` gives them.
    """
    others = [one for one in by_source if one[0].id not in (FIRST, LAST)]
    return [
        _group("The post", [one for one in by_source if one[0].id == FIRST]),
        _group("Papers and books", others),
        _group("How far to trust this page", [one for one in by_source if one[0].id == LAST]),
    ]


def _group(name: str, mine: list[tuple[Source, Chapters]]) -> Group:
    found = [card for _, chapters in mine for _, cards in chapters for card in cards]
    central = [card for card in found if card.answer.sentence.central]
    return Group(
        name=name,
        sources=[source for source, _ in mine],
        words=answers.summary([one.answer for one in found]),
        cards=found,
        right=[one for one in central if one.answer.word == HOLDS],
        wrong=[one for word in (FAILS, CONDITIONS, VARIANTS) for one in central if one.answer.word == word],
    )
