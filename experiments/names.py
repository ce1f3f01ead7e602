"""The names that are allowed. A name becomes part of a path or of a module's name, and must not lead elsewhere."""

import re
from typing import Any

# Letters of a name, at most: file systems allow 255 bytes, and a file's name may get a prefix and an ending.
LONGEST = 120
# The column that holds the random key of a row's cell, in hexadecimal digits.
KEY = "key"
NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?")
ALLOWED = f"at most {LONGEST} letters, digits, dashes and underscores"
# Each sweep has a folder below a results folder. These names are folders of the harness.
RESERVED = ("reference", "report", "rows", "exports")


def is_name(value: Any) -> bool:
    """Whether something is the name of a family, claim, unit or figure."""
    return isinstance(value, str) and len(value) <= LONGEST and NAME.fullmatch(value) is not None


def is_identifier(value: Any) -> bool:
    """Whether something is an identifier of Python, as the name of a switch must be."""
    return isinstance(value, str) and len(value) <= LONGEST and value.isidentifier()


def is_sweep(value: Any) -> bool:
    """Whether something may be the name of a sweep."""
    return is_name(value) and value not in RESERVED


def is_file_name(value: Any) -> bool:
    """Whether something is the name of a file: a name with at most one ending."""
    if not isinstance(value, str):
        return False
    stem, dot, ending = value.rpartition(".")
    return is_name(value) or bool(dot and is_name(stem) and ending.isalnum())


def is_line(value: Any) -> bool:
    """Whether something is one line of printable text."""
    return isinstance(value, str) and value.isprintable()


def printable(text: str) -> str:
    """Text with a question mark for every control character."""
    return "".join(sign if sign.isprintable() or sign in "\n\t" else "?" for sign in text)
