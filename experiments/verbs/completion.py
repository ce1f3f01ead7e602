"""Completion of the command line in a shell."""

import contextlib
import os
import sys

from hydra.errors import HydraException

from experiments import sources
from experiments.running import compose
from experiments.storage.finding import find_runs
from experiments.verbs import making
from experiments.verbs.words import VERBS


def is_asked(arguments: list[str]) -> bool:
    """Whether a shell asks for completion."""
    return any(argument in ("-sc", "--shell-completion", "--shell_completion") for argument in arguments[:1])


def complete(arguments: list[str]) -> int:
    """Prints what can come next: verbs and runs are known here, and Hydra knows what can follow `run`."""
    compose.register_defaults()
    line = os.environ.get("COMP_LINE", "")
    words = line.split()
    if any(argument.startswith("query=") for argument in arguments):
        verb = words[1] if len(words) > 2 or (len(words) == 2 and line.endswith(" ")) else None
        if verb is None:
            print(" ".join(VERBS))
            return 0
        if verb != "run":
            print(" ".join(_words_after(verb)))
            return 0
        # Hydra expects the name of the program and then overrides. A sweep refers to the scale, so one is given.
        typed, _, last = line.replace(" run", "", 1).rpartition(" ")
        os.environ["COMP_LINE"] = f"{typed} +scale=default {last}"
    sys.argv = [sys.argv[0], *arguments]
    with contextlib.suppress(HydraException):
        making.hydra_job()
    return 0


def _words_after(verb: str) -> list[str]:
    """What can follow a verb other than `run`."""
    if verb == "table":
        return list(compose.sweeps())
    if verb == "answer":
        return sorted(sources.names())
    return [run.name for run in find_runs("results")] if verb in VERBS else []
