"""What a run keeps: what it has measured, see measured.py, its verdicts, and which of them belong together."""

import contextlib
import csv
import os
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from experiments.errors import UserError
from experiments.storage import manifests, sealing
from experiments.storage.directory import MANIFEST, VERDICTS
from experiments.storage.measured import Measured
from experiments.storage.writing import atomic

if TYPE_CHECKING:  # a list of runs is not to wait for it
    import pandas as pd

# In the manifest: which table and verdicts belong together, and the files of figures by claim.
CONCLUDED = "concluded"


class RunDirectory(Measured):
    """One run on disk, with what it has measured and concluded."""

    def read_verdicts(self) -> "pd.DataFrame | None":
        """The verdicts; None if there are none yet.

        Raises:
            UserError: if they cannot be read, or are not of this run's claims.
        """
        from experiments.judging.table import read_table

        path = self.at(VERDICTS)
        if not path.exists():
            return None
        manifest = self.manifest()
        with self._verdicts_explained():
            found = read_table(path, manifests.claims_of(manifest))
            self._check_verdicts_are_own(manifest)
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
            self._check_verdicts_are_own(manifest)
        with open(path, newline="") as file:
            return dict(Counter(row["verdict"] for row in csv.DictReader(file)))

    def write_verdicts(self, verdicts: "pd.DataFrame") -> None:
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
        """What is missing of verdicts and figures, a line each.

        Runs of older code do not know it, and kept copies have fewer files: they have no line.
        """
        if CONCLUDED not in manifest or self.is_kept():
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

    def _check_verdicts_are_own(self, manifest: dict[str, Any]) -> None:
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
