"""Run directories: where everything that a run makes is kept, and nothing is ever overwritten.

A unit is done when its part exists, and a part appears all at once or not at all. That one mechanism gives resuming,
no work done twice, and tables that are right after a crash.
"""

import contextlib
import fcntl
import json
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from experiments.errors import UserError
from experiments.writing import TEMPORARY, StorageError, atomic, replacing, write_parquet

LOCK = ".lock"
TABLE = "table.parquet"
KEY = "key"
COLUMNS = b"columns of each claim"
MANIFEST_KEYS = {"sweep", "command", "overrides", "settings", "started", "device", "versions", "flags", "git"}
MANIFEST_KEYS |= {"code", "units"}


class RunDirectory:
    """One run on disk: `results/<sweep>/<run id>/`."""

    def __init__(self, path: Path) -> None:
        """Refers to a directory; see `create` and `find_run`."""
        self.path = path

    @classmethod
    def create(cls, results: str, sweep: str, manifest: dict[str, Any]) -> "RunDirectory":
        """Makes a fresh directory that no other run has, with the manifest in it.

        Raises:
            StorageError: if it cannot be made.
        """
        while True:
            path = Path(results) / sweep / f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}"
            try:
                path.mkdir(parents=True, exist_ok=False)
                break
            except FileExistsError as error:
                if not path.is_dir():
                    raise StorageError(f"cannot make {path}: {error.strerror}") from error
            except OSError as error:
                raise StorageError(f"cannot make {path}: {error.strerror}") from error
        run = cls(path)
        run.write_json("manifest.json", manifest)
        return run

    @property
    def name(self) -> str:
        """`<sweep>/<run id>`, as the verbs take it."""
        return f"{self.path.parent.name}/{self.path.name}"

    def manifest(self) -> dict[str, Any]:
        """What the run was asked to do, and where and with what.

        Raises:
            UserError: if there is none, or it is not one of ours.
        """
        try:
            manifest = json.loads((self.path / "manifest.json").read_text())
        except FileNotFoundError:
            raise UserError(f"{self.path}: no run directory, there is no manifest.json in it") from None
        except (OSError, ValueError) as error:
            raise UserError(f"{self.path}: its manifest.json cannot be read ({error})") from error
        missing = MANIFEST_KEYS - set(manifest) if isinstance(manifest, dict) else MANIFEST_KEYS
        if missing:
            lacks = ", ".join(sorted(missing))
            raise UserError(f"{self.path}: its manifest.json is not one of a run of this harness; it lacks {lacks}")
        return manifest

    def write_json(self, name: str, value: Any) -> None:
        """Writes a JSON file of the run."""
        with atomic(self.path / name) as path:
            path.write_text(json.dumps(value, indent=1) + "\n")

    def write_part(self, unit: str, claim: str, table: pd.DataFrame, facts: dict[str, Any]) -> None:
        """Keeps the rows of a unit, after which it is done. `facts` say how they were made."""
        rows = pa.Table.from_pandas(table.assign(claim=claim), preserve_index=False)
        rows = rows.replace_schema_metadata({**(rows.schema.metadata or {}), b"unit": json.dumps(facts).encode()})
        with atomic(self.path / "parts" / f"{unit}.parquet") as path:
            pa.parquet.write_table(rows, path, compression="zstd")
        (self.path / "failures" / f"{unit}.json").unlink(missing_ok=True)

    def write_failure(self, unit: str, failure: dict[str, Any]) -> None:
        """Records that a unit failed, with its setting and the error."""
        self.write_json(f"failures/{unit}.json", failure)

    def done(self) -> set[str]:
        """The units whose parts exist."""
        return {path.stem for path in _finished(self.path / "parts", "*.parquet")}

    def failures(self) -> dict[str, dict[str, Any]]:
        """Failed units and what is known of each."""
        return {path.stem: json.loads(path.read_text()) for path in _finished(self.path / "failures", "*.json")}

    def part_facts(self) -> dict[str, dict[str, Any]]:
        """How each part was made: device, seconds and the like."""
        return {
            unit: json.loads((pa.parquet.read_schema(self.path / "parts" / f"{unit}.parquet").metadata)[b"unit"])
            for unit in sorted(self.done())
        }

    def write_table(self) -> None:
        """Joins all parts to `table.parquet` and `table.csv`, in an order that does not depend on how they came."""
        parts = [pa.parquet.read_table(self.path / "parts" / f"{unit}.parquet") for unit in sorted(self.done())]
        if not parts:
            return
        columns = {part["claim"][0].as_py(): _claim_first(part.column_names) for part in parts if len(part)}
        parts = [part.replace_schema_metadata(None) for part in parts]
        # Permissive: claims may measure the same column in float32 and in float64; a text for a number is refused.
        table = pa.concat_tables(parts, promote_options="permissive")
        table = table.select(_claim_first(table.column_names))
        # By what was set and measured before the random bits of the keys: neighbours are alike, and compress.
        order = ["claim", *sorted(set(table.column_names) - {"claim", KEY}), *({KEY} & set(table.column_names))]
        table = table.sort_by([(name, "ascending") for name in order])
        table = table.replace_schema_metadata({COLUMNS: json.dumps(columns)})
        write_parquet(table, self.path / TABLE)
        with atomic(self.path / "table.csv") as path:
            pa.csv.write_csv(table, path)

    def columns(self) -> dict[str, list[str]]:
        """The columns that the parts of each claim in the table have."""
        return json.loads(pa.parquet.read_schema(self.path / TABLE).metadata[COLUMNS])

    def read_table(self, claim: str) -> pd.DataFrame:
        """The rows of one claim, with the columns that its parts have."""
        columns = self.columns()[claim]
        table = pa.parquet.read_table(self.path / TABLE, filters=[("claim", "==", claim)], columns=columns)
        return table.to_pandas()

    def read_verdicts(self) -> pd.DataFrame | None:
        """The verdicts, if there are any yet."""
        path = self.path / "verdicts.csv"
        return pd.read_csv(path) if path.exists() else None

    def keep_in(self, folder: Path) -> None:
        """Puts a small copy of a finished run in place of a folder: what is needed to read, judge and draw it again.

        Left out are the parts, the table as text and the figures as PDF, which all stand in the table or follow from
        it, and the keys: the random bits of a row follow from its setting and seed, and nothing compresses them.
        """
        table = pa.parquet.read_table(self.path / TABLE)
        columns = {claim: [name for name in names if name != KEY] for claim, names in self.columns().items()}
        table = table.drop_columns([KEY] if KEY in table.column_names else [])
        left_out = shutil.ignore_patterns(
            "parts", "failures", "table.csv", TABLE, "*.pdf", "run.log", LOCK, f"{TEMPORARY}*"
        )
        with replacing(folder) as staging:
            shutil.copytree(self.path, staging, ignore=left_out, dirs_exist_ok=True)
            write_parquet(table.replace_schema_metadata({COLUMNS: json.dumps(columns)}), staging / TABLE)

    def is_kept(self) -> bool:
        """Whether this is the small copy of a finished run, without its parts."""
        return (self.path / "verdicts.csv").exists() and not (self.path / "parts").exists()

    @contextlib.contextmanager
    def in_use(self) -> Iterator[None]:
        """Holds the run for this process; the system lets go of it when the process ends, however it ends.

        Raises:
            UserError: if another process runs it.
        """
        try:
            with open(self.path / LOCK, "w") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                yield
        except BlockingIOError:
            raise UserError(f"{self.name}: another process runs it just now") from None

    def forget_verdicts(self) -> None:
        """Takes verdicts away before units are added that they do not know: a run without them is not finished."""
        (self.path / "verdicts.csv").unlink(missing_ok=True)

    def remove_leftovers(self) -> None:
        """Removes half-written files that a killed process left behind."""
        for path in self.path.rglob(f"{TEMPORARY}*"):
            path.unlink(missing_ok=True)


