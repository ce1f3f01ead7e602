"""Diagrams as SVG: boxes one after the other, with arrows between them. Colours are those of the page around them."""

import html
import itertools
from collections.abc import Sequence

WIDTH, HEIGHT, GAP, LINE = 150, 58, 26, 17
PER_ROW = 4


def chain(title: str, boxes: Sequence[tuple[str, str]]) -> str:
    """Steps in rows from left to right, each a name and what it is.

    Args:
        title: what the diagram shows, for those who do not see it.
        boxes: the steps.
    """
    rows = (len(boxes) + PER_ROW - 1) // PER_ROW
    width, height = PER_ROW * (WIDTH + GAP), rows * (HEIGHT + GAP)
    places = [
        (number % PER_ROW * (WIDTH + GAP) + 1, number // PER_ROW * (HEIGHT + GAP) + 1) for number in range(len(boxes))
    ]
    shapes = [_box(x, y, name, about) for (x, y), (name, about) in zip(places, boxes, strict=True)]
    shapes += [_arrow(*a, *b) for a, b in itertools.pairwise(places)]
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img" style="max-width: 100%; height: auto" '
        f'xmlns="http://www.w3.org/2000/svg"><title>{html.escape(title)}</title>{"".join(shapes)}</svg>'
    )


def _box(x: int, y: int, name: str, about: str) -> str:
    middle = x + WIDTH // 2
    texts = [
        f'<text x="{middle}" y="{y + 24 + number * LINE}" text-anchor="middle" font-size="{size}" '
        f'font-weight="{weight}" fill="currentColor">{html.escape(text)}</text>'
        for number, (text, size, weight) in enumerate([(name, 14, 700), (about, 11, 400)])
    ]
    frame = f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="6" fill="none" stroke="currentColor"/>'
    return frame + "".join(texts)


def _arrow(x: int, y: int, to_x: int, to_y: int) -> str:
    """From one box to the next; to the next row it goes along the gap between the rows."""
    if y == to_y:
        path = f"M{x + WIDTH} {y + HEIGHT // 2}H{to_x}"
        head = f"M{to_x - 6} {y + HEIGHT // 2 - 4}L{to_x} {y + HEIGHT // 2}L{to_x - 6} {y + HEIGHT // 2 + 4}"
    else:
        along, middle = y + HEIGHT + GAP // 2, to_x + WIDTH // 2
        path = f"M{x + WIDTH // 2} {y + HEIGHT}V{along}H{middle}V{to_y}"
        head = f"M{middle - 4} {to_y - 6}L{middle} {to_y}L{middle + 4} {to_y - 6}"
    return f'<path d="{path}{head}" fill="none" stroke="currentColor"/>'


NUMBER = chain(
    "The way of a number: settings, cells, units, measure, table, judge, verdicts and figures, report",
    [
        ("settings", "checked before all"),
        ("cells", "a setting, a seed"),
        ("units", "share one program"),
        ("measure", "train, build, count"),
        ("table", "a row for each network"),
        ("judge, draw", "from the table alone"),
        ("verdicts", "by rules fixed before"),
        ("report", "answers, figures"),
    ],
)
ANSWER = chain(
    "The way to an answer: sentence, claim, quantity, rule, verdict, Holm's correction, answer",
    [
        ("sentence", "what somebody says"),
        ("claim", "what it predicts"),
        ("quantity", "with its interval"),
        ("rule", "fixed before"),
        ("verdict", "under its switches"),
        ("correction", "for their number"),
        ("answer", "of all verdicts"),
    ],
)
