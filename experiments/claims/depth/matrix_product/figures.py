"""Figures of depth.matrix-product."""

import numpy as np
import pandas as pd

from experiments.claims.depth.matrix_product.verdicts import LOG_7, best, local_slopes
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from theory.depth import matrix_product, schemes


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Edges of the best networks as shares of n³, and their growth from n to 2n."""
    figure, axes_of = panels(("shares", "slopes"), width=3.2)
    shares, slopes = axes_of.values()
    numbers = []
    for i, (scheme, rows) in enumerate(table.groupby("scheme", sort=False)):
        mine, local = best(rows), local_slopes(rows)
        numbers.append(mine.merge(local, how="left", on="n"))
        predicted = _predicted(str(scheme), mine)
        shares.plot(predicted["n"], predicted["share"], color=COLOURS[i], lw=0.9)
        shares.plot(mine["n"], mine["free_share"], MARKERS[i], color=COLOURS[i], ms=5, mfc="none", mew=0.6)
        shares.plot(mine["n"], mine["share"], MARKERS[i], color=COLOURS[i], ms=3, label=f"{scheme}, counted")
        slopes.plot(local["n"], local["slope"], f"{MARKERS[i]}-", color=COLOURS[i], ms=4, lw=0.9)
    shares.plot([], [], "ko", mfc="none", mew=0.6, ms=5, label="without edges that carry")
    shares.plot([], [], "k-", lw=0.9, label="theory")
    shares.axhline(1, color="black", lw=0.8, ls=":", label="flat: n³")
    slopes.axhline(LOG_7, color="black", lw=0.8, ls="--")
    slopes.annotate("log2 7", (0.02, LOG_7), (0, 3), xycoords=("axes fraction", "data"), textcoords="offset points")
    # Smaller n show only the control, and lines that leave the panel.
    shares.set(xlim=(6, 1.3 * table["n"].max()), ylim=(0.6, 1.8))
    for axes, label in ((shares, "fewest edges of a deep network / n³"), (slopes, "log2(edges at n / edges at n/2)")):
        axes.set_xscale("log", base=2)
        axes.set(xlabel="n", ylabel=label)
    legend_beside(figure)
    every = pd.concat(numbers, ignore_index=True)
    last = every[every["n"] == every["n"].max()]
    title = (
        f"At n = {last['n'].max()} a deep network multiplies with {last['share'].min():.2g} of the n³ edges of a flat "
        "one"
    )
    caption = (
        "Left: fewest edges of a deep network by each scheme, over n³. Right: the power of n with which they grow."
    )
    return {"matrix-product-edges": Drawing(figure, every, title, caption)}


def _predicted(scheme: str, rows: pd.DataFrame) -> pd.DataFrame:
    """The fewest edges by the formula, at powers of two within the sizes drawn, as shares of n³."""
    exponents = np.arange(1, int(np.log2(rows["n"].max())) + 1)
    most = int(rows["recursion"].max())
    shares = [
        min(
            matrix_product.predicted_edges(schemes.SCHEMES[scheme](), 2**e, k)
            for k in range(1, min(e, max(most, 1)) + 1)
        )
        / 8.0**e
        for e in exponents.tolist()
    ]
    return pd.DataFrame({"n": 2.0**exponents, "share": shares})
