"""A matplotlib SVG made part of a page: names of its own, colours of the page, no more digits than eyes can see."""

import html
import re

PROLOGUE = re.compile(r"^.*?(?=<svg\b)", re.DOTALL)
METADATA = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
NAME = re.compile(r'(\bid="|href="#|url\(#)')
COORDINATES = re.compile(r' (?:d|x|y|points)="[^"]*"')
DECIMALS = re.compile(r"(\.\d\d)\d+")
GREY = re.compile(r"#([0-9a-f]{2})\1\1(?![0-9a-f])")
SIZE = re.compile(r'<svg\b[^>]*?viewBox="0 0 ([\d.]+) ([\d.]+)"[^>]*>')
# Greys at the ends are ink and paper, which a dark page exchanges; the colours between are data's.
INK, FAINT, PAPER = 0x70, 0xD8, 0xFF


def inline(svg: str, prefix: str, label: str) -> str:
    """The figure as an element to stand in a page.

    Args:
        svg: a whole SVG file of matplotlib's, texts as texts.
        prefix: letters, digits and dashes that no other figure of the page has; all ids begin with it.
        label: what a screen reader says of it; escaped here.
    """
    body = COMMENT.sub("", METADATA.sub("", PROLOGUE.sub("", svg)))
    body = NAME.sub(rf"\g<1>{prefix}-", body)
    body = COORDINATES.sub(lambda match: DECIMALS.sub(r"\1", match.group()), body)
    body = GREY.sub(_of_the_page, body)
    width, height = (float(side) for side in SIZE.search(body).groups())  # type: ignore[union-attr]
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img" '
        f'aria-label="{html.escape(label)}" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:.0f}pt" height="{height:.0f}pt" style="--natural: {width:.0f}pt">'
    )
    return SIZE.sub(lambda _: opening, body, count=1).strip()


def _of_the_page(match: re.Match[str]) -> str:
    value = int(match.group(1), 16)
    if value == PAPER:
        return "var(--paper)"
    if value >= FAINT:
        return "var(--faint)"
    return "currentColor" if value < INK else match.group()
