"""The figure of edge-of-stability: sharpness over the edge against updates."""

from typing import Any

import pandas as pd

from experiments.claims.modern.edge_of_stability.verdicts import CONTROL_EDGE, runs_of
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, Drawing


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Sharpness over edge on the way: a panel for each momentum and batch, a band and a median for each edge."""
    keys = list(dict.fromkeys(zip(table["momentum"], table["batch"], strict=True)))
    keys.sort(key=lambda key: (key[1] > 0, key))
    figure, axes_of = panels(keys, 3, width=2.3, height=2.2, beside=1.1)
    edges = sorted(table["edge"].unique())
    numbers = []
    for (momentum, batch), axes in axes_of.items():
        rows = table[(table["momentum"] == momentum) & (table["batch"] == batch)]
        for edge, mine in rows.groupby("edge"):
            bands = mine.groupby("updates")["ratio"].quantile([0.1, 0.5, 0.9]).unstack()
            looks: dict[str, Any] = {"color": COLOURS[edges.index(edge)]}
            axes.plot(bands.index, bands[0.5], lw=1.2, label=f"edge {edge:g}", **looks)
            axes.fill_between(bands.index, bands[0.1], bands[0.9], alpha=0.2, linewidth=0, **looks)
            facts = {"edge": edge, "momentum": momentum, "batch": batch}
            columns = {0.1: "low", 0.5: "median", 0.9: "high"}
            numbers.append(bands.rename(columns=columns).reset_index().assign(**facts))
        axes.axhline(1.0, color="k", lw=0.7, ls="--")
        of = f"batches of {batch}" if batch else "all points"
        axes.set(ylim=(0, 1.6), title=f"momentum {momentum:g}, {of}")
    label_outside(figure, "updates", "sharpness / edge")
    legend_beside(figure)
    runs = runs_of(table)
    plain = runs[(runs["batch"] == 0) & (runs["momentum"] == 0) & (runs["edge"] < CONTROL_EDGE)]["late"]
    low, middle, high = plain.quantile([0.1, 0.5, 0.9])
    title = f"Plain descent ends at {middle:.2f} times 2/η, in 8 of 10 runs between {low:.2f} and {high:.2f}"
    caption = "Largest eigenvalue of the exact Hessian over 2 (1 + β) / η: median of the runs, and the middle 80 %."
    return {"edge-of-stability": Drawing(figure, pd.concat(numbers, ignore_index=True), title, caption)}
