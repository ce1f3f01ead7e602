"""Errors of gates that multiply two numbers, against the scale of their input weights."""

from itertools import product
from typing import Any

import pandas as pd

from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from theory.depth.product import BIASES


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Error against scale, with theory as lines; a panel for each switch and precision, a colour per activation."""
    precisions, biases = sorted(table["precision"].unique()), [bias for bias in BIASES if bias in set(table["bias"])]
    activations = list(table["activation"].unique())
    figure, axes_of = panels(product(precisions, biases), len(biases), width=2.9, height=2.55, beside=1.4)
    for (precision, bias), axes in axes_of.items():
        rows = table[(table["precision"] == precision) & (table["bias"] == bias)].sort_values(
            "log2_scale", kind="stable"
        )
        for activation, mine in rows.groupby("activation", sort=False):
            i = activations.index(str(activation))
            scale = 2.0 ** mine["log2_scale"]
            looks: dict[str, Any] = {"color": COLOURS[i % len(COLOURS)], "label": activation}
            axes.plot(scale, mine["error"], MARKERS[i % len(MARKERS)], ms=2, mew=0, **looks)
            if mine["built"].all():
                model = mine["model_C"] * scale ** mine["model_p"] + mine["model_R"] * scale ** -mine["model_q"]
                axes.plot(scale, model, "-", color=COLOURS[i % len(COLOURS)], lw=0.7)
        axes.set(xscale="log", yscale="log", ylim=(1e-12 if precision == "float64" else 1e-6, 10))
        axes.set_title(f"{bias.replace('none', 'no')} bias{'es' if bias != 'output' else ''}, {precision}", fontsize=8)
    label_outside(figure, "scale λ of the input weights", "largest error")
    legend_beside(figure, size=7, markerscale=2)
    least = float(table.loc[table["built"], "error"].min())
    title = f"A gate multiplies two numbers with an error of {least:.1g} at best, where truncation and rounding cross"
    caption = (
        "Largest error against the scale of the input weights; lines: what theory predicts. Where no gate can be "
        "built the error stays near 1."
    )
    return {"gate-error": Drawing(figure, table, title, caption)}
