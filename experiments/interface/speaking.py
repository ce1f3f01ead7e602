"""What is said while something runs, and what is said if it ends early."""

import contextlib
import sys
import warnings
from collections.abc import Iterable, Iterator

from rich.console import Console

from experiments.errors import Spoken
from experiments.storage.runs import RunDirectory

# Letters in a line of a notebook's output.
WIDTH = 160


class Interrupted(Spoken, KeyboardInterrupt):
    """A run was interrupted. What it had finished is kept, and the text says how it goes on."""


def console(say: bool) -> Console:
    """Where the harness says what happens: below the cell of a notebook, or nowhere.

    It is plain text in lines. rich would replace it by elements that only some notebooks can show.
    """
    return Console(quiet=not say, file=sys.stdout, width=WIDTH, force_jupyter=False)


def warn_of(left_out: Iterable[str]) -> None:
    """Warns of what cannot be used and is left out, a line each."""
    for line in left_out:
        warnings.warn(f"left out: {line.removeprefix('left out: ')}", stacklevel=3)


def way_on(run: RunDirectory) -> str:
    """What measures the rest of a run."""
    return f"resume({str(run.path)!r})"


@contextlib.contextmanager
def interruptible(begun: list[RunDirectory]) -> Iterator[None]:
    """Within the block, an interruption says how to go on.

    Args:
        begun: the run, once there is one; it may be added within the block.

    Raises:
        Interrupted: instead of KeyboardInterrupt.
    """
    try:
        yield
    except KeyboardInterrupt as error:
        on = f"nothing that was finished is lost; to go on: {way_on(begun[0])}" if begun else "no run was begun"
        raise Interrupted(f"interrupted; {on}") from error
