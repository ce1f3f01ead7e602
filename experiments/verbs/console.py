"""The terminal that the verbs write to."""

import sys
from typing import NoReturn

from rich.console import Console

from experiments.verbs.words import CLOSED_PIPE


class _Terminal(Console):
    """A terminal whose reader may go, as `head` does when it has enough."""

    def on_broken_pipe(self) -> NoReturn:
        """Ends the program: nothing that it still writes is read.

        Raises:
            SystemExit: with the status of a closed pipe. Faults of a claim are survived, and this is none.
        """
        raise SystemExit(CLOSED_PIPE)


# Without a terminal nothing wraps lines, so tables may be as wide as they need.
console = _Terminal(width=None if sys.stdout.isatty() else 300)
