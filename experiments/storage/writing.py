"""Files and folders that appear all at once or not at all."""

import contextlib
import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

TEMPORARY = ".tmp-"
ASIDE = ".old-"
LEFT = re.compile(rf"(?P<prefix>{re.escape(TEMPORARY)}|{re.escape(ASIDE)})(?P<beside>[0-9a-f]{{8}}-(?P<name>.+))")


class StorageError(Exception):
    """The disk is full, read-only or gone: no further unit could be kept either. Exit status 1."""


@contextlib.contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`; what was written there takes its place when the block ends well.

    Raises:
        StorageError: if the file cannot be written.
    """
    temporary = path.with_name(f"{TEMPORARY}{secrets.token_hex(4)}-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        with open(temporary, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise StorageError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


@contextlib.contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """A new, empty folder beside `folder`, which takes its place as a whole when the block ends well.

    No system we know of can exchange two folders at once. So the old one is put aside first, and whoever is killed
    before the new one has its place leaves both beside it: `mend` puts the old one back.

    Raises:
        StorageError: if it cannot be made or moved.
    """
    folder = folder.resolve()
    beside = f"{secrets.token_hex(4)}-{folder.name}"
    staging, old = folder.with_name(f"{TEMPORARY}{beside}"), folder.with_name(f"{ASIDE}{beside}")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _alone(folder.parent, wait=True):
            _mend(folder.parent)
            try:
                staging.mkdir()
                yield staging
                if folder.exists():
                    os.replace(folder, old)
                os.replace(staging, folder)
            finally:
                _mend(folder.parent)
    except OSError as error:
        raise StorageError(f"cannot write {folder}: {error.strerror or error}") from error


def mend(parent: Path) -> None:
    """Puts folders of this parent back that somebody was killed replacing, and removes what was left half-made."""
    # Where another process replaces one just now there is nothing to mend, and where we may not write nothing can be.
    with contextlib.suppress(OSError):
        if any(path.name.startswith((TEMPORARY, ASIDE)) for path in parent.iterdir()):
            with _alone(parent, wait=False):
                _mend(parent)


def _mend(parent: Path) -> None:
    left = [(match, path) for path in parent.iterdir() if (match := LEFT.fullmatch(path.name)) and _is_folder(path)]
    for match, path in left:
        staging = path.with_name(f"{TEMPORARY}{match['beside']}")
        if match["prefix"] == ASIDE and not path.with_name(match["name"]).exists():
            os.replace(path, path.with_name(match["name"]))
        elif match["prefix"] == ASIDE:
            # Under its other name it can never be put back, even if only half of it is removed.
            os.replace(path, staging)
            shutil.rmtree(staging, ignore_errors=True)
        else:
            shutil.rmtree(path, ignore_errors=True)


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


@contextlib.contextmanager
def _alone(folder: Path, wait: bool) -> Iterator[None]:
    """Holds a folder for this process; the system lets go of it when the process ends, however it ends.

    Raises:
        OSError: if another process holds it and we do not wait.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(handle)


def write_parquet(table: pa.Table, path: Path) -> None:
    """Writes a table small, with encodings that fit what stands in tables of results.

    Bytes of real numbers are split into streams, for those of sign and exponent compress; whole numbers are kept as
    differences, for they are mostly sorted; words as indices into a dictionary.
    """
    kinds = {field.name: field.type for field in table.schema}
    real = {name: "BYTE_STREAM_SPLIT" for name, kind in kinds.items() if pa.types.is_floating(kind)}
    whole = {name: "DELTA_BINARY_PACKED" for name, kind in kinds.items() if pa.types.is_integer(kind)}
    words = [name for name in kinds if name not in real | whole]
    with atomic(path) as temporary:
        pa.parquet.write_table(
            table,
            temporary,
            compression="zstd",
            compression_level=15,
            use_dictionary=words,
            column_encoding=real | whole,
        )
