"""The figure of depth.trained-butterfly: errors of all runs, floors and published errors."""

import pandas as pd

from experiments.claims.depth.trained_butterfly.verdicts import FOUND, PUBLISHED, REACHABLE, at_best
from experiments.drawing.panels import panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from experiments.judging import budgets


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Errors of all runs at the best rate against N, with floors and published errors."""
    groups = list(table.groupby(["target", "order"]))
    figure, axes_of = panels(("found", "missed"), width=4.2, height=3.9, beside=0)
    found, missed = axes_of.values()
    numbers = []
    for i, ((target, order), rows) in enumerate(groups):
        reachable = (target, order) in REACHABLE
        axes = found if reachable else missed
        best, _ = budgets.by_budget(pd.concat([runs for _, runs in at_best(rows)]))
        shift = 2 ** (0.12 * (i - 2))
        axes.plot(best["N"] * shift, best["error"], MARKERS[i], color=COLOURS[i], ms=3, alpha=0.6)
        axes.plot([], [], MARKERS[i], color=COLOURS[i], ms=4, label=f"{target}, {order} order")
        if not reachable:
            floor = best.groupby("N")["floor"].min()
            axes.plot(floor.index * shift, floor, "_", color=COLOURS[i], ms=12, mew=1.2)
        if reachable or target == "random":
            published = pd.Series(PUBLISHED[target]).loc[: table["N"].max()]
            axes.plot(published.index, published, "*", color=COLOURS[i], ms=9, mec="black", mew=0.5)
        numbers.append(
            best.assign(published=best["N"].map(PUBLISHED[target] if reachable or target == "random" else {}))
        )
    found.axhline(FOUND, color="black", lw=0.8, ls="--", label=f"counts as found: {FOUND:g}")
    found.plot([], [], "k*", ms=7, label="published")
    missed.plot([], [], "k_", ms=12, mew=1.2, label="floor")
    missed.plot([], [], "k*", ms=7, label="published, order learned")
    found.set(yscale="log", title="butterflies can reach it", ylabel="root mean square error")
    missed.set(title="they cannot", ylim=(0, None))
    for axes in figure.axes:
        axes.set_xscale("log", base=2)
        axes.set_xlabel("N")
        axes.legend(fontsize=7, loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2)
    every = pd.concat(numbers, ignore_index=True)
    title = (
        f"{int(every['solved'].sum())} of {len(every)} runs find the transform; the others cannot, or come no nearer "
        "than a floor"
    )
    caption = "Each point is a run; lines: published errors, and floors below which no butterflies come."
    return {"butterfly-errors": Drawing(figure, every, title, caption)}
