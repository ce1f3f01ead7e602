"""The verbs in words, the terminal that they write to, and what their command lines have in common."""

import argparse
import sys

from rich.console import Console

from experiments import house
from experiments.storage.finding import add_results

VERBS = {
    "run": "run +sweep=NAME [key=value ...]: put the claims of a sweep on trial",
    "try": "try sizes=2-4-1 task=xor [key=value ...]: your own network on your own task; try --help",
    "resume": "resume RUN [--anyway]: run what is missing of a run",
    "rerun": "rerun RUN [key=value ...]: a fresh run with the settings of another, but for what is overridden",
    "compare": "compare A B: two runs of one sweep; exit status 1 unless rounding and sampling explain what differs",
    "table": "table SWEEP [--claim CLAIM] [--output FILE]: the rows of all its runs as one parquet or csv file",
    "list": "list: all runs",
    "show": "show RUN [--row CLAIM[:NUMBER]]: one run in full, or the network of one row, trained again",
    "watch": "watch RUN: follow a run from another terminal until it ends",
    "answer": "answer [SENTENCE]: what all verdicts together say of a sentence, and on what it depends",
    "report": "report [RUN ...] [--check]: a page of all claims, measurements and verdicts, and files for a paper",
    "export": "export RUN --to wandb|mlflow [--uri URI]: a finished run in a tracker; nothing is sent unasked",
    "new": "new PATH/NAME: a small package with a claim of your own, which runs and is reported beside ours",
    "keep": "keep RUN [--anyway] [--words]: copy a finished run's small tables and figures to results/reference/",
}

# Without a terminal nothing wraps lines, so tables may be as wide as they need.
console = Console(width=None if sys.stdout.isatty() else 300)


def parser_of(verb: str, *runs: str) -> argparse.ArgumentParser:
    """A parser of the command line of a verb, with the names of runs that it takes, and the option `--results`."""
    parser = argparse.ArgumentParser(prog=house.command(verb), description=VERBS[verb])
    for run in runs:
        parser.add_argument(
            run.lower(),
            metavar=run,
            help="a path, <sweep>/<run id>, the beginning of a run id, or a sweep for its newest run",
        )
    add_results(parser)
    return parser
