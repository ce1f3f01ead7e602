"""A small copy of a finished run, for a repository: what is needed to read, judge and draw it again."""

import re
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa

from experiments.errors import UserError
from experiments.names import KEY
from experiments.storage import one_table
from experiments.storage.directory import MANIFEST, TABLE, VERDICTS, as_json
from experiments.storage.gathering import finished_files
from experiments.storage.joining import identity
from experiments.storage.runs import CONCLUDED, RunDirectory, lacking
from experiments.storage.writing import replacing

# The files of figures that are copied; PDFs are drawn again from the table.
KEPT_FIGURES = (".png", ".csv")
# Where a run was written, as a word of its command; a word with spaces is quoted as a whole.
PLACE = re.compile(r""" (?:'results=[^']*'|"results=[^"]*"|results=\S+)""")


def keep_in(run: RunDirectory, folder: Path) -> None:
    """Replaces a folder by a small copy of a finished run: what is needed to read, judge and draw it again.

    The copy has no parts, no table as text and no figures as PDF: all of these are in the table or follow from it. It
    has no keys either: the random bits of a row follow from its setting and seed, and do not compress.

    Raises:
        UserError: if the run is not complete, or the folder holds anything but such a copy of the same sweep.
        StorageError: if the copy cannot be written.
    """
    manifest, columns = run.manifest(), run.columns()
    problems = run.misfits(manifest)
    problems += [f"{run.path}: its table.parquet has no rows of {one}" for one in lacking(manifest, columns)]
    if run.read_verdicts() is None:
        problems.append(f"{run.path}: it has no verdicts")
    if problems:
        raise UserError(*problems, f"{run.name}: not kept, because it is not whole; {run.remedy()}")
    _refuse_foreign(folder, manifest["sweep"])
    for claim in columns:
        run.rows(claim)  # compares them with their seal
    names = [name for name in pa.parquet.read_schema(run.at(TABLE)).names if name != KEY]
    table = pa.parquet.read_table(run.at(TABLE), columns=names, partitioning=None)
    columns = {claim: [name for name in own if name != KEY] for claim, own in columns.items()}
    figures = [path for path in finished_files(run.at("figures"), "*") if path.suffix in KEPT_FIGURES]
    with replacing(folder) as staging:
        (staging / "figures").mkdir()
        shutil.copyfile(run.at(VERDICTS), staging / VERDICTS)
        for path in figures:
            shutil.copyfile(run.at("figures", path.name), staging / "figures" / path.name)
        one_table.write_small(staging / TABLE, table, columns, identity(manifest))
        if CONCLUDED in manifest:
            manifest[CONCLUDED]["table"] = one_table.table_digest(staging / TABLE)
        (staging / MANIFEST).write_text(as_json(without_place(manifest)))


def without_place(manifest: dict[str, Any]) -> dict[str, Any]:
    """A manifest that does not say in which folder the run was written: that is nobody else's, and decides nothing."""
    overrides = [one for one in manifest["overrides"] if not one.lstrip("+").startswith("results=")]
    settings = {name: value for name, value in manifest["settings"].items() if name != "results"}
    return manifest | {"command": PLACE.sub("", manifest["command"]), "overrides": overrides, "settings": settings}


def _refuse_foreign(folder: Path, sweep: str) -> None:
    """A kept copy replaces an older one of its sweep, and nothing else.

    Raises:
        UserError: if the folder holds anything else.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise UserError(f"{folder}: is no folder; move it away, and keep the run again")
    inside = [path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()]
    if not inside:
        return
    known = {folder / name for name in (MANIFEST, TABLE, VERDICTS)}
    foreign = [
        path
        for path in inside
        if path not in known and (path.parent, path.suffix in KEPT_FIGURES) != (folder / "figures", True)
    ]
    if foreign:
        raise UserError(f"{foreign[0]}: `keep` did not make this, and would remove it; move it away, and keep again")
    there = RunDirectory(folder).manifest()["sweep"]
    if there != sweep:
        raise UserError(f"{folder}: holds a run of the sweep {there}, not of {sweep}; move it away, and keep again")
