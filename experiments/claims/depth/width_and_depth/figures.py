"""Figures of depth.width-and-depth."""

from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.depth.width_and_depth.verdicts import chosen
from experiments.drawing.legends import legend_below
from experiments.drawing.panels import panels
from experiments.drawing.style import COLOURS, Drawing
from theory.depth import groups


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """The heat map: median error over the constant's, by width and depth, with the curve of what should suffice."""
    table = chosen(table)
    table = table[table["updates"] == table["updates"].max()]
    activations = sorted(table["activation"].unique())
    figure, axes_of = panels(activations, width=3.6, height=3.5)
    numbers = table.groupby(["activation", "depth", "width"])["error"].median().reset_index()
    # White is the constant's error; the colours reach as far as the best network, and at least a tenth.
    reach = max(0.1, 1 - numbers["error"].min())
    for activation, axes in axes_of.items():
        mine = numbers[numbers["activation"] == activation].pivot(index="width", columns="depth", values="error")
        picture = _map(axes, mine, reach)
        _curve(axes, mine, int(table["n"].iloc[0]))
        axes.set_title(f"product of {table['n'].iloc[0]} numbers, {activation}", fontsize=8)
    figure.axes[0].set_ylabel("width of every hidden layer")
    figure.colorbar(picture, ax=figure.axes, label="mean absolute error / the constant's", extend="max")
    legend_below(figure)
    paper = numbers["depth"].map({d: groups.formula(int(table["n"].iloc[0]), d) for d in set(numbers["depth"])})
    title = (
        f"The product of 20 numbers: no network errs by less than {numbers['error'].min():.2g} of the constant's error"
    )
    caption = "Left: width and depth of the networks, and where they should suffice. Right: their best errors."
    return {"width-and-depth": Drawing(figure, numbers.assign(neurons_on_paper=paper), title, caption)}


def _map(axes: Any, errors: pd.DataFrame, reach: float) -> Any:
    ends = {"vmin": 1 - reach, "vmax": 1 + reach}
    picture = axes.imshow(errors.to_numpy(), origin="lower", aspect="auto", cmap="RdBu_r", alpha=0.85, **ends)
    for (row, column), error in np.ndenumerate(errors.to_numpy()):
        axes.text(column, row, f"{error:.2f}", ha="center", va="center", fontsize=7)
    axes.set_xticks(range(len(errors.columns)), errors.columns)
    axes.set_yticks(range(len(errors.index)), errors.index)
    axes.set_xlabel("hidden layers")
    axes.grid(False)
    return picture


def _curve(axes: Any, errors: pd.DataFrame, n: int) -> None:
    """The width from which on networks meet the formula."""
    depth, places = errors.columns.to_numpy(float), np.arange(len(errors.index))
    paper = np.log2([groups.formula(n, int(k)) for k in depth])
    height = np.interp(paper, np.log2(errors.index), places, left=np.nan, right=np.nan)
    axes.plot(np.arange(len(depth)), height, "-", color=COLOURS[2], lw=1.5, label="neurons of the first layer, formula")
