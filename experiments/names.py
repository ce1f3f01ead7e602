"""What names may be. A name becomes a part of a path or of a module's name, so it can never lead anywhere else."""

import re
from typing import Any

LONGEST = 120
NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?")
ALLOWED = f"letters, digits, dashes and underscores, {LONGEST} of them at most"
# Below a results folder a sweep has a folder of its own; these are the harness's.
RESERVED = ("reference", "report", "rows")


def is_name(value: Any) -> bool:
    """Whether something is the name of a family, claim, unit or figure."""
    return isinstance(value, str) and len(value) <= LONGEST and NAME.fullmatch(value) is not None


def is_identifier(value: Any) -> bool:
    """Whether something is a name as Python has them: of a switch."""
    return isinstance(value, str) and len(value) <= LONGEST and value.isidentifier()


def is_sweep(value: Any) -> bool:
    """Whether something may be the name of a sweep."""
    return is_name(value) and value not in RESERVED


def is_file_name(value: Any) -> bool:
    """Whether something is the name of a file: a name with one ending or none."""
    if not isinstance(value, str):
        return False
    stem, dot, ending = value.rpartition(".")
    return is_name(value) or bool(dot and is_name(stem) and ending.isalnum())


def is_line(value: Any) -> bool:
    """Whether something is one line of printable text."""
    return isinstance(value, str) and value.isprintable()


def printable(text: str) -> str:
    """Text with a question mark for every sign that would steer a terminal."""
    return "".join(sign if sign.isprintable() or sign in "\n\t" else "?" for sign in text)
