"""The verb `answer`: what the verdicts say of a sentence, in a terminal."""

import argparse
import textwrap

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from experiments import house, sources
from experiments.errors import UserError, nearest
from experiments.report import answers, cards, gather, ledger
from experiments.report.answers import CONDITIONS, FAILS, HOLDS
from experiments.report.cards import Card

STYLES = {HOLDS: "green", CONDITIONS: "yellow", FAILS: "red"}
WIDTH = 100


def answer(args: argparse.Namespace, console: Console) -> int:
    """Prints the answer to a sentence, or to all. Returns the exit status 0.

    Args:
        args: sentence, source, run and results, as the command line says them.
        console: where to say it.

    Raises:
        UserError: if there is no such sentence or source, or no run.
    """
    if args.sentence is not None and args.sentence not in sources.names():
        raise UserError(f"{args.sentence}: no such sentence; {nearest(args.sentence, sources.names())}")
    known = [source.id for source, _ in sources.every()]
    if args.source is not None and args.source not in known:
        raise UserError(f"{args.source}: no such source; there are {', '.join(known)}")
    runs, problems = gather.choose_runs(args.run, args.results)
    for problem in problems:
        console.print(f"left out: {problem}", style="red", markup=False, highlight=False, soft_wrap=True)
    recorded = [gather.read(run) for run in runs]
    entries = ledger.make(recorded)
    wanted = [
        one for one in sources.sentences() if args.sentence in (None, one.id) and args.source in (None, one.source)
    ]
    made = cards.make([answers.of(entries, one) for one in wanted], entries, recorded)
    if args.sentence is None:
        _all(made, console)
    else:
        _one(made[0], console)
    return 0


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
            word = one.answer.word + (" *" if one.answer.weak else "")
            table.add_row(
                f"[{STYLES.get(one.answer.word, 'dim')}]{one.mark} {word}[/]",
                one.answer.sentence.id,
                escape(one.answer.sentence.text),
            )
        console.print(table, highlight=False)
    if any(one.answer.weak for one in made):
        console.print(f"\n* {answers.WEAK}", highlight=False)
    console.print(f"\none of them in full: {house.command('answer', 'SENTENCE')}", highlight=False)


def _one(card: Card, console: Console) -> None:
    """An answer in full."""
    found = card.answer

    def say(title: str, text: str) -> None:
        for line in textwrap.wrap(text, WIDTH - 22, break_on_hyphens=False, break_long_words=False):
            console.print(f"{title:20}  {line}", markup=False, highlight=False, soft_wrap=True)
            title = ""

    say("sentence", found.sentence.text)
    console.print(f"{'answer':20}  {card.mark} {found.word}", style=STYLES.get(found.word, "dim"), highlight=False)
    say("", found.remark)
    say("finding", found.headline)
    if found.deciding is None:
        return
    say("number", f"{card.number}, {found.deciding['evidence']}, {found.deciding['existence']}")
    say("decided by", str(found.deciding["claim"]))
    say("why", found.because)
    say("what it depends on", found.dependence.words)
    if card.map is not None:
        console.print(_map(card.map))
    say("it would change with", card.falsified_by)
    for number, line in enumerate(card.silent_on):
        say("" if number else "it rests on", line)
    for row in card.published:
        difference = f", difference {row['difference']:+.2g}" if row["ours"] else ""
        ours = row["ours"] or "not in these runs"
        say("published", f"{row['what']}: {row['published']:g} ({row['known']}); ours {ours}{difference}")
    say("made by", card.command)
    if card.figure and card.run is not None:
        say("figure", str(card.run.run.at("figures", card.figure)))


def _map(found: cards.Map) -> Table:
    """The verdicts by two switches: for, against, undecided."""
    table = Table(box=None, pad_edge=False)
    table.add_column(f"{found.up} \\ {found.across}" if found.up else found.across, overflow="fold", max_width=30)
    for column in found.columns:
        table.add_column(escape(column), overflow="fold", max_width=22)
    for value, tiles in found.rows:
        table.add_row(
            value, *("" if tile is None else f"{cards.TILE_MARKS[tile.kind]} {sum(tile.counts)}" for tile in tiles)
        )
    return table
