"""Runs as objects: what was asked, what was measured, what was concluded."""

from pathlib import Path
from typing import Any

import pandas as pd

from experiments.errors import UserError, nearest
from experiments.interface import display
from experiments.interface.figures import Figures
from experiments.interface.named import Named
from experiments.interface.speaking import warn_of, way_on
from experiments.interface.verdicts import Verdicts
from experiments.judging.table import to_table
from experiments.storage import tables
from experiments.storage.finding import find_run, find_runs, runs_with_rows
from experiments.storage.runs import RunDirectory
from experiments.terminal import listing

# States of a run in which nothing is missing.
COMPLETE = (listing.FINISHED, listing.KEPT)
# Figures that a run shows; a page with all of a large sweep would take megabytes.
MOST_SHOWN = 6


class Run:
    """One run on disk. A notebook shows its state, its verdicts and its figures.

    Attributes:
        directory: its folder, as the harness reads it.
    """

    def __init__(self, directory: RunDirectory) -> None:
        self.directory = directory

    @property
    def name(self) -> str:
        """`<sweep>/<run id>`, as all verbs of the command line take it."""
        return self.directory.name

    @property
    def path(self) -> Path:
        """Its folder."""
        return self.directory.path

    @property
    def manifest(self) -> dict[str, Any]:
        """What it was asked to do, and all circumstances: settings, versions, device, commit, command line."""
        return self.directory.manifest()

    @property
    def claims(self) -> list[str]:
        """The names of its claims, without their family."""
        return [name for name in self.manifest["settings"]["sweep"] if name != "family"]

    @property
    def state(self) -> str:
        """How far it is: finished, kept, or how many units are done or failed."""
        return listing.state(self.directory, self.manifest)

    def table(self, claim: str | None = None) -> pd.DataFrame:
        """The rows of one claim: one for each cell, usually a trained network.

        Args:
            claim: its name, with or without its family; none is needed where the run has one claim.

        Raises:
            UserError: if there are no rows of such a claim.
        """
        family, known = self.manifest["settings"]["sweep"]["family"], self.claims
        claim = known[0] if claim is None and len(known) == 1 else claim
        if claim is None:
            raise UserError(f"{self.name} has several claims, and each has a table of its own; {nearest('', known)}")
        short = claim.removeprefix(f"{family}.")
        if short not in known:
            raise UserError(f"{claim}: {self.name} has no such claim; {nearest(short, known)}")
        return self.directory.read_table(f"{family}.{short}", keys=False)

    @property
    def verdicts(self) -> Verdicts:
        """Its verdicts; none if it has not come so far."""
        found = self.directory.read_verdicts()
        return Verdicts(to_table([]) if found is None else found)

    @property
    def figures(self) -> Figures:
        """Its figures by their names."""
        return Figures(self.directory)

    @property
    def failures(self) -> dict[str, str]:
        """The units that failed, each with its error."""
        return {unit: str(failure["error"]) for unit, failure in self.directory.failures().items()}

    def __repr__(self) -> str:
        """The run in a line."""
        found = ", ".join(f"{number} {outcome}" for outcome, number in self.verdicts.counts.items())
        return f"{self.name}: {self.state}; {found or 'no verdicts yet'}"

    def _repr_html_(self) -> str:
        parts = {"run": f"{self.name} ({self.state})", "made by": self.manifest["command"]}
        rows = [(name, display.text(words)) for name, words in parts.items()]
        for unit, error in self.failures.items():
            rows.append(("failed", display.text(f"{unit}: {error.strip().splitlines()[-1]}")))
        rows += [("to go on", display.text(way_on(self.directory)))] if self.state not in COMPLETE else []
        figures = self.figures
        many = display.text(f"{figures!r}; show one with .figures[NAME], or all with .figures")
        shown = figures._repr_html_() if len(figures) <= MOST_SHOWN else f"<p>{many}</p>"
        return display.pairs(rows) + self.verdicts._repr_html_() + shown


class Runs(Named[Run]):
    """Several runs by number or name, oldest first, then those that are kept. A notebook shows a line for each."""

    what = "run"

    def __init__(self, found: list[Run]) -> None:
        super().__init__(found, [one.name for one in found])

    def __repr__(self) -> str:
        """One of them in a line."""
        return "\n".join(f"{name}: {'; '.join(facts)}" for name, *facts in map(_line, self)) or "no runs yet"

    def _repr_html_(self) -> str:
        rows = [[display.text(word) for word in _line(one)] for one in self]
        return display.listing(("run", "scale", "state", "verdicts"), rows)


def find(name: str, results: str = "results") -> Run:
    """The run with a name: a path, `<sweep>/<run id>`, the beginning of a run id, or a sweep for its newest run.

    The kept runs, which the published answers come from, are `reference/<sweep>`.

    Args:
        name: the name.
        results: the folder of the runs.

    Raises:
        UserError: if there is no such run, or more than one.
    """
    run = Run(find_run(name, results))
    run.directory.manifest()
    return run


def runs(sweep: str | None = None, results: str = "results") -> Runs:
    """All runs, as `list` shows them.

    Args:
        sweep: only runs of this sweep, and what is kept of it.
        results: the folder of the runs.
    """
    found = find_runs(results)
    mine = [run for run in found if sweep in (None, run.path.parent.name, run.path.name)]
    return Runs([Run(run) for run in mine])


def table(sweep: str, claim: str, results: str = "results") -> pd.DataFrame:
    """The rows of a claim in all runs of a sweep, as the verb `table` joins them; the column `run` names the run.

    Args:
        sweep: the sweep.
        claim: the claim, with or without its family, such as trained-width.
        results: the folder of the runs.

    Raises:
        UserError: if there are no such rows.
    """
    chosen, unreadable = runs_with_rows(sweep, results)
    warn_of(unreadable)
    return tables.selected(chosen, claim).frame()


def _line(run: Run) -> tuple[str, str, str, str]:
    """What a list says of a run: name, scale, state and verdicts; of a run that cannot be read, why."""
    try:
        manifest = run.manifest
        counts = run.directory.outcomes(manifest) or {}
        words = ", ".join(f"{number} {outcome}" for outcome, number in counts.items()) or "none yet"
        return run.name, str(manifest["settings"]["scale"]), run.state, words
    except UserError as error:
        return run.name, "", f"unreadable: {error}", ""
