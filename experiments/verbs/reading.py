"""The verbs that read runs, or keep one: compare, table, show, watch, answer, report, export and keep.

A name that there is not is answered before anything is loaded that only an answer needs, such as pandas or JAX.
"""

import argparse
from pathlib import Path

from experiments import sources
from experiments.errors import UserError, amount
from experiments.storage import standing
from experiments.storage.directory import REFERENCE
from experiments.storage.finding import find_run, reference_of, runs_with_rows
from experiments.storage.keeping import keep_in
from experiments.storage.runs import RunDirectory
from experiments.terminal import listing, watching
from experiments.verbs.console import console


def compare(args: argparse.Namespace) -> int:
    """Compares two runs of one sweep."""
    a, b = (find_run(name, args.results) for name in (args.a, args.b))
    from experiments import comparing
    from experiments.comparing import printing

    found = comparing.compare(a, b)
    printing.comparison(found, a.name, b.name, console)
    return 2 if not found.comparable else 0 if found.consistent else 1


def table(args: argparse.Namespace) -> int:
    """Writes the rows of all runs of a sweep to one file."""
    runs, unreadable = runs_with_rows(args.sweep, args.results)
    from experiments.storage import tables

    output = Path(args.output or f"{args.results}/{args.sweep}.parquet")
    rows = tables.write(tables.selected(runs, args.claim), output)
    for problem in unreadable:
        console.print(f"left out: {problem}", style="red", markup=False, highlight=False, soft_wrap=True)
    console.print(f"{amount(rows, 'row')} of {amount(len(runs), 'run')}: {output}", highlight=False, soft_wrap=True)
    return 0


def show(args: argparse.Namespace) -> int:
    """Shows a run, or the network of one row, trained again."""
    run = find_run(args.run, args.results)
    if args.row is None:
        from experiments.terminal import show as terminal

        terminal.run_in_full(run, console)
        return 0
    from experiments.running import one_row

    return one_row.show_row(run, args.row, args.output or f"{args.results}/rows", console)


def watch(args: argparse.Namespace) -> int:
    """Follows a run until it ends."""
    watching.follow(find_run(args.run, args.results), console)
    return 0


def report(args: argparse.Namespace) -> int:
    """Writes the report, or checks a run."""
    _find(args)
    from experiments.report import command

    return command.report(args, console)


def answer(args: argparse.Namespace) -> int:
    """Says what all verdicts together say of a sentence."""
    sources.check(args.sentence, args.source)
    _find(args)
    from experiments.report import answering

    return answering.answer(args, console)


def _find(args: argparse.Namespace) -> None:
    """Refuses names of runs that there are not."""
    for name in args.run:
        if name != REFERENCE:  # that means all that are kept
            find_run(name, args.results)


def export(args: argparse.Namespace) -> int:
    """Hands a finished run to a tracker of experiments."""
    run = find_run(args.run, args.results)
    from experiments import exporting

    done = exporting.export(run, args.to, Path(args.output or f"{args.results}/exports"), args.uri)
    line = f"{run.name}: {exporting.WORDS[done.was]}: {done.where}"
    console.print(line, markup=False, highlight=False, soft_wrap=True)
    return 0


def keep(args: argparse.Namespace) -> int:
    """Keeps a finished run as the reference of its sweep."""
    run = find_run(args.run, args.results)
    if args.words:
        return _reword(run)
    manifest = run.manifest()
    how_far = listing.state(run, manifest)
    if how_far == listing.UNCONCLUDED and not args.anyway:
        raise UserError(
            f"{run.name}: only a finished run is kept, and of this one something is missing:",
            *(f"  {line}" for line in run.unconcluded(manifest)),
            f"Judge and draw it again with: {run.way_on}",
            f"Or keep it all the same with: keep {run.name} --anyway",
        )
    if how_far not in (listing.FINISHED, listing.UNCONCLUDED):
        raise UserError(f"{run.name}: only a finished run is kept, this one has {how_far}")
    target = Path(args.results) / REFERENCE / manifest["sweep"]
    if not args.anyway:
        standing.refuse_lesser(run, reference_of(manifest["sweep"], args.results))
    keep_in(run, target)
    console.print(f"kept {run.name} as {target}", markup=False, highlight=False, soft_wrap=True)
    return 0


def _reword(run: RunDirectory) -> int:
    from experiments.report.rewording import reword

    if run.path.parent.name != REFERENCE:
        raise UserError(f"{run.name}: --words is for kept runs, such as {REFERENCE}/boolean; keep this one first")
    line = f"{run.name}: other words now in {amount(reword(run), 'verdict')}"
    console.print(line, markup=False, highlight=False, soft_wrap=True)
    return 0
