"""A matplotlib SVG made part of a page: small, with names of its own, in colours of the page.

matplotlib writes every tick as a group of groups with its style in full. Here styles become classes that all figures of
a page share, groups that say nothing go, coordinates have one decimal, and what remains is joined, see `svg_pieces`. So
a page with a hundred figures can be sent by mail, and one drawing serves light and dark.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from experiments.report.svg_paths import Place, in_tenths, short_numbers, short_path
from experiments.report.svg_pieces import Mark, joined, quoted, with_few_paths

SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
# The elements of a figure that are kept; all others are left out.
KEPT = frozenset(("svg", "g", "path", "use", "text", "tspan", "defs", "clipPath", "rect", "image"))
NO_TURN = re.compile(r"^rotate\(-?0 [^)]*\)$")
REFERENCE = re.compile(r"url\(#([^)]*)\)|^#(.*)$")
NOTHING = re.compile(r"M[-\d.,]*$")
GREY = re.compile(r"#([0-9a-f]{2})\1\1(?![0-9a-f])")
FONT = re.compile(r"font-family: [^;]*;?|font: ([\d.]+px) [^;]*")
# The beginning of the id of a group in matplotlib that is an axis, a panel, or a shape such as what lies below a panel.
AXIS, PANEL, SHAPE = "matplotlib.axis", "axes_", "patch_"
# The shape of a tick.
TICK = re.compile(r"M0,0([hv]-?[\d.]+)$")
# The letters of a style in matplotlib. Others are refused, because they could end the page's style sheet.
STYLE = re.compile(r"[-\w#.,:;%() '\"]*")
WHITE = "fill: #ffffff"
# The grey values of ink, faint lines and paper, which a dark page exchanges. Other colours belong to the data.
INK, FAINT, PAPER = 0x70, 0xD8, 0xFF


class Styles:
    """What the figures of a page share: their styles, each with the name of its class, and a count of the figures."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._figures = 0

    def next_figure(self) -> str:
        """A short beginning for the names within the next figure."""
        self._figures += 1
        return f"q{self._figures}"

    def name_of(self, style: str) -> str:
        """The class for a style as SVG's attribute has it; the same style is the same class."""
        words = FONT.sub(lambda match: f"font-size: {match[1]};" if match[1] else "", style)
        words = GREY.sub(_of_the_page, words)
        if not STYLE.fullmatch(words):
            return ""
        words = ";".join(sorted(filter(None, (part.strip().replace(": ", ":") for part in words.split(";")))))
        return self._names.setdefault(words, f"s{len(self._names)}") if words else ""

    def as_css(self) -> str:
        """Rules for all classes."""
        return "".join(f".{name}{{{words}}}" for words, name in self._names.items())


class Drawn(NamedTuple):
    """What is known of a figure while it is written.

    Attributes:
        names: for every id that something refers to the one it has on the page.
        ticks: for every marker that is a tick, by its reference on the page, the step from its place to its end.
        styles: of the page.
        markers: the names of the kinds of markers that are written so far.
    """

    names: dict[str, str]
    ticks: dict[str, str]
    styles: Styles
    markers: set[str]


def inline(svg: str, name: str, label: str, styles: Styles) -> str:
    """The figure as an element of a page.

    Args:
        svg: a whole SVG file of matplotlib's, texts as texts.
        name: the id of the element: letters, digits and dashes that nothing else on the page has.
        label: what a screen reader says of it.
        styles: of the page; those of the figure are added.
    """
    root = ElementTree.fromstring(svg)
    width, height = (float(side) for side in root.attrib["viewBox"].split()[2:])
    _leave_out_backgrounds(root)
    names = _names_that_are_used(root, styles.next_figure())
    drawn = Drawn(names, _ticks(root, names), styles, set())
    body = joined([piece for child in root for piece in _pieces(child, drawn)], drawn.markers)
    view = f"0 0 {short_numbers(f'{width:.4f}')} {short_numbers(f'{height:.4f}')}"
    said = quoted(label)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" id="{name}" role="img" aria-label="{said}" viewBox="{view}" '
        f'width="{width:.0f}pt" height="{height:.0f}pt">{body}</svg>'
    )


def again(name: str, drawn: str) -> str:
    """A figure that is already on the page, shown again.

    Args:
        name: the id it was drawn with.
        drawn: the element.
    """
    opening = drawn[: drawn.index(">")]
    facts = dict(re.findall(r' (aria-label|viewBox|width|height)="([^"]*)"', opening))
    width, height = shape(drawn)
    attributes = " ".join(f'{key}="{value}"' for key, value in facts.items())
    return f'<svg role="img" {attributes}><use href="#{name}" width="{width}" height="{height}"/></svg>'


