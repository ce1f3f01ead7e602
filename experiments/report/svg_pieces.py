"""Pieces of a figure, and neighbours among them joined: SVG says once what matplotlib says for each.

Neighbours with the same clip become one group, and markers of one kind one path with a marker at every place. Of
markers of a large cloud that lie at the same visible place, one is kept.
"""

import itertools
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from experiments.report.svg_paths import Place, through

# A straight line, upright or level.
STRAIGHT = re.compile(r"M-?[\d.]+[,-]?[\d.]+[hv]-?[\d.]+$")
# Fewer neighbours than this are shorter one by one.
WORTH_JOINING = 4
# Of more markers than this, those at the same visible place are one.
CLOUD = 150
# The most markers of a cloud that are kept. A place is made larger until there are no more.
MOST_POINTS = 1000
# The side of a visible place, in tenths of a point.
SIDE = 10


class Mark(NamedTuple):
    """An element of a figure, written but for what it may share with its neighbours.

    Attributes:
        tag: its name.
        attributes: its own.
        inside: what it holds.
        css: its class; empty if it has none.
        clip: the reference to what clips it; empty if nothing does.
        place: where it is, if it is a marker.
    """

    tag: str
    attributes: dict[str, str]
    inside: str
    css: str = ""
    clip: str = ""
    place: Place | None = None


def joined(pieces: list[Mark], markers: set[str]) -> str:
    """Pieces as markup, in their order.

    Args:
        pieces: neighbours.
        markers: names of the kinds of markers that the figure has so far; those that are found are added.
    """
    words = ""
    for clip, mine in _by_clip(pieces):
        inside = "".join(_written(run, markers) for run in _runs(_without_twins(mine)))
        words += f'<g clip-path="{clip}">{inside}</g>' if clip else inside
    return words


def quoted(text: str) -> str:
    """Text as markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def with_few_paths(axis: list[Mark], ticks: dict[str, str]) -> list[Mark]:
    """An axis with all ticks of one kind as one path, and all lines of its grid as another.

    Args:
        axis: its pieces.
        ticks: for every marker that is a tick, by its reference, the step from its place to its end.
    """
    lines: dict[tuple[str, str], str] = {}
    left = []
    for piece in axis:
        d = _line(piece, ticks)
        if d:
            kind = piece.css, piece.clip
            lines[kind] = lines.get(kind, "") + d
        else:
            left.append(piece)
    return [Mark("path", {"d": d}, "", css, clip) for (css, clip), d in lines.items()] + left


def _line(piece: Mark, ticks: dict[str, str]) -> str:
    """The path of a tick or of a line of a grid; empty for other pieces."""
    if piece.place is not None:
        step = ticks.get(piece.attributes["href"])
        return through([piece.place]) + step if step else ""
    return piece.attributes["d"] if _is_straight(piece) else ""


def _by_clip(pieces: list[Mark]) -> Iterator[tuple[str, list[Mark]]]:
    """Neighbours with the same clip. What is only defined goes with those before it: no clip touches it."""
    mine: list[Mark] = []
    for piece in pieces:
        if mine and piece.tag != "defs" and piece.clip != mine[0].clip:
            yield mine[0].clip, mine
            mine = []
        mine.append(piece)
    if mine:
        yield mine[0].clip, mine


def _without_twins(pieces: list[Mark]) -> list[Mark]:
    """The pieces without repeated markers: a large cloud keeps one marker at every visible place."""
    cloud = sum(piece.place is not None for piece in pieces)
    kept, side = pieces, SIDE
    while cloud > (CLOUD if side == SIDE else MOST_POINTS):
        kept = list({_visible(piece, number, side): piece for number, piece in enumerate(pieces)}.values())
        cloud, side = sum(piece.place is not None for piece in kept), 2 * side
    return kept


def _visible(piece: Mark, number: int, side: int) -> tuple[object, ...]:
    """What is seen of a marker, and where; of anything else what no other piece has."""
    if piece.place is None:
        return (number,)
    x, y = piece.place
    return piece.attributes["href"], piece.css, x // side, y // side


def _runs(pieces: Iterable[Mark]) -> Iterator[list[Mark]]:
    """Neighbours that differ only in place or words, one after the other."""

    def kind(piece: Mark) -> tuple[object, ...]:
        return piece.tag, piece.css, piece.attributes.get("href"), _is_straight(piece)

    for _, run in itertools.groupby(pieces, kind):
        yield list(run)


def _is_straight(piece: Mark) -> bool:
    return piece.attributes.keys() == {"d"} and bool(STRAIGHT.match(piece.attributes["d"]))


def _written(run: list[Mark], markers: set[str]) -> str:
    first = run[0]
    places = [piece.place for piece in run if piece.place is not None]
    if len(run) >= WORTH_JOINING and len(places) == len(run):
        return _marked(first, places, markers)
    if first.tag == "path" and _is_straight(first):
        return _element(Mark("path", {"d": "".join(piece.attributes["d"] for piece in run)}, ""), first.css)
    if len(run) >= WORTH_JOINING and first.tag == "text" and first.css:
        return f'<g class="{first.css}">{"".join(_element(piece, "") for piece in run)}</g>'
    return "".join(_element(piece, piece.css) for piece in run)


def _marked(kind: Mark, places: list[Place], markers: set[str]) -> str:
    """One path with a marker at each of many places."""
    href = kind.attributes["href"]
    name = f"{href.removeprefix('#')}{kind.css}"
    words = f'<path d="{through(places)}" fill="none" style="marker:url(#{name})"/>'
    if name in markers:
        return words
    markers.add(name)
    # A marker is measured in points, and nothing outside a box of its own is cut off.
    shape = _element(Mark("use", {"href": href}, ""), kind.css)
    return f'<marker id="{name}" markerUnits="userSpaceOnUse" overflow="visible">{shape}</marker>{words}'


def _element(piece: Mark, css: str) -> str:
    attributes = {**piece.attributes, "class": css}
    words = "".join(f' {name}="{quoted(value)}"' for name, value in attributes.items() if value)
    return f"<{piece.tag}{words}>{piece.inside}</{piece.tag}>" if piece.inside else f"<{piece.tag}{words}/>"
