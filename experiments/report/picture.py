"""A figure as a report holds it."""

import dataclasses
import re

KINDS = ("pdf", "svg", "csv")


@dataclasses.dataclass(frozen=True)
class Picture:
    """A figure.

    Attributes:
        name: its name, unique in its run: letters, digits and dashes.
        title: its finding; its name if the claim gives no title.
        caption: what is drawn; the names of its panels and axes if the claim gives no caption.
        description: what its panels and axes are, for those who do not see it.
        files: its contents by kind, see `KINDS`.
    """

    name: str
    title: str
    caption: str
    description: str
    files: dict[str, bytes]


def plain(name: str) -> str:
    """A name for a path, an id or an anchor: small letters, digits and single dashes."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "unnamed"
