"""Files and folders that appear as a whole or not at all."""

import contextlib
import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from experiments.errors import StorageError

TEMPORARY = ".tmp-"
ASIDE = ".old-"
LEFT = re.compile(rf"(?P<prefix>{re.escape(TEMPORARY)}|{re.escape(ASIDE)})(?P<beside>[0-9a-f]{{8}}-(?P<name>.+))")


@contextlib.contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`. When the block ends without an error, the temporary file becomes `path`.

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
    """A new, empty folder beside `folder`. When the block ends without an error, the new folder becomes `folder`.

    Two folders cannot be exchanged in one step on every system. So the old one is moved aside first. A process that is
    killed before the new one is in its place leaves both behind, and `mend` puts the old one back.

    Raises:
        StorageError: if a folder cannot be made or moved.
    """
    folder = folder.resolve()
    beside = f"{secrets.token_hex(4)}-{folder.name}"
    staging, old = folder.with_name(f"{TEMPORARY}{beside}"), folder.with_name(f"{ASIDE}{beside}")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with alone(folder.parent, wait=True):
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
    """Puts folders back that a killed process was replacing in this parent, and removes half-made ones."""
    # If another process is replacing a folder at this moment, there is nothing to mend. Without the right to write,
    # nothing can be mended.
    with contextlib.suppress(OSError):
        if any(path.name.startswith((TEMPORARY, ASIDE)) for path in parent.iterdir()):
            with alone(parent, wait=False):
                _mend(parent)


def _mend(parent: Path) -> None:
    left = [(match, path) for path in parent.iterdir() if (match := LEFT.fullmatch(path.name)) and _is_folder(path)]
    for match, path in left:
        staging = path.with_name(f"{TEMPORARY}{match['beside']}")
        if match["prefix"] == ASIDE and not path.with_name(match["name"]).exists():
            os.replace(path, path.with_name(match["name"]))
        elif match["prefix"] == ASIDE:
            # Renamed first: if only half of it is removed, it is not mistaken for a whole folder and put back.
            os.replace(path, staging)
            shutil.rmtree(staging, ignore_errors=True)
        else:
            shutil.rmtree(path, ignore_errors=True)


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


@contextlib.contextmanager
def alone(folder: Path, wait: bool) -> Iterator[None]:
    """Locks a folder for this process. The operating system frees it when the process ends, also when it is killed.

    Raises:
        OSError: if another process has locked it and `wait` is false.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(handle)


def encodings(schema: pa.Schema) -> dict[str, Any]:
    """Encodings that suit tables of results, as options of a writer of parquet.

    The bytes of real numbers are split into streams, because sign and exponent compress well. Whole numbers are stored
    as differences, because most of them are sorted. Texts are stored as indices into a dictionary.
    """
    kinds = {field.name: field.type for field in schema}
    real = {name: "BYTE_STREAM_SPLIT" for name, kind in kinds.items() if pa.types.is_floating(kind)}
    whole = {name: "DELTA_BINARY_PACKED" for name, kind in kinds.items() if pa.types.is_integer(kind)}
    words = [name for name in kinds if name not in real | whole]
    return {"use_dictionary": words, "column_encoding": real | whole}


def write_parquet(table: pa.Table, path: Path) -> None:
    """Writes a small file of a table."""
    with atomic(path) as temporary:
        pa.parquet.write_table(table, temporary, compression="zstd", compression_level=15, **encodings(table.schema))
