"""One row of a run: it is found, and its network is trained again, with its weights and its loss on the way.

A row depends on its setting and the seed alone, so the same code makes it again. A claim that can do so has
`rebuild(unit, row)` in its module. It may also have `is_stuck(table)`, which says of every row whether its network got
stuck; otherwise the column `solved` says so, if there is one.
"""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from rich.console import Console

from experiments import plan
from experiments.axes import axes_of
from experiments.claims import claims_of
from experiments.drawing.style import COLOURS, house_style, new_figure
from experiments.ensemble import devices, tracing
from experiments.ensemble.tracing import Rebuilt
from experiments.errors import UserError, nearest
from experiments.executors import circumstances
from experiments.names import KEY
from experiments.running import interruption, provenance
from experiments.running.compose import settings_from_plain
from experiments.settings import RunSettings
from experiments.storage.runs import RunDirectory
from experiments.storage.writing import atomic
from experiments.terminal import show


def show_row(run: RunDirectory, which: str, output: str, console: Console) -> int:
    """Shows notable rows of a claim, or trains the network of one row again and writes it to a folder below `output`.

    Returns the exit status: 0, or 1 if the network is not the same to the last bit.

    Raises:
        UserError: if there is no such claim or row, or the device is not there.
    """
    manifest = run.manifest()
    claim, _, number = which.removeprefix(f"{manifest['sweep']}.").partition(":")
    settings = settings_from_plain(manifest["settings"], manifest["sweep"])
    if not number:
        show.notable_rows(run, claim, notable(run, settings, claim), console)
        return 0
    if not number.isdecimal():
        raise UserError(f"--row {which}: {number!r} is no number of a row; --row {claim} lists some")
    with interruption.at_once():  # nothing is written yet
        devices.start(settings.device, settings.precision, settings.engine.products)
        row, rebuilt = rebuild(run, settings, claim, int(number))
    folder = Path(output) / f"{run.name.replace('/', '-')}-{claim}-{number}"
    with house_style():
        save(folder, row, rebuilt)
    show.row_in_full(row, rebuilt, _changed(manifest), folder, console)
    return 1 if tracing.differences(row, rebuilt) else 0


def _changed(manifest: dict[str, Any]) -> list[str]:
    """What differs between this process and the one of a run, and rounds otherwise: a line each."""
    now = {"device": devices.describe(), "versions": circumstances.versions(), "flags": circumstances.flags()}
    return provenance.surroundings(manifest, now)


def notable(run: RunDirectory, settings: RunSettings, claim: str) -> pd.DataFrame:
    """For every setting of a claim the best row, and a typical stuck row: the one with the median loss of the stuck.

    The index is the number of the row, as `rebuild` takes it.

    Raises:
        UserError: if there is no such claim, or its networks cannot be made again or have no loss.
    """
    module, table = _module(settings, claim), run.read_table(f"{settings.family}.{claim}")
    if "loss" not in table:
        raise UserError(
            f"--row {claim}: its rows have no loss, and none is best; give a number, such as "
            f"--row {claim}:0, up to {len(table) - 1:,}"
        )
    axes = [axis for axis in axes_of(settings.sweep[claim]) if axis != "restart"]
    if hasattr(module, "is_stuck"):
        stuck = module.is_stuck(table)
    else:
        stuck = ~table["solved"] if "solved" in table else pd.Series(False, table.index)
    found = []
    for _, rows in table.groupby(axes):
        if rows["loss"].notna().any():
            found.append((rows["loss"].idxmin(), "best"))
        losses = rows.loc[stuck[rows.index], "loss"].sort_values()
        if len(losses):
            found.append((losses.index[len(losses) // 2], "typical of the stuck"))
    numbers, why = zip(*found, strict=True)
    # The small copy of a run has no keys.
    columns = [name for name in (*axes, "restart", "loss", "steps", KEY) if name in table]
    return table.loc[list(numbers), columns].assign(which=list(why))


def unit_of(run: RunDirectory, settings: RunSettings, claim: str, row: dict[str, Any]) -> plan.Unit:
    """The cell of a row as a unit of its own, with the layout that the row was made with if that is still known."""
    cell = {axis: row[axis] for axis in axes_of(settings.sweep[claim])}
    whole = next(unit for unit in plan.make_plan(settings) if unit.claim == claim and _holds(unit.afresh().cells, cell))
    part = run.parts(run.manifest()).fitting.get(whole.id)
    held = part.facts["ensembles"] if part else []
    engine = settings.engine
    if held:
        engine = dataclasses.replace(engine, layout=held[0]["layout"], chunk=held[0]["chunk"])
    return dataclasses.replace(whole.with_cells(pd.DataFrame([cell])), engine=engine)


def _holds(cells: pd.DataFrame, cell: dict[str, Any]) -> bool:
    return bool(np.logical_and.reduce([cells[axis] == value for axis, value in cell.items()]).any())


def rebuild(run: RunDirectory, settings: RunSettings, claim: str, number: int) -> tuple[dict[str, Any], Rebuilt]:
    """A row of a claim by its number, and its network, trained again. JAX must have been started.

    Raises:
        UserError: if there is no such claim or row, or its networks cannot be made again.
    """
    module, table = _module(settings, claim), run.read_table(f"{settings.family}.{claim}")
    if not 0 <= number < len(table):
        raise UserError(f"--row {claim}:{number}: {settings.family}.{claim} has the rows 0 to {len(table) - 1:,}")
    row = table.iloc[number].to_dict()
    return row, module.rebuild(unit_of(run, settings, claim, row), row)


def _module(settings: RunSettings, claim: str) -> Any:
    able = {name: module for name, module in claims_of(settings.family).items() if hasattr(module, "rebuild")}
    able = {name: module for name, module in able.items() if name in settings.sweep}
    if claim not in able:
        named = nearest(claim, able) if able else "none of its claims does"
        raise UserError(f"--row {claim}: this run has no such claim that makes networks again; {named}")
    return able[claim]


def save(folder: Path, row: dict[str, Any], rebuilt: Rebuilt) -> None:
    """Writes the weights with their row, the loss curve, and a figure of it."""
    layers = [{"W": W.tolist(), "b": b.tolist()} for W, b in rebuilt.layers]
    with atomic(folder / "network.json") as path:
        path.write_text(json.dumps({"row": row, "layers": layers}, indent=1, default=_plain) + "\n")
    with atomic(folder / "loss.csv") as path:
        rebuilt.curve.to_csv(path, index=False)
    # A network that was drawn and not trained has no loss.
    if (rebuilt.curve["loss"] > 0).any():
        with atomic(folder / "loss.png") as path:
            draw(rebuilt).savefig(path, format="png", dpi=160)


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)


def draw(rebuilt: Rebuilt) -> Figure:
    """The loss over the updates."""
    figure = new_figure(5.2, 3.2)
    axes = figure.axes[0]
    axes.plot(rebuilt.curve["updates"] + 1, rebuilt.curve["loss"], color=COLOURS[0], lw=1.2)
    axes.set(xscale="log", yscale="log", xlabel="updates + 1", ylabel="loss")
    return figure
