"""The verb `answer`: what the verdicts say of a sentence, in a terminal."""

import argparse
import textwrap

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from experiments import house, sources
from experiments.report import answers, cards, gather, ledger
from experiments.report.answers import CONDITIONS, FAILS, HOLDS, VARIANTS
from experiments.report.cards import ANSWER, DEPENDS, Card
from experiments.report.signs import REMOVED
from experiments.storage.runs import RunDirectory

STYLES = {HOLDS: "green", CONDITIONS: "yellow", VARIANTS: "yellow", FAILS: "red"}
WIDTH = 100


def answer(args: argparse.Namespace, console: Console) -> int:
    """Prints the answer to a sentence, or to all. Returns the exit status 0.

    Args:
        args: sentence, source, run and results, as the command line says them.
        console: where to say it.

    Raises:
        UserError: if there is no such sentence or source, or no run.
    """
    sources.check(args.sentence, args.source)
    chosen, problems = gather.choose_runs(args.run, args.results)
    made = _cards(args.sentence, args.source, chosen)
    for problem in problems:
        console.print(f"left out: {problem}", style="red", markup=False, highlight=False, soft_wrap=True)
    if args.sentence is None:
        _all(made, console)
    else:
        _one(made[0], console)
    for line in () if args.run else gather.passed_over(chosen, args.results):
        console.print(line, style="dim", markup=False, highlight=False, soft_wrap=True)
    return 0


def cards_of(sentence: str | None, source: str | None, runs: list[str], results: str) -> tuple[list[Card], list[str]]:
    """The answer to a sentence, or to all, and what is wrong with runs that are left out.

    Args:
        sentence: its name; None for all.
        source: only sentences of this source; None for all.
        runs: the runs to answer from; none for those that `report` takes.
        results: the folder of the runs.

    Raises:
        UserError: if there is no such sentence or source, or no run.
    """
    sources.check(sentence, source)
    chosen, problems = gather.choose_runs(runs, results)
    return _cards(sentence, source, chosen), problems


def _cards(sentence: str | None, source: str | None, chosen: list[RunDirectory]) -> list[Card]:
    """The answer to a sentence, or to all, from these runs."""
    recorded = [gather.read(run) for run in chosen]
    entries = ledger.make(recorded)
    wanted = [one for one in sources.sentences() if sentence in (None, one.id) and source in (None, one.source)]
    return cards.make([answers.of(entries, one) for one in wanted], entries, recorded)


def _all(made: list[Card], console: Console) -> None:
    """A line for each sentence, by source and chapter."""
    for source, groups in cards.by_source(made):
        if not any(mine for _, mine in groups):
            continue
        console.print(f"\n{source.title} ({source.authors}; {source.where})", style="bold", highlight=False)
        table = Table(box=None, pad_edge=False, show_header=False)
        table.add_column(no_wrap=True, min_width=max(map(len, answers.WORDS)) + 2)
        table.add_column(no_wrap=True, min_width=max(len(one.answer.sentence.id) for one in made))
        table.add_column(overflow="fold", max_width=WIDTH)
        for one in (one for _, mine in groups for one in mine):
            word = one.answer.word + (f" {REMOVED}" if one.answer.weak else "")
            table.add_row(
                f"[{STYLES.get(one.answer.word, 'dim')}]{one.mark} {word}[/]",
                one.answer.sentence.id,
                escape(one.answer.sentence.text),
            )
        console.print(table, highlight=False)
    if any(one.answer.weak for one in made):
        console.print(f"\n{REMOVED} {answers.WEAK}", highlight=False)
    console.print(f"\none of them in full: {house.command('answer', 'SENTENCE')}", highlight=False)


def _one(card: Card, console: Console) -> None:
    """An answer in full."""
    before = ""
    for title, text in cards.in_words(card):
        style = STYLES.get(card.answer.word, "dim") if title == ANSWER else None
        for line in textwrap.wrap(text, WIDTH - 22, break_on_hyphens=False, break_long_words=False):
            shown = "" if title == before else title
            console.print(f"{shown:20}  {line}", style=style, markup=False, highlight=False, soft_wrap=True)
            before = title
        if title == DEPENDS and card.map is not None:
            console.print(_map(card.map))
            legend = f"how many verdicts: {cards.COUNT_LEGEND}"
            if card.answer.word in (answers.HOLDS, answers.FAILS) and card.map.has_both_sides:
                legend += f". {cards.BESIDE_THE_ANSWER}"
            for line in textwrap.wrap(legend, WIDTH - 22):
                console.print(f"{'':20}  {line}", highlight=False)


def _map(found: cards.Map) -> Table:
    """The verdicts by two switches: for, against, undecided."""
    table = Table(box=None, pad_edge=False)
    table.add_column(f"{found.up} \\ {found.across}" if found.up else found.across, overflow="fold", max_width=30)
    for column in found.columns:
        table.add_column(escape(column), overflow="fold", max_width=22)
    for value, tiles in found.rows:
        table.add_row(value, *("" if tile is None else cards.tile_marks(tile) for tile in tiles))
    return table
