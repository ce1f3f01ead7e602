"""The figure of depth.hidden-products: how often networks are found, and how near they come."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from experiments.claims.depth.hidden_products.verdicts import words
from experiments.drawing.panels import panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from experiments.judging.statistics import exact_interval
from theory.depth.decomposition import EXACT
from theory.depth.schemes import PRODUCTS

SMALL: dict[str, Any] = {"textcoords": "offset points", "fontsize": 7}


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """For each product of matrices: success rates against r, and the residual of each run after polishing."""
    names = [name for name in PRODUCTS if name in set(table["product"])]
    figure, axes_of = panels(
        [f"{what} {name}" for what in ("rates", "residuals") for name in names], columns=len(names), width=4.0, beside=0
    )
    counts = pd.DataFrame(list(_counts(table)))
    for name in names:
        _draw_rates(axes_of[f"rates {name}"], counts[counts["product"] == name])
        _draw_residuals(axes_of[f"residuals {name}"], table[table["product"] == name])
        axes_of[f"rates {name}"].set_title(str(PRODUCTS[name]), fontsize=9)
        for what in ("rates", "residuals"):
            axes_of[f"{what} {name}"].set_xticks(sorted(table.loc[table["product"] == name, "r"].unique()))
            axes_of[f"{what} {name}"].set_xlabel("r, hidden products")
    found = counts[counts["solved"] > 0].groupby("product")["r"].min()
    least = " and ".join(f"{found.get(name, 'none')} for {PRODUCTS[name]}" for name in names)
    title = f"The fewest hidden products that training finds are {least}"
    caption = "Above: success rates with intervals. Below: residuals after polishing; Adam, and least squares in turn."
    return {"hidden-products": Drawing(figure, counts, title, caption)}


def _draw_rates(axes: Axes, counts: pd.DataFrame) -> None:
    for i, (method, mine) in enumerate(counts.groupby("method", sort=False)):
        errors = [mine["rate"] - mine["low"], mine["high"] - mine["rate"]]
        label = words(str(method))
        axes.errorbar(mine["r"], mine["rate"], errors, fmt=f"{MARKERS[i]}-", color=COLOURS[i], ms=4, lw=1, label=label)
    axes.set(ylim=(-0.03, 1.03), ylabel="share of runs that find one")
    axes.legend(fontsize=7)


def _draw_residuals(axes: Axes, table: pd.DataFrame) -> None:
    for i, (_, runs) in enumerate(table.groupby("method", sort=True)):
        # Methods are drawn side by side, and runs spread a little, so that points do not coincide.
        beside = runs["r"] + 0.24 * (i - 0.5) + 0.16 * (runs["restart"] / (runs["restart"].max() + 1) - 0.5)
        axes.plot(beside, runs["polished"].clip(lower=1e-16), ".", color=COLOURS[i], ms=2.5)
    axes.axhline(EXACT, color="black", lw=0.8, ls="--")
    axes.annotate("counts as found", (0.02, EXACT), (0, -9), xycoords=("axes fraction", "data"), **SMALL)
    axes.set(yscale="log", ylabel="residual of a run")


def _counts(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for (product, method, r), rows in table.groupby(["product", "method", "r"]):
        solved = int(rows["solved"].sum())
        low, high = exact_interval(solved, len(rows))
        yield {
            "product": product,
            "method": method,
            "r": r,
            "runs": len(rows),
            "solved": solved,
            "exact": int(rows["exact"].sum()),
            "rate": solved / len(rows),
            "low": low,
            "high": high,
            "least_residual": rows["residual"].min(),
            "median_residual": rows["residual"].median(),
        }
