"""A matplotlib SVG made part of a page: small, with names of its own, in colours of the page.

matplotlib writes every tick as a group of groups with its style in full. Here styles become classes that all figures of
a page share, groups that say nothing go, coordinates have one decimal, and points of a cloud that nobody can tell apart
are one. So a page with seventy figures can be sent by mail, and one drawing serves light and dark.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from experiments.report.svg_paths import short_numbers, short_path

SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
# The elements of a figure that are kept; all others are left out.
KEPT = frozenset(("svg", "g", "path", "use", "text", "tspan", "defs", "clipPath", "rect", "image"))
NO_TURN = re.compile(r"^rotate\(-?0 [^)]*\)$")
REFERENCE = re.compile(r"url\(#([^)]*)\)|^#(.*)$")
GREY = re.compile(r"#([0-9a-f]{2})\1\1(?![0-9a-f])")
FONT = re.compile(r"font-family: [^;]*;?|font: ([\d.]+px) [^;]*")
# The beginning of the id of a group that is an axis in matplotlib. Below are the parts of an axis: the shape of a tick,
# the place of a tick, and a straight line.
AXIS = "matplotlib.axis"
TICK = re.compile(r"M0 0([hv]-?[\d.]+)$")
USE = re.compile(r'<use href="#(?P<name>[^"]+)" x="(?P<x>[^"]+)" y="(?P<y>[^"]+)" class="(?P<kind>[^"]+)"/>')
LINE = re.compile(r'<path d="(?P<d>M-?[\d.]+[ -]?[\d.]+[hv]-?[\d.]+)"(?P<rest>[^>]*)/>')
# The letters of a style in matplotlib. Others are refused, because they could end the page's style sheet.
STYLE = re.compile(r"[-\w#.,:;%() '\"]*")
# The grey values of ink, faint lines and paper, which a dark page exchanges. Other colours belong to the data.
INK, FAINT, PAPER = 0x70, 0xD8, 0xFF
# A group of more markers than this is a cloud: of markers at the same visible place only one is kept.
CLOUD = 150
# The most markers of a cloud that are kept: evenly chosen, they show the same shape.
MOST_POINTS = 300


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
        ticks: for every marker that is a tick, by its name on the page, the step from its place to its end.
        styles: of the page.
    """

    names: dict[str, str]
    ticks: dict[str, str]
    styles: Styles


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
    names = _names_that_are_used(root, styles.next_figure())
    drawn = Drawn(names, _ticks(root, names), styles)
    body = "".join(_written(child, drawn) for child in root)
    view = f"0 0 {short_numbers(f'{width:.4f}')} {short_numbers(f'{height:.4f}')}"
    said = _quoted(label)
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
    _, _, width, height = facts["viewBox"].split()
    attributes = " ".join(f'{key}="{value}"' for key, value in facts.items())
    return f'<svg role="img" {attributes}><use href="#{name}" width="{width}" height="{height}"/></svg>'


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
            found[names[path.attrib["id"]]] = match[1]
    return found


def _written(element: Element, drawn: Drawn, inherited: str = "") -> str:
    """An element and all within it; nothing for what says nothing.

    Args:
        element: of the file.
        drawn: the figure.
        inherited: the style that the group around it has.
    """
    tag = str(element.tag).removeprefix(SVG)
    if tag not in KEPT or drawn.names.get(element.get("id", "")) in drawn.ticks:
        return ""
    children = _children(element)
    shared = _style_of_all(children) if tag == "g" else ""
    attributes = _attributes(element, tag, drawn, inherited)
    if shared:
        attributes += f' class="{drawn.styles.name_of(shared)}"'
    words = tag == "tspan" or (tag == "text" and not children)
    inside = _quoted(element.text or "") if words else ""
    inside += "".join(_written(child, drawn, shared) for child in children)
    if element.get("id", "").startswith(AXIS):
        inside = _with_few_paths(inside, drawn.ticks)
    if tag in ("g", "defs") and not inside:
        return ""
    if tag == "g" and not attributes:
        return inside
    return f"<{tag}{attributes}>{inside}</{tag}>" if inside else f"<{tag}{attributes}/>"


def _with_few_paths(axis: str, ticks: dict[str, str]) -> str:
    """An axis with all ticks of one kind as one path, and all lines of its grid as another.

    Args:
        axis: the content of the group of the axis, as it is written here.
        ticks: of the figure.
    """
    lines: dict[str, str] = {}

    def line(match: re.Match[str]) -> str:
        lines[match["rest"]] = lines.get(match["rest"], "") + match["d"]
        return ""

    def tick(match: re.Match[str]) -> str:
        if match["name"] not in ticks:
            return match[0]
        x, y = match["x"], match["y"]
        place = f"M{x}{y if y.startswith('-') else f' {y}'}"
        rest = f' class="{match["kind"]}"'
        lines[rest] = lines.get(rest, "") + place + ticks[match["name"]]
        return ""

    left = LINE.sub(line, USE.sub(tick, axis))
    return "".join(f'<path d="{d}"{rest}/>' for rest, d in lines.items()) + left


def _children(element: Element) -> list[Element]:
    """The children of a group, without markers of a cloud that cannot be distinguished from others."""
    children = list(element)
    if len(children) <= CLOUD or any(child.tag != f"{SVG}use" for child in children):
        return children
    seen = {(child.get(LINK), child.get("style"), *_place(child)): child for child in children}
    points = list(seen.values())
    step = max(1.0, len(points) / MOST_POINTS)
    return [points[int(i * step)] for i in range(min(len(points), MOST_POINTS))]


def _style_of_all(children: list[Element]) -> str:
    """The style that several markers share; empty if they have none in common."""
    styles = {child.get("style", "") if child.tag == f"{SVG}use" else "" for child in children}
    return styles.pop() if len(children) > 2 and len(styles) == 1 else ""


def _place(marker: Element) -> tuple[float, float]:
    return round(float(marker.get("x", 0))), round(float(marker.get("y", 0)))


def _attributes(element: Element, tag: str, drawn: Drawn, inherited: str) -> str:
    pairs = _pairs(element, tag, drawn, inherited)
    return "".join(f' {name}="{_quoted(value)}"' for name, value in pairs if value)


def _pairs(element: Element, tag: str, drawn: Drawn, inherited: str) -> Iterator[tuple[str, str]]:
    for name, value in element.attrib.items():
        if name == "id":
            # A group that is a part of a figure to matplotlib is nothing that a page refers to.
            yield "id", drawn.names.get(value, "")
        elif name == "style":
            yield "class", drawn.styles.name_of(value) if value != inherited else ""
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


def _quoted(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _of_the_page(match: re.Match[str]) -> str:
    value = int(match.group(1), 16)
    if value == PAPER:
        return "var(--paper)"
    if value >= FAINT:
        return "var(--faint)"
    return "currentColor" if value < INK else match.group()
