"""The figure of whole-line: errors on the whole line against those on a compact domain."""

from typing import Any

import pandas as pd

from experiments.claims.modern.whole_line.verdicts import BUILT, WAYS, series
from experiments.drawing.legends import legend_beside
from experiments.drawing.style import COLOURS, MARKERS, Drawing, new_figure
from theory.modern.whole_line import ACTIVATIONS


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Errors on the whole line against those on [-2π, 2π]; filled marks for sin, open ones for a window of it."""
    figure = new_figure(7, 3.4)
    (axes,) = figure.axes
    for way, activation, rows in series(table):
        look: dict[str, Any] = {
            "marker": MARKERS[ACTIVATIONS.index(activation)],
            "color": COLOURS[WAYS.index(way)],
            "ls": "none",
        }
        axes.plot(rows["inside"], rows["on_line"], ms=4, mew=0, alpha=0.6, label=f"{way}, {activation}", **look)
        if way == BUILT:
            axes.plot(rows["inside"], rows["window"], ms=5, mfc="none", label=f"window of sin, {activation}", **look)
    axes.axhline(1, color="k", lw=0.8, ls="--", label="nothing nearer to sin")
    axes.set(xscale="log", yscale="log", xlabel="largest error on [-2π, 2π]", ylabel="error on the whole line")
    legend_beside(figure)
    title = (
        f"The best network is {table['inside'].min():.2g} away from sin on [-2π, 2π]; on the whole line none is nearer "
        f"than {table['on_line'].min():.4g}"
    )
    caption = (
        "Every filled mark is a network and its certified error to sin. Open marks: to a function that is sin on "
        "[-2π, 2π] and 0 elsewhere."
    )
    return {"whole-line": Drawing(figure, table, title, caption)}
