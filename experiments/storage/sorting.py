"""Rows in order, more of them than memory holds: divided into ranges, each of which is sorted by itself.

A sample of the rows gives the borders of the ranges. Every piece of the rows is sorted together with the borders, cut
at them, and written to a file. Then range after range is read from there and sorted. So no more than a piece and a
range are in memory, and each row is sorted twice. Where all columns agree, rows stay in the order in which they came.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from experiments.storage.writing import TEMPORARY

# Rows that are sorted at once: a few ten megabytes.
PIECE = 2**18
# Rows of each range that are in the sample: ranges then differ in their size by some six per cent.
SAMPLED = 256
# The column that tells borders from rows: a row that equals a border comes before it.
BORDER = "-border"

Pieces = Callable[[], Iterable[pa.Table]]


def in_order(pieces: Pieces, count: int, order: list[str], folder: Path) -> Iterator[pa.Table]:
    """All rows, sorted by some columns, as tables of about `PIECE` rows.

    Args:
        pieces: gives all rows, as often as it is called, in tables of the same schema.
        count: the number of all rows.
        order: the columns by which they are sorted, the first one first.
        folder: where a temporary file can be written, as large as all rows are in memory.
    """
    ranges = -(-count // PIECE)
    borders = _borders(pieces, count, order, ranges)
    place = folder / f"{TEMPORARY}{secrets.token_hex(4)}-sorting.arrow"
    try:
        held = _cut(pieces, borders, order, place)
        with pa.OSFile(str(place)) as source, pa.ipc.open_file(source) as file:
            for number in range(ranges):
                found = [file.get_batch(piece * ranges + number) for piece in range(held)]
                table = pa.Table.from_batches(found, file.schema)
                if len(table):
                    yield _sorted(table, order)
    finally:
        place.unlink(missing_ok=True)


def _sorted(table: pa.Table, order: list[str]) -> pa.Table:
    return table.sort_by([(name, "ascending") for name in order])


def _borders(pieces: Pieces, count: int, order: list[str], ranges: int) -> pa.Table:
    """The last rows of all ranges but one, as far as a sample tells."""
    # The sample decides where the rows are divided, and not how they come out: so any seed will do.
    rng, share = np.random.default_rng(0), SAMPLED * ranges / count
    samples = [piece.take(np.flatnonzero(rng.random(len(piece)) < share)) for piece in pieces()]
    sample = _sorted(pa.concat_tables(samples), order)
    return sample.take(np.arange(1, ranges) * len(sample) // ranges)


def _cut(pieces: Pieces, borders: pa.Table, order: list[str], place: Path) -> int:
    """Writes every piece, sorted and cut at the borders, as one batch for each range. Returns the number of pieces."""
    held, marks = 0, pa.array(np.ones(len(borders), np.int8))
    with (
        pa.OSFile(str(place), "wb") as sink,
        pa.ipc.new_file(sink, borders.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as file,
    ):
        for piece in pieces():
            marked = pa.concat_tables(
                [
                    piece.append_column(BORDER, pa.array(np.zeros(len(piece), np.int8))),
                    borders.append_column(BORDER, marks),
                ]
            )
            rows = _sorted(marked, [*order, BORDER])
            cuts = pc.indices_nonzero(rows[BORDER]).to_numpy()
            rows = rows.drop_columns([BORDER]).combine_chunks()
            for start, end in zip([0, *(cuts + 1)], [*cuts, len(rows)], strict=True):
                file.write_batch(_one_batch(rows.slice(start, end - start)))
            held += 1
    return held


def _one_batch(rows: pa.Table) -> pa.RecordBatch:
    found = rows.combine_chunks().to_batches()
    return (
        found[0]
        if found
        else pa.RecordBatch.from_arrays([column.combine_chunks() for column in rows.columns], schema=rows.schema)
    )
