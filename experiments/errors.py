"""Errors that speak to the person who typed the command."""

import difflib
import traceback
from collections.abc import Iterable

from experiments.names import printable

# Of more allowed names than the first number only some of the nearest are listed.
MOST_LISTED, MOST_NEAR = 60, 4


class Spoken:
    """An error whose text says all that a person needs to know: a notebook shows the text, and no traceback."""

    def _render_traceback_(self) -> list[str]:
        # IPython asks an exception for this before it makes a traceback of its own.
        return str(self).splitlines() or [type(self).__name__]


class UserError(Spoken, Exception):
    """An error that the user can correct. It is printed without a traceback, and the exit status is 2."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class StorageError(Spoken, Exception):
    """The disk is full, read-only or gone, so that no further unit could be written either. Exit status 1."""


def nearest(name: str, allowed: Iterable[str]) -> str:
    """The answer to an unknown name, as the end of a sentence: the nearest allowed name, if one is near, and all.

    Of more names than a person reads, only the nearest.
    """
    allowed = sorted(allowed)
    is_long = len(allowed) > MOST_LISTED
    close = difflib.get_close_matches(name, allowed, n=MOST_NEAR if is_long else 1, cutoff=0.5)
    hint = f"did you mean {close[0]}? " if close else ""
    if not is_long:
        return f"{hint}{'Allowed' if hint else 'allowed'}: {', '.join(allowed) or 'nothing'}."
    if not close:
        near = difflib.get_close_matches(name, allowed, n=MOST_NEAR, cutoff=0.0)
        return f"of {len(allowed)} names these are the nearest: {', '.join(near)}."
    others = f"Near, too: {', '.join(close[1:])}. " if close[1:] else ""
    return f"{hint}{others}{len(allowed)} names are allowed."


def amount(many: int, what: str) -> str:
    """A number of things: 1 input, 2 inputs."""
    return f"{many:,} {what}{'' if many == 1 else 's'}"


def words_of(error: BaseException) -> str:
    """An error in a line: its kind and its text, without control characters, even if the text cannot be made."""
    where = f" ({error.filename}, line {error.lineno})" if isinstance(error, SyntaxError) and error.filename else ""
    return printable(traceback.format_exception_only(error)[-1].strip() + where)
