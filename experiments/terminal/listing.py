"""The list of runs, and how far each of them is."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from experiments import names
from experiments.errors import UserError, amount
from experiments.storage import manifests, remarks
from experiments.storage.directory import VERDICTS
from experiments.storage.filters import Facts, Wanted
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
    return f"{done} of {amount(units, 'unit')}" + (f", {failed} failed" if failed else "")


def runs(found: list[RunDirectory], console: Console, wanted: Wanted | None = None) -> None:
    """Shows one row for every run, or for every one that is wanted. What cannot be read is named below them."""
    rows, unreadable = list[tuple[str, ...]](), list[str]()
    for run in found:
        try:
            row, facts = _row(run, unreadable)
        except UserError as error:
            unreadable += error.problems
            row, facts = (names.printable(run.name), "", "", "[red]unreadable[/]", "", "", ""), None
        # Nobody knows whether an unreadable run is wanted.
        if wanted is None or (facts is not None and wanted(facts)):
            rows.append(row)
    console.print(_table(rows), crop=False)
    if wanted is not None:
        console.print(f"{len(rows)} of {amount(len(found), 'run')}", highlight=False)
    for problem in unreadable:
        console.print(names.printable(problem), style="red", markup=False, highlight=False, soft_wrap=True)


def _table(rows: list[tuple[str, ...]]) -> Table:
    table = Table(box=None, pad_edge=False)
    headings = ("run", "scale", "seed", "state", "device", "tags", "verdicts")
    # Without a tag there is no such column.
    shown = [number for number, heading in enumerate(headings) if heading != "tags" or any(row[number] for row in rows)]
    for number in shown:
        if headings[number] == "run":
            add_whole(table, "run", [row[number] for row in rows])
        else:
            # Wide enough for the longest outcome with its comma, so that no word is cut.
            least = max(map(len, STYLES)) + len(",") if headings[number] == "verdicts" else None
            table.add_column(headings[number], min_width=least, overflow="fold")
    for row in rows:
        table.add_row(*(escape(row[number]) if headings[number] == "run" else row[number] for number in shown))
    return table


def _row(run: RunDirectory, problems: list[str]) -> tuple[tuple[str, ...], Facts]:
    """What is shown of a run, and what it is chosen by. Remarks that cannot be read are added to the problems."""
    manifest = run.manifest()
    counts, how_far = run.outcomes(manifest) or {}, state(run, manifest)
    try:
        tags = remarks.read(run).tags
    except UserError as error:
        problems += error.problems
        tags = ()
    summary = ", ".join(f"[{STYLES[name]}]{counts[name]} {name}[/]" for name in STYLES if name in counts)
    device, settings = manifest["device"], manifest["settings"]
    facts = Facts(
        sweep=manifest["sweep"],
        scale=settings["scale"],
        device=device["platform"],
        seed=settings["seed"],
        finished=how_far in (FINISHED, KEPT),
        tags=tags,
        started=manifests.started(manifest),
    )
    shown = escape(f"{device['count']} x {device['platform']}")
    row = (run.name, facts.scale, str(facts.seed), how_far, shown, ", ".join(tags), summary or "none yet")
    return row, facts


def add_whole(table: Table, heading: str, words: Iterable[str]) -> None:
    """Adds a column that is never cut: a narrow terminal breaks the line, so that a name can be copied whole."""
    table.add_column(heading, no_wrap=True, min_width=max(map(len, (heading, *words))))
