"""The verb `list`."""

import argparse

from experiments.storage.finding import find_runs
from experiments.terminal import listing
from experiments.verbs.console import console


def list_runs(args: argparse.Namespace) -> int:
    """Lists all runs."""
    listing.runs(find_runs(args.results), console)
    return 0
