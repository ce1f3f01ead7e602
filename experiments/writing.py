"""Files and folders that appear all at once or not at all."""

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

TEMPORARY = ".tmp-"


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

    Raises:
        StorageError: if it cannot be made or moved.
    """
    folder = folder.resolve()
    beside = f"{TEMPORARY}{secrets.token_hex(4)}-{folder.name}"
    staging, old = folder.with_name(beside), folder.with_name(f"{beside}-old")
    try:
        staging.mkdir(parents=True)
        yield staging
        if folder.exists():
            os.replace(folder, old)
        os.replace(staging, folder)
    except OSError as error:
        raise StorageError(f"cannot write {folder}: {error.strerror or error}") from error
    finally:
        if old.exists() and not folder.exists():
            os.replace(old, folder)
        shutil.rmtree(staging, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


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
