"""The figures of random-gates: probabilities by gates, and what each measure of complexity tells."""

import pandas as pd

from experiments.claims.counting._draws import NETWORKS, TABLES
from experiments.claims.counting.random_gates.beside import BESIDE, told
from experiments.claims.counting.random_gates.verdicts import BITS, slope
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing

GATES = "least gates"
# Measures in a legend.
WORDS = {"words": "Lempel and Ziv's words", "balance": "ones or zeros, the fewer"}


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Mean probability of a function against its gates; bits that each measure tells against depth."""
    return {"random-gates": draw_probabilities(table), "complexities": draw_told(table)}


def draw_told(table: pd.DataFrame) -> Drawing:
    """Bits that every measure tells of a random network's function, one panel with biases and one without."""
    rows = table[table["of"].isin(list(BESIDE)) & (table["drawn"] == NETWORKS)]
    rows = rows[rows["width"] == rows["width"].max()]
    kinds = rows.groupby(["bias", "hidden_layers"])
    numbers = pd.DataFrame([row for (bias, layers), own in kinds for row in _told(bool(bias), int(layers), own)])
    figure, axes_of = panels([_words(bias) for bias in sorted(numbers["bias"].unique())], width=3.0, beside=2.2)
    for bias, axes in zip(sorted(numbers["bias"].unique()), axes_of.values(), strict=True):
        for i, (measure, own) in enumerate(numbers[numbers["bias"] == bias].groupby("measure", sort=False)):
            axes.plot(own["hidden_layers"], own["bits"], MARKERS[i] + "-", color=COLOURS[i], ms=4, label=measure)
        axes.set(xlabel="hidden layers", xticks=sorted(numbers["hidden_layers"].unique()), ylim=(0, None))
        axes.set_title(_words(bias))
    figure.axes[0].set_ylabel("bits told of a function")
    legend_beside(figure)
    first = numbers.loc[numbers.groupby(["bias", "hidden_layers"])["bits"].idxmax(), "measure"]
    title = f"Of {len(first)} kinds of networks, gates tell most of {(first == GATES).sum()}"
    caption = (
        "How many bits each measure tells of a random network's function, by one slope of log2 P: more is better. "
        "Constant functions are left out."
    )
    return Drawing(figure, numbers, title, caption)


def _told(bias: bool, hidden_layers: int, rows: pd.DataFrame) -> list[dict]:
    facts = {"bias": bias, "hidden_layers": hidden_layers}
    of = {measure: rows[rows["of"] == measure] for measure in BESIDE}
    gates = [facts | {"measure": GATES, "bits": told(next(iter(of.values())), "number")}]
    return gates + [facts | {"measure": WORDS[name], "bits": told(own, "beside")} for name, own in of.items()]


def draw_probabilities(table: pd.DataFrame) -> Drawing:
    """Mean probability of a function against its gates, one panel with biases and one without."""
    rows = table[table["of"] == "gates"].sort_values("number", kind="stable")
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
        axes.set(yscale="log", xlabel="least gates of a circuit", ylabel="probability of one", title=_words(bias))
    legend_beside(figure)
    steep = [
        slope(own).value for _, own in table[table["drawn"] == NETWORKS].groupby(["hidden_layers", "width", "bias"])
    ]
    title = f"Each further gate makes a function 2^{min(steep):.2f} to 2^{max(steep):.2f} times as likely"
    caption = (
        f"Mean probability of the functions of {BITS} bits by their number of gates. Random tables are the control."
    )
    numbers = rows[["drawn", "hidden_layers", "width", "bias", "number", "functions", "count", "probability"]]
    return Drawing(figure, numbers, title, caption)


def _words(bias: bool) -> str:
    return "biases" if bias else "no biases"
