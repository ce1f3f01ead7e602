"""The list of runs, and how far each of them is."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from experiments import names
from experiments.errors import UserError
from experiments.storage.directory import VERDICTS
from experiments.storage.runs import RunDirectory

FINISHED = "finished"
# All units are done and there are verdicts, but a claim could not be judged, or not all of its figures were drawn.
UNCONCLUDED = "not all judged and drawn"
KEPT = "kept"
STYLES = {"supported": "green", "contradicted": "red", "inconclusive": "yellow"}


def state(run: RunDirectory, manifest: dict[str, Any]) -> str:
    """The progress of a run, in words."""
    if run.is_kept():
        return KEPT
    done, units = len(run.done() & set(manifest["units"])), len(manifest["units"])
    failed = len(run.failures())
    if done == units and (run.path / VERDICTS).exists():
        return UNCONCLUDED if run.unconcluded(manifest) else FINISHED
    return f"{done} of {units} units" + (f", {failed} failed" if failed else "")


def runs(found: list[RunDirectory], console: Console) -> None:
    """Shows one row for every run."""
    table = Table(box=None, pad_edge=False)
    add_whole(table, "run", [run.name for run in found])
    for heading in ("scale", "state", "device"):
        table.add_column(heading, overflow="fold")
    # Wide enough for the longest outcome with its comma, so that no word is cut.
    table.add_column("verdicts", min_width=max(map(len, STYLES)) + len(","), overflow="fold")
    unreadable: list[str] = []
    for run in found:
        try:
            manifest = run.manifest()
            counts, how_far = run.outcomes(manifest) or {}, state(run, manifest)
        except UserError as error:
            table.add_row(escape(names.printable(run.name)), "", "[red]unreadable[/]", "", "")
            unreadable += error.problems
            continue
        summary = ", ".join(f"[{STYLES[name]}]{counts[name]} {name}[/]" for name in STYLES if name in counts)
        device = manifest["device"]
        table.add_row(
            escape(run.name),
            manifest["settings"]["scale"],
            how_far,
            escape(f"{device['count']} x {device['platform']}"),
            summary or "none yet",
        )
    console.print(table, crop=False)
    for problem in unreadable:
        console.print(names.printable(problem), style="red", markup=False, highlight=False, soft_wrap=True)


def add_whole(table: Table, heading: str, words: Iterable[str]) -> None:
    """Adds a column that is never cut: a narrow terminal breaks the line, so that a name can be copied whole."""
    table.add_column(heading, no_wrap=True, min_width=max(map(len, (heading, *words))))
