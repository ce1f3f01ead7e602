"""Run directories: where everything that a run makes is kept, and nothing is ever overwritten.

A unit is done when its part exists, and a part appears all at once or not at all. That one mechanism gives resuming,
no work done twice, and tables that are right after a crash.
"""

import contextlib
import fcntl
import json
import secrets
import shlex
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from experiments import names
from experiments.errors import UserError
from experiments.judging.table import read_table
from experiments.plan import KEY
from experiments.storage import manifests, sealing
from experiments.storage.sealing import Part, SpoiltError
from experiments.storage.writing import LEFT, TEMPORARY, StorageError, atomic

LOCK = ".lock"
MANIFEST = "manifest.json"
TABLE = "table.parquet"
TABLE_AS_TEXT = "table.csv"
VERDICTS = "verdicts.csv"
# In the manifest: which table and verdicts belong together, and the files of figures by claim.
CONCLUDED = "concluded"
REFERENCE = "reference"
# The folders of a run; whatever else is directly in it is a file.
FOLDERS = ("parts", "failures", "figures")
# What `keep` copies of the figures.
KEPT_FIGURES = (".png", ".csv")


def run_id() -> str:
    """A name for a run that starts now. Its time is UTC, so that names sort by age wherever they were made."""
    return f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{secrets.token_hex(2)}"


class Parts(NamedTuple):
    """The parts of a run: those that fit their units by unit, and why the others do not by the name of their file."""

    fitting: dict[str, Part]
    misfits: dict[str, str]


