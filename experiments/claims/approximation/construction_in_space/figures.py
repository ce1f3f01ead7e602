"""Figures of approximation.construction-in-space."""

from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.approximation.construction_in_space.plans import PROFILES, ROUTES, built, target_of
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from theory.approximation import features, targets
from theory.approximation.construction import CONSTRUCTIONS
from theory.approximation.curves import grid

# Networks of this dimension and of means of these orders are drawn.
DRAWN_D, DRAWN_ORDERS = 2, (4, 16)


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Errors and bounds against width, and networks on top of their targets along a line through the square."""
    drawings = {"construction-in-space-error": draw_errors(table)}
    square = table[(table["d"] == DRAWN_D) & (table["route"] == "mean")]
    return drawings | ({"construction-in-space-fit": draw_fits(square)} if len(square) else {})


def draw_errors(table: pd.DataFrame) -> Drawing:
    """A panel for each construction, family and route, and a colour for each d."""
    table = table[table["width"] > 0]
    present = set(zip(table["route"], table["family"], strict=True))
    columns = [(route, family) for route in ROUTES for family in targets.FAMILIES if (route, family) in present]
    rows = [construction for construction in CONSTRUCTIONS if construction in set(table["construction"])]
    keys = [(construction, *column) for construction in rows for column in columns]
    figure, axes_of = panels(keys, len(columns), width=1.8, height=2.2, beside=1.5)
    groups = dict(list(table.groupby(["construction", "route", "family"])))
    dimensions = sorted(table["d"].unique())
    for names, axes in axes_of.items():
        mine = groups.get(names, table[:0])
        for i, d in enumerate(dimensions):
            curve = mine[mine["d"] == d].sort_values("width", kind="stable")
            style: dict[str, Any] = {"color": COLOURS[i % len(COLOURS)]}
            axes.plot(curve["width"], curve["bound"], lw=0.9, label=f"d = {d}: bound", **style)
            axes.plot(curve["width"], curve["sup"], MARKERS[i % len(MARKERS)], ms=3, label="largest error", **style)
            axes.plot(curve["width"], curve["rms"], "_", ms=5, label="root mean square", **style)
        axes.set(xscale="log", yscale="log", xlim=(0.7, 1.5 * table["width"].max()))
        note = "" if names[1] == "mean" else ", few directions"
        axes.set_title(f"{names[2]}{note}\n{PROFILES[names[0]]}", fontsize=8)
    label_outside(figure, "hidden units", "error")
    legend_beside(figure, size=7)
    says = table[table["bound"] < table["constant"]]
    most = float((says["sup"] / says["bound"]).max())
    title = f"In up to {max(dimensions)} dimensions errors are at most {most:.2g} of what the proof guarantees"
    caption = "Largest and root mean square errors of the networks of the proof; lines: the bound."
    return Drawing(figure, table, title, caption)


def draw_fits(table: pd.DataFrame) -> Drawing:
    """Targets on the line from (-1, -½) to (1, ½), and on top of them the networks of two orders."""
    families = [family for family in targets.FAMILIES if family in set(table["family"])]
    construction = "interpolant" if "interpolant" in set(table["construction"]) else "steps"
    figure, axes_of = panels(families, width=2.2, height=2.3, beside=1.9)
    t, numbers = grid(401), []
    x = np.stack([t, t / 2], axis=1)
    orders = [order for order in DRAWN_ORDERS if order in set(table["order"])] or [int(table["order"].max())]
    for family, axes in axes_of.items():
        target = target_of(int(table["seed"].iloc[0]), family, DRAWN_D)
        lines = {"target": target.value(x)}
        for order in orders:
            layers, facts = built(target, DRAWN_D, order, "mean", construction)
            lines[f"order {order}"] = features.outputs(layers, x, CONSTRUCTIONS[construction].activation)
            numbers.append(pd.DataFrame({"width": facts["width"], "order": order, "y": lines[f"order {order}"]}))
            numbers[-1] = numbers[-1].assign(family=family, t=t, target=lines["target"])
        for (line, y), colour in zip(lines.items(), ("#aaaaaa", *COLOURS), strict=False):
            axes.plot(t, y, color=colour, lw=2.2 if line == "target" else 0.9, label=line)
        units = " and ".join(f"{frame['width'].iloc[0]:,}" for frame in numbers[-len(orders) :])
        axes.set_title(f"{family}\n{units} {CONSTRUCTIONS[construction].activation}s", fontsize=8)
    label_outside(figure, "t, at x = (t, t/2)", "output")
    legend_beside(figure, size=7)
    widths = [int(frame["width"].iloc[0]) for frame in numbers]
    title = f"In two dimensions the network of the proof has {min(widths):,} to {max(widths):,} hidden units"
    caption = "Targets on a line through the square (grey), and networks of two orders."
    return Drawing(figure, pd.concat(numbers, ignore_index=True), title, caption)
