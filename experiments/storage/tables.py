"""The tables of many runs as one table. It is opened without reading it: rows are read when they are needed.

It is a dataset of pyarrow that has the columns of all runs, and the name of the run as a further column. pyarrow alone
would drop columns that only later runs have, so the schemas are unified first.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.dataset as ds
import pyarrow.fs
import pyarrow.parquet

from experiments.errors import UserError, nearest
from experiments.storage.directory import TABLE
from experiments.storage.finding import find_runs
from experiments.storage.runs import RunDirectory
from experiments.storage.writing import atomic

RUN = "run"
# Rows that are in memory at once: a few ten megabytes.
BATCH = 100_000


def runs_of(sweep: str, results: str) -> tuple[list[RunDirectory], list[str]]:
    """All runs of a sweep with a table that can be read, oldest first. Without such a run, the kept reference.

    Returns:
        These runs, and what is wrong with the runs that are left out.

    Raises:
        UserError: if there is neither a run nor a reference.
    """
    with_rows = [run for run in find_runs(results) if (run.path / TABLE).exists()]
    own = [run for run in with_rows if run.path.parent.name == sweep]
    kept = [run for run in with_rows if run.name == f"reference/{sweep}"]
    if not own and not kept:
        names = {run.path.name if run.is_kept() else run.path.parent.name for run in with_rows}
        raise UserError(f"{sweep}: no run of such a sweep below {results}/ has a table yet; {nearest(sweep, names)}")
    chosen: list[RunDirectory] = []
    problems: list[str] = []
    for run in own or kept:
        try:
            run.columns()
            chosen.append(run)
        except UserError as error:
            problems += error.problems
    if not chosen:
        raise UserError(*problems)
    return chosen, problems


def opened(runs: list[RunDirectory]) -> ds.Dataset:
    """The rows of all runs as one dataset, with the run's name in the column `run`.

    Raises:
        UserError: if a column is text in one run and a number in another.
    """
    schema = pa.schema([(RUN, pa.string())])
    for run in runs:
        own = pa.parquet.read_schema(run.path / TABLE).remove_metadata()
        try:
            schema = pa.unify_schemas([schema, own], promote_options="permissive")
        except pa.ArrowTypeError as error:
            raise UserError(f"{run.name}: its rows do not go with those of the runs before it: {error}") from error
    parquet, disk = ds.ParquetFileFormat(), pyarrow.fs.LocalFileSystem()
    fragments = [
        # The name is the same for all rows of a file, so it is given here and not written into the file.
        parquet.make_fragment(str(run.path / TABLE), disk, partition_expression=ds.field(RUN) == run.name)
        for run in runs
    ]
    return ds.FileSystemDataset(fragments, schema, parquet, disk)


def selected(runs: list[RunDirectory], claim: str | None) -> ds.Scanner:
    """The rows of all claims, or of one claim with the columns that it has in any run, to be read in batches.

    Raises:
        UserError: if no run has rows of such a claim.
    """
    dataset = opened(runs)
    if claim is None:
        return dataset.scanner(batch_size=BATCH)
    chosen = ds.field("claim") == claim
    columns = [RUN, *dict.fromkeys(name for run in runs for name in run.columns().get(claim, ()))]
    if len(columns) == 1:
        known = {name for run in runs for name in run.columns()}
        raise UserError(f"--claim {claim}: no run has rows of it; {nearest(claim, known)}")
    return dataset.scanner(columns=columns, filter=chosen, batch_size=BATCH)


def write(rows: ds.Scanner, output: Path) -> int:
    """Writes rows as they are read, and returns their number. The name of the file ends in .parquet or .csv.

    Raises:
        UserError: if it ends in anything else.
        StorageError: if the file cannot be written.
    """
    writers: dict[str, Callable[..., AbstractContextManager]] = {".parquet": _parquet, ".csv": pa.csv.CSVWriter}
    if output.suffix not in writers:
        raise UserError(f"--output {output}: give a name that ends in {' or '.join(writers)}")
    count = 0
    with atomic(output) as path, writers[output.suffix](path, rows.projected_schema) as writer:
        for batch in _batches(rows):
            writer.write_batch(batch)
            count += len(batch)
    return count


def _batches(rows: ds.Scanner) -> Iterator[pa.RecordBatch]:
    try:
        yield from rows.to_batches()
    except (OSError, pa.ArrowException) as error:
        raise UserError(f"a table cannot be read to its end ({error}); `show RUN` says which run is damaged") from error


@contextmanager
def _parquet(path: Path, schema: pa.Schema) -> Iterator[pyarrow.parquet.ParquetWriter]:
    with pyarrow.parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        yield writer
