"""Pieces of HTML for what a notebook shows. Colours are readable on a light and on a dark page, and never alone."""

import base64
import html
from collections.abc import Iterable

# A mark and a colour for every outcome and answer.
MARKS = {"supported": "✓", "contradicted": "✗", "inconclusive": "?"}
COLOURS = {
    **{"supported": "#0a8a64", "holds": "#0a8a64"},
    **{"contradicted": "#c75a1b", "fails as stated": "#c75a1b"},
    **dict.fromkeys(("holds under conditions", "holds in variants"), "#a87510"),
}
GREY = "#7a7f8a"
LEFT = "text-align: left; vertical-align: top"


def text(value: object) -> str:
    """Any text so that a page shows it as it is."""
    return html.escape(str(value))


def coloured(word: str, mark: str = "") -> str:
    """An outcome or an answer: its mark and its word in its colour."""
    mark = mark or MARKS.get(word, "")
    return f'<b style="color: {COLOURS.get(word, GREY)}">{text(f"{mark} {word}".strip())}</b>'


def image(png: bytes, name: str) -> str:
    """A picture that is part of the page."""
    code = base64.b64encode(png).decode()
    return f'<img alt="{text(name)}" style="max-width: 100%; background: white" src="data:image/png;base64,{code}">'


def pairs(rows: Iterable[tuple[str, str]]) -> str:
    """A table of names and what belongs to them, which is HTML. A name is shown once where it comes several times."""
    shown, before = list[str](), ""
    for name, content in rows:
        head = "" if name == before else text(name)
        shown.append(f'<tr><th scope="row" style="{LEFT}; white-space: nowrap">{head}</th>{_cell(content)}</tr>')
        before = name
    return f"<table>{''.join(shown)}</table>"


def listing(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table with headings; its cells are HTML."""
    head = "".join(f'<th style="{LEFT}">{text(one)}</th>' for one in headings)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(content: str) -> str:
    return f'<td style="{LEFT}">{content}</td>'
