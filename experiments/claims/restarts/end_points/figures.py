"""Figures of restarts.end-points: the kinds of points at which runs end, and the losses of the stuck ones."""

import numpy as np
import pandas as pd

from experiments.claims.restarts.end_points.ends import label, series
from experiments.drawing.legends import legend_beside
from experiments.drawing.style import COLOURS, Drawing, new_figure
from theory.restarts.kinds import GLOBAL, KINDS

# Losses of the figure are on one level if they are equal after rounding to this number of digits.
DIGITS = 6


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Kinds of end points as stacked bars, and the losses of stuck runs."""
    return {"end-points": draw_kinds(table), "stuck-losses": draw_losses(table)}


def _colours() -> dict[str, str]:
    return dict(zip(KINDS, ("#dddddd", *COLOURS, "#777777"), strict=True))


def draw_kinds(table: pd.DataFrame) -> Drawing:
    """Share of each kind of end point, one bar for each setting."""
    rows = [
        {"label": label(names), "kind": kind, "share": float((mine["kind"] == kind).mean()), "runs": len(mine)}
        for names, mine in series(table)
        for kind in KINDS
    ]
    numbers = pd.DataFrame(rows)
    labels = list(dict.fromkeys(numbers["label"]))[::-1]
    figure = new_figure(7.2, 0.25 * len(labels) + 1.0)
    axes, left = figure.axes[0], np.zeros(len(labels))
    for kind in KINDS:
        shares = numbers[numbers["kind"] == kind].set_index("label").loc[labels, "share"].to_numpy()
        if shares.any():
            axes.barh(labels, shares, left=left, color=_colours()[kind], label=kind, height=0.8)
        left += shares
    axes.set(xlim=(0, 1), xlabel="share of runs")
    axes.set_ylim(-0.6, len(labels) - 0.4)
    axes.grid(visible=False)
    legend_beside(figure)
    best = numbers[numbers["kind"] == GLOBAL]["share"]
    title = f"Between {best.min():.0%} and {best.max():.0%} of the runs end at a global minimum"
    caption = "Kinds of end points after polishing in float64; one bar for each task, number of units and activation."
    return Drawing(figure, numbers, title, caption)


def draw_losses(table: pd.DataFrame) -> Drawing:
    """Losses at end points that are not global minima: the levels of stuck runs."""
    settings = [(names, rows[rows["kind"] != GLOBAL]) for names, rows in series(table)]
    settings = [(names, rows) for names, rows in settings if len(rows)]
    figure = new_figure(7.2, 0.25 * len(settings) + 1.0)
    axes, numbers = figure.axes[0], []
    for height, (names, rows) in enumerate(reversed(settings)):
        levels = rows.assign(level=rows["loss"].round(DIGITS)).groupby(["kind", "level"]).size().rename("runs")
        for (kind, level), runs in levels.items():
            size = 3 + 12 * np.sqrt(runs / len(rows))
            axes.plot(level, height, "o", color=_colours()[kind], ms=size, mfc="none")
        numbers.append(levels.reset_index().assign(label=label(names)))
    axes.set_yticks(range(len(settings)), [label(names) for names, _ in reversed(settings)])
    axes.set(xlabel="loss at the end point; area: share of the stuck runs")
    present = dict.fromkeys(kind for rows in numbers for kind in rows["kind"])
    look = {"marker": "o", "ls": "", "mfc": "none"}
    legend_beside(figure, {kind: look | {"color": _colours()[kind]} for kind in present})
    columns = ["label", "kind", "level", "runs"]
    levels_of = [rows["level"].nunique() for rows in numbers] or [0]
    title = f"Runs are stuck at {min(levels_of)} to {max(levels_of)} different losses, by the setting"
    caption = "Losses at end points that are not global minima; the area of a mark is its share of the stuck runs."
    empty = pd.DataFrame(columns=columns)
    return Drawing(figure, pd.concat(numbers)[columns] if numbers else empty, title, caption)
