"""The verbs of the command line.

The module of a verb is imported once its command line has been read. So a mistake, `--help` and `--version` wait for
nothing: see `lines`, and tests/verbs/test_quick.py.
"""

import contextlib
import importlib
import os
import select
import sys
from collections.abc import Iterator
from typing import Any, TextIO

from experiments import house, plugins
from experiments.errors import StorageError, UserError, nearest
from experiments.running import interruption
from experiments.verbs.words import CLOSED_PIPE, VERBS

# Where each verb is: a module beside this one, and its function there.
MAKING = {"run": "starting.run", "try": "trying.try_", "resume": "making.resume", "rerun": "making.rerun"}
# They make no run; several of them write files.
READING = {
    "plan": "planning.plan",
    "compare": "reading.compare",
    "table": "reading.table",
    "list": "listing.list_runs",
    "show": "reading.show",
    "watch": "reading.watch",
    "tag": "listing.tag",
    "note": "listing.note",
    "remove": "listing.remove",
    "answer": "reading.answer",
    "report": "reading.report",
    "export": "reading.export",
    "new": "creating.new",
    "keep": "reading.keep",
}
# What is said of files if a verb of `READING` ends early.
UNCHANGED = "Nothing was written."
SAID_ABOVE = {"remove": "What is removed is said above; every other run is whole."}
# They read their command lines themselves.
OWN_LINE = ("run", "try")
COMPLETION = ("-sc", "--shell-completion", "--shell_completion")


def main(arguments: list[str]) -> int:
    """Runs one command and returns its exit status.

    It is 0; 1 if something failed; 2 if the command was wrong; 130 after Ctrl-C; 141 if nobody reads what is written.
    """
    try:
        try:
            return _answered(arguments)
        finally:
            # Parts of other packages are looked for when they are needed.
            _complain(*plugins.problems_of_parts())
            sys.stdout.flush()
    except (BrokenPipeError, SystemExit) as end:
        if isinstance(end, SystemExit) and end.code != CLOSED_PIPE:
            raise
        _write_no_more()
        if interruption.is_begun():
            _complain("nobody reads what is written any more", interruption.outlook())
        return CLOSED_PIPE
    except OSError as error:
        _write_no_more()
        _complain(f"cannot write: {error.strerror or error}")
        return 1


def _answered(arguments: list[str]) -> int:
    # What is said if the verb ends early. For the verbs that make runs, `interruption` says it.
    outlook = ""
    try:
        if not arguments or arguments[0] in ("-h", "--help", "help"):
            _help()
            return 0
        if arguments[0] == "--version":
            print(house.version())
            return 0
        if arguments[0] in COMPLETION:
            return _called("completion.complete", arguments)
        verb, rest = arguments[0], arguments[1:]
        if verb not in VERBS:
            raise UserError(f"{verb}: no such verb; {nearest(verb, VERBS)} What each does: {house.command('--help')}")
        line = rest if verb in OWN_LINE else _called("lines.parsed", verb, rest)
        _complain(*_left_out())
        if verb in MAKING:
            return _called(MAKING[verb], line)
        outlook = SAID_ABOVE.get(verb, UNCHANGED)
        with interruption.in_order():
            return _called(READING[verb], line)
    except UserError as error:
        _complain(error)
        return 2
    except StorageError as error:
        _complain(error, outlook or interruption.outlook())
        return 1
    except OSError as error:
        if _is_unread(sys.stdout) or _is_unread(sys.stderr):
            raise BrokenPipeError from error
        _complain(f"cannot use {error.filename or 'the results'}: {error.strerror or error}", outlook)
        return 1
    except MemoryError:
        _complain("there is not enough memory for this", outlook or interruption.outlook())
        return 1
    except KeyboardInterrupt:
        _complain("interrupted", outlook or interruption.outlook())
        return interruption.STATUS


def _called(place: str, *arguments: Any) -> Any:
    """What a function returns, whose module is imported now."""
    module, _, function = place.partition(".")
    return getattr(importlib.import_module(f"{__name__}.{module}"), function)(*arguments)


def _left_out() -> Iterator[str]:
    """A line for each family or source of another package that cannot be used."""
    from experiments import sources

    yield from plugins.problems()
    yield from sources.left_out()


def _is_unread(stream: TextIO) -> bool:
    """Whether whoever read this stream has gone, as `head` goes when it has enough."""
    try:
        poll = select.poll()
        poll.register(stream, 0)
        return bool(poll.poll(0))
    except (OSError, ValueError):  # a stream that is no file
        return False


def _write_no_more() -> None:
    """What is still to be written, also by Python when it ends, goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, *filter(_is_unread, (sys.stderr,))):
        with contextlib.suppress(OSError, ValueError):
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _complain(*lines: object) -> None:
    if told := [*filter(None, map(str, lines))]:
        print(*told, sep="\n", file=sys.stderr)


def _help() -> None:
    from experiments.running import groups

    lines = [
        f"usage: {house.command('VERB')} ...",
        "",
        "verbs:",
        *(f"  {text}" for text in VERBS.values()),
        "",
        "sweeps:",
    ]
    lines += [f"  {name}: {description}" for name, description in groups.sweeps().items()]
    lines += [
        "",
        f"settings: {house.command('run', '--help')}",
        f"version: {house.command('--version')}",
        'shell completion: eval "$(theory-claims -sc install=bash)" (or zsh, fish)',
    ]
    print("\n".join(lines))