def shape(drawn: str) -> tuple[str, str]:
    """The width and height of an element that is on the page, in points."""
    _, _, width, height = drawn[drawn.index('viewBox="') + 9 :].partition('"')[0].split()
    return width, height


def _leave_out_backgrounds(root: Element) -> None:
    """Removes what is white below the figure and its panels: a page is paper. A panel within another keeps its own."""
    figure = root.find(f"{SVG}g")
    for group in [] if figure is None else [figure, *figure]:
        if group is not figure and not group.get("id", "").startswith(PANEL):
            continue
        # What is lowest comes first.
        for below in group[:1]:
            if below.get("id", "").startswith(SHAPE) and all(path.get("style", "") == WHITE for path in below):
                group.remove(below)


def _names_that_are_used(root: Element, prefix: str) -> dict[str, str]:
    """For every id that something refers to a short one that is this figure's own."""
    used: dict[str, str] = {}
    for element in root.iter():
        for value in element.attrib.values():
            match = REFERENCE.search(value)
            if match:
                used.setdefault(match[1] or match[2], f"{prefix}.{len(used)}")
    return used


def _ticks(root: Element, names: dict[str, str]) -> dict[str, str]:
    """The markers that are ticks: one straight line from the place itself."""
    found = {}
    for path in root.iter(f"{SVG}path"):
        match = TICK.match(short_path(path.get("d", "")))
        if match and path.get("id") in names:
            found[f"#{names[path.attrib['id']]}"] = match[1]
    return found


def _pieces(element: Element, drawn: Drawn) -> list[Mark]:
    """An element and all within it; none for what says nothing. A group without attributes is what it holds."""
    tag = str(element.tag).removeprefix(SVG)
    if tag not in KEPT or f"#{drawn.names.get(element.get('id', ''))}" in drawn.ticks:
        return []
    held = [piece for child in element for piece in _pieces(child, drawn)]
    if element.get("id", "").startswith(AXIS):
        held = with_few_paths(held, drawn.ticks)
    attributes = dict(_attributes(element, drawn))
    if tag == "path" and NOTHING.match(attributes.get("d", "")):
        return []
    clip, css = attributes.pop("clip-path", ""), attributes.pop("class", "")
    if tag == "g" and not any((attributes, css, clip and any(piece.clip for piece in held))):
        return [piece._replace(clip=piece.clip or clip) for piece in held]
    if tag in ("g", "defs") and not held:
        return []
    words = quoted(element.text or "") if tag == "tspan" or (tag == "text" and not held) else ""
    return [Mark(tag, attributes, words + joined(held, drawn.markers), css, clip, _place(element, tag))]


def _place(element: Element, tag: str) -> Place | None:
    """Where a marker is; None for anything else."""
    return (in_tenths(element.get("x", "0")), in_tenths(element.get("y", "0"))) if tag == "use" else None


def _attributes(element: Element, drawn: Drawn) -> Iterator[tuple[str, str]]:
    return ((name, value) for name, value in _pairs(element, drawn) if value)


def _pairs(element: Element, drawn: Drawn) -> Iterator[tuple[str, str]]:
    for name, value in element.attrib.items():
        if name == "id":
            # A group that is a part of a figure to matplotlib is nothing that a page refers to.
            yield "id", drawn.names.get(value, "")
        elif name == "style":
            yield "class", drawn.styles.name_of(value)
        elif name == LINK:
            yield "href", f"#{drawn.names[value[1:]]}" if value.startswith("#") else _picture(value)
        elif name == "clip-path":
            yield name, f"url(#{drawn.names[value[5:-1]]})"
        elif name == "transform":
            yield name, "" if NO_TURN.match(value) else short_numbers(value)
        elif name == "d":
            yield name, short_path(value)
        elif name in ("x", "y", "width", "height", "points"):
            yield name, short_numbers(value)


def _picture(value: str) -> str:
    """A picture within the figure, and no other address."""
    return value if value.startswith("data:image/png;base64,") else ""


def _of_the_page(match: re.Match[str]) -> str:
    value = int(match.group(1), 16)
    if value == PAPER:
        return "var(--paper)"
    if value >= FAINT:
        return "var(--faint)"
    return "currentColor" if value < INK else match.group()
