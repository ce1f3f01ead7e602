"""A report as a whole, before it is written: runs, ledger, sentences and what is shown of every claim."""

import dataclasses
import functools
from collections import Counter
from collections.abc import Callable

import pandas as pd

from experiments.report import answers, ledger, pictures, sentences
from experiments.report.answers import Answer
from experiments.report.earlier import Earlier, drawn_from
from experiments.report.gather import Recorded, read
from experiments.report.picture import Picture, plain
from experiments.sources import Sentence
from experiments.storage.runs import RunDirectory


@dataclasses.dataclass(frozen=True)
class Report:
    """Everything that pages, tables and figures are made of.

    Attributes:
        runs: as they say of themselves.
        folders: for every run the name of the folder that its figures are in.
        ledger: all verdicts, see `ledger.make`.
        sentences: those of all sources, then those for verdicts that bear on none of them.
        answers: to every sentence of a source.
        shown: for every run its claims.
    """

    runs: list[Recorded]
    folders: list[str]
    ledger: pd.DataFrame
    sentences: list[Sentence]
    answers: list[Answer]
    shown: list[list[pictures.Shown]]


def make(
    runs: list[RunDirectory], done: Callable[[str], None] = lambda name: None, earlier: Earlier | None = None
) -> Report:
    """The report of some runs.

    Args:
        runs: which.
        done: is told the name of each claim when its figures are there.
        earlier: the report in the folder of this one, if there is one.

    Raises:
        UserError: if one of them has no manifest of ours.
    """
    recorded = [read(run) for run in runs]
    there = earlier or Earlier(None)
    places = dict(zip((one.run.name for one in recorded), folder_names(recorded), strict=True))

    def known(one: Recorded, claim: str) -> list[Picture] | None:
        return there.pictures(places[one.run.name], claim, drawn_from(one.run))

    without_figures = functools.cache(lambda: of_recorded(recorded, []))
    shown = pictures.show_all(recorded, done, known, without_figures)
    return dataclasses.replace(without_figures(), shown=shown)


def of_recorded(recorded: list[Recorded], shown: list[list[pictures.Shown]]) -> Report:
    """The report of runs that are read already, with what is shown of their claims."""
    entries = ledger.make(recorded)
    return Report(
        runs=recorded,
        folders=folder_names(recorded),
        ledger=entries,
        sentences=sentences.all_of(entries["places"]),
        answers=answers.of_all(entries),
        shown=shown,
    )


def folder_names(runs: list[Recorded]) -> list[str]:
    """The sweep's name for its only run, else the run's: paths in a paper outlive a new run."""
    sweeps = Counter(plain(one.sweep) for one in runs)
    names = [plain(one.sweep) for one in runs]
    names = [name if sweeps[name] == 1 else plain(one.run.name) for name, one in zip(names, runs, strict=True)]
    return [name if names.count(name) == 1 else f"{name}-{number}" for number, name in enumerate(names, 1)]