class RunDirectory:
    """One run on disk: `results/<sweep>/<run id>/`.

    Nothing that stands in it is believed unchecked: it may have been garbled, or made by somebody else. Every path in
    it comes from `at`, so that none leads out of it.
    """

    def __init__(self, path: Path) -> None:
        """Refers to a directory; see `create` and `find_run`."""
        self.path = path

    @classmethod
    def create(cls, results: str, sweep: str, manifest: dict[str, Any]) -> "RunDirectory":
        """Makes a fresh directory that no other run has, with the manifest in it.

        Raises:
            UserError: if the sweep has a name that no sweep may have.
            StorageError: if it cannot be made.
        """
        if not names.is_sweep(sweep):
            raise UserError(
                f"{sweep!r}: no name for a sweep; give {names.ALLOWED}, but not {', '.join(names.RESERVED)}"
            )
        while True:
            path = Path(results) / sweep / run_id()
            try:
                path.mkdir(parents=True, exist_ok=False)
                break
            except FileExistsError as error:
                if not path.is_dir():
                    raise StorageError(f"cannot make {path}: {error.strerror}") from error
            except OSError as error:
                raise StorageError(f"cannot make {path}: {error.strerror}") from error
        run = cls(path)
        run.write_json(MANIFEST, {"run": run.name, **manifest})
        return run

    @property
    def name(self) -> str:
        """`<sweep>/<run id>`, as the verbs take it."""
        return f"{self.path.parent.name}/{self.path.name}"

    @property
    def way_on(self) -> str:
        """The command that runs what is missing of it."""
        results = str(self.path.parent.parent)
        where = [] if results == "results" else ["--results", results]
        return shlex.join(["python", "-m", "experiments", "resume", self.name, *where])

    def at(self, *parts: str) -> Path:
        """The path of a file in this directory, or in a folder of it.

        Raises:
            UserError: if a name could lead elsewhere, or something is there that is no file, or no folder, as it should
                be. Nothing is ever removed to make room.
        """
        path = self.path
        for part in parts:
            if part != LOCK and not names.is_file_name(part):
                raise UserError(f"{self.path}: {part!r} is no name for a file of a run; give {names.ALLOWED}")
            is_folder = path == self.path and part in FOLDERS
            path = path / part
            if path.is_symlink() or (path.exists() and not (path.is_dir() if is_folder else path.is_file())):
                away = shlex.join(["mv", str(path), f"{path}.aside"])
                what = "folder" if is_folder else "file"
                raise UserError(f"{path}: is no ordinary {what}, and a run has one there; move it away: {away}")
        return path

    def check_places(self, units: list[str]) -> None:
        """Looks at every place that a run of these units writes to, before anything is measured in vain.

        Raises:
            UserError: if one of them is taken by something that a run has not; all of them are named.
        """
        files: list[tuple[str, ...]] = [("run.log",), (TABLE,), (TABLE_AS_TEXT,), (VERDICTS,)]
        files += [place for unit in units for place in (("parts", f"{unit}.parquet"), ("failures", f"{unit}.json"))]
        problems: list[str] = []
        for place in files:
            try:
                self.at(*place)
            except UserError as error:
                problems += error.problems
        if problems:
            raise UserError(*dict.fromkeys(problems), f"Nothing was run. Then go on with: {self.way_on}")

    def manifest(self) -> dict[str, Any]:
        """What the run was asked to do, and where and with what; every value is of the form that it should be.

        Raises:
            UserError: if there is none, or it is not one of ours.
        """
        path = self.at(MANIFEST)
        if not path.is_file():
            raise UserError(f"{self.path}: no run directory, there is no manifest.json in it")
        try:
            return manifests.read(path)
        except manifests.ManifestError as error:
            raise UserError(f"{self.path}: its manifest.json {error}; run its sweep afresh, and remove it") from error

    def write_json(self, name: str, value: Any) -> None:
        """Writes a JSON file of the run."""
        with atomic(self.at(*name.split("/"))) as path:
            path.write_text(as_json(value))

    def write_part(self, unit: str, claim: str, table: pd.DataFrame, facts: dict[str, Any]) -> None:
        """Keeps the rows of a unit, after which it is done.

        Args:
            unit: its name.
            claim: with its family.
            table: the rows.
            facts: how they were made: seconds, compile_seconds, ensembles and, if the manifest has it, the digest of
                the unit's settings.

        Raises:
            SpoiltError: if a column cannot be kept.
        """
        sealing.write_part(self.at("parts", f"{unit}.parquet"), unit, claim, table, facts)
        self.at("failures", f"{unit}.json").unlink(missing_ok=True)

    def write_failure(self, unit: str, failure: dict[str, Any]) -> None:
        """Records that a unit failed, with its setting and the error."""
        self.write_json(f"failures/{unit}.json", failure)

    def done(self) -> set[str]:
        """The units that have a part, whatever is in it."""
        return {path.stem for path in finished_files(self.at("parts"), "*.parquet") if path.is_file()}

    def parts(self, manifest: dict[str, Any]) -> Parts:
        """All parts, read and held against what a manifest says of its units."""
        fitting, misfits = {}, {}
        family = manifest["settings"]["sweep"]["family"]
        for path in finished_files(self.at("parts"), "*.parquet"):
            unit, about = path.stem, manifest["units"].get(path.stem)
            if about is None:
                misfits[path.name] = "is of no unit of this run, and left out"
                continue
            try:
                claim = f"{family}.{about['claim']}"
                fitting[unit] = sealing.read_part(self.at("parts", path.name), unit, claim, about.get("settings"))
            except UserError:
                misfits[path.name] = "is no ordinary file"
            except SpoiltError as error:
                misfits[path.name] = str(error)
        return Parts(fitting, misfits)

    def misfits(self, manifest: dict[str, Any]) -> list[str]:
        """A sentence for every unit's part that does not fit; nothing for a kept copy, which has none."""
        found = self.parts(manifest).misfits
        return [
            f"{self.path}/parts/{name} {why}" for name, why in found.items() if Path(name).stem in manifest["units"]
        ]

    def failures(self) -> dict[str, dict[str, Any]]:
        """Failed units and what is known of each, the `error` at least."""
        return {path.stem: _failure(path) for path in finished_files(self.at("failures"), "*.json")}

    def write_table(self, manifest: dict[str, Any], parts: dict[str, Part]) -> None:
        """Joins parts to `table.parquet` and `table.csv`, in an order that does not depend on how they came."""
        if not parts:
            return
        rows = [parts[unit].rows for unit in sorted(parts)]
        columns = {part["claim"][0].as_py(): _claim_first(part.column_names) for part in rows if len(part)}
        # Permissive: claims may measure the same column in float32 and in float64; a text for a number is refused.
        table = pa.concat_tables(rows, promote_options="permissive")
        table = table.select(_claim_first(table.column_names))
        # By what was set and measured before the random bits of the keys: neighbours are alike, and compress.
        order = ["claim", *sorted(set(table.column_names) - {"claim", KEY}), *({KEY} & set(table.column_names))]
        table = table.sort_by([(name, "ascending") for name in order])
        sealing.write_table(self.at(TABLE), table, columns, whose(manifest))
        with atomic(self.at(TABLE_AS_TEXT)) as path:
            pa.csv.write_csv(table, path)

    def columns(self) -> dict[str, list[str]]:
        """The columns that the parts of each claim in the table have.

        Raises:
            UserError: if there is no table, or it is not the one of this run.
        """
        manifest = self.manifest()
        with self._explained():
            return sealing.read_columns(self.at(TABLE), whose(manifest), manifests.claims_of(manifest))

    def read_table(self, claim: str) -> pd.DataFrame:
        """The rows of one claim, with the columns that its parts have.

        Raises:
            UserError: if there are none, or the table is not the one that was written.
        """
        columns = self.columns()
        if claim not in columns:
            raise UserError(f"{self.path}: its table.parquet has no rows of {claim}; {self.remedy()}")
        with self._explained():
            return sealing.read_rows(self.at(TABLE), claim, columns[claim]).to_pandas()

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except SpoiltError as error:
            raise UserError(f"{self.path}: its table.parquet {error}; {self.remedy()}") from error

    def remedy(self) -> str:
        """What heals a run with a file that cannot be believed."""
        if self.is_kept():
            return "make the run again and keep it, or fetch the copy again"
        return f"make it again from the parts with: python -m experiments resume {self.name}"

    def read_verdicts(self) -> pd.DataFrame | None:
        """The verdicts, if there are any yet.

        Raises:
            UserError: if they cannot be read, or are not of this run's claims.
        """
        path = self.at(VERDICTS)
        if not path.exists():
            return None
        manifest = self.manifest()
        try:
            found = read_table(path, manifests.claims_of(manifest))
            self._check_whose_verdicts(manifest)
        except ValueError as error:
            raise UserError(f"{self.path}: its verdicts.csv {error}; {self.remedy()}") from error
        return found

    def write_verdicts(self, verdicts: pd.DataFrame) -> None:
        """Keeps the verdicts on the table that is there; from now on every claim has still to be concluded.

        The manifest says first which verdicts and which table belong together: whoever is killed in between leaves a
        run without verdicts, and never one with verdicts that nothing vouches for.

        Args:
            verdicts: as `judging.table.to_table` makes them.

        Raises:
            StorageError: if they cannot be written.
        """
        content = verdicts.to_csv(index=False)
        manifest = self.manifest()
        manifest[CONCLUDED] = {"table": self._seal_of_table(), "verdicts": sealing.digest(content), "claims": {}}
        self.write_json(MANIFEST, manifest)
        with atomic(self.at(VERDICTS)) as path:
            path.write_text(content)

    def conclude_claim(self, claim: str, figures: list[str]) -> None:
        """Records that a claim is judged and all of its figures are there.

        Args:
            claim: its name, without the family's.
            figures: the names of all files of them.

        Raises:
            StorageError: if it cannot be recorded.
        """
        manifest = self.manifest()
        manifest[CONCLUDED]["claims"][claim] = figures
        self.write_json(MANIFEST, manifest)

    def unconcluded(self, manifest: dict[str, Any]) -> list[str]:
        """What is missing of verdicts and figures, a line each; nothing for runs of older code, which do not know."""
        if CONCLUDED not in manifest:
            return []
        concluded = manifest[CONCLUDED]["claims"]
        claims = [name for name in manifest["settings"]["sweep"] if name != "family"]
        lines = [f"{claim} is not judged and drawn to its end" for claim in claims if claim not in concluded]
        files = [name for figures in concluded.values() for name in figures]
        return lines + [f"figures/{name} is missing" for name in files if not self.at("figures", name).is_file()]

    def _check_whose_verdicts(self, manifest: dict[str, Any]) -> None:
        """Holds verdicts against what the manifest says of them; those of older code are believed as they are.

        Raises:
            ValueError: if they are not those that were written, or belong to another table; the text says which.
        """
        if CONCLUDED not in manifest:
            return
        if sealing.digest(self.at(VERDICTS).read_text()) != manifest[CONCLUDED]["verdicts"]:
            raise ValueError("is not the one that was written: it is another run's, or was edited")
        table = self._seal_of_table()
        if table is not None and table != manifest[CONCLUDED]["table"]:
            raise ValueError("holds verdicts on another table than the one that is there")

    def _seal_of_table(self) -> str | None:
        """A name of the table; None where there is none of this run, which is said to whoever reads the table."""
        try:
            self.columns()
        except UserError:
            return None
        return sealing.table_digest(self.at(TABLE))

    def is_kept(self) -> bool:
        """Whether this is the small copy of a finished run, without its parts."""
        return (self.path / VERDICTS).exists() and not (self.path / "parts").exists()

    @contextlib.contextmanager
    def in_use(self) -> Iterator[None]:
        """Holds the run for this process; the system lets go of it when the process ends, however it ends.

        Raises:
            UserError: if another process runs it.
        """
        try:
            with open(self.at(LOCK), "w") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                yield
        except BlockingIOError:
            raise UserError(f"{self.name}: another process runs it just now") from None

    def forget_verdicts(self) -> None:
        """Takes verdicts away before units are added that they do not know: a run without them is not finished."""
        self.at(VERDICTS).unlink(missing_ok=True)

    def remove_leftovers(self) -> None:
        """Removes half-written files that a killed process left behind."""
        for folder in (self.path, *(self.at(name) for name in ("parts", "failures", "figures"))):
            for path in folder.glob(f"{TEMPORARY}*"):
                if LEFT.fullmatch(path.name) and path.is_file() and not path.is_symlink():
                    path.unlink(missing_ok=True)


def whose(manifest: dict[str, Any]) -> dict[str, Any]:
    """What a table says of the run that it is of."""
    return {"run": manifest.get("run"), "units": sealing.digest(manifest["units"])}


def as_json(value: Any) -> str:
    """A file's content."""
    return json.dumps(value, indent=1) + "\n"


def lacking(manifest: dict[str, Any], columns: dict[str, list[str]]) -> list[str]:
    """The claims of a run that have no rows in its table."""
    return sorted(manifests.claims_of(manifest) - set(columns))


def _failure(path: Path) -> dict[str, Any]:
    try:
        found = None if path.is_symlink() else json.loads(path.read_text())
    except (OSError, ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("error"), str):
        return {"error": f"{path} cannot be read; `resume` runs this unit again"}
    return found | {"error": names.printable(found["error"])}


def _claim_first(columns: list[str]) -> list[str]:
    return ["claim", *(name for name in columns if name != "claim")]


def finished_files(folder: Path, pattern: str) -> list[Path]:
    """The files in a folder, by name, without those that are still written."""
    return sorted(path for path in folder.glob(pattern) if names.is_file_name(path.name))
