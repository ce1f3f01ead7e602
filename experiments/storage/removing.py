"""Runs are removed with all that they measured: no reference, no run in progress, and no file that is not theirs."""

import os
import secrets
import shutil
from pathlib import Path
from typing import NamedTuple

from experiments import names
from experiments.errors import StorageError, UserError
from experiments.storage import remarks
from experiments.storage.directory import FOLDERS, LOCK, MANIFEST, TABLE, TABLE_AS_TEXT, VERDICTS, Directory
from experiments.storage.finding import find_runs, installed_reference, some_of
from experiments.storage.runs import RunDirectory
from experiments.storage.writing import LEFT, TEMPORARY, mend

# The files that are directly in the directory of a run.
FILES = (MANIFEST, TABLE, TABLE_AS_TEXT, VERDICTS, remarks.REMARKS, LOCK, "run.log")


class Removal(NamedTuple):
    """What goes with a run: its files, and the bytes that they take."""

    run: RunDirectory
    files: int
    size: int


def exactly(name: str, results: str) -> RunDirectory:
    """The run with a whole name: `<sweep>/<run id>`, its run id, or its path.

    The name of a sweep means its newest run elsewhere; nothing is removed by such a name.

    Raises:
        UserError: if there is no such run.
    """
    runs = find_runs(results)
    found = [run for run in runs if name == run.name or (name == run.path.name and not run.is_reference())]
    found = found or [run for run in runs if Path(name).resolve() == run.path.resolve()]
    if len(found) != 1:
        known = [run.name for run in runs if not run.is_reference()]
        raise UserError(
            f"{name}: no such run below {results}/; give its whole name, because nothing is removed by another. "
            f"There are: {some_of(known[::-1])}"
        )
    return found[0]


def planned(run: RunDirectory) -> Removal:
    """What would go with a run.

    Raises:
        UserError: if it is a reference, is in progress, is no run of ours, or holds files that no run writes.
    """
    if run.is_reference() and not _covers_another(run):
        raise UserError(f"{run.name}: a reference is not removed")
    if run.path.is_symlink() or run.path.parent.is_symlink():
        raise UserError(f"{run.path}: is a link; remove the run where it is")
    run.manifest()
    if run.is_in_use():
        raise UserError(f"{run.name}: another process runs it just now; end that with Ctrl-C first")
    files = [path for path in run.path.rglob("*") if path.is_symlink() or not path.is_dir()]
    folders = [path for path in run.path.rglob("*") if path not in files]
    foreign = [path for path in files if not _is_of_a_run(path, run)]
    foreign += [path for path in folders if path.relative_to(run.path).as_posix() not in FOLDERS]
    if foreign:
        raise UserError(f"{foreign[0]}: no run writes this, and it would be lost; move it away first")
    return Removal(run, len(files), sum(path.stat().st_size for path in files))


def _covers_another(run: RunDirectory) -> bool:
    """Whether a reference was kept here in front of one that was installed, which answers again without it."""
    installed = installed_reference(run.path.name)
    return installed is not None and run.path.resolve() != installed.path.resolve()


def remove(run: RunDirectory) -> None:
    """Removes a run that `planned` has allowed. It goes at once, whatever moment this process is killed at.

    Raises:
        UserError: if another process has begun to run it.
        StorageError: if it cannot be removed.
    """
    parent = run.path.parent
    gone = parent / f"{TEMPORARY}{secrets.token_hex(4)}-{run.path.name}"
    try:
        # The lock of a directory alone: that of a run that is measured would bundle its parts.
        with Directory(run.path).in_use():
            os.replace(run.path, gone)
            shutil.rmtree(gone)
        # What a process was killed at is no run any more, and goes too.
        mend(parent)
        if not any(parent.iterdir()):
            parent.rmdir()
    except OSError as error:
        raise StorageError(f"cannot remove {run.path}: {error.strerror or error}") from error


def _is_of_a_run(path: Path, run: RunDirectory) -> bool:
    """Whether a file is one that a run writes, or leaves half-written when it is killed."""
    if path.is_symlink() or not path.is_file():
        return False
    is_left = LEFT.fullmatch(path.name) is not None
    if path.parent == run.path:
        return path.name in FILES or is_left
    return path.parent.parent == run.path and path.parent.name in FOLDERS and (names.is_file_name(path.name) or is_left)
