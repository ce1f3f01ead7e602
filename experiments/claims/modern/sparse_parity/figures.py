"""The figure of sparse-parity: updates until functions are learned, against the number of bits."""

import numpy as np
import pandas as pd

from experiments.claims.modern.sparse_parity.verdicts import kinds, power
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing, logarithmic_ticks


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Medians of updates against n, with the middle 80 % of the runs: a panel for each k, a line for each leap."""
    figure, axes_of = panels(sorted(table["k"].unique()), width=2.4, height=2.6, beside=1.3)
    leaps = sorted(table["leap"].unique())
    numbers, powers = [], {}
    for k, leap, rows in kinds(table):
        bands = rows.groupby("n")["learned_at"].quantile([0.1, 0.5, 0.9], interpolation="nearest").unstack()
        shown = bands.where(np.isfinite(bands))
        powers[k, leap] = power(rows, 0.05)[0]
        i = leaps.index(leap)
        label = f"leap {leap}"
        axes_of[k].plot(shown.index, shown[0.5], f"{MARKERS[i]}-", color=COLOURS[i], ms=4, lw=1.2, label=label)
        axes_of[k].fill_between(shown.index, shown[0.1], shown[0.9], color=COLOURS[i], alpha=0.15, lw=0)
        numbers.append(
            bands.rename(columns={0.1: "low", 0.5: "median", 0.9: "high"}).reset_index().assign(k=k, leap=leap)
        )
    for k, axes in axes_of.items():
        logarithmic_ticks(axes, table["n"].unique())
        axes.set(yscale="log", title=f"{k} bits")
    low, high = np.nanmin([one["median"].min() for one in numbers]) / 2, table["steps"].max()
    for axes in axes_of.values():
        axes.set_ylim(low, high)
    label_outside(figure, "n, bits of the input", "updates until it is learned")
    legend_beside(figure)
    parities = ", ".join(f"{value:.2f} for {k}" for (k, leap), value in powers.items() if k == leap)
    caption = "Medians of the runs, and the middle 80 %. A leap as large as the number of bits is their parity."
    title = f"Updates until parity is learned grow as n to the power {parities} bits"
    return {"sparse-parity": Drawing(figure, pd.concat(numbers, ignore_index=True), title, caption)}
