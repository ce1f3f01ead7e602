"""Figures of approximation.dimension."""

from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.approximation.dimension.widths import (
    PROOF,
    WAYS,
    series,
    widths_needed,
)
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from experiments.judging.budgets import by_budget
from theory.approximation import targets


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Width needed against dimension, a panel for each family; the proof, far above, has a panel of its own."""
    families = [family for family in targets.FAMILIES if family in set(table["family"])]
    of_proof = "brute-force proof"
    figure, axes_of = panels((*families, of_proof), width=2.3, height=2.9, beside=1.7)
    numbers = []
    for (family, activation), column, rows in series(table):
        i = families.index(family) + list(WAYS).index(PROOF) if column == PROOF else list(WAYS).index(column)
        label = f"brute force, {family}" if column == PROOF else WAYS[column]
        mine = _summary(widths_needed(by_budget(rows)[0], column))
        _draw_curve(axes_of[of_proof if column == PROOF else family], mine, i, label)
        numbers.append(mine.assign(family=family, activation=activation, way=WAYS[column]))
    d = np.array(sorted(table["d"].unique()))
    for title, axes in axes_of.items():
        labels = ("2^d", "d²") if title == of_proof else ("", "")
        axes.plot(d, 2.0**d, "k--", lw=0.8, label=labels[0])
        axes.plot(d, d**2.0, "k:", lw=0.8, label=labels[1])
        axes.set_xticks(d)
        axes.set_yscale("log", base=2)
        axes.set_title(title)
    label_outside(figure, "d, dimensions", f"width for a relative error of {table['relative_error'].iloc[0]:g}")
    legend_beside(figure)
    every = pd.concat(numbers, ignore_index=True)
    lost = int((~every["reached"]).sum())
    last = np.log2(every.loc[every["d"] == every["d"].max(), "width"])
    title = (
        f"In {every['d'].max()} dimensions the same error takes 2^{last.min():.0f} to 2^{last.max():.0f} units, by the "
        "target and the way"
    )
    caption = f"Widths with intervals; hollow marks are lower ends of the {lost} of {len(every)} that were not reached."
    return {"dimension-width": Drawing(figure, every, title, caption)}


def _summary(widths: pd.DataFrame) -> pd.DataFrame:
    """For each d: median and extremes over tasks, of lower bounds if widths are unknown; whether all were reached."""
    columns: dict[str, Any] = {"width": ("low", "median"), "low": ("low", "min"), "high": ("low", "max")}
    return (
        widths.groupby("d").agg(**columns, reached=("high", lambda high: bool(np.isfinite(high).all()))).reset_index()
    )


def _draw_curve(axes: Any, mine: pd.DataFrame, i: int, label: str) -> None:
    """A curve over d, in the i-th colour; a hollow triangle marks widths that were not reached, and so are larger."""
    axes.plot(mine["d"], mine["width"], color=COLOURS[i], marker=MARKERS[i], ms=4, lw=1, label=label)
    axes.fill_between(mine["d"], mine["low"], mine["high"], color=COLOURS[i], alpha=0.2, linewidth=0)
    beyond = mine[~mine["reached"]]
    axes.plot(beyond["d"], beyond["width"], "^", color=COLOURS[i], ms=9, mfc="none")
