"""Files of rows that say what they are: a part names its unit and settings, a table its run, and both have a checksum.

Whenever a file is read, what it says is compared with what it should say, and its rows with their checksum. That finds
files that were cut off, damaged, exchanged or edited. A checksum is no signature: whoever forges a file can forge its
checksum too. That is why `report --check` judges again from the rows.
"""

import hashlib
import json
import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from experiments.storage.writing import atomic, write_parquet

FACTS = b"unit"
SEAL = b"seal"
COLUMNS = b"columns of each claim"
LAYOUTS = ("lanes", "vmap", "map")


class SpoiltError(Exception):
    """A file is not what it should be. The text says why; it is read after the name of the file."""


class Part(NamedTuple):
    """The rows of a unit, and the facts of how they were made."""

    rows: pa.Table
    facts: dict[str, Any]


def digest(value: Any) -> str:
    """A digest of a plain value, of 32 hexadecimal digits."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def checksum(rows: pa.Table) -> str:
    """A digest of the values of a table. It does not depend on the encoding of the file.

    Raises:
        SpoiltError: if a column holds anything but numbers, texts, true and false.
    """
    found = hashlib.blake2b(digest_size=16)
    for name in rows.column_names:
        column = rows[name].combine_chunks()
        kind = "text" if _is_text(column.type) else str(column.type)
        found.update(json.dumps([name, kind, len(column)]).encode())
        for piece in _pieces(name, column):
            found.update(piece)
    return found.hexdigest()


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def _pieces(name: str, column: pa.Array) -> list[bytes]:
    kind = column.type
    if pa.types.is_null(kind):
        return []
    gaps = [column.is_null().to_numpy(zero_copy_only=False).tobytes()] if column.null_count else []
    if _is_text(kind):
        coded = column.dictionary_encode()
        words = json.dumps(coded.dictionary.to_pylist()).encode()
        return [*gaps, words, coded.indices.fill_null(0).to_numpy(zero_copy_only=False).tobytes()]
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind):
        nothing = False if pa.types.is_boolean(kind) else 0
        return [*gaps, np.ascontiguousarray(column.fill_null(nothing).to_numpy(zero_copy_only=False)).tobytes()]
    raise SpoiltError(f"its column {name} holds {kind}, and rows hold numbers, texts, true and false")


def write_part(path: Path, unit: str, claim: str, table: pd.DataFrame, facts: dict[str, Any]) -> None:
    """Writes the rows of a unit with its name, the facts of how they were made, and their checksum.

    Raises:
        SpoiltError: if a column holds values that cannot be stored.
        StorageError: if the file cannot be written.
    """
    rows = pa.Table.from_pandas(table.assign(claim=claim), preserve_index=False).replace_schema_metadata(None)
    seal = {"unit": unit, "rows": len(rows), "checksum": checksum(rows)}
    rows = rows.replace_schema_metadata({FACTS: json.dumps(facts), SEAL: json.dumps(seal)})
    with atomic(path) as temporary:
        pa.parquet.write_table(rows, temporary, compression="zstd")


def read_part(path: Path, unit: str, claim: str, settings: str | None) -> Part:
    """The part of a unit.

    Args:
        path: its file.
        unit, claim: the unit and the claim that it should be of.
        settings: the digest of that unit's settings, if it is known.

    Raises:
        SpoiltError: if it cannot be read, or is not the part of that unit.
    """
    rows = _read(path)
    facts, seal = (_plain(rows.schema, key) for key in (FACTS, SEAL))
    if not seal:
        raise SpoiltError("does not name its unit: older code wrote it")
    if seal.get("unit") != unit:
        raise SpoiltError(f"is the part of another unit, {_shown(seal.get('unit'))}")
    if facts.get("settings") != settings:
        raise SpoiltError("was measured under other settings")
    rows = rows.replace_schema_metadata(None)
    if seal.get("rows") != len(rows) or seal.get("checksum") != checksum(rows):
        raise SpoiltError("holds other rows than those that were written: the checksum differs")
    if set(rows["claim"].unique().to_pylist() if "claim" in rows.column_names else [None]) - {claim}:
        raise SpoiltError(f"holds rows of another claim than {claim}")
    if not _are_facts(facts):
        raise SpoiltError("does not say how it was made")
    return Part(rows, facts)


def _are_facts(facts: dict[str, Any]) -> bool:
    """Whether these are facts of a unit: the seconds that it took, and the layout of each of its ensembles."""
    seconds = [facts.get("seconds"), facts.get("compile_seconds")]
    ensembles = facts.get("ensembles")
    return (
        all(isinstance(one, int | float) and math.isfinite(one) and one >= 0 for one in seconds)
        and isinstance(ensembles, list)
        and all(
            isinstance(one, dict)
            and one.get("layout") in LAYOUTS
            and type(one.get("chunk")) is int
            and 1 <= one["chunk"] <= 1_000_000
            and isinstance(one.get("by"), str)
            and one["by"].isprintable()
            for one in ensembles
        )
    )


def write_table(path: Path, table: pa.Table, columns: dict[str, list[str]], identity: dict[str, Any]) -> None:
    """Writes the table of a run.

    Args:
        path: its file.
        table: the rows of all claims; the column `claim` names the claim of each.
        columns: the columns of each claim.
        identity: what the table says of its run, as `read_columns` expects it.

    Raises:
        StorageError: if it cannot be written.
    """
    mine = {claim: table.filter(pc.equal(table["claim"], claim)).select(names) for claim, names in columns.items()}
    sums = {claim: {"rows": len(rows), "checksum": checksum(rows)} for claim, rows in mine.items()}
    metadata = {COLUMNS: json.dumps(columns), SEAL: json.dumps({**identity, "claims": sums})}
    write_parquet(table.replace_schema_metadata(metadata), path)


def read_columns(path: Path, identity: dict[str, Any], claims: set[str]) -> dict[str, list[str]]:
    """The columns of each claim in the table of a run.

    Args:
        path: its file.
        identity: what the table should say of its run. None, from older code, counts as a value that is missing.
        claims: the claims that it may have rows of, with their family.

    Raises:
        SpoiltError: if it cannot be read, or is not the table of that run.
    """
    schema = _schema(path)
    columns, seal = (_plain(schema, key) for key in (COLUMNS, SEAL))
    names = set(schema.names)
    for claim, own in columns.items():
        if not isinstance(own, list) or "claim" not in own or not all(isinstance(one, str) for one in own):
            raise SpoiltError("does not say which columns its claims have")
        if set(own) - names:
            raise SpoiltError(f"lacks columns of {_shown(claim)}")
    if not columns:
        raise SpoiltError("does not say which claims it has rows of")
    if foreign := sorted(set(columns) - claims):
        raise SpoiltError(f"has rows of claims that this run does not have, such as {_shown(foreign[0])}")
    says = {key: seal.get(key) for key in identity}
    # Tables of older code say nothing of their run, and their manifests do not name it.
    if says != identity if seal else identity.get("run") is not None:
        raise SpoiltError(f"is the table of another run, {_shown(seal.get('run', 'which it does not name'))}")
    return columns


def table_digest(path: Path) -> str:
    """A digest of what a table says of itself: its run, its units, and the checksum of each claim's rows.

    Raises:
        SpoiltError: if it cannot be read.
    """
    return digest(_plain(_schema(path), SEAL))


def read_rows(path: Path, claim: str, columns: list[str]) -> pa.Table:
    """The rows of one claim in a table, with some of its columns.

    Raises:
        SpoiltError: if they cannot be read, or are not those that were written.
    """
    seal = _plain(_schema(path), SEAL)
    rows = _read(path, filters=[("claim", "==", claim)], columns=columns).replace_schema_metadata(None)
    found = {"rows": len(rows), "checksum": checksum(rows)}
    if seal and (not isinstance(seal.get("claims"), dict) or seal["claims"].get(claim) != found):
        raise SpoiltError(f"holds other rows of {claim} than those that were written: the checksum differs")
    return rows


def _read(path: Path, **options: Any) -> pa.Table:
    try:
        # Without this, pyarrow would take the name of a folder, such as n=3, for a column.
        return pa.parquet.read_table(path, partitioning=None, **options)
    except Exception as error:  # pyarrow raises many kinds of errors for a damaged file
        raise SpoiltError(f"cannot be read ({_first_line(error)})") from error


def _schema(path: Path) -> pa.Schema:
    try:
        return pa.parquet.read_schema(path)
    except Exception as error:  # pyarrow raises many kinds of errors for a damaged file
        raise SpoiltError(f"cannot be read ({_first_line(error)})") from error


def _plain(schema: pa.Schema, key: bytes) -> dict[str, Any]:
    try:
        found = json.loads((schema.metadata or {}).get(key, b"{}"))
    except (ValueError, RecursionError) as error:
        raise SpoiltError("describes itself in a form that cannot be read") from error
    if not isinstance(found, dict):
        raise SpoiltError("describes itself in a form that cannot be read")
    return found


def _first_line(error: Exception) -> str:
    return _shown((str(error).splitlines() or [type(error).__name__])[0])


def _shown(value: Any) -> str:
    """A value from a file as part of a sentence: short, and without control characters."""
    text = "".join(sign if sign.isprintable() else "?" for sign in str(value))
    return text if len(text) <= 120 else f"{text[:117]}..."
