"""The figure of superposition: what the best models store of the second feature."""

import pandas as pd

from experiments.claims.modern.superposition.verdicts import OUTPUTS, RECTIFIER, best, series
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Squared weight of the second feature in the best models against p, a line an importance; borders as lines."""
    figure, axes_of = panels([one for one in OUTPUTS if one in set(table["output"])], width=2.8, height=2.7)
    importances = sorted(table["importance"].unique())
    for output, importance, rows in series(table):
        i, axes = importances.index(importance), axes_of[output]
        look = f"{MARKERS[i]}-"
        axes.plot(
            rows["active"], rows["stored_second"], look, color=COLOURS[i], ms=4, lw=1, label=f"I = {importance:g}"
        )
        axes.set(title=output, ylim=(-0.05, 1.3))
        if output == RECTIFIER:
            axes.axvline(rows["border"].iloc[0], color=COLOURS[i], lw=0.9, ls="--", label=f"border, I = {importance:g}")
    label_outside(figure, "p, probability that a feature is active", "squared weight of the second feature")
    legend_beside(figure)
    rows = best(table)
    stored = rows[(rows["output"] == RECTIFIER) & rows["both"]].groupby("importance")["active"].max()
    limits, names = (" / ".join(f"{one:g}" for one in column) for column in (stored, stored.index))
    title = f"Two features share one dimension up to p = {limits} for importance {names}"
    caption = "The best of all trained models for each p. Dashed: where [1, -1] is as good as one feature alone."
    return {"superposition": Drawing(figure, rows, title, caption)}
