"""The figure of random-gates."""

import pandas as pd

from experiments.claims.counting._draws import NETWORKS, TABLES
from experiments.claims.counting.random_gates.verdicts import BITS, slope
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import panels
from experiments.drawing.style import COLOURS, Drawing


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Mean probability of a function against its gates, one panel with biases and one without."""
    rows = table[table["of"] == "gates"].sort_values("number")
    rows["probability"] = (
        rows["count"]
        / rows["functions"]
        / rows.groupby(["hidden_layers", "width", "bias", "drawn"])["count"].transform("sum")
    )
    networks, tables = (rows[rows["drawn"] == drawn] for drawn in (NETWORKS, TABLES))
    figure, axes_of = panels([_words(bias) for bias in sorted(networks["bias"].unique())], width=3.0, beside=1.6)
    layers = sorted(networks["hidden_layers"].unique())
    for bias, axes in zip(sorted(networks["bias"].unique()), axes_of.values(), strict=True):
        mine = networks[(networks["bias"] == bias) & (networks["width"] == networks["width"].max())]
        for depth, own in mine[mine["count"] > 0].groupby("hidden_layers"):
            colour = COLOURS[layers.index(depth)]
            axes.plot(own["number"], own["probability"], "o-", color=colour, ms=3, label=f"{depth} hidden layers")
        axes.plot(tables["number"], tables["probability"], "--", color="grey", label="random tables")
        axes.set(yscale="log", xlabel="least gates of the function", ylabel="probability of one", title=_words(bias))
    legend_beside(figure)
    steep = [
        slope(own).value for _, own in table[table["drawn"] == NETWORKS].groupby(["hidden_layers", "width", "bias"])
    ]
    title = f"Each further gate makes a function 2^{min(steep):.2f} to 2^{max(steep):.2f} times as likely"
    caption = (
        f"Mean probability of the functions of {BITS} bits by their number of gates. Random tables are the control."
    )
    numbers = rows[["drawn", "hidden_layers", "width", "bias", "number", "functions", "count", "probability"]]
    return {"random-gates": Drawing(figure, numbers, title, caption)}


def _words(bias: bool) -> str:
    return "biases" if bias else "no biases"
