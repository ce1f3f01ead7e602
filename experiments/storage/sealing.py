"""What a file of rows says of itself, and how that is compared with what is in it.

A part names its unit and settings, a table its run. Beside that, in the footer of the file, stands a seal: a digest of
all bytes before the footer, which are the rows as they were written. Small tables, and all files of older code, have a
checksum of their values instead. Whenever a file is read, it is compared with its seal. That finds files that were cut
off, damaged, exchanged or edited. A seal is no signature: whoever forges a file can forge its seal too. That is why
`report --check` judges again from the rows.
"""

import contextlib
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from experiments.storage.writing import atomic

SEAL = b"seal"
# Bytes that are read at once while a digest is made.
AT_ONCE = 2**20


class SpoiltError(Exception):
    """A file is not what it should be. The text says why; it is read after the name of the file."""


def digest(value: Any) -> str:
    """A digest of a plain value, of 32 hexadecimal digits."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def checksum(rows: pa.Table) -> str:
    """A digest of the values of a table. It does not depend on the encoding of the file.

    Raises:
        SpoiltError: if a column holds anything but numbers, texts, true and false.
    """
    check_kinds(rows.schema)
    found = hashlib.blake2b(digest_size=16)
    for name in rows.column_names:
        column = rows[name].combine_chunks()
        kind = "text" if _is_text(column.type) else str(column.type)
        found.update(json.dumps([name, kind, len(column)]).encode())
        for piece in _pieces(column):
            found.update(piece)
    return found.hexdigest()


def check_kinds(schema: pa.Schema) -> None:
    """Checks that rows hold what can be stored.

    Raises:
        SpoiltError: if a column holds anything but numbers, texts, true and false.
    """
    for field in schema:
        kind = field.type
        number = pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind)
        if not (number or _is_text(kind) or pa.types.is_null(kind)):
            raise SpoiltError(f"its column {field.name} holds {kind}, and rows hold numbers, texts, true and false")


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def _pieces(column: pa.Array) -> list[bytes]:
    kind = column.type
    if pa.types.is_null(kind):
        return []
    gaps = [column.is_null().to_numpy(zero_copy_only=False).tobytes()] if column.null_count else []
    if _is_text(kind):
        coded = column.dictionary_encode()
        words = json.dumps(coded.dictionary.to_pylist()).encode()
        return [*gaps, words, coded.indices.fill_null(0).to_numpy(zero_copy_only=False).tobytes()]
    nothing = False if pa.types.is_boolean(kind) else 0
    return [*gaps, np.ascontiguousarray(column.fill_null(nothing).to_numpy(zero_copy_only=False)).tobytes()]


@contextlib.contextmanager
def sealed(
    path: Path, schema: pa.Schema, says: dict[bytes, Any], **options: Any
) -> Iterator[pyarrow.parquet.ParquetWriter]:
    """A writer of a file of rows. When the block ends without an error, the file is sealed and appears as a whole.

    Args:
        path: the file.
        schema: of its rows.
        says: by key, what the file says of itself; it may still be changed within the block.
        options: of the writer of parquet.

    Raises:
        StorageError: if it cannot be written.
    """
    with (
        atomic(path) as temporary,
        pa.OSFile(str(temporary), "wb") as sink,
        pa.parquet.ParquetWriter(sink, schema.remove_metadata(), **options) as writer,
    ):
        yield writer
        # What has been written so far are all rows: only the footer is to come.
        seal = {**says.get(SEAL, {}), "bytes": sink.tell()}
        seal["digest"] = _digest_of_start(temporary, seal["bytes"])
        writer.add_key_value_metadata({key: json.dumps(value) for key, value in {**says, SEAL: seal}.items()})


def check_bytes(path: Path, seal: dict[str, Any]) -> None:
    """Compares the bytes of a file with its seal.

    Raises:
        SpoiltError: if they are not those that were written.
        FileNotFoundError: if there is no such file.
    """
    count = seal["bytes"]
    if type(count) is not int or seal.get("digest") != _digest_of_start(path, count):
        raise SpoiltError("holds other rows than those that were written: the checksum differs")


def _digest_of_start(path: Path, count: int) -> str:
    """A digest of the first bytes of a file."""
    found = hashlib.blake2b(digest_size=16)
    with open(path, "rb") as file:
        while count > 0 and (some := file.read(min(AT_ONCE, count))):
            found.update(some)
            count -= len(some)
    return found.hexdigest()


def read(path: Path, **options: Any) -> pa.Table:
    """The rows of a file, without what the file says of itself.

    Raises:
        SpoiltError: if they cannot be read.
        FileNotFoundError: if there is no such file.
    """
    try:
        # Without this, pyarrow would take the name of a folder, such as n=3, for a column.
        return pa.parquet.read_table(path, partitioning=None, **options).replace_schema_metadata(None)
    except FileNotFoundError:
        raise
    except Exception as error:  # pyarrow raises many kinds of errors for a damaged file
        raise SpoiltError(f"cannot be read ({_first_line(error)})") from error


def footer(path: Path) -> pa.parquet.FileMetaData:
    """The footer of a file: its schema, the number of its rows, and what it says of itself.

    Raises:
        SpoiltError: if it cannot be read.
        FileNotFoundError: if there is no such file.
    """
    try:
        return pa.parquet.read_metadata(path)
    except FileNotFoundError:
        raise
    except Exception as error:  # pyarrow raises many kinds of errors for a damaged file
        raise SpoiltError(f"cannot be read ({_first_line(error)})") from error


def said(about: pa.parquet.FileMetaData, key: bytes) -> dict[str, Any]:
    """What a file says of itself under a key; empty if it says nothing.

    Raises:
        SpoiltError: if that cannot be read.
    """
    try:
        found = json.loads((about.metadata or {}).get(key, b"{}"))
    except (ValueError, RecursionError) as error:
        raise SpoiltError("describes itself in a form that cannot be read") from error
    if not isinstance(found, dict):
        raise SpoiltError("describes itself in a form that cannot be read")
    return found


def _first_line(error: Exception) -> str:
    return shown((str(error).splitlines() or [type(error).__name__])[0])


def shown(value: Any) -> str:
    """A value from a file as part of a sentence: short, and without control characters."""
    text = "".join(sign if sign.isprintable() else "?" for sign in str(value))
    return text if len(text) <= 120 else f"{text[:117]}..."
