"""Answers as objects: what all verdicts together say of a sentence."""

from collections.abc import Iterable

import pandas as pd

from experiments.interface import display
from experiments.interface.figures import Figure
from experiments.interface.named import Named
from experiments.interface.runs import Run
from experiments.interface.speaking import warn_of
from experiments.report import answering, cards
from experiments.report.cards import Card


class Answer:
    """The answer to a sentence. A notebook shows it with its finding, its reasons and its figure.

    Attributes:
        card: the answer, as the report shows it.
    """

    def __init__(self, card: Card) -> None:
        self.card = card

    @property
    def sentence(self) -> str:
        """The sentence."""
        return self.card.answer.sentence.text

    @property
    def name(self) -> str:
        """The name of the sentence."""
        return self.card.answer.sentence.id

    @property
    def word(self) -> str:
        """The answer: holds, also under conditions or in variants, fails as stated, open, or not for an experiment."""
        return self.card.answer.word

    @property
    def finding(self) -> str:
        """The finding of the verdict that decides, with its number and interval."""
        return self.card.answer.headline

    @property
    def table(self) -> pd.DataFrame:
        """The verdicts that count, one row each, with `sign`: for the sentence, against it, or undecided."""
        return self.card.answer.counted

    @property
    def run(self) -> Run | None:
        """The run of the verdict that decides; None if no verdict does."""
        return None if self.card.run is None else Run(self.card.run.run)

    @property
    def figure(self) -> Figure | None:
        """The first figure of the claim that decides; None if it has none there."""
        if self.run is None or not self.card.figure:
            return None
        return self.run.figures[self.card.figure.rpartition(".")[0]]

    def __repr__(self) -> str:
        """The answer in a line."""
        return f"{self.card.mark} {self.word}: {self.name}: {self.sentence}"

    def __str__(self) -> str:
        """The answer in full."""
        return "\n".join(f"{title}: {words}" for title, words in cards.in_words(self.card) if words)

    def _repr_html_(self) -> str:
        shown = {cards.ANSWER: display.coloured(self.word, self.card.mark)}
        rows = [(title, words) for title, words in cards.in_words(self.card) if words and title != "figure"]
        answer = f"{self.card.mark} {self.word}"
        table = [(title, shown[title] if words == answer else display.text(words)) for title, words in rows]
        figure = self.figure
        return display.pairs(table) + ("" if figure is None else display.image(figure._repr_png_(), figure.name))


class Answers(Named[Answer]):
    """Answers by number, or by the name of the sentence, in the order of their sources. A notebook lists them."""

    what = "answer"

    def __init__(self, found: Iterable[Answer]) -> None:
        found = list(found)
        super().__init__(found, [one.name for one in found])

    @property
    def table(self) -> pd.DataFrame:
        """One row for each: its source, name, sentence, answer and finding."""
        return pd.DataFrame(
            [(one.card.answer.sentence.source, one.name, one.sentence, one.word, one.finding) for one in self],
            columns=["source", "name", "sentence", "answer", "finding"],
        )

    def _repr_html_(self) -> str:
        rows = (
            (display.coloured(one.word, one.card.mark), *map(display.text, (one.name, one.sentence, one.finding)))
            for one in self
        )
        return display.listing(("answer", "name", "sentence", "finding"), rows)


def answer(sentence: str, runs: Iterable[Run | str] = (), results: str = "results") -> Answer:
    """What all verdicts together say of a sentence.

    Args:
        sentence: its name, such as gets-stuck; `answers()` shows all.
        runs: the runs to answer from, or their names. Without them, of every sweep the newest finished run of those
            that say most: a run with the settings of its scale more than one with own settings or of a single claim,
            and a larger scale more than a smaller one. A kept run is one of them, and gives way to one that says as
            much.
        results: the folder of the runs.

    Raises:
        UserError: if there is no such sentence, or no run.
    """
    return _answers(sentence, None, runs, results)[0]


def answers(source: str | None = None, runs: Iterable[Run | str] = (), results: str = "results") -> Answers:
    """The answers to all sentences, or to those of one source.

    Args:
        source: the name of a source, such as post.
        runs, results: as for `answer`.

    Raises:
        UserError: if there is no such source, or no run.
    """
    return _answers(None, source, runs, results)


def _answers(sentence: str | None, source: str | None, runs: Iterable[Run | str], results: str) -> Answers:
    named = [str(one.path) if isinstance(one, Run) else one for one in runs]
    made, problems = answering.cards_of(sentence, source, named, results)
    warn_of(problems)
    return Answers(map(Answer, made))
