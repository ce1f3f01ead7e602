"""Neurons of networks that multiply n numbers, and their errors, against n."""

from typing import Any

import numpy as np
import pandas as pd

from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from theory.depth.product import BIASES


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Neurons against n of flat, deep and other networks, and the least errors against n."""
    return {"product-neurons": draw_neurons(table), "product-error": draw_errors(table)}


def _biases(table: pd.DataFrame) -> list[str]:
    return [bias for bias in BIASES if bias in set(table["bias"])]


def draw_neurons(table: pd.DataFrame) -> Drawing:
    """One panel per switch of biases, with its best activation; points are counted, lines are formulas."""
    biases = _biases(table)
    figure, axes_of = panels(biases, width=2.9)
    n = np.linspace(2, table["n"].max(), 100)
    numbers = []
    for bias, axes in axes_of.items():
        axes.plot(n, 2.0**n, "k-", lw=0.8, label="2^n")
        axes.plot(n, 2.0 ** (n - 1), "k--", lw=0.8, label="2^(n-1)")
        axes.plot(n, 4 * (n - 1), "k:", lw=0.8, label="4 (n - 1)")
        rows = table[(table["bias"] == bias) & table["possible"]]
        # The best activation multiplies for the most n, and with the fewest neurons.
        merits = rows.groupby("activation")["neurons"].agg(["size", "sum"])
        best = merits.sort_values(["size", "sum"], ascending=[False, True]).index[0]
        shown = rows[rows["activation"] == best]
        for i, (layers, mine) in enumerate(shown.groupby("layers")):
            label = "one hidden layer" if layers == 1 else f"{layers} hidden layers"
            axes.plot(mine["n"], mine["neurons"], MARKERS[i], color=COLOURS[i], ms=4, label=label)
        numbers.append(shown)
        axes.set_yscale("log", base=2)
        axes.set_title(f"bias: {bias}; {shown['activation'].iloc[0]}", fontsize=8)
    label_outside(figure, "n, numbers that are multiplied", "hidden neurons, counted in the weights")
    legend_beside(figure, size=7)
    every = pd.concat(numbers, ignore_index=True)
    largest = every[every["n"] == every["n"].max()]
    flat, deep = (largest.loc[rows, "neurons"].min() for rows in (largest["layers"] == 1, largest["layers"] > 1))
    title = (
        f"{largest['n'].max()} numbers are multiplied by {flat:,.0f} neurons in one layer, by {deep:,.0f} in several"
    )
    caption = "Points: neurons counted in networks that multiply; lines: formulas. One panel for each switch of biases."
    return Drawing(figure, every, title, caption)


def draw_errors(table: pd.DataFrame) -> Drawing:
    """Errors of flat and deepest networks, one panel per switch of biases; measured as points, predicted as lines."""
    biases, activations = _biases(table), list(table["activation"].unique())
    figure, axes_of = panels(biases, width=2.9, beside=1.8)
    rows = table[table["error"].notna()]
    rows = rows.assign(shape=np.where(rows["layers"] == 1, "flat", "deep"))
    rows = rows[(rows["layers"] == 1) | (rows["layers"] == np.ceil(np.log2(rows["n"])))]
    for bias, axes in axes_of.items():
        mine = rows[rows["bias"] == bias].sort_values("n", kind="stable")
        for shape, fill in (("flat", None), ("deep", "none")):
            for i, activation in enumerate(activations):
                if not len(rows[(rows["activation"] == activation) & (rows["shape"] == shape)]):
                    continue
                some = mine[(mine["activation"] == activation) & (mine["shape"] == shape)]
                looks: dict[str, Any] = {"color": COLOURS[i], "label": f"{activation}, {shape}"}
                axes.plot(some["n"], some["error"], MARKERS[i], ms=3.5, mfc=fill, **looks)
                if shape == "flat":
                    axes.plot(some["n"], some["predicted"], color=COLOURS[i], lw=0.7)
        axes.set_yscale("log")
        axes.set_title(f"bias: {bias}", fontsize=8)
    label_outside(figure, "n, numbers that are multiplied", "largest error in float64")
    legend_beside(figure, size=7)
    flat, deep = (rows.loc[rows["shape"] == shape, "error"].max() for shape in ("flat", "deep"))
    title = f"In float64 flat products err by up to {flat:.2g}, deep ones by up to {deep:.2g}"
    caption = "Largest errors, measured as points and predicted as lines."
    return Drawing(figure, rows, title, caption)
