"""Paths of an SVG with no more letters than eyes can see: steps from place to place, in tenths of a point.

Numbers are separated by commas: a value of HTML without spaces needs no quotes.
"""

import math
import re

NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
# Tenths of a point that a line may lie beside a point that it was drawn through: a seventh of the width of a line.
BESIDE = 2
Place = tuple[int, int]
# A circle around 0 as matplotlib writes it: from its lowest place on, in eight curves with two places to steer by.
CIRCLE = re.compile(r"M 0 (?P<radius>[\d.]+) (?:C(?: -?[\d.e-]+){6} ){8}z")


def short_path(d: str) -> str:
    """A path with short numbers; a broken line in steps from place to place, without those on the way."""
    tokens = d.split()
    if set(d) & set("CQ"):
        radius = _radius(tokens)
        if radius:
            return _circle(radius)
        return re.sub(r",?([A-Za-z]),?", r"\1", short_numbers(",".join(tokens)))
    words, i = "", 0
    while i < len(tokens):
        if tokens[i] == "z":
            words += "z"
            i += 1
            continue
        # From a move to the next: whole tenths, so that steps add up to no more than rounding.
        line = [_place(tokens, i)]
        i += 3
        while i < len(tokens) and tokens[i] == "L":
            line.append(_place(tokens, i))
            i += 3
        words += through(_where_it_turns(line))
    return words


def _radius(tokens: list[str]) -> int:
    """The radius in tenths of a path that is a circle around 0; 0 for other paths."""
    match = CIRCLE.fullmatch(" ".join(tokens))
    if not match:
        return 0
    radius = float(match["radius"])
    numbers = [float(token) for token in tokens[3:-1] if token != "C"]
    ends = zip(numbers[4::6], numbers[5::6], strict=True)
    return in_tenths(match["radius"]) if all(abs(math.hypot(x, y) - radius) < 0.01 * radius for x, y in ends) else 0


def _circle(radius: int) -> str:
    """Two half circles around 0."""
    r, across = _number(radius), _number(2 * radius)
    return f"M0,{r}a{r},{r},0,1,0,0-{across}a{r},{r},0,1,0,0,{across}z"


def through(line: list[Place]) -> str:
    """A path through places in tenths, one step to each."""
    (x, y), *others = line
    words = f"M{_number(x)}{_number(y, True)}"
    for to_x, to_y in others:
        words += _step(to_x - x, to_y - y)
        x, y = to_x, to_y
    return words


def in_tenths(number: str) -> int:
    """A number as whole tenths."""
    return round(10 * float(number))


def _place(tokens: list[str], i: int) -> Place:
    return in_tenths(tokens[i + 1]), in_tenths(tokens[i + 2])


def _where_it_turns(line: list[Place]) -> list[Place]:
    """The first place of a line, its last, and as many between as keep every place within `BESIDE` of the line.

    Douglas and Peucker's algorithm: of a part of the line, the place farthest from the straight way divides it.
    """
    kept, parts = {0, len(line) - 1}, [(0, len(line) - 1)]
    while parts:
        first, last = parts.pop()
        far, at = max(
            ((_beside(line[i], line[first], line[last]), i) for i in range(first + 1, last)), default=(0.0, 0)
        )
        if far > BESIDE:
            kept.add(at)
            parts += [(first, at), (at, last)]
    return [line[i] for i in sorted(kept)]


def _beside(place: Place, start: Place, end: Place) -> float:
    """How far a place is from the straight way between two others."""
    (x, y), (ux, uy) = (place[0] - start[0], place[1] - start[1]), (end[0] - start[0], end[1] - start[1])
    length = ux * ux + uy * uy
    along = min(max((x * ux + y * uy) / length, 0.0), 1.0) if length else 0.0
    return math.hypot(x - along * ux, y - along * uy)


def _step(dx: int, dy: int) -> str:
    if dy == 0:
        return f"h{_number(dx)}"
    return f"v{_number(dy)}" if dx == 0 else f"l{_number(dx)}{_number(dy, True)}"


def _number(tenths: int, follows: bool = False) -> str:
    """A number of tenths as SVG reads it: `-1.2`, `.3`; with a comma before it where it follows another."""
    whole, rest = divmod(abs(tenths), 10)
    words = f"{whole or ''}.{rest}" if rest else str(whole)
    return f"-{words}" if tenths < 0 else f",{words}" if follows else words


def short_numbers(text: str) -> str:
    """Numbers with at most one decimal."""

    def rounded(match: re.Match[str]) -> str:
        return _number(in_tenths(match[0]))

    return NUMBER.sub(rounded, text)
