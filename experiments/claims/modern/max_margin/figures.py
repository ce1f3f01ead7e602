"""The figure of max-margin: the angle to the separator of largest margin against log t."""

import numpy as np
import pandas as pd

from experiments.claims.modern.max_margin.verdicts import DESCENT, FLOW, LOGISTIC, slopes_of
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """A panel for each number of dimensions: medians and the middle 80 % of sets, for each loss; lines of slope -1."""
    figure, axes_of = panels(sorted(table["dimensions"].unique()), width=2.6, height=2.9)
    numbers = []
    for d, axes in axes_of.items():
        for i, (loss, rows) in enumerate(table[table["dimensions"] == d].groupby("tail")):
            flow = rows[rows["way"] == FLOW].groupby("log_time")["angle"].quantile([0.1, 0.5, 0.9]).unstack()
            axes.plot(flow.index, flow[0.5], f"{MARKERS[i]}-", color=COLOURS[i], ms=3, lw=1, label=f"{loss} loss, flow")
            axes.fill_between(flow.index, flow[0.1], flow[0.9], color=COLOURS[i], alpha=0.2, linewidth=0)
            steps = rows[rows["way"] == DESCENT].groupby("log_time")["angle"].median()
            axes.plot(steps.index, steps, "kx", ms=5, label="gradient descent" if loss == LOGISTIC else None)
            named = {0.1: "low", 0.5: "median", 0.9: "high"}
            numbers.append(flow.rename(columns=named).reset_index().assign(tail=loss, dimensions=d))
            if loss == LOGISTIC:
                at = np.array([flow.index.min(), flow.index.max()])
                axes.plot(at, flow[0.5].iloc[-1] * at[-1] / at, "k:", lw=0.8, label="1 / log t")
        axes.set(xscale="log", yscale="log", title=f"{d} dimensions")
    label_outside(figure, "log t", "angle to the largest margin")
    legend_beside(figure)
    logistic = table[table["tail"] == LOGISTIC]
    slope = np.mean([np.median(slopes_of(rows)) for _, rows in logistic.groupby("dimensions")])
    title = f"The angle to the largest margin falls with log t, slope {slope:.3f}"
    caption = "Medians and the middle 80 % of sets of points. A loss with a polynomial tail tends to another direction."
    return {"max-margin": Drawing(figure, pd.concat(numbers, ignore_index=True), title, caption)}
