"""From parts to the table of a run: all rows, sorted by claim and by all columns. Many rows are sorted in pieces."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv

from experiments.names import KEY
from experiments.storage import one_table, sealing, sorting
from experiments.storage.parts import Part, rows_of
from experiments.storage.writing import atomic

# The column that keeps rows of different units apart while they are sorted, where all others agree.
UNIT = "-unit"


def identity(manifest: dict[str, Any]) -> dict[str, Any]:
    """What a table says of its run: the run's name, and a digest of its units."""
    return {"run": manifest.get("run"), "units": sealing.digest(manifest["units"])}


def write_table(path: Path, as_text: Path, manifest: dict[str, Any], parts: dict[str, Part]) -> None:
    """Joins parts to a table, and writes it twice, as parquet and as text.

    Args:
        path, as_text: the two files.
        manifest: of the run.
        parts: by unit. Their order does not matter.

    Raises:
        StorageError: if a file cannot be written.
        ArrowTypeError: if a column is text in one part and a number in another.
    """
    # Permissive: two claims may measure a column in float32 and in float64. A text in place of a number is refused.
    schema = pa.unify_schemas([parts[unit].schema for unit in sorted(parts)], promote_options="permissive")
    schema = pa.schema([schema.field(name) for name in _claim_first(schema.names)])
    columns = _columns(manifest, parts)
    # Rows are sorted by settings and measurements first, by the random keys last: similar neighbours compress well.
    order = ["claim", *sorted(set(schema.names) - {"claim", KEY}), *({KEY} & set(schema.names))]
    if sum(part.count for part in parts.values()) > one_table.SMALL:
        pieces = _sorted_pieces(parts, schema, order, path.parent)
        one_table.write_large(path, as_text, pieces, schema, columns, identity(manifest))
        return
    rows = dict(rows_of(parts))
    table = pa.concat_tables(
        [schema.empty_table(), *(rows[unit] for unit in sorted(rows))], promote_options="permissive"
    )
    table = table.sort_by([(name, "ascending") for name in order])
    one_table.write_small(path, table, columns, identity(manifest))
    with atomic(as_text) as text:
        pa.csv.write_csv(table, text)


def _columns(manifest: dict[str, Any], parts: dict[str, Part]) -> dict[str, list[str]]:
    """The columns of each claim."""
    family = manifest["settings"]["sweep"]["family"]
    return {
        f"{family}.{manifest['units'][unit]['claim']}": _claim_first(parts[unit].schema.names)
        for unit in sorted(parts)
        if parts[unit].count
    }


def _claim_first(columns: list[str]) -> list[str]:
    return ["claim", *(name for name in columns if name != "claim")]


def _sorted_pieces(parts: dict[str, Part], schema: pa.Schema, order: list[str], folder: Path) -> Iterator[pa.Table]:
    """All rows in their order, without ever being in memory together."""
    places = {unit: place for place, unit in enumerate(sorted(parts))}
    count = sum(part.count for part in parts.values())

    def pieces() -> Iterator[pa.Table]:
        return _pieces(parts, schema, places)

    for piece in sorting.in_order(pieces, count, [*order, UNIT], folder):
        yield piece.drop_columns([UNIT])


def _pieces(parts: dict[str, Part], schema: pa.Schema, places: dict[str, int]) -> Iterator[pa.Table]:
    """All rows with the place of their unit among all units, in tables of at most `sorting.PIECE` rows."""
    held: list[pa.Table] = []
    for unit, rows in rows_of(parts):
        for start in range(0, len(rows), sorting.PIECE):
            some = rows.slice(start, sorting.PIECE)
            if held and sum(map(len, held)) + len(some) > sorting.PIECE:
                yield _like(schema, held)
                held = []
            held.append(some.append_column(UNIT, pa.array(np.full(len(some), places[unit]))))
    if held:
        yield _like(schema, held)


def _like(schema: pa.Schema, tables: list[pa.Table]) -> pa.Table:
    """Tables as one, with a schema and the place of the unit."""
    wanted = schema.append(pa.field(UNIT, pa.int64()))
    return pa.concat_tables([wanted.empty_table(), *tables], promote_options="permissive").select(wanted.names)
