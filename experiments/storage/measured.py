"""What a run has measured: the parts and the failures of its units, and its table.

A unit is done when its part exists, and a part appears as a whole or not at all. This one mechanism lets a run be
resumed, repeats no work, and keeps tables right after a crash.
"""

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments import house, names
from experiments.errors import StorageError, UserError
from experiments.names import KEY
from experiments.storage import gathering, joining, manifests, one_table
from experiments.storage.bundling import PART, Bundler, in_background
from experiments.storage.directory import TABLE, TABLE_AS_TEXT, Directory
from experiments.storage.gathering import Parts, finished_files
from experiments.storage.joining import identity
from experiments.storage.one_table import About, Rows
from experiments.storage.parts import Part, write_part
from experiments.storage.sealing import SpoiltError

if TYPE_CHECKING:  # a list of runs is not to wait for it
    import pandas as pd


class Measured(Directory):
    """A run on disk with what it has measured. Nothing in it is believed unchecked."""

    bundler: Bundler | None = None

    @contextlib.contextmanager
    def in_use(self) -> Iterator[None]:
        """Locks the run for this process, which bundles parts meanwhile, see bundling.py.

        Raises:
            UserError: if another process has locked it.
        """
        try:
            with super().in_use(), in_background(self.at("parts")) as self.bundler:
                yield
        finally:
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

    def write_part(self, unit: str, claim: str, table: "pd.DataFrame", facts: dict[str, Any]) -> None:
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

    def take_part(self, unit: str, path: Path) -> None:
        """Gives a file that `parts.write_part` has written its place among the parts: from now on its unit is done.

        Raises:
            StorageError: if it cannot be moved there.
        """
        place = self.at("parts", f"{unit}{PART}")
        try:
            os.replace(path, place)
        except OSError as error:
            raise StorageError(f"cannot write {place}: {error.strerror}") from error
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
        with self.explained():
            return one_table.read_about(self.at(TABLE), identity(manifest), manifests.claims_of(manifest))

    def check_large_table(self) -> None:
        """Compares a large table with its seal, so that its rows may be read in any way; small ones are not looked at.

        Raises:
            UserError: if it is not the one that was written.
        """
        with self.explained():
            one_table.check_large(self.at(TABLE))

    def rows(self, claim: str) -> Rows:
        """The rows of one claim, compared with the seal of the table; their columns are read when they are asked for.

        Raises:
            UserError: if there are no such rows, or the table is not the one that was written.
        """
        columns = self.columns()
        if claim not in columns:
            raise UserError(f"{self.path}: its table.parquet has no rows of {claim}; {self.remedy()}")
        with self.explained():
            return Rows(self.at(TABLE), claim, columns[claim])

    def read_table(self, claim: str, keys: bool = True) -> "pd.DataFrame":
        """The rows of one claim, with the columns that its parts have.

        Args:
            claim: its name, with the family.
            keys: whether to read the random keys of the rows. A rule or a figure never needs them, for they are not in
                the small copy of a run; and they take a third of the memory.

        Raises:
            UserError: if there are no such rows, or the table is not the one that was written.
        """
        rows = self.rows(claim)
        with self.explained():
            return rows.frame([name for name in rows.columns if keys or name != KEY])

    def write_table(self, manifest: dict[str, Any], parts: dict[str, Part]) -> None:
        """Joins parts to `table.parquet` and `table.csv`. Their order does not depend on the order of the parts.

        Raises:
            StorageError: if they cannot be written, or a part cannot be read any more.
        """
        if not parts:
            return
        try:
            joining.write_table(self.at(TABLE), self.at(TABLE_AS_TEXT), manifest, parts)
        except SpoiltError as error:
            raise StorageError(f"{self.path}/parts: what was whole a moment ago {error}") from error

    @contextlib.contextmanager
    def explained(self) -> Iterator[None]:
        """Within the block, a table that is not what it should be is an error of the user, who is told what to do."""
        try:
            yield
        except SpoiltError as error:
            raise UserError(f"{self.path}: its table.parquet {error}; {self.remedy()}") from error

    def remedy(self) -> str:
        """What to do about a run with a file that cannot be believed."""
        if self.is_kept():
            return "make the run again and keep it, or fetch the copy again"
        return f"make it again from the parts with: {house.command('resume', self.name)}"


def _failure(path: Path) -> dict[str, Any]:
    try:
        found = None if path.is_symlink() else json.loads(path.read_text())
    except (OSError, ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("error"), str):
        return {"error": f"{path} cannot be read; `resume` runs this unit again"}
    return found | {"error": names.printable(found["error"])}
