"""The figure of distinct-functions."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from experiments.claims.counting.distinct_functions.verdicts import growth
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, Drawing

DRAWN = (
    *("n", "m", "levels", "activation", "weights"),
    *("log2_settings", "log2_functions", "log2_possible", "log2_dichotomies"),
)


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Functions against settings, both as powers of two, with what is possible and the bound by dichotomies."""
    numbers = table.assign(log2_functions=np.log2(table["functions"]))[[*DRAWN]]
    numbers = numbers.sort_values(["n", "log2_settings"], ignore_index=True)
    figure, axes_of = panels([f"{n} bits" for n in numbers["n"].unique()], 2, width=2.9, height=2.3, beside=1.6)
    colour_of = dict(zip(numbers["activation"].unique(), COLOURS, strict=False))
    for n, axes in zip(numbers["n"].unique(), axes_of.values(), strict=True):
        _panel(axes, numbers[numbers["n"] == n], colour_of)
        axes.set_title(f"{n} bits")
    label_outside(figure, "log2 of the number of settings", "log2 of functions")
    legend_beside(figure)
    powers = {str(name): growth(own).value for name, own in numbers.groupby("activation", sort=False)}
    told = ", ".join(f"{power:.2f} ({name})" for name, power in powers.items() if np.isfinite(power))
    title = f"Different functions grow as settings to the power {told}, as long as settings are fewer than functions"
    caption = (
        "Every setting of each network is counted. Networks differ in hidden units, levels of a weight, activation. "
        "Dichotomies: a bound on threshold units of any weights."
    )
    return {"distinct-functions": Drawing(figure, numbers, title, caption)}


def _panel(axes: Axes, rows: pd.DataFrame, colour_of: dict[str, str]) -> None:
    """The networks of one number of bits, with the bounds of their functions."""
    for activation, own in rows.groupby("activation", sort=False):
        look: Any = {"ms": 4, "alpha": 0.8, "color": colour_of[str(activation)], "label": str(activation)}
        axes.plot(own["log2_settings"], own["log2_functions"], "o", **look)
    ends = np.array([0.0, rows["log2_settings"].max()])
    axes.plot(ends, ends, color="grey", lw=0.8, label="as many as settings")
    thresholds = rows[rows["activation"] == "threshold"]
    axes.plot(thresholds["log2_settings"], thresholds["log2_dichotomies"], "x", ms=4, color="grey", label="dichotomies")
    possible = rows["log2_possible"].iloc[0]
    axes.axhline(possible, color="black", lw=0.8, ls=":", label="all functions")
    axes.set_ylim(0, 1.2 * possible)