def _claim_first(columns: list[str]) -> list[str]:
    return ["claim", *(name for name in columns if name != "claim")]


def _finished(folder: Path, pattern: str) -> list[Path]:
    return sorted(path for path in folder.glob(pattern) if not path.name.startswith(TEMPORARY))


def find_runs(results: str) -> list[RunDirectory]:
    """All runs below a results folder, oldest first; kept references after them."""
    manifests = [*Path(results).glob("*/*/manifest.json")]
    paths = [path.parent for path in manifests if not path.parent.name.startswith(TEMPORARY)]
    return [RunDirectory(path) for path in sorted(paths, key=lambda path: (path.parent.name == "reference", path.name))]


def find_run(name: str, results: str) -> RunDirectory:
    """The run with a path, a name `<sweep>/<run id>`, an unmistakable beginning of a run id, or the newest of a sweep.

    Raises:
        UserError: if there is none, or more than one.
    """
    runs = find_runs(results)
    of_sweep = [run for run in runs if run.path.parent.name == name]
    own = [run for run in runs if not run.is_kept()]
    matching = [run for run in own if run.path.name.startswith(name) or run.name.startswith(name)]
    if of_sweep:
        return of_sweep[-1]
    if len(matching) == 1:
        return matching[0]
    for path in (Path(name), Path(results) / name):
        if path.is_dir():
            run = RunDirectory(path)
            run.manifest()
            return run
    known = ", ".join(run.name for run in (matching or runs)[-8:]) or "none yet"
    what = "more than one run begins like that" if matching else "no such run"
    raise UserError(f"{name}: {what} below {results}/; runs: {known}")
