"""The figure of train-and-test: errors on the rest of the world against the share that are examples."""

import numpy as np
import pandas as pd

from experiments.claims.generalisation.train_and_test.verdicts import CONTROL, over_sets
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from theory.generalisation import tasks

# What a point of the figure is of.
POINT = ["activation", "n", "family", "share"]


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """The error on the rest against the share of inputs that are examples, one panel an n and activation."""
    numbers = pd.DataFrame([_point(rows) for _, rows in table.groupby(POINT)])
    columns = sorted(numbers["n"].unique())
    keys = [(activation, n) for activation in numbers["activation"].unique() for n in columns]
    figure, axes_of = panels(keys, len(columns), width=2.8, height=2.3, beside=1.4)
    families = [name for name in tasks.FAMILIES if name in set(numbers["family"])]
    for (activation, n), axes in axes_of.items():
        mine = numbers[(numbers["activation"] == activation) & (numbers["n"] == n)]
        for i, family in enumerate(families):
            rows = mine[mine["family"] == family]
            errors = np.maximum([rows["error"] - rows["low"], rows["high"] - rows["error"]], 0)
            place = rows["share"] + 0.006 * (i - 2.5)
            axes.errorbar(
                place, rows["error"], errors, fmt=f"{MARKERS[i]}-", color=COLOURS[i], ms=4, lw=1, label=family
            )
        axes.axhline(0.5, color="black", lw=0.7, ls=":")
        axes.set(ylim=(-0.03, 1.03), title=f"{activation}, n = {n}")
    label_outside(figure, "share that are examples", "error on the rest")
    legend_beside(figure)
    last = numbers[(numbers["n"] == max(columns)) & (numbers["share"] == numbers["share"].max())]
    mean = last.groupby("family")["error"].mean()
    told = [f"{mean[name]:.1%} of {name}" for name in ("threshold", "parity", CONTROL) if name in mean]
    title = (
        f"Right on all examples, wrong on the rest: {', '.join(told)}, from {last['share'].iloc[0]:.0%} of all inputs"
    )
    caption = (
        "Mean error on the inputs that are no examples, of networks that are right on all examples, with intervals "
        "over training sets. Dotted: chance."
    )
    return {"rest-of-the-world": Drawing(figure, numbers, title, caption)}


def _point(rows: pd.DataFrame) -> dict:
    found = over_sets(rows, rows["rest_error"], "")
    ends = {"low": max(found.low, 0.0), "high": min(found.high, 1.0)}
    return rows.iloc[0][POINT].to_dict() | {
        "error": found.value,
        **ends,
        "learned": int(rows["learned"].sum()),
        "runs": len(rows),
    }
