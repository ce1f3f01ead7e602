"""Links between pages: each leads to a page or a file that is there, and to a heading that it has."""

import posixpath
import re
from collections.abc import Collection, Mapping

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def broken(pages: Mapping[str, str], files: Collection[str]) -> list[str]:
    """A line for each link that leads nowhere.

    Args:
        pages: texts by path.
        files: the paths of other files.
    """
    found = []
    for path, text in pages.items():
        for link in LINK.findall(FENCED.sub("", text)):
            if re.match(r"[a-z]+:", link):
                continue
            target, _, anchor = link.partition("#")
            place = posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) if target else path
            if place not in pages and place not in files:
                found.append(f"{path}: {link} leads to no page")
            elif anchor and anchor not in anchors(pages.get(place, "")):
                found.append(f"{path}: {link}: no heading of {place} has this name")
    return found


def anchors(text: str) -> set[str]:
    """The names by which the headings of a page are linked to, as Python-Markdown makes them."""
    headings = HEADING.findall(FENCED.sub("", text))
    return {re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", one).strip().lower()) for one in headings}
