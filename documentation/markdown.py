"""Pieces of Markdown."""

import html
import re
from collections.abc import Iterable


def table(headings: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table; its cells are Markdown in one line."""
    headings = list(headings)
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def plain(text: object) -> str:
    """A text that holds no Markdown, so that a page shows it as it is."""
    return re.sub(r"([\\`*_\[\]#|])", r"\\\1", html.escape(str(text), quote=False))


def prose(text: str) -> str:
    """A text that holds no Markdown but names between backticks."""
    parts = re.split(r"(`[^`\n]+`)", text)
    return "".join(part if part.startswith("`") and len(part) > 1 else plain(part) for part in parts)


def code(text: object) -> str:
    """A name or a value as code."""
    return f"`{text}`" if str(text) else ""


def _cell(content: object) -> str:
    """One line, in which no bar ends the cell."""
    return re.sub(r"(?<!\\)\|", r"\\|", " ".join(str(content).split()))
