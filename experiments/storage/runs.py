"""What a run keeps: parts and failures of its units, its table and its verdicts, and which of these belong together.

A unit is done when its part exists, and a part appears as a whole or not at all. This one mechanism lets a run be
resumed, repeats no work, and keeps tables right after a crash.
"""

import contextlib
import csv
import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from experiments import names
from experiments.errors import UserError
from experiments.judging.table import read_table
from experiments.plan import KEY
from experiments.storage import gathering, joining, manifests, one_table, sealing
from experiments.storage.bundling import PART, Bundler, in_background
from experiments.storage.directory import MANIFEST, TABLE, TABLE_AS_TEXT, VERDICTS, Directory
from experiments.storage.gathering import Parts, finished_files
from experiments.storage.joining import whose
from experiments.storage.one_table import About, Rows
from experiments.storage.parts import Part, write_part
from experiments.storage.sealing import SpoiltError
from experiments.storage.writing import atomic

# In the manifest: which table and verdicts belong together, and the files of figures by claim.
CONCLUDED = "concluded"


class RunDirectory(Directory):
    """One run on disk, with what it has measured and concluded. Nothing in it is believed unchecked."""

    bundler: Bundler | None = None

    @contextlib.contextmanager
    def in_use(self) -> Iterator[None]:
        """Locks the run for this process, which bundles parts meanwhile, see bundling.py.

        Raises:
            UserError: if another process has locked it.
        """
        with super().in_use(), in_background(self.at("parts")) as self.bundler:
            yield
        self.bundler = None

    def done(self) -> set[str]:
        """The units that have a part, whether or not it can be read."""
        return gathering.done(self)

    def parts(self, manifest: dict[str, Any]) -> Parts:
        """All parts, compared with their seals and with what a manifest says of its units."""
        if self.bundler is not None:
            self.bundler.wait()
        return gathering.gathered(self, manifest)

    def misfits(self, manifest: dict[str, Any]) -> list[str]:
        """A sentence for each unit's part that is not what it should be. A kept copy has no parts, so no sentence."""
        return self.misfits_of(self.parts(manifest), manifest)

    def misfits_of(self, parts: Parts, manifest: dict[str, Any]) -> list[str]:
        """The same of parts that have been read."""
        return [f"{self.path}/parts/{name} {why}" for name, why in gathering.spoilt(parts, manifest).items()]

    def write_part(self, unit: str, claim: str, table: pd.DataFrame, facts: dict[str, Any]) -> None:
        """Writes the rows of a unit: from now on it is done.

        Args:
            unit: its name.
            claim: its claim, with the family.
            table: the rows.
            facts: how they were made: seconds, compile_seconds, ensembles and, if the manifest has it, the digest of
                the unit's settings.

        Raises:
            SpoiltError: if a column holds values that cannot be stored.
        """
        write_part(self.at("parts", f"{unit}{PART}"), unit, claim, table, facts)
        self.note(unit)

    def note(self, unit: str) -> None:
        """Takes note that the part of a unit is there, whoever wrote it: it has not failed, and may be bundled."""
        self.at("failures", f"{unit}.json").unlink(missing_ok=True)
        if self.bundler is not None:
            self.bundler.note()

    def failures(self) -> dict[str, dict[str, Any]]:
        """The failed units, and what is known of each: at least its `error`."""
        return {path.stem: _failure(path) for path in finished_files(self.at("failures"), "*.json")}

    def write_failure(self, unit: str, failure: dict[str, Any]) -> None:
        """Records that a unit failed, with its cells and the error."""
        self.write_json(f"failures/{unit}.json", failure)

    def columns(self) -> dict[str, list[str]]:
        """The columns of each claim in the table: those that its parts have.

        Raises:
            UserError: if there is no table, or it is not the table of this run.
        """
        return self._about(self.manifest()).columns

    def _about(self, manifest: dict[str, Any]) -> About:
        with self._explained():
            return one_table.read_about(self.at(TABLE), whose(manifest), manifests.claims_of(manifest))

    def rows(self, claim: str) -> Rows:
        """The rows of one claim, compared with the seal of the table; their columns are read when they are asked for.

        Raises:
            UserError: if there are no such rows, or the table is not the one that was written.
        """
        columns = self.columns()
        if claim not in columns:
            raise UserError(f"{self.path}: its table.parquet has no rows of {claim}; {self.remedy()}")
        with self._explained():
            return Rows(self.at(TABLE), claim, columns[claim])

    def read_table(self, claim: str, keys: bool = True) -> pd.DataFrame:
        """The rows of one claim, with the columns that its parts have.

        Args:
            claim: its name, with the family.
            keys: whether to read the random keys of the rows. A rule or a figure never needs them, for they are not in
                the small copy of a run; and they take a third of the memory.

        Raises:
            UserError: if there are no such rows, or the table is not the one that was written.
        """
        rows = self.rows(claim)
        with self._explained():
            return rows.frame([name for name in rows.columns if keys or name != KEY])

    def write_table(self, manifest: dict[str, Any], parts: dict[str, Part]) -> None:
        """Joins parts to `table.parquet` and `table.csv`. Their order does not depend on the order of the parts."""
        if parts:
            joining.write_table(self.at(TABLE), self.at(TABLE_AS_TEXT), manifest, parts)

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except SpoiltError as error:
            raise UserError(f"{self.path}: its table.parquet {error}; {self.remedy()}") from error

    def remedy(self) -> str:
        """What to do about a run with a file that cannot be believed."""
        if self.is_kept():
            return "make the run again and keep it, or fetch the copy again"
        return f"make it again from the parts with: python -m experiments resume {self.name}"

    def read_verdicts(self) -> pd.DataFrame | None:
        """The verdicts; None if there are none yet.

        Raises:
            UserError: if they cannot be read, or are not of this run's claims.
        """
        path = self.at(VERDICTS)
        if not path.exists():
            return None
        manifest = self.manifest()
        with self._verdicts_explained():
            found = read_table(path, manifests.claims_of(manifest))
            self._check_whose_verdicts(manifest)
        return found

    @contextlib.contextmanager
    def _verdicts_explained(self) -> Iterator[None]:
        try:
            yield
        except ValueError as error:
            raise UserError(f"{self.path}: its verdicts.csv {error}; {self.remedy()}") from error

    def outcomes(self, manifest: dict[str, Any]) -> dict[str, int] | None:
        """How many verdicts there are of each outcome; None if there are none yet.

        Where the manifest says that they are those that were written, they are counted and not checked again.

        Args:
            manifest: of this run.

        Raises:
            UserError: if they cannot be read, or are not of this run's claims.
        """
        path = self.at(VERDICTS)
        if not path.exists() or CONCLUDED not in manifest:
            found = self.read_verdicts()
            return None if found is None else found["verdict"].value_counts().to_dict()
        with self._verdicts_explained():
            self._check_whose_verdicts(manifest)
        with open(path, newline="") as file:
            return dict(Counter(row["verdict"] for row in csv.DictReader(file)))

    def write_verdicts(self, verdicts: pd.DataFrame) -> None:
        """Writes the verdicts on the present table. `conclude_claim` then records each claim that is finished.

        The manifest is written first, and says which verdicts and which table belong together. A process that is killed
        in between leaves a run without verdicts, and never one with verdicts that the manifest does not know.

        Args:
            verdicts: as `judging.table.to_table` makes them.

        Raises:
            StorageError: if they cannot be written.
        """
        content = verdicts.to_csv(index=False)
        manifest = self.manifest()
        manifest[CONCLUDED] = {
            "table": self._seal_of_table(manifest),
            "verdicts": sealing.digest(content),
            "claims": {},
        }
        self.write_json(MANIFEST, manifest)
        with atomic(self.at(VERDICTS)) as path:
            path.write_text(content)

    def forget_verdicts(self) -> None:
        """Removes the verdicts before new units are run: a run without verdicts is not finished."""
        self.at(VERDICTS).unlink(missing_ok=True)

    def conclude_claim(self, claim: str, figures: list[str]) -> None:
        """Records that a claim is judged, and that all of its figures are written.

        Args:
            claim: its name, without the family.
            figures: the names of all files of its figures.

        Raises:
            StorageError: if it cannot be recorded.
        """
        manifest = self.manifest()
        manifest[CONCLUDED]["claims"][claim] = figures
        self.write_json(MANIFEST, manifest)

    def unconcluded(self, manifest: dict[str, Any]) -> list[str]:
        """What is missing of verdicts and figures, a line each. Runs of older code do not know it, and have no line."""
        if CONCLUDED not in manifest:
            return []
        concluded = manifest[CONCLUDED]["claims"]
        claims = [name for name in manifest["settings"]["sweep"] if name != "family"]
        lines = [f"{claim} is not judged and drawn to its end" for claim in claims if claim not in concluded]
        folder = self.at("figures")
        # A folder is looked through once: it has hundreds of files.
        there = (
            {one.name for one in os.scandir(folder) if one.is_file(follow_symlinks=False)} if folder.exists() else ()
        )
        missing = [name for figures in concluded.values() for name in figures if name not in there]
        return lines + [f"figures/{name} is missing" for name in missing if not self.at("figures", name).is_file()]

    def _check_whose_verdicts(self, manifest: dict[str, Any]) -> None:
        """Compares verdicts with what the manifest says of them. Those of older code are believed as they are.

        Raises:
            ValueError: if they are not those that were written, or belong to another table; the text says which.
        """
        if CONCLUDED not in manifest:
            return
        if sealing.digest(self.at(VERDICTS).read_text()) != manifest[CONCLUDED]["verdicts"]:
            raise ValueError("is not the one that was written: it is another run's, or was edited")
        table = self._seal_of_table(manifest)
        if table is not None and table != manifest[CONCLUDED]["table"]:
            raise ValueError("holds verdicts on another table than the one that is there")

    def _seal_of_table(self, manifest: dict[str, Any]) -> str | None:
        """A digest of the table; None where this run has none. Reading the table says why."""
        try:
            return self._about(manifest).digest
        except UserError:
            return None


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
