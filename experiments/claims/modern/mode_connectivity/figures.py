"""The figure of mode-connectivity: barriers against the width, as networks are, matched, and at their best."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from experiments.claims.modern.mode_connectivity.verdicts import GROUPS, LIMIT, PERMUTED, TASKS, UNITS, XOR, Kind, kinds
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing, logarithmic_ticks

# Barriers below this are drawn there.
LEAST = 1e-4
# What is drawn of each group: the column, its words, and the look of its line.
LINES = (("matched", "weights matched", ":"), ("best", "best of all", "-"))


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Medians of barriers against the width, with the middle 80 % of the best: a panel for each task and activation."""
    found = list(kinds(table))
    order = sorted({(one.task, one.activation) for one in found}, key=lambda key: (TASKS.index(key[0]), key[1]))
    figure, axes_of = panels(order, 2, width=2.6, height=2.3, beside=1.8)
    numbers = []
    for kind in found:
        axes = axes_of[kind.task, kind.activation]
        numbers.append(_lines(axes, kind))
        task = XOR if kind.task == XOR else f"from a teacher of {UNITS} units"
        axes.set(yscale="log", ylim=(LEAST / 2, 5), title=f"{kind.activation}, {task}")
        axes.axhline(LIMIT, color="k", lw=0.7, ls="--", label=f"{LIMIT:.0%}: no barrier below")
        logarithmic_ticks(axes, table["width"].unique())
    label_outside(figure, "hidden units", "barrier / loss of a constant")
    legend_beside(figure)
    title = f"Permuted, the median barrier {_ends(found)}"
    caption = (
        "Barriers on the straight line between two networks, medians over pairs; the band is the middle 80 % of the "
        "best of all arrangements, where all were tried."
    )
    return {"mode-connectivity": Drawing(figure, pd.concat(numbers, ignore_index=True), title, caption)}


def _lines(axes: Axes, kind: Kind) -> pd.DataFrame:
    colour, marker = COLOURS[GROUPS.index(kind.group)], MARKERS[GROUPS.index(kind.group)]
    numbers = []
    if kind.group == PERMUTED:
        numbers.append(_bands(kind.rows, "plain"))
        axes.plot(numbers[0]["width"], numbers[0]["median"], "-", color="0.5", marker="v", ms=3.5, label="as they are")
    for column, words, line in LINES:
        rows = _bands(kind.rows.dropna(subset=[column]), column)
        look: dict[str, Any] = {"color": colour, "ls": line, "marker": marker, "ms": 3.5, "lw": 1.2}
        axes.plot(rows["width"], rows["median"], label=f"{kind.group},\n{words}", **look)
        if column == "best":
            axes.fill_between(rows["width"], rows["low"], rows["high"], color=colour, alpha=0.15, lw=0)
        numbers.append(rows)
    return pd.concat(numbers).assign(task=kind.task, activation=kind.activation, group=kind.group)


def _bands(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Median and the middle 80 % of a barrier at each width, and the share of pairs that have none."""
    by = rows.groupby("width")[column]
    bands = by.quantile([0.1, 0.5, 0.9]).unstack().clip(lower=LEAST)
    bands.columns = pd.Index(["low", "median", "high"])
    shares = by.agg(gone=lambda one: np.mean(one <= LIMIT), pairs="count")
    return bands.join(shares).reset_index().assign(barrier=column)


def _ends(found: list[Kind]) -> str:
    """Medians over the pairs of all tasks and activations: at the least and largest width with a unit to spare."""
    rows = pd.concat([one.spare() for one in found if one.group == PERMUTED])
    middle = rows["best"].fillna(rows["matched"]).groupby(rows["width"]).median()
    if middle.empty:
        return "is not known"
    least, largest = middle.index[0], middle.index[-1]
    later = "" if least == largest else f", and {middle[largest]:.2g} at {largest}"
    return f"is {middle[least]:.2g} of a constant's loss at width {least}{later}"
