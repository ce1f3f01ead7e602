"""The command line of every verb: what may follow it.

Nothing is loaded here that a verb works with, so that `VERB --help` and a mistake are answered at once. The lines of
`run` and `try` are read where they are: Hydra has its own way, and the settings of a network are words of their own.
"""

import argparse
import os
from collections.abc import Callable
from pathlib import Path

from experiments import exporting, house
from experiments.verbs.words import VERBS

RUN = "a path, <sweep>/<run id>, the beginning of a run id, or a sweep for its newest run"
Adding = Callable[[argparse.ArgumentParser], None]


def parsed(verb: str, arguments: list[str]) -> argparse.Namespace:
    """What a command line says, with the folder of the runs that it names or means.

    Args:
        verb: one of `LINES`.
        arguments: as typed after it.
    """
    parser = argparse.ArgumentParser(prog=house.command(verb), description=VERBS[verb])
    LINES[verb](parser)
    return parser.parse_intermixed_args(arguments)


def _resume(parser: argparse.ArgumentParser) -> None:
    _add_runs(parser, "RUN")
    parser.add_argument("--anyway", action="store_true", help="go on although settings or code have changed")


def _plan(parser: argparse.ArgumentParser) -> None:
    what = "as for run, such as +sweep=boolean scale=full; run --help names them"
    parser.add_argument("overrides", nargs="*", metavar="key=value", help=what)


def _rerun(parser: argparse.ArgumentParser) -> None:
    _add_runs(parser, "RUN")
    parser.add_argument("overrides", nargs="*", metavar="key=value", help="settings that are to differ")


def _compare(parser: argparse.ArgumentParser) -> None:
    _add_runs(parser, "A", "B")


def _table(parser: argparse.ArgumentParser) -> None:
    _add_runs(parser)
    what = "the sweep that has the runs to be joined; the column `run` names them"
    parser.add_argument("sweep", metavar="SWEEP", help=what)
    what = "only its rows, with its columns, such as trained-width or boolean.trained-width"
    parser.add_argument("--claim", metavar="CLAIM", help=what)
    parser.add_argument("--output", help="file to write, .parquet or .csv (default: SWEEP.parquet below results)")


def _list(parser: argparse.ArgumentParser) -> None:
    what = "only runs of which this holds, and of several values one: sweep, scale, device=cpu, seed=1,2, tag, "
    what += "finished=true or false, since=today (or yesterday, 2026-11-01, 2026-11-01T12:00: when they were started)"
    parser.add_argument("filters", nargs="*", metavar="key=value", help=what)
    what = "only runs of which a condition holds, such as 'seed >= 101 and scale != \"smoke\"'; it may use sweep, "
    what += "scale, seed, device, finished, and age in days"
    parser.add_argument("--where", default="", metavar="CONDITION", help=what)
    _add_runs(parser)


def _tag(parser: argparse.ArgumentParser) -> None:
    _add_runs(parser, "RUN")
    what = "letters, digits, dashes and underscores, such as for-the-talk; list tag=WORD finds the run again"
    parser.add_argument("words", nargs="*", metavar="WORD", help=what)
    parser.add_argument("--remove", action="store_true", help="take these tags from the run")


def _note(parser: argparse.ArgumentParser) -> None:
    _add_runs(parser, "RUN")
    parser.add_argument("text", nargs="?", metavar="TEXT", help="one line in quotes; show RUN prints all notes")


def _remove(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", nargs="+", metavar="RUN", help="the whole name of a run: <sweep>/<run id>, or its path")
    _add_runs(parser)
    parser.add_argument("--yes", action="store_true", help="do not ask")


def _show(parser: argparse.ArgumentParser) -> None:
    _add_runs(parser, "RUN")
    what = "notable rows of a claim, or one row's network made again"
    parser.add_argument("--row", metavar="CLAIM[:NUMBER]", help=what)
    parser.add_argument("--output", help="folder for the weights and loss curve of that row (default: below results)")


def _watch(parser: argparse.ArgumentParser) -> None:
    _add_runs(parser, "RUN")


def _answer(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sentence", metavar="SENTENCE", nargs="?", help="its name, such as gets-stuck (default: all)")
    parser.add_argument("--source", help="only sentences of this source, such as post")
    what = "a run to answer from (default: as for report)"
    parser.add_argument("--run", metavar="RUN", action="append", default=[], help=what)
    _add_runs(parser)


def _report(parser: argparse.ArgumentParser) -> None:
    what = "runs, as the other verbs take them (default: "
    what += "of every sweep the newest finished run of the largest scale with its settings, else its reference)"
    parser.add_argument("run", metavar="RUN", nargs="*", help=what)
    _add_runs(parser)
    parser.add_argument("--output", help="folder of the report, replaced as a whole (default: report below results)")
    parser.add_argument("--short", action="store_true", help="also print the ledger in short, as a Markdown table")
    parser.add_argument(
        "--readme",
        action="store_true",
        help="only write what follows from the runs that are kept: the answers in the README beside the results "
        "folder, and the table of claims beside the runs",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing: judge and draw the runs again from their tables, and say whether verdicts.csv and the "
        "figures' numbers are what these give; RUN may be `reference`: all that are kept, and what --readme writes",
    )


def _export(parser: argparse.ArgumentParser) -> None:
    _add_runs(parser, "RUN")
    parser.add_argument("--to", required=True, choices=exporting.TRACKERS, help="the tracker")
    parser.add_argument("--uri", default="", help="mlflow: of a server or database (default: a database below results)")
    parser.add_argument("--output", help="folder for what stays on this machine (default: exports, below results)")


def _new(parser: argparse.ArgumentParser) -> None:
    what = "the folder to make; its last part is the name of the package"
    parser.add_argument("path", metavar="PATH", help=what)


def _keep(parser: argparse.ArgumentParser) -> None:
    _add_runs(parser, "RUN")
    parser.add_argument("--anyway", action="store_true", help="even if a reference says more or figures are missing")
    what = "of a kept run: let it say in today's words what it found, numbers as kept"
    parser.add_argument("--words", action="store_true", help=what)


LINES: dict[str, Adding] = {
    "plan": _plan,
    "resume": _resume,
    "rerun": _rerun,
    "compare": _compare,
    "table": _table,
    "list": _list,
    "show": _show,
    "watch": _watch,
    "tag": _tag,
    "note": _note,
    "remove": _remove,
    "answer": _answer,
    "report": _report,
    "export": _export,
    "new": _new,
    "keep": _keep,
}


def _add_runs(parser: argparse.ArgumentParser, *runs: str) -> None:
    """Adds runs that a verb takes, by their names, and the folder that they are in, which must exist."""
    for run in runs:
        parser.add_argument(run.lower(), metavar=run, help=RUN)
    what = "folder of the runs (default: results)"
    parser.add_argument("--results", default="results", type=_folder, metavar="FOLDER", help=what)


def _folder(name: str) -> str:
    path = Path(name)
    if not name.strip():
        raise argparse.ArgumentTypeError("the name is empty; `.` is this folder")
    if path.exists() and not path.is_dir():
        raise argparse.ArgumentTypeError(f"{name} is no folder")
    if path.is_dir() and not os.access(path, os.R_OK | os.X_OK):
        raise argparse.ArgumentTypeError(f"{name} cannot be read")
    # The default folder may be missing: the first run makes it.
    if name != "results" and not path.exists():
        raise argparse.ArgumentTypeError(f"there is no folder {name}")
    return name
