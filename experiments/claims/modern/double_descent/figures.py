"""The figure of double-descent: excess risk against the number of features."""

import numpy as np
import pandas as pd

from experiments.claims.modern.double_descent.verdicts import FEATURES, NOISE, SAMPLES
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from theory.modern import double_descent as theory

TITLES = {theory.SPREAD: "all coefficients equal", theory.DECAYING: "best features first"}


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Means and medians that were measured as points, formulas as lines; a panel for each kind of coefficients."""
    figure, axes_of = panels(table["signal"].unique(), width=2.7, height=3.0)
    seen = table.groupby(["signal", "p"]).agg(
        mean=("risk", "mean"), median=("risk", "median"), ridge=("ridge", "mean"), formula=("mean", "first")
    )
    for signal, axes in axes_of.items():
        mine = seen.loc[signal]
        p = np.arange(1, FEATURES + 1)
        values = np.array([theory.mean_risk(theory.task(signal, FEATURES, SAMPLES, int(k), NOISE)) for k in p])
        # Infinite means leave a gap in the line.
        axes.plot(p, np.where(np.isinf(values), np.nan, values), "k-", lw=0.9, label="mean, formula")
        finite = np.isfinite(mine["formula"])
        axes.plot(mine.index[finite], mine["mean"][finite], MARKERS[0], color=COLOURS[0], ms=4, label="mean")
        near = (mine.index - SAMPLES).to_series(index=mine.index).abs() <= 1
        axes.plot(mine.index[near], mine["median"][near], MARKERS[1], color=COLOURS[1], ms=4, label="median")
        axes.plot(mine.index, mine["ridge"], f"{MARKERS[2]}:", color=COLOURS[2], ms=3, lw=0.8, label="ridge, mean")
        axes.axvline(SAMPLES, color="0.6", lw=0.7, ls="--")
        axes.set(yscale="log", title=TITLES[signal])
    label_outside(figure, f"p, features of {FEATURES}", "excess risk")
    legend_beside(figure)
    caption = (
        f"{SAMPLES} samples (dashed). Points: measured; lines: the formula for the mean, which is infinite for p = "
        f"{SAMPLES - 1}, {SAMPLES} and {SAMPLES + 1}, where medians are shown."
    )
    return {"double-descent": Drawing(figure, seen.reset_index(), _title(table), caption)}


def _title(table: pd.DataFrame) -> str:
    far = table[(table["p"] - SAMPLES).abs() >= SAMPLES / 4]
    ratio = far.groupby(["signal", "p"])["risk"].mean() / far.groupby(["signal", "p"])["mean"].first()
    worst = float((ratio - 1).abs().max())
    return f"Risk peaks at as many features as samples; means fit the formula within {worst:.1%}"
