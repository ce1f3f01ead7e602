"""Errors of students of several widths, for each size of the teacher."""

from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.hierarchy import _generators as generators_of
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing, logarithmic_ticks

# What a panel says of its teachers, of one unit and of more.
UNITS = {
    ("units", False): "threshold unit",
    ("units", True): "threshold units",
    ("rectifiers", False): "rectifier",
    ("rectifiers", True): "rectifiers",
}


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Learning curves, one panel for each size of the teacher and a line for each width of the student."""
    keys = ["family", "role", "made", "width", "examples"]
    numbers = table.groupby(keys)["error"].agg(error="median", functions="size").reset_index()
    taught, control = numbers[numbers["role"] == "made"], numbers[numbers["role"] == "shuffled"]
    shown = taught[["family", "made"]].drop_duplicates().itertuples(index=False, name=None)
    figure, axes_of = panels(shown, columns=taught["made"].nunique(), width=2.0, height=2.4, beside=1.5)
    widths = sorted(taught["width"].unique())
    for (family, made), axes in axes_of.items():
        for width, rows in taught[(taught["family"] == family) & (taught["made"] == made)].groupby("width"):
            i = widths.index(width) % len(COLOURS)
            look: dict[str, Any] = {"color": COLOURS[i], "marker": MARKERS[i], "mfc": "none", "ms": 5, "lw": 1.1}
            axes.plot(rows["examples"], rows["error"], label=f"student of {width}", **look)
        shuffled = control[control["family"] == family]
        axes.plot(shuffled["examples"], shuffled["error"], "k--", lw=1, label="shuffled")
        axes.axhline(generators_of.BOUND, color="black", lw=0.7, ls=":")
        logarithmic_ticks(axes, numbers["examples"].unique())
        axes.tick_params(axis="x", labelrotation=60)
        axes.set(title=f"{made} {UNITS[family, made > 1]}", ylim=(-0.02, 0.62))
    label_outside(figure, "examples", "error on the rest")
    legend_beside(figure)
    return {"teachers": Drawing(figure, numbers, _title(taught), _caption(table))}


def _title(taught: pd.DataFrame) -> str:
    errors = taught.pivot_table(index=["family", "made", "examples"], columns="width", values="error")
    by_student = float((errors.max(axis=1) - errors.min(axis=1)).mean())
    by_teacher = float(taught.groupby(["family", "made"])["error"].mean().groupby("family").agg(np.ptp).mean())
    return (
        f"The width of the student changes the error by {by_student:.2g} on average, the size of the teacher by "
        f"{by_teacher:.2g}"
    )


def _caption(table: pd.DataFrame) -> str:
    return (
        f"Median error on those of the {2 ** int(table['n'].iloc[0])} inputs that were no examples, over "
        f"{table['function'].nunique()} teachers of the units in the panel's title; dashed: the truth table of a "
        f"teacher in random order. The dotted line is the bound, {generators_of.BOUND:g}."
    )
