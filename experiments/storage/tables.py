"""The tables of many runs as one table. It is opened without reading it: rows are read when they are needed.

It is a dataset of pyarrow that has the columns of all runs, and the name of the run as a further column. pyarrow alone
would drop columns that only later runs have, so the schemas are unified first.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.dataset as ds
import pyarrow.fs
import pyarrow.parquet

from experiments.errors import UserError, nearest
from experiments.storage.directory import TABLE
from experiments.storage.runs import RunDirectory
from experiments.storage.writing import atomic

RUN = "run"
# How rows are read: in batches, and none ahead of those that are written. Reading ahead takes several times the memory,
# and saves nothing, because writing takes longer.
BATCH: dict[str, Any] = {
    "batch_size": 2**16,
    "batch_readahead": 0,
    "fragment_readahead": 0,
    "use_threads": False,
    "fragment_scan_options": ds.ParquetFragmentScanOptions(pre_buffer=False),
}


# Rows that are written at once.
TOGETHER = 2**16


class Selection(NamedTuple):
    """Rows that are read in batches as they are asked for, run after run."""

    schema: pa.Schema
    batches: Iterator[pa.RecordBatch]

    def frame(self) -> pd.DataFrame:
        """All of them at once, for pandas."""
        return pa.Table.from_batches(list(self.batches), self.schema).to_pandas()


def opened(runs: list[RunDirectory]) -> ds.Dataset:
    """The rows of all runs as one dataset, with the run's name in the column `run`.

    Raises:
        UserError: if a column is text in one run and a number in another.
    """
    return _dataset(runs, _schema(runs))


def _schema(runs: list[RunDirectory]) -> pa.Schema:
    """The columns of all runs."""
    schema = pa.schema([(RUN, pa.string())])
    for run in runs:
        own = pa.parquet.read_schema(run.path / TABLE).remove_metadata()
        try:
            schema = pa.unify_schemas([schema, own], promote_options="permissive")
        except pa.ArrowTypeError as error:
            raise UserError(f"{run.name}: its rows do not go with those of the runs before it: {error}") from error
    return schema


def _dataset(runs: list[RunDirectory], schema: pa.Schema) -> ds.Dataset:
    parquet, disk = ds.ParquetFileFormat(), pyarrow.fs.LocalFileSystem()
    fragments = [
        # The name is the same for all rows of a file, so it is given here and not written into the file.
        parquet.make_fragment(str(run.path / TABLE), disk, partition_expression=ds.field(RUN) == run.name)
        for run in runs
    ]
    return ds.FileSystemDataset(fragments, schema, parquet, disk)


def selected(runs: list[RunDirectory], claim: str | None) -> Selection:
    """The rows of all claims, or of one claim with the columns that it has in any run.

    Args:
        runs: of one sweep.
        claim: its name, with or without its family; None for all.

    Raises:
        UserError: if no run has rows of such a claim.
    """
    schema = _schema(runs)
    options = dict(BATCH)
    if claim is not None:
        known = {name for run in runs for name in run.columns()}
        # All claims of a sweep are of one family, so that a name without it is one of them.
        claim = next((name for name in known if name.partition(".")[2] == claim), claim)
        columns = [RUN, *dict.fromkeys(name for run in runs for name in run.columns().get(claim, ()))]
        if len(columns) == 1:
            raise UserError(f"--claim {claim}: no run has rows of it; {nearest(claim, known)}")
        options |= {"columns": columns, "filter": ds.field("claim") == claim}
    # A dataset for each run: one of all would keep the footers of all tables in memory.
    scanners = (_dataset([run], schema).scanner(**options) for run in runs)
    return Selection(_dataset([], schema).scanner(**options).projected_schema, _batches(scanners))


def write(rows: Selection, output: Path) -> int:
    """Writes rows as they are read, and returns their number. The name of the file ends in .parquet or .csv.

    Raises:
        UserError: if it ends in anything else.
        StorageError: if the file cannot be written.
    """
    writers: dict[str, Callable[..., AbstractContextManager]] = {".parquet": _parquet, ".csv": pa.csv.CSVWriter}
    if output.suffix not in writers:
        raise UserError(f"--output {output}: give a name that ends in {' or '.join(writers)}")
    count = 0
    with atomic(output) as path, writers[output.suffix](path, rows.schema) as writer:
        for table in _together(rows):
            writer.write_table(table)
            count += len(table)
    return count


def _batches(scanners: Iterable[ds.Scanner]) -> Iterator[pa.RecordBatch]:
    try:
        for scanner in scanners:
            yield from scanner.to_batches()
    except (OSError, pa.ArrowException) as error:
        raise UserError(f"a table cannot be read to its end ({error}); `show RUN` says which run is damaged") from error


def _together(rows: Selection) -> Iterator[pa.Table]:
    """The same rows in tables of a good size: a file with a group of rows for each small run would be slow to read."""
    held: list[pa.RecordBatch] = []
    for batch in rows.batches:
        held.append(batch)
        if sum(map(len, held)) >= TOGETHER:
            yield pa.Table.from_batches(held, rows.schema)
            held = []
    if held:
        yield pa.Table.from_batches(held, rows.schema)


@contextmanager
def _parquet(path: Path, schema: pa.Schema) -> Iterator[pyarrow.parquet.ParquetWriter]:
    with pyarrow.parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        yield writer
