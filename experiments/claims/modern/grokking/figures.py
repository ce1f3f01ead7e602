"""The figure of grokking: how many runs have fitted, and how many generalise, after numbers of updates."""

from itertools import product

import numpy as np
import pandas as pd

from experiments.claims.modern.grokking.verdicts import RANDOM, SUM
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, Drawing

# Updates at which the axis begins: nothing was fitted before.
FIRST = 10
LOOKS = {"fitted_at": "--", "generalised_at": "-"}
WHAT = {"fitted_at": "fits", "generalised_at": "generalises"}


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """The share of runs that fit, and that generalise, against updates: a panel for each p and share of examples."""
    keys = list(product(sorted(table["p"].unique()), sorted(table["share"].unique())))
    figure, axes_of = panels(keys, table["share"].nunique(), width=2.8, height=2.4, beside=2.0)
    kinds = sorted(set(zip(table["labels"], table["weight_decay"], strict=True)), reverse=True)
    numbers = []
    for (p, share), axes in axes_of.items():
        rows = table[(table["p"] == p) & (table["share"] == share)]
        for (labels, decay), runs in rows.groupby(["labels", "weight_decay"]):
            i = kinds.index((labels, decay))
            name = "random labels" if labels == RANDOM else f"weight decay {decay:g}"
            for column, look in LOOKS.items():
                curve = _reached(runs, column)
                axes.step(
                    curve["updates"],
                    curve["runs"],
                    look,
                    where="post",
                    lw=1.2,
                    color=COLOURS[i],
                    label=f"{name}: {WHAT[column]}",
                )
                facts = {"p": p, "share": share, "labels": labels, "weight_decay": decay, "what": WHAT[column]}
                numbers.append(curve.assign(**facts))
        axes.set(xscale="log", xlim=(FIRST, None), ylim=(-0.03, 1.03), title=f"p = {p}, {share:.0%} of all sums")
    label_outside(figure, "updates", "share of runs")
    legend_beside(figure, size=7)
    caption = (
        "The share of runs that are right on 99 % of their examples (dashed), and on 90 % of all other sums (solid), "
        "after a number of updates."
    )
    return {"grokking": Drawing(figure, pd.concat(numbers, ignore_index=True), _title(table), caption)}


def _reached(runs: pd.DataFrame, column: str) -> pd.DataFrame:
    """The share of runs that have reached something, after each number of updates at which one does."""
    times = np.sort(runs[column][np.isfinite(runs[column])].to_numpy(float))
    ends = runs["steps"].max()
    share = np.arange(1, len(times) + 1) / len(runs)
    last = share[-1] if len(share) else 0.0
    return pd.DataFrame({"updates": [FIRST, *times, ends], "runs": [0.0, *share, last]})


def _title(table: pd.DataFrame) -> str:
    sums = table[(table["labels"] == SUM) & (table["weight_decay"] == table["weight_decay"].min())]
    most = sums[(sums["share"] == sums["share"].max()) & (sums["p"] == sums["p"].max())]
    fitted, later = most["fitted_at"].median(), most["generalised_at"].median()
    after = f"generalises after {later:,.0f}" if np.isfinite(later) else "does not generalise"
    return f"Without weight decay the median run fits after {fitted:,.0f} updates and {after}"
