"""The directory of one run: its name, the places in it, its manifest, and the lock of the process that runs it."""

import contextlib
import fcntl
import json
import os
import secrets
import shlex
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

from experiments import house, names
from experiments.errors import StorageError, UserError
from experiments.storage import manifests
from experiments.storage.writing import LEFT, TEMPORARY, atomic

LOCK = ".lock"
MANIFEST = "manifest.json"
TABLE = "table.parquet"
TABLE_AS_TEXT = "table.csv"
VERDICTS = "verdicts.csv"
# The folder of kept copies among the folders of sweeps.
REFERENCE = "reference"
# The folders of a run. All else that is directly in its directory is a file.
FOLDERS = ("parts", "failures", "figures")


def run_id() -> str:
    """A name for a run that starts now. Its time is UTC, so that names sort by age wherever they were made."""
    return f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{secrets.token_hex(2)}"


class Directory:
    """The directory `results/<sweep>/<run id>/` of one run.

    Its files may be damaged, or made by somebody else, so each is checked when it is read. Every path in it comes from
    `at`, so that no path leads out of it.
    """

    def __init__(self, path: Path) -> None:
        """Refers to a directory that is there; `create` makes a new one, and `find_run` finds one by its name."""
        self.path = path

    @classmethod
    def create(cls, results: str, sweep: str, manifest: dict[str, Any]) -> Self:
        """Makes a new directory with the manifest in it.

        Raises:
            UserError: if no sweep may have this name.
            StorageError: if the directory cannot be made.
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
        """The command that runs the units which are missing."""
        return self.command("resume", self.name)

    def command(self, *words: str) -> str:
        """A command about this run as a person types it, with the folder of results where it is not the usual one."""
        results = str(self.path.parent.parent)
        where = [] if results == "results" else ["--results", results]
        return house.command(*words, *where)

    def at(self, *parts: str) -> Path:
        """The path of a file in this directory, or in a folder of it.

        Raises:
            UserError: if a name could lead out of the directory, or if there is anything but an ordinary file or folder
                in that place. It is never removed to make room.
        """
        path = self.path
        for part in parts:
            if part != LOCK and not names.is_file_name(part):
                raise UserError(f"{self.path}: {part!r} is no name for a file of a run; give {names.ALLOWED}")
            is_folder = path == self.path and part in FOLDERS
            path = path / part
            if not _is_free_for(path, stat.S_ISDIR if is_folder else stat.S_ISREG):
                away = shlex.join(["mv", str(path), f"{path}.aside"])
                what = "folder" if is_folder else "file"
                raise UserError(f"{path}: is no ordinary {what}, and a run has one there; move it away: {away}")
        return path

    def check_places(self, units: list[str]) -> None:
        """Checks every place that a run of these units writes to, so that nothing is measured in vain.

        Raises:
            UserError: naming every place that is taken by anything but an ordinary file.
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
        """What the run was asked to do, and the circumstances; every value has the form that it should have.

        Raises:
            UserError: if there is no manifest, or it is not one of this harness.
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

    def is_reference(self) -> bool:
        """Whether this is a copy that was kept for others, which nothing here may change."""
        return self.is_kept() or self.path.resolve().parent.name == REFERENCE

    def is_kept(self) -> bool:
        """Whether this is the small copy of a finished run, which has no parts.

        A run of which every unit has failed has no parts either.
        """
        return (self.path / VERDICTS).exists() and not any((self.path / one).exists() for one in ("parts", "failures"))

    @contextlib.contextmanager
    def in_use(self) -> Iterator[None]:
        """Locks the run for this process. The operating system frees it when the process ends, also when it is killed.

        Raises:
            UserError: if another process has locked it.
        """
        try:
            with open(self.at(LOCK), "w") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                yield
        except BlockingIOError:
            raise UserError(f"{self.name}: another process runs it just now") from None

    def is_in_use(self) -> bool:
        """Whether a process runs it just now."""
        try:
            with open(self.at(LOCK)) as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                return False
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True

    def remove_leftovers(self) -> None:
        """Removes half-written files of a process that was killed."""
        for folder in (self.path, *(self.at(name) for name in ("parts", "failures", "figures"))):
            for path in folder.glob(f"{TEMPORARY}*"):
                if LEFT.fullmatch(path.name) and path.is_file() and not path.is_symlink():
                    path.unlink(missing_ok=True)


def _is_free_for(path: Path, kind: Callable[[int], bool]) -> bool:
    """Whether there is nothing in a place, or something of this kind, and no link to it."""
    try:
        return kind(os.lstat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return True


def as_json(value: Any) -> str:
    """The content of a JSON file."""
    return json.dumps(value, indent=1) + "\n"
