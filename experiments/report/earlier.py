"""Figures of the report that a new report replaces: they are kept if nothing they depend on has changed.

A record beside the figures says what they were drawn from: for each claim the digest of its run's table, and a digest
of all code. A figure is taken again only if both are the same and its files are there. The record is not trusted
further: names are checked, and the text of a figure is escaped on the page as that of any other figure.
"""

import functools
import hashlib
import json
from pathlib import Path
from typing import Any

import matplotlib as mpl

from experiments import house
from experiments.errors import UserError
from experiments.report.picture import KINDS, Picture, plain
from experiments.storage import one_table, sealing
from experiments.storage.directory import TABLE
from experiments.storage.runs import RunDirectory

RECORD = "figures/drawn.json"
TEXTS = ("name", "title", "caption", "description")


@functools.cache
def code() -> str:
    """A digest of all code that could draw, and of the library that does."""
    found = hashlib.blake2b(mpl.__version__.encode(), digest_size=16)
    for path in sorted((*house.ROOT.glob("experiments/**/*.py"), *house.ROOT.glob("theory/**/*.py"))):
        found.update(path.relative_to(house.ROOT).as_posix().encode() + path.read_bytes())
    return found.hexdigest()


def drawn_from(run: RunDirectory) -> str:
    """The digest of the table that the figures of a run are drawn from; empty if it cannot be read."""
    try:
        return one_table.table_digest(run.at(TABLE))
    except (UserError, sealing.SpoiltError, OSError):
        return ""


class Earlier:
    """The report in a folder, or none."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._claims = _read(folder / RECORD) if folder is not None else {}

    def pictures(self, folder: str, claim: str, table: str) -> list[Picture] | None:
        """The figures of a claim, if they were drawn from this table by this code and are all there.

        Args:
            folder: the folder of the run's figures within the report.
            claim: the claim, with its family.
            table: the digest of the table, see `drawn_from`.
        """
        known = self._claims.get(f"{folder}/{claim}")
        if self.folder is None or known is None or not table or known.get("table") != table:
            return None
        try:
            return [_picture(self.folder / "figures" / folder, one) for one in known["pictures"]]
        except (OSError, KeyError, TypeError, ValueError):
            return None


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text())
        return dict(found["claims"]) if found["code"] == code() else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _picture(folder: Path, facts: dict[str, Any]) -> Picture:
    texts = {name: facts[name] for name in TEXTS}
    if not all(isinstance(text, str) for text in texts.values()) or plain(texts["name"]) != texts["name"]:
        raise ValueError("not what is written beside figures")
    paths = {kind: folder / f"{texts['name']}.{kind}" for kind in KINDS}
    if any(path.is_symlink() for path in paths.values()):
        raise ValueError("a link is none of a report's files")
    return Picture(**texts, files={kind: path.read_bytes() for kind, path in paths.items()})


def record(claims: dict[str, tuple[str, list[Picture]]]) -> bytes:
    """The content of the record beside the figures.

    Args:
        claims: for each `folder/claim` the digest of its table and its figures.
    """
    content = {
        name: {"table": table, "pictures": [{text: getattr(one, text) for text in TEXTS} for one in pictures]}
        for name, (table, pictures) in claims.items()
    }
    return (json.dumps({"code": code(), "claims": content}, indent=1, ensure_ascii=False) + "\n").encode()
