"""Completion of the command line in a shell."""

import contextlib
import os
import re
import sys

from experiments import sources
from experiments.errors import UserError
from experiments.running import groups
from experiments.storage import filters
from experiments.storage.finding import find_runs
from experiments.verbs.words import VERBS

# After these verbs stand the settings of a run.
LIKE_RUN = ("run", "plan")
# The shells that Hydra completes for, and what may be asked for them.
SHELLS = ("bash", "fish", "zsh")
ASKED = re.compile(rf"(un)?install=({'|'.join(SHELLS)})|query=({'|'.join(SHELLS)})")


def complete(arguments: list[str]) -> int:
    """Prints what can come next: verbs and runs are known here, and Hydra knows the settings of a run.

    Raises:
        UserError: if it is not told what to do for which shell.
    """
    if len(arguments) != 2 or not ASKED.fullmatch(arguments[1]):
        raise UserError(
            f"{' '.join(arguments)}: give one of install=SHELL, uninstall=SHELL and query=SHELL; "
            f"shells: {', '.join(SHELLS)}"
        )
    line = os.environ.get("COMP_LINE", "")
    words = line.split()
    if any(argument.startswith("query=") for argument in arguments):
        verb = words[1] if len(words) > 2 or (len(words) == 2 and line.endswith(" ")) else None
        if verb is None:
            print(*VERBS, sep="\n")
            return 0
        if verb not in LIKE_RUN:
            print(*_words_after(verb, line.rpartition(" ")[2]), sep="\n")
            return 0
        # Hydra expects the name of the program and then overrides. A sweep refers to the scale, so one is given.
        typed, _, last = line.replace(f" {verb}", "", 1).rpartition(" ")
        os.environ["COMP_LINE"] = f"{typed} +scale=default {last}"
    _complete_as_hydra(arguments)
    return 0


def _complete_as_hydra(arguments: list[str]) -> None:
    from hydra.errors import HydraException

    from experiments.running import compose
    from experiments.verbs import starting

    compose.register_defaults()
    sys.argv = [sys.argv[0], *arguments]
    with contextlib.suppress(HydraException):
        starting.hydra_job()


def _words_after(verb: str, last: str) -> list[str]:
    """What can follow a verb without settings of a run.

    Args:
        verb: the verb.
        last: the beginning of the word that is to be completed; may be empty.
    """
    if verb == "try":
        from experiments.verbs import trying

        return trying.completions(last)
    if verb == "table":
        return list(groups.sweeps())
    if verb == "answer":
        return sorted(sources.names())
    if verb == "list":
        return [f"{key}=" for key in filters.KEYS]
    without_references = verb in ("resume", "tag", "note", "remove")
    runs = [run for run in find_runs("results") if not (without_references and run.is_reference())]
    return [run.name for run in runs] if verb in VERBS else []
