"""The verbs of the command line."""

import importlib.metadata
import sys

from experiments import house, plugins, sources
from experiments.errors import UserError, nearest
from experiments.running import compose, interruption
from experiments.storage.writing import StorageError
from experiments.verbs import completion, creating, making, reading, trying
from experiments.verbs.words import VERBS

MAKING = {"run": making.run, "try": trying.try_, "resume": making.resume, "rerun": making.rerun}
# They make no run; several of them write files.
READING = {
    "compare": reading.compare,
    "table": reading.table,
    "list": reading.list_runs,
    "show": reading.show,
    "watch": reading.watch,
    "answer": reading.answer,
    "report": reading.report,
    "export": reading.export,
    "keep": reading.keep,
    "new": creating.new,
}


def main(arguments: list[str]) -> int:
    """Runs one command and returns its exit status.

    It is 0; 1 if something failed; 2 if the command was wrong; 130 after Ctrl-C.
    """
    # What is said if the verb ends early. For the verbs that make runs, `interruption` says it.
    outlook = ""
    try:
        if completion.is_asked(arguments):
            return completion.complete(arguments)
        if not arguments or arguments[0] in ("-h", "--help", "help"):
            _help()
            return 0
        if arguments[0] == "--version":
            print(f"theory-claims {importlib.metadata.version('theory-claims')}")
            return 0
        verb, rest = arguments[0], arguments[1:]
        _complain(*plugins.problems(), *sources.left_out())
        if verb not in VERBS:
            _help()
            raise UserError(f"{verb}: no such verb; {nearest(verb, VERBS)}")
        if verb in MAKING:
            return MAKING[verb](rest)
        outlook = "Nothing was written."
        with interruption.in_order():
            return READING[verb](rest)
    except UserError as error:
        _complain(error)
        return 2
    except StorageError as error:
        _complain(error, outlook or interruption.outlook())
        return 1
    except OSError as error:
        _complain(f"cannot use {error.filename or 'the results'}: {error.strerror or error}", outlook)
        return 1
    except MemoryError:
        _complain("there is not enough memory for this", outlook or interruption.outlook())
        return 1
    except KeyboardInterrupt:
        _complain("interrupted", outlook or interruption.outlook())
        return interruption.STATUS


def _complain(*lines: object) -> None:
    if told := [*filter(None, map(str, lines))]:
        print(*told, sep="\n", file=sys.stderr)


def _help() -> None:
    lines = [
        f"usage: {house.command('VERB')} ...",
        "",
        "verbs:",
        *(f"  {text}" for text in VERBS.values()),
        "",
        "sweeps:",
    ]
    lines += [f"  {name}: {description}" for name, description in compose.sweeps().items()]
    lines += [
        "",
        f"settings: {house.command('run', '--help')}",
        f"version: {house.command('--version')}",
        'shell completion: eval "$(theory-claims -sc install=bash)" (or zsh, fish)',
    ]
    print("\n".join(lines))
