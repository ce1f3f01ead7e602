"""What the terminal shows: the plan, verdicts, one run in full."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from experiments import house
from experiments.ensemble.tracing import Rebuilt, differences
from experiments.errors import UserError, amount
from experiments.judging.measured import number_in_words
from experiments.plan import Unit, Work
from experiments.settings import RunSettings, leaves
from experiments.storage import remarks, seeds, standing
from experiments.storage.parts import Part
from experiments.storage.runs import RunDirectory
from experiments.terminal import listing
from experiments.terminal.listing import STYLES, add_whole
from experiments.terminal.numbers import human, seconds

# Least letters of the column of measured values: the length of a number such as -0.001234.
WIDTH_OF_A_NUMBER = 8
# Notable rows that a terminal shows: about a page of it.
MOST_LISTED = 60


def plan(
    settings: RunSettings,
    units: list[Unit],
    works: dict[str, Work],
    console: Console,
    expected: Mapping[str, float] | None = None,
) -> None:
    """Shows what is going to be done: cells, units and an upper estimate of the work of every claim.

    Args:
        settings: the settings of the run.
        units: all units.
        works: an upper estimate of what each claim costs, by its name.
        console: where to show it.
        expected: the seconds that each claim may take, NaN where they are not known; shown if they are given.
    """
    table = Table("claim", box=None, pad_edge=False)
    for heading in ("cells", "units", "network-steps", "operations", *(["time"] if expected else [])):
        table.add_column(heading, justify="right")
    lines = {f"{settings.family}.{claim}": [claim] for claim in settings.sweep} | {"all": list(settings.sweep)}
    for name, claims in lines.items():
        mine = [unit for unit in units if unit.claim in claims]
        work = sum((works[claim] for claim in claims), Work(0, 0))
        row = [f"{sum(len(unit.part) for unit in mine):,}", f"{len(mine):,}"]
        row += [human(work.network_steps), human(work.operations)]
        table.add_row(name, *row, *([_time([expected[claim] for claim in claims])] if expected else []))
    console.print(
        f"sweep {settings.name}, scale {settings.scale}, seed {settings.seed}, {settings.precision}, "
        f"products in {settings.engine.products}, device {settings.device}",
        highlight=False,
    )
    console.print(table)


def changes(what: str, lines: list[str], console: Console) -> None:
    """Shows what differs, a line each."""
    console.print(f"{what}: {'' if lines else 'nothing has changed'}", highlight=False, markup=False)
    for line in lines:
        console.print(f"  {line}", highlight=False, markup=False, soft_wrap=True)


def _time(expected: list[float]) -> str:
    """The sum of what claims may take; "more than" it if some are not known."""
    known = [one for one in expected if not np.isnan(one)]
    if not known:
        return "not known"
    return ("" if len(known) == len(expected) else "more than ") + seconds(sum(known))


def verdicts(table: pd.DataFrame, console: Console) -> None:
    """Shows every verdict in a line: the measured value with its interval, beside the prediction."""
    shown = Table(box=None, pad_edge=False)
    for heading, words in (("verdict", table["verdict"]), ("claim", table["claim"])):
        add_whole(shown, heading, words)
    shown.add_column("measured", no_wrap=True, min_width=WIDTH_OF_A_NUMBER, overflow="fold")
    # On a narrow terminal this column takes several lines, and the others are not cut.
    shown.add_column("prediction", overflow="fold")
    for row in table.itertuples():
        shown.add_row(
            f"[{STYLES[row.verdict]}]{row.verdict}[/]",
            escape(row.claim),
            escape(number_in_words(row.measured, row.low, row.high, row.evidence)),
            escape(row.prediction),
        )
    console.print(shown, crop=False)


def facts(run: RunDirectory, manifest: dict[str, Any], parts: Iterable[Part]) -> dict[str, str]:
    """The circumstances of a run, each in words: where, when, with what and how it was made.

    Args:
        run: the run.
        manifest: its manifest.
        parts: its parts that fit.
    """
    git = manifest["git"]
    found = {
        "run": f"{run.path} ({listing.state(run, manifest)})",
        "command": manifest["command"],
        "scale": standing.in_words(manifest),
        "seed": _seed(manifest),
        "started": manifest["started"],
        "device": ", ".join(f"{key} {value}" for key, value in manifest["device"].items()),
        "versions": ", ".join(f"{name} {version}" for name, version in manifest["versions"].items()),
        "flags": ", ".join(f"{name}={value}" for name, value in manifest["flags"].items()) or "none",
        "code": "no git" if git is None else git["commit"][:12] + (", with changes" if git["changed"] else ""),
        "seconds": _seconds(run, manifest, parts),
    }
    layouts = manifest.get("layouts", {})
    if layouts:
        found["layouts"] = ", ".join(f"{how}: {amount(count, 'ensemble')}" for how, count in sorted(layouts.items()))
    found |= _remarks(run)
    again = manifest.get("again")
    if again:
        found["again from"] = again["run"]
        found["changed since"] = "; ".join(again["changed"]) or "nothing"
    resumed = [change for changes in manifest.get("resumed", []) for change in changes]
    if resumed:
        found["resumed though"] = "; ".join(resumed)
    return found


def _remarks(run: RunDirectory) -> dict[str, str]:
    """The tags and notes of a run, if it has any."""
    try:
        tags, notes = remarks.read(run)
    except UserError as error:
        return {"remarks": "; ".join(error.problems)}
    words = {"tags": ", ".join(tags), "notes": "; ".join(f"{text} ({written})" for written, text in notes)}
    return {name: text for name, text in words.items() if text}


def _seed(manifest: dict[str, Any]) -> str:
    """The seed of a run, and whether it had been seen before. Runs of older code have not recorded that."""
    seed = manifest["settings"]["seed"]
    return seeds.in_words(seed, manifest["seeds_before"]) if "seeds_before" in manifest else f"{seed}"


def _seconds(run: RunDirectory, manifest: dict[str, Any], parts: Iterable[Part]) -> str:
    if run.is_kept():
        spent = manifest.get("seconds", {})
        return f"{sum(spent.values()):.1f}, without compiling" if spent else "not kept"
    spent = [(part.facts["seconds"], part.facts["compile_seconds"]) for part in parts]
    total, compiling = (sum(some) for some in zip(*spent, strict=True)) if spent else (0.0, 0.0)
    return f"{total:.1f}, {compiling:.1f} of them compiling"


def run_in_full(run: RunDirectory, console: Console) -> None:
    """Shows one run in full: settings, provenance, cost, failures, verdicts with their rules."""
    manifest = run.manifest()
    parts = run.parts(manifest)
    for name, value in facts(run, manifest, parts.fitting.values()).items():
        console.print(f"{name:15} {value}", markup=False, highlight=False, soft_wrap=True)
    console.print(
        "settings:",
        *(f"  {path}={value}" for path, value in leaves(manifest["settings"]).items()),
        sep="\n",
        markup=False,
    )
    for name, why in parts.misfits.items():
        console.print(
            f"{run.path}/parts/{name} {why}; measure what is missing with: {house.command('resume', run.name)}",
            style="red",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
    for line in run.unconcluded(manifest):
        console.print(f"{line}; judge and draw again with: {run.way_on}", style="red", markup=False, soft_wrap=True)
    for unit, failure in run.failures().items():
        console.print(f"failed: {unit}\n{failure['error']}", style="red", markup=False)
    judged = run.read_verdicts()
    if judged is not None:
        verdicts(judged, console)
        for row in judged.itertuples():
            console.print(
                f"\n{row.claim}: {row.verdict}\n  statement   {row.statement}\n  source      {row.source}"
                f"\n  evidence    {row.evidence}, {row.existence}, {amount(row.samples, 'sample')}{_p_value(row)}"
                f"\n  hypotheses  {row.hypotheses}\n  rule        {row.rule}",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )


def _p_value(row: Any) -> str:
    """The p-value of a verdict in words; empty if it has none, as in runs of older code."""
    p_value = getattr(row, "p_value", np.nan)
    return "" if pd.isna(p_value) else f", p <= {p_value:g}"


def notable_rows(run: RunDirectory, claim: str, found: pd.DataFrame, console: Console) -> None:
    """Shows the best row and a typical stuck row of every setting, and the command that shows one of them in full."""
    table = Table("row", box=None, pad_edge=False)
    for heading in found.columns:
        table.add_column(str(heading))
    for number, *values in found.head(MOST_LISTED).itertuples():
        shown = [f"{value:.6g}" if isinstance(value, float) else str(value) for value in values]
        table.add_row(str(number), *map(escape, shown))
    console.print(table)
    left_out = f" ({len(found) - MOST_LISTED} more rows are left out)" if len(found) > MOST_LISTED else ""
    how = run.command("show", run.name, "--row", f"{claim}:{found.index[0]}")
    console.print(f"one of them in full: {how}{left_out}", markup=False, highlight=False, soft_wrap=True)


def row_in_full(row: dict[str, Any], rebuilt: Rebuilt, changed: list[str], folder: Path, console: Console) -> None:
    """Shows a row, whether its network is the same to the last bit when trained again, its weights and its losses.

    Args:
        row: of the table.
        rebuilt: its network, made again.
        changed: what differs between then and now and may explain other bits, a line each.
        folder: where weights, losses and figure are.
        console: to write to.
    """
    for name, value in row.items():
        console.print(f"{name:20} {value}", markup=False, highlight=False)
    differing = differences(row, rebuilt)
    if differing:
        console.print("made again, but not to the last bit:", *differing, sep="\n  ", style="yellow", markup=False)
        if changed:
            console.print("what rounds otherwise since then:", *changed, sep="\n  ", markup=False, highlight=False)
    else:
        console.print(f"made again to the last bit: {', '.join(rebuilt.values)}", style="green")
    for number, (W, b) in enumerate(rebuilt.layers, 1):
        console.print(f"layer {number}: W {W.shape}, b {b.shape}", highlight=False)
        # A locally connected layer has a W and a b for each patch.
        both = np.concatenate([W, b[..., None, :]], axis=-2)
        console.print(np.array2string(both, precision=6, max_line_width=120), highlight=False)
    curve = rebuilt.curve.iloc[np.unique(np.linspace(0, len(rebuilt.curve) - 1, 12).astype(int))]
    for updates, loss in curve.itertuples(index=False):
        console.print(f"after {updates:>9,} updates  loss {loss:.9g}", highlight=False)
    console.print(f"weights, loss curve and figure: {folder}", markup=False, highlight=False, soft_wrap=True)
