"""The figure of anatomy.backprop-one-point-step: shares of networks against the step."""

from itertools import product

import pandas as pd

from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing

# Kinds of outputs, as the figure names them.
OUTPUTS = {"identity": "linear outputs", "same": "outputs that apply the same function"}


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Shares against the step: the loss falls on the point, by each weight alone but not by all, on other points."""
    numbers = table.sort_values(["output", "activation", "depth", "step"]).assign(
        lowered_share=table["lowered"] / table["moved"].clip(lower=1),
        only_alone_share=table["only_alone"] / table["moved"].clip(lower=1),
    )
    titles = {
        "lowered_share": "loss falls on the point",
        "only_alone_share": "by each weight alone, not by all",
        "others_lowered": "loss falls on other points",
    }
    outputs = list(table["output"].unique())
    figure, axes_of = panels(product(outputs, titles), len(titles), width=2.2, height=2.3)
    for (output, column), axes in axes_of.items():
        mine = numbers[(numbers["output"] == output) & (numbers["depth"] == numbers["depth"].max())]
        for (name, rows), colour, marker in zip(mine.groupby("activation", sort=False), COLOURS, MARKERS, strict=False):
            axes.plot(rows["step"], rows[column], f"{marker}-", color=colour, ms=3, lw=0.9, label=name)
        axes.set_xscale("log")
        axes.set_ylim(-0.03, 1.03)
        axes.set_title(f"{titles[column]},\n{OUTPUTS[output]}", fontsize=8)
    label_outside(figure, "step", "share")
    legend_beside(figure)
    smallest = numbers[numbers["step"] == numbers["step"].min()]
    least = float(smallest["lowered_share"].min())
    title = f"The smallest step lowers the loss for at least {least:.0%} of networks, a large step may not"
    caption = (
        "Shares of random networks with a gradient other than 0. Above: linear outputs. Below: outputs that apply the "
        "hidden neurons' function."
    )
    return {"one-point-step": Drawing(figure, numbers, title, caption)}
