"""The table of a run: the rows of all of its claims in one file, which says what it holds, and of which run.

A small table is sealed by a checksum of the values of each claim, so that the same rows give the same file wherever
they are written. A large one is written while it is sorted, and sealed by its bytes: it is never in memory as a whole.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from experiments.storage import sealing
from experiments.storage.sealing import SEAL, SpoiltError
from experiments.storage.writing import atomic, encodings, write_parquet

if TYPE_CHECKING:  # a list of runs is not to wait for it
    import pandas as pd

COLUMNS = b"columns of each claim"
# A table with more rows is large. As a whole it would take some hundred megabytes of memory, several times over.
SMALL = 2**19
# Level of zstd for a large table: higher levels take many times as long to save a few per cent of it.
LEVEL = 3
# Rows of a column with one value that share their memory.
CHUNK = 2**16


class Rows:
    """The rows of one claim in the table of a run: compared with the seal of the table, then read column by column.

    Attributes:
        columns: all columns that the claim has.
        count: the number of its rows.
    """

    def __init__(self, path: Path, claim: str, columns: list[str]) -> None:
        """Compares the table with its seal.

        Args:
            path: of the table.
            claim: the claim that has the rows.
            columns: all columns that this claim has.

        Raises:
            SpoiltError: if they cannot be read, or are not those that were written.
        """
        self.path, self.claim, self.columns = path, claim, columns
        seal = sealing.said(_footer(path), SEAL)
        claims = seal["claims"] if isinstance(seal.get("claims"), dict) else {}
        mine = claims.get(claim)
        self.alone = set(claims) == {claim}
        self.held: pa.Table | None = None
        if "bytes" in seal:
            sealing.check_bytes(path, seal)
            self.count = mine.get("rows") if isinstance(mine, dict) else None
        else:
            self.held = sealing.read(path, filters=[("claim", "==", claim)], columns=columns)
            self.count = len(self.held)
            if seal and mine != {"rows": self.count, "checksum": sealing.checksum(self.held)}:
                raise self._spoilt()

    def read(self, columns: list[str]) -> pa.Table:
        """Some columns of all rows, in the order of the table.

        Raises:
            SpoiltError: if they cannot be read.
        """
        if self.held is not None:
            return self.held.select(columns)
        filters = None if self.alone else [("claim", "==", self.claim)]
        rows = sealing.read(self.path, columns=[name for name in columns if name != "claim"], filters=filters)
        if len(rows) != self.count:
            raise self._spoilt()
        if "claim" in columns:
            rows = rows.add_column(columns.index("claim"), "claim", _constant(self.claim, len(rows)))
        return rows

    def frame(self, columns: list[str]) -> "pd.DataFrame":
        """The same for pandas. Of many rows each column is given away as soon as it is converted.

        Raises:
            SpoiltError: if they cannot be read.
        """
        rows = self.read(columns)
        return rows.to_pandas() if len(rows) <= SMALL else rows.to_pandas(split_blocks=True, self_destruct=True)

    def column(self, name: str) -> "pd.Series":
        """One column of all rows.

        Raises:
            SpoiltError: if it cannot be read.
        """
        return self.frame([name])[name]

    def _spoilt(self) -> SpoiltError:
        return SpoiltError(f"holds other rows of {self.claim} than those that were written: the checksum differs")


def _constant(text: str, count: int) -> pa.ChunkedArray:
    """A column with one value; its chunks are all the same memory."""
    chunk = pa.array([text] * min(count, CHUNK), pa.large_string())
    return pa.chunked_array([*[chunk] * (count // CHUNK), chunk.slice(0, count % CHUNK)], pa.large_string())


def write_small(path: Path, table: pa.Table, columns: dict[str, list[str]], identity: dict[str, Any]) -> None:
    """Writes the table of a run.

    Args:
        path: its file.
        table: the rows of all claims; the column `claim` names the claim of each.
        columns: the columns of each claim.
        identity: what the table says of its run, as `read_about` expects it.

    Raises:
        StorageError: if it cannot be written.
    """
    mine = {claim: table.filter(pc.equal(table["claim"], claim)).select(names) for claim, names in columns.items()}
    sums = {claim: {"rows": len(rows), "checksum": sealing.checksum(rows)} for claim, rows in mine.items()}
    metadata = {COLUMNS: json.dumps(columns), SEAL: json.dumps({**identity, "claims": sums})}
    write_parquet(table.replace_schema_metadata(metadata), path)


def write_large(
    path: Path,
    as_text: Path,
    pieces: Iterable[pa.Table],
    schema: pa.Schema,
    columns: dict[str, list[str]],
    identity: dict[str, Any],
) -> None:
    """Writes the table of a run, and the same as text, while its rows come in.

    Args:
        path, as_text: its files.
        pieces: the rows of all claims, in their order, in tables of some hundred thousand rows.
        schema: of these.
        columns, identity: as in `write_small`.

    Raises:
        StorageError: if it cannot be written.
    """
    says = {COLUMNS: columns, SEAL: {**identity, "claims": {claim: {"rows": 0} for claim in columns}}}
    options = encodings(schema) | {"compression": "zstd", "compression_level": LEVEL}
    with (
        sealing.sealed(path, schema, says, **options) as writer,
        atomic(as_text) as text,
        pa.csv.CSVWriter(text, schema) as lines,
    ):
        for piece in pieces:
            writer.write_table(piece)
            lines.write_table(piece)
            for one in piece["claim"].value_counts().to_pylist():
                says[SEAL]["claims"][one["values"]]["rows"] += one["counts"]


class About(NamedTuple):
    """What a table says of itself: the columns of each claim, and a digest of its run, its units and its seal."""

    columns: dict[str, list[str]]
    digest: str


def read_about(path: Path, identity: dict[str, Any], claims: set[str]) -> About:
    """What the table of a run says of itself. Its rows are not looked at.

    Args:
        path: its file.
        identity: what the table should say of its run. None, from older code, counts as a value that is missing.
        claims: the claims that it may have rows of, with their family.

    Raises:
        SpoiltError: if it cannot be read, or is not the table of that run.
    """
    footer = _footer(path)
    columns, seal = (sealing.said(footer, key) for key in (COLUMNS, SEAL))
    names = set(footer.schema.names)
    for claim, own in columns.items():
        if not isinstance(own, list) or "claim" not in own or not all(isinstance(one, str) for one in own):
            raise SpoiltError("does not say which columns its claims have")
        if set(own) - names:
            raise SpoiltError(f"lacks columns of {sealing.shown(claim)}")
    if not columns:
        raise SpoiltError("does not say which claims it has rows of")
    if foreign := sorted(set(columns) - claims):
        raise SpoiltError(f"has rows of claims that this run does not have, such as {sealing.shown(foreign[0])}")
    says = {key: seal.get(key) for key in identity}
    # Tables of older code say nothing of their run, and their manifests do not name it.
    if says != identity if seal else identity.get("run") is not None:
        raise SpoiltError(f"is the table of another run, {sealing.shown(seal.get('run', 'which it does not name'))}")
    return About(columns, sealing.digest(seal))


def table_digest(path: Path) -> str:
    """A digest of what a table says of itself: its run, its units, and the seal of its rows.

    Raises:
        SpoiltError: if it cannot be read.
    """
    return sealing.digest(sealing.said(_footer(path), SEAL))


def _footer(path: Path) -> pa.parquet.FileMetaData:
    try:
        return sealing.footer(path)
    except FileNotFoundError as error:
        raise SpoiltError("is not there") from error


def check_large(path: Path) -> None:
    """Compares a large table with its seal: that takes seconds for gigabytes. A small one is compared as it is read.

    Raises:
        SpoiltError: if its rows are not those that were written.
    """
    seal = sealing.said(_footer(path), SEAL)
    if "bytes" in seal:
        sealing.check_bytes(path, seal)
