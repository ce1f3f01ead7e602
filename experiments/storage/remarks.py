"""Tags and notes on a run, in a file beside its manifest: what people say of it, and nothing that it measured.

The file appears as a whole or not at all, and one process writes it at a time, so that no remark of another is lost.
Notes are only added. Nothing that decides a row or a verdict reads it, and a copy that is kept does not have it.
"""

import contextlib
import datetime
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from experiments import names
from experiments.errors import StorageError, UserError
from experiments.storage.directory import Directory
from experiments.storage.writing import alone

REMARKS = "remarks.json"
# Letters of a note, at most: a page.
LONGEST = 4000


class Note(NamedTuple):
    """A sentence about a run, and when it was written (ISO 8601)."""

    written: str
    text: str


class Remarks(NamedTuple):
    """What people say of a run.

    Attributes:
        tags: words by which it is found again, in alphabetical order.
        notes: the oldest first.
    """

    tags: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


def read(run: Directory) -> Remarks:
    """The remarks on a run; none if there is no such file.

    Raises:
        UserError: if it is no file of ours.
    """
    path = run.at(REMARKS)
    try:
        found = json.loads(path.read_text()) if path.exists() else {"tags": [], "notes": []}
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(f"{path}: cannot be read ({type(error).__name__}); move it away") from error
    if not _are_remarks(found):
        raise UserError(f"{path}: holds something else than tags and notes; move it away")
    return Remarks(tuple(sorted(set(found["tags"]))), tuple(Note(*one) for one in found["notes"]))


def tag(run: Directory, words: list[str], remove: bool = False) -> Remarks:
    """Adds tags to a run, or removes them, and returns all remarks.

    Raises:
        UserError: if a word is no tag, is not there to be removed, or the run is a reference.
        StorageError: if the remarks cannot be written.
    """
    wrong = [word for word in words if not names.is_name(word)]
    if wrong:
        raise UserError(f"{wrong[0]!r}: no tag; give {names.ALLOWED}")
    with _changing(run) as before:
        missing = [word for word in words if word not in before.tags]
        if remove and missing:
            raise UserError(f"{run.name}: has no tag {missing[0]}; its tags: {', '.join(before.tags) or 'none'}")
        tags = set(before.tags) - set(words) if remove else {*before.tags, *words}
        return _written(run, before._replace(tags=tuple(sorted(tags))))


def note(run: Directory, text: str) -> Remarks:
    """Adds a note to a run, and returns all remarks.

    Raises:
        UserError: if it is empty, too long or has control characters, or the run is a reference.
        StorageError: if the remarks cannot be written.
    """
    if not text.strip() or len(text) > LONGEST or not names.is_line(text):
        raise UserError(f"no note; give one line of printable text, with at most {LONGEST:,} letters")
    written = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
    with _changing(run) as before:
        return _written(run, before._replace(notes=(*before.notes, Note(written, text.strip()))))


@contextlib.contextmanager
def _changing(run: Directory) -> Iterator[Remarks]:
    """The remarks as they are; no other process changes them within the block."""
    if run.is_reference():
        raise UserError(f"{run.name}: a reference is not changed; tag or note the run that it was kept from")
    try:
        with alone(run.path, wait=True):
            yield read(run)
    except OSError as error:
        raise StorageError(f"cannot write {run.path / REMARKS}: {error.strerror or error}") from error


def _written(run: Directory, remarks: Remarks) -> Remarks:
    run.write_json(REMARKS, {"tags": list(remarks.tags), "notes": [list(one) for one in remarks.notes]})
    return remarks


def _are_remarks(found: Any) -> bool:
    return (
        isinstance(found, dict)
        and isinstance(found.get("tags"), list)
        and all(map(names.is_name, found["tags"]))
        and isinstance(found.get("notes"), list)
        and all(isinstance(one, list) and len(one) == 2 and all(map(names.is_line, one)) for one in found["notes"])
    )
