"""How rows get from a worker into the folder of a run.

Where a worker sees that folder it writes the part there itself, under a temporary name, and hands over only the digest
of the file. The driver compares the digest with the file that it sees, and gives the part its name: only then is the
unit done. A worker that does not see the folder, or cannot write there, hands over the rows, and the driver writes.

Whether a worker sees the folder is not asked but tried: the driver puts a file with a random word there.
"""

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from experiments.claims.containing import kinds
from experiments.errors import StorageError
from experiments.executors.results import Result, Written
from experiments.storage.parts import write_part
from experiments.storage.runs import RunDirectory
from experiments.storage.writing import TEMPORARY


class Place(NamedTuple):
    """A folder for parts, and what is to be seen there: a file, and the word that is in it."""

    folder: str
    probe: str
    word: str


@contextlib.contextmanager
def offered(folder: Path | None) -> Iterator[Place | None]:
    """A folder as a place to write to, while the block runs; None if there is none, or nothing can be written there."""
    if folder is None:
        yield None
        return
    place = Place(str(folder.resolve()), f"{TEMPORARY}{secrets.token_hex(4)}-probe", secrets.token_hex(16))
    probe = Path(place.folder, place.probe)
    try:
        probe.parent.mkdir(parents=True, exist_ok=True)
        probe.write_text(place.word)
    except OSError:  # the run says so as soon as it writes its first part
        yield None
        return
    try:
        yield place
    finally:
        with contextlib.suppress(OSError):
            probe.unlink()


def is_seen(place: Place) -> bool:
    """Whether this process sees the same folder as the one that offers it."""
    try:
        return Path(place.folder, place.probe).read_text() == place.word
    except (OSError, UnicodeDecodeError):
        return False


def written(result: Result, place: Place, own: dict[str, Any]) -> Result:
    """The result with its rows in a file of the place instead of in memory.

    If the file cannot be written, the rows stay where they are, and the result says why.

    Args:
        result: of a unit that has rows.
        place: the folder.
        own: the versions and the code of this process.
    """
    assert result.table is not None
    path = Path(place.folder, f"{TEMPORARY}{secrets.token_hex(4)}-{result.unit.id}.parquet")
    try:
        _write(path, result, own)
        told = Written(str(path), digest(path), len(result.table), kinds(result.table), result.network_steps())
    except (OSError, StorageError) as error:
        number = getattr(error.__cause__ or error, "errno", None)
        why = os.strerror(number) if number else str(error)
        return result._replace(remark=f"it cannot write to {place.folder} ({why})")
    return result._replace(table=None, written=told)


def is_believed(result: Result) -> bool:
    """Whether this process sees the file that a worker says it has written."""
    try:
        return result.written is None or digest(Path(result.written.path)) == result.written.digest
    except OSError:
        return False


def digest(path: Path) -> str:
    """A digest of the bytes of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()


def forget(result: Result) -> None:
    """Removes what was written of a result, unless it has got its place."""
    if result.written:
        with contextlib.suppress(OSError):
            Path(result.written.path).unlink()


def keep(result: Result, directory: RunDirectory, own: dict[str, Any]) -> None:
    """Gives the rows of a result their place in a run: from now on its unit is done.

    Args:
        result: of a unit that has not failed.
        directory: the run.
        own: the versions and the code of this process, which are those of whoever has measured.

    Raises:
        SpoiltError: if a column holds values that cannot be stored.
        StorageError: if the part cannot be written.
    """
    unit = result.unit
    if result.written:
        directory.take_part(unit.id, Path(result.written.path))
    else:
        directory.write_part(unit.id, _claim(result), _rows(result), result.facts(own))


def _write(path: Path, result: Result, own: dict[str, Any]) -> None:
    write_part(path, result.unit.id, _claim(result), _rows(result), result.facts(own))


def _claim(result: Result) -> str:
    return f"{result.unit.family}.{result.unit.claim}"


def _rows(result: Result) -> Any:
    assert result.table is not None
    return result.table.assign(seed=result.unit.seed)
