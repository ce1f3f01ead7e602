"""What a tracker is told of a run, and what it says of an export."""

import dataclasses
import hashlib
import math
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pandas as pd

from experiments import sources
from experiments.errors import UserError
from experiments.judging.table import bearings
from experiments.report import answers, gather, ledger
from experiments.storage import remarks, sealing
from experiments.storage.directory import MANIFEST, TABLE, VERDICTS
from experiments.storage.gathering import finished_files
from experiments.storage.runs import RunDirectory
from experiments.terminal import listing

# What is measured of a verdict.
NUMBERS = ("measured", "low", "high", "samples", "p_value")


class Exported(NamedTuple):
    """What became of an export.

    Attributes:
        was: whether the run was not there before, was there as it is, or was there otherwise and is replaced.
        where: the place, and what to do next, in words.
    """

    was: Literal["new", "unchanged", "replaced"]
    where: str


@dataclasses.dataclass(frozen=True)
class Record:
    """What a run is.

    Attributes:
        name: `<sweep>/<run id>`; the kept copy of a run has the name of that run.
        sweep: the name of its sweep.
        started: when, with the offset from UTC.
        settings: all settings, nested.
        provenance: commit, versions, device, seed and command, as texts by name.
        metrics: numbers by name: `<verdict>/measured`, `low`, `high`, `samples`, `p_value`, and `verdicts/<outcome>`.
            A number that is not finite is no metric: an interval without an end, a quantity without a value.
        words: what people say of it, `remarks/tags` and `remarks/notes`; outcomes, `<verdict>/verdict`; and answers to
            the sentences that they bear on, `answers/<id>/answer` and `finding`, from the verdicts of this run alone.
        files: table, verdicts, manifest and figures, by their path within the run.
    """

    name: str
    sweep: str
    started: str
    settings: dict[str, Any]
    provenance: dict[str, str]
    metrics: dict[str, float]
    words: dict[str, str]
    files: dict[str, Path]

    @property
    def id(self) -> str:
        """Its name as an identifier."""
        return self.name.replace("/", "-")

    @property
    def digest(self) -> str:
        """A digest of all of it, and of the bytes of its files."""
        told = dataclasses.asdict(self) | {"files": {name: _digest(path) for name, path in self.files.items()}}
        return sealing.digest(told)


def of(run: RunDirectory) -> Record:
    """What a finished run is.

    Raises:
        UserError: if it is not finished, or one of its files cannot be believed.
    """
    manifest = run.manifest()
    how_far = listing.state(run, manifest)
    if how_far not in (listing.FINISHED, listing.KEPT):
        raise UserError(
            f"{run.name}: only a finished run is exported, this one has {how_far}; go on with: {run.way_on}"
        )
    run.columns()
    recorded = gather.read(run)
    if recorded.spoilt:
        raise UserError(*recorded.spoilt)
    figures = finished_files(run.at("figures"), "*")
    return Record(
        name=manifest.get("run", run.name),
        sweep=manifest["sweep"],
        started=manifest["started"],
        settings=manifest["settings"],
        provenance=_provenance(manifest),
        metrics=_metrics(recorded.verdicts),
        words=_words(recorded) | _remarks(run),
        files={
            **{name: run.at(name) for name in (MANIFEST, TABLE, VERDICTS)},
            **{f"figures/{path.name}": run.at("figures", path.name) for path in figures},
        },
    )


def _remarks(run: RunDirectory) -> dict[str, str]:
    found = remarks.read(run)
    said = {"tags": ", ".join(found.tags), "notes": "; ".join(one.text for one in found.notes)}
    return {f"remarks/{name}": text for name, text in said.items() if text}


def _provenance(manifest: dict[str, Any]) -> dict[str, str]:
    git = manifest["git"] or {"commit": "no git", "changed": False}
    found = {"commit": git["commit"], "uncommitted changes": git["changed"], "seed": manifest["settings"]["seed"]}
    for what in ("device", "versions", "flags"):
        found |= {f"{what}.{name}": value for name, value in manifest[what].items()}
    return {name: str(value) for name, value in {**found, "command": manifest["command"]}.items()}


def _metrics(verdicts: pd.DataFrame) -> dict[str, float]:
    counts = {f"verdicts/{outcome}": float(count) for outcome, count in ledger.counts(verdicts["verdict"]).items()}
    numbers = {
        f"{row['claim']}/{name}": float(row[name])
        for row in verdicts.to_dict("records")
        for name in NUMBERS
        if name in row and math.isfinite(row[name])
    }
    return counts | numbers


def _words(recorded: gather.Recorded) -> dict[str, str]:
    verdicts = recorded.verdicts
    entries = ledger.make([recorded])
    # A run bears on few of all sentences, and the others have no verdict here that decides.
    touched = {one.sentence for row in verdicts.to_dict("records") for one in bearings(row)}
    given = answers.of_all(entries, [sentence for sentence in sources.sentences() if sentence.id in touched])
    said = {f"answers/{one.sentence.id}": one for one in given if one.deciding is not None}
    return {
        **{f"{row['claim']}/verdict": row["verdict"] for row in verdicts.to_dict("records")},
        **{f"{name}/answer": one.word for name, one in said.items()},
        **{f"{name}/finding": f"{one.headline} {one.remark}".strip() for name, one in said.items()},
    }


def _digest(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()
