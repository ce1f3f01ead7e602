"""The figure of hierarchy.layers-undo-steps: sensitivities against samples, layer by layer."""

from typing import Any

import pandas as pd

from experiments.claims.hierarchy._networks import shape_of
from experiments.claims.hierarchy.layers_undo_steps.verdicts import INSENSITIVE
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Mean sensitivity over grammars against samples; a panel for each level, a line for each layer."""
    columns = ["model", "network", "samples", "layer", "level"]
    numbers = (
        table.groupby(columns, sort=False)[["sensitivity", "error"]]
        .mean()
        .reset_index()
        .sort_values("samples", kind="stable")
    )
    numbers["collapsed"] = numbers["samples"] / [shape_of(model).deep_samples for model in numbers["model"]]
    # One model and one kind of local network are drawn; the numbers beside the figure have all.
    model, network = numbers["model"].iloc[0], numbers.loc[numbers["network"] != "dense", "network"].iloc[0]
    mine = numbers[(numbers["model"] == model) & (numbers["samples"] > 0)]
    levels = sorted(mine.loc[mine["network"] == network, "level"].unique())
    figure, axes_of = panels(levels, width=2.3, height=2.8, beside=1.8)
    for level, axes in axes_of.items():
        _level(axes, mine[(mine["level"] == level) & (mine["network"] == network)])
        _shallow(axes, mine[(mine["level"] == level) & (mine["network"] == "dense")])
        axes.set_title(f"synonyms of level {level}")
    label_outside(figure, "samples / n_c m^L", "sensitivity")
    legend_beside(figure, size=7)
    last = mine[(mine["network"] == network) & (mine["samples"] == mine["samples"].max())]
    after = last[last["layer"] == last["level"] + 1]["sensitivity"].max()
    title = f"Once the class is learned, synonyms move the layer after theirs by {after:.2f} of a distance at most"
    caption = (
        f"Means over grammars, {network} networks of the model {model}. Black: test error over chance. Dotted: "
        f"{INSENSITIVE:g}, below which a layer is called insensitive. Dashed: the hidden layer of shallow networks."
    )
    return {"layers-undo-steps": Drawing(figure, numbers, title, caption)}


def _level(axes: Any, mine: pd.DataFrame) -> None:
    for layer, rows in mine.groupby("layer"):
        i = int(layer) - 1
        look = {"color": COLOURS[i % 7], "marker": MARKERS[i % 7], "ms": 4}
        axes.plot(rows["collapsed"], rows["sensitivity"], lw=1.2, label=f"layer {layer}", **look)
    errors = mine.groupby("collapsed")["error"].first()
    axes.plot(errors.index, errors, color="black", lw=1.2, label="test error")
    axes.axhline(INSENSITIVE, color="black", lw=0.7, ls=":")
    axes.set_xscale("log", base=2)
    axes.set_ylim(-0.03, 1.4)


def _shallow(axes: Any, mine: pd.DataFrame) -> None:
    axes.plot(mine["collapsed"], mine["sensitivity"], color="0.5", lw=1.2, ls="--", label="one hidden layer")
