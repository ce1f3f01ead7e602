"""The figure of approximation.rate: error against width for every way to choose the units, and Barron's bound."""

from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.approximation import _ways as ways
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing, logarithmic_ticks
from theory.approximation import targets

# The error of the best constant over the standard deviation.
CONSTANT = 1.0


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Error against width, a panel for each family, d and activation: bound and all three ways."""
    every = list(table.groupby(["family", "d", "activation"]))
    figure, axes_of = panels((names for names, _ in every), 3, width=2.5, height=2.3)
    numbers = []
    for names, rows in every:
        drawn = _curve_numbers(names, rows)
        _draw_panel(axes_of[names], drawn)
        axes_of[names].set_title(f"{names[0]}, d = {names[1]}, {names[2]}", fontsize=8)
        numbers.append(drawn)
    label_outside(figure, "width m", "error / standard deviation")
    legend_beside(figure)
    every = pd.concat(numbers, ignore_index=True)
    least = float(every.loc[every["way"] != "bound", "error"].min())
    title = f"Errors fall with the width, to {least:.1g} of the standard deviation at best"
    caption = (
        "Units drawn as in the proof, drawn without looking, and trained; the bound is dotted where a constant meets "
        "it."
    )
    return {"rate-error-width": Drawing(figure, every, title, caption)}


def _curve_numbers(names: tuple, rows: pd.DataFrame) -> pd.DataFrame:
    """Geometric means over targets of the bound and of each way's error, and the extremes of the errors."""
    family, d, activation = names
    widths = np.array(sorted(rows["width"].unique()))
    scale = (rows["norm"] / rows["deviation"]).groupby(ways.tasks(rows)).first().to_numpy()
    bound = targets.barron_bound(np.exp(np.log(scale).mean(keepdims=True)), widths // ways.UNITS[activation])
    parts = [pd.DataFrame({"way": "bound", "width": widths, "error": bound})]
    for column, way in ways.WAYS.items():
        if rows[column].notna().all():
            curve = ways.curves(rows, column)
            mean, low, high = np.exp(np.log(curve).mean()), curve.min(), curve.max()
            parts.append(pd.DataFrame({"way": way, "width": widths, "error": mean, "low": low, "high": high}))
    return pd.concat(parts, ignore_index=True).assign(family=family, d=d, activation=activation)


def _draw_panel(axes: Any, drawn: pd.DataFrame) -> None:
    for way, mine in drawn.groupby("way", sort=False):
        if way == "bound":
            _draw_bound(axes, mine)
            continue
        i = list(ways.WAYS.values()).index(way)
        axes.plot(mine["width"], mine["error"], f"{MARKERS[i]}-", color=COLOURS[i], ms=3, lw=1, label=way)
        axes.fill_between(mine["width"], mine["low"], mine["high"], color=COLOURS[i], alpha=0.2, linewidth=0)
    logarithmic_ticks(axes, drawn["width"].unique())
    axes.set_yscale("log")
    axes.tick_params(labelsize=7)


def _draw_bound(axes: Any, bound: pd.DataFrame) -> None:
    """Barron's bound, if the norm is known; thin and dotted where it is above the error of a constant."""
    bound = bound[bound["error"].notna()]
    telling = bound[bound["error"] <= CONSTANT]
    if len(telling) < len(bound):
        style: dict[str, Any] = {"color": "#888888", "lw": 0.7, "ls": ":"}
        axes.plot(bound["width"], bound["error"], label="Barron's bound, where\na constant meets it", **style)
    if len(telling):
        axes.plot(telling["width"], telling["error"], "k--", lw=1.2, label="Barron's bound")
    axes.axhline(CONSTANT, color="#888888", lw=0.7, label="the best constant")
