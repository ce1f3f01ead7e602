"""The verbs of somebody who has many runs: list, tag, note and remove."""

import argparse
import sys

from experiments.errors import UserError, amount, nearest
from experiments.running import groups
from experiments.storage import filters, remarks, removing
from experiments.storage.finding import find_run, find_runs
from experiments.storage.removing import Removal
from experiments.terminal import listing
from experiments.verbs.console import console


def list_runs(args: argparse.Namespace) -> int:
    """Lists all runs, or those that are wanted."""
    wanted = filters.read(args.filters, args.where) if args.filters or args.where else None
    found = find_runs(args.results)
    known = {*groups.sweeps(), *(run.path.parent.name for run in found if not run.is_reference())}
    asked = [one for word in args.filters if word.startswith("sweep=") for one in word[len("sweep=") :].split(",")]
    if strange := [one for one in asked if one and one not in known]:
        raise UserError(f"sweep: there is no sweep {strange[0]!r}; {nearest(strange[0], known)}")
    listing.runs(found, console, wanted)
    return 0


def tag(args: argparse.Namespace) -> int:
    """Adds tags to a run, removes them, or says which it has."""
    if args.remove and not args.words:
        raise UserError("--remove: which tag? Give tag RUN WORD --remove")
    run = find_run(args.run, args.results)
    found = remarks.tag(run, args.words, args.remove) if args.words else remarks.read(run)
    _say(f"{run.name}: {', '.join(found.tags) or 'no tags'}")
    return 0


def note(args: argparse.Namespace) -> int:
    """Adds a note to a run, or says which it has."""
    run = find_run(args.run, args.results)
    found = remarks.read(run) if args.text is None else remarks.note(run, args.text)
    _say(f"{run.name}: {'' if found.notes else 'no notes'}")
    for written, text in found.notes:
        _say(f"  {written}  {text}")
    return 0


def remove(args: argparse.Namespace) -> int:
    """Removes runs, once somebody has said yes. Returns 0, or 1 if nobody did."""
    runs = {run.path: run for run in (removing.exactly(name, args.results) for name in args.run)}
    plans = [removing.planned(run) for run in runs.values()]
    for plan in plans:
        _say(_in_words(plan))
    if not args.yes and not _is_agreed(len(plans)):
        _say("nothing was removed")
        return 1
    for plan in plans:
        removing.remove(plan.run)
        _say(f"removed {plan.run.name}")
    return 0


def _in_words(plan: Removal) -> str:
    """What would go with a run, in a line."""
    manifest = plan.run.manifest()
    tags, notes = remarks.read(plan.run)
    about = [f"{plan.run.name}: scale {manifest['settings']['scale']}, seed {manifest['settings']['seed']}"]
    about += [listing.state(plan.run, manifest), f"{amount(plan.files, 'file')}, {plan.size / 1e6:.1f} MB"]
    about += [f"tagged {', '.join(tags)}"] if tags else []
    about += [f"note: {text}" for _, text in notes]
    return "; ".join(about)


def _is_agreed(count: int) -> bool:
    if not sys.stdin.isatty():
        raise UserError("nobody can be asked here; --yes removes without asking")
    what = "this run" if count == 1 else f"these {count} runs"
    console.print(f"Remove {what}, with all rows, verdicts and figures? [y/N] ", end="", markup=False, highlight=False)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _say(line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)
