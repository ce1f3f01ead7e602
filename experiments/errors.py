"""Errors that speak to the person who typed the command."""

import difflib
import traceback
from collections.abc import Iterable

from experiments.names import printable


class UserError(Exception):
    """Something that the user can mend; printed without a traceback, exit status 2."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def nearest(name: str, allowed: Iterable[str]) -> str:
    """What to say of an unknown name: the nearest allowed one, if any is near, and all of them."""
    allowed = sorted(allowed)
    close = difflib.get_close_matches(name, allowed, n=1, cutoff=0.5)
    hint = f"did you mean {close[0]}? " if close else ""
    return f"{hint}Allowed: {', '.join(allowed) or 'nothing'}."


def words_of(error: BaseException) -> str:
    """An error in a line: its kind and what it says, even if it cannot say it, without signs that steer a terminal."""
    return printable(traceback.format_exception_only(error)[-1].strip())
