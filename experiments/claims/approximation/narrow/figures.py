"""Figures of approximation.narrow: errors by depth and width, errors against depth, and the units that die."""

from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing, logarithmic_ticks
from theory.approximation import narrow


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Least errors by depth and width, errors against depth at width d + 1, and shares of dead units."""
    return {
        "narrow-depth-width": draw_errors(table),
        "narrow-error-depth": draw_depths(table),
        "narrow-dead-units": draw_dead(table),
    }


def draw_errors(table: pd.DataFrame) -> Drawing:
    """Least error of all runs and share of dead units for every depth and width, a panel for each d."""
    ds = sorted(table["d"].unique())
    cells = table.groupby(["d", "depth", "spare"])
    numbers = cells.agg(
        least=("error", "min"), median=("error", "median"), dead=("dead", "mean"), runs=("error", "size")
    ).reset_index()
    figure, axes_of = panels(ds, width=3.3, beside=0.6)
    for d, axes in axes_of.items():
        _draw_cells(axes, numbers[numbers["d"] == d])
        axes.set_title(f"d = {d}")
    label_outside(figure, "width of every hidden layer", "hidden layers")
    narrow_ones = numbers[numbers["spare"] <= 0]
    title = f"In all runs networks no wider than their input err by {narrow_ones['least'].min():.3g} at least"
    caption = (
        "Largest error of the best run, where a constant errs by 0.125, and the share of units that never fire (dead)."
    )
    return Drawing(figure, numbers, title, caption)


def _draw_cells(axes: Any, mine: pd.DataFrame) -> None:
    errors, dead = (mine.pivot(index="depth", columns="spare", values=column) for column in ("least", "dead"))
    axes.imshow(np.log(errors), cmap="viridis", vmin=np.log(0.01), vmax=np.log(0.15), aspect="auto", origin="lower")
    for (row, column), error in np.ndenumerate(errors.to_numpy()):
        if np.isfinite(error):
            text = f"{error:.3f}\n{dead.to_numpy()[row, column]:.0%} dead"
            axes.text(column, row, text, ha="center", va="center", fontsize=6.5, color=_ink(error))
    axes.set_xticks(range(errors.shape[1]), [_width(spare) for spare in errors.columns])
    axes.set_yticks(range(errors.shape[0]), [str(depth) for depth in errors.index])
    axes.grid(False)


def _ink(error: float) -> str:
    return "black" if error > 0.06 else "white"


def _width(spare: int) -> str:
    return f"d{spare:+d}".replace("-", "\N{MINUS SIGN}") if spare else "d"


def draw_depths(table: pd.DataFrame) -> Drawing:
    """Error against depth at width d + 1: construction, best and median run, and both floors of width d."""
    wider = table[table["spare"] == 1]
    ds = sorted(wider["d"].unique())
    grouped = wider.groupby(["d", "depth"])
    numbers = grouped.agg(
        construction=("construction_error", "min"),
        least=("error", "min"),
        median=("error", "median"),
        runs=("error", "size"),
    ).reset_index()
    figure, axes_of = panels(ds, width=2.7, height=2.9, beside=1.8)
    lines = {"construction": "construction", "least": "best run", "median": "median run"}
    for d, axes in axes_of.items():
        mine = numbers[numbers["d"] == d]
        for (column, label), colour, marker in zip(lines.items(), COLOURS, MARKERS, strict=False):
            axes.plot(mine["depth"], mine[column], f"{marker}-", color=colour, ms=4, lw=1, label=label)
        axes.axhline(narrow.FLOOR, color="black", lw=0.8, label="floor at width d: 1/8")
        axes.axhline(narrow.PUBLISHED_FLOOR, color="black", lw=0.8, ls=":", label="floor as published: 1/16")
        logarithmic_ticks(axes, mine["depth"].unique())
        axes.set_yscale("log")
        axes.set_ylim(0.9 * numbers[list(lines)].min().min(), 1.2 * narrow.FLOOR)
        axes.set_title(f"d = {d}")
    label_outside(figure, "hidden layers of width d + 1", "largest error on the ball")
    legend_beside(figure)
    title = (
        f"One unit wider than the input, a deep network errs by {numbers['construction'].min():.2g}; no wider, by 1/8"
    )
    caption = "The construction, and the best and the median of all runs; the floors hold for every network of width d."
    return Drawing(figure, numbers, title, caption)


def draw_dead(table: pd.DataFrame) -> Drawing:
    """Shares of units that never fire, and of runs that collapse to a constant, against depth, for each width."""
    grouped = table.groupby(["d", "spare", "depth"])
    numbers = grouped.agg(dead=("dead", "mean"), collapsed=("collapsed", "mean"), runs=("dead", "size")).reset_index()
    ds = sorted(numbers["d"].unique())
    keys = product(("dead", "collapsed"), ds)
    figure, axes_of = panels(keys, len(ds), width=2.7, height=2.05, beside=1.2)
    for (column, d), axes in axes_of.items():
        for i, (spare, mine) in enumerate(numbers[numbers["d"] == d].groupby("spare")):
            style: dict[str, Any] = {
                "color": COLOURS[i % len(COLOURS)],
                "marker": MARKERS[i % len(MARKERS)],
                "ms": 3,
                "lw": 1,
            }
            axes.plot(mine["depth"], mine[column], label=_width(spare), **style)
        logarithmic_ticks(axes, numbers["depth"].unique())
        axes.set_ylim(-0.03, 1.03)
        axes.set_title(f"{'units that never fire' if column == 'dead' else 'collapsed runs'}, d = {d}")
    label_outside(figure, "hidden layers", "share")
    legend_beside(figure, title="width")
    deepest = numbers[numbers["depth"] == numbers["depth"].max()]
    title = (
        f"With {deepest['depth'].max()} layers {deepest['collapsed'].min():.0%} to {deepest['collapsed'].max():.0%} of "
        "the runs collapse"
    )
    caption = "Above: units that never fire. Below: runs that end as a constant because a layer died."
    return Drawing(figure, numbers, title, caption)
