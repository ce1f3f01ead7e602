"""Paths of an SVG with no more letters than eyes can see: steps from point to point, in tenths."""

import re

NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")


def short_path(d: str) -> str:
    """A path with short numbers; a broken line in steps from point to point, without those on the way straight on."""
    tokens = d.split()
    if set(d) & set("CQ"):
        return re.sub(r"\s*([A-Za-z])\s*", r"\1", short_numbers(" ".join(tokens)))
    words, at, i = "", (0, 0), 0
    while i < len(tokens):
        if tokens[i] == "z":
            words += "z"
            i += 1
            continue
        # From a move to the next: whole tenths, so that steps add up to no more than rounding.
        line = [_tenths(tokens, i)]
        i += 3
        while i < len(tokens) and tokens[i] == "L":
            line.append(_tenths(tokens, i))
            i += 3
        words += f"M{_number(line[0][0])}{_number(line[0][1], True)}"
        at = line[0]
        for x, y in _without_those_on_the_way(line)[1:]:
            words += _step(x - at[0], y - at[1])
            at = x, y
    return words


def _tenths(tokens: list[str], i: int) -> tuple[int, int]:
    return round(10 * float(tokens[i + 1])), round(10 * float(tokens[i + 2]))


def _without_those_on_the_way(line: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The points where a line turns, its first and its last."""
    kept: list[tuple[int, int]] = []
    for point in line:
        while len(kept) > 1 and _on_the_way(kept[-2], kept[-1], point):
            kept.pop()
        if not kept or point != kept[-1] or len(line) == 2:
            kept.append(point)
    return kept


def _on_the_way(a: tuple[int, int], b: tuple[int, int], c: tuple[int, int]) -> bool:
    (ux, uy), (vx, vy) = (b[0] - a[0], b[1] - a[1]), (c[0] - b[0], c[1] - b[1])
    return ux * vy == uy * vx and ux * vx + uy * vy >= 0


def _step(dx: int, dy: int) -> str:
    if dy == 0:
        return f"h{_number(dx)}"
    return f"v{_number(dy)}" if dx == 0 else f"l{_number(dx)}{_number(dy, True)}"


def _number(tenths: int, follows: bool = False) -> str:
    """A number of tenths as SVG reads it: `-1.2`, `.3`; with a space before it where it follows another."""
    whole, rest = divmod(abs(tenths), 10)
    words = f"{whole or ''}.{rest}" if rest else str(whole)
    return f"-{words}" if tenths < 0 else f" {words}" if follows else words


def short_numbers(text: str) -> str:
    """Numbers with at most one decimal."""

    def rounded(match: re.Match[str]) -> str:
        return _number(round(10 * float(match[0])))

    return NUMBER.sub(rounded, text)
