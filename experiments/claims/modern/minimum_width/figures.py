"""The figure of minimum-width: the curve with its loops, and the largest errors of trained networks against width."""

from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.modern.minimum_width.verdicts import ENOUGH, FLOOR, NARROW, series
from experiments.drawing.legends import legend_beside
from experiments.drawing.style import COLOURS, MARKERS, Drawing, logarithmic_ticks, new_figure
from theory.modern import plane_curves as theory

# Errors below this are drawn there.
LEAST = 1e-4


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """On the left the curve with its locked loops; on the right a point for each trained network, and the floor."""
    figure = new_figure(7, 3.0, columns=2)
    curve, errors = figure.axes
    corners = theory.LOCKED
    curve.plot(*corners.T, color="k", lw=1)
    for i, crossing in enumerate(next(theory.locked(corners))):
        around = np.array([[float(one) for one in place] for place in theory.loop(corners, crossing)])
        curve.fill(*around.T, color=COLOURS[i], alpha=0.2, lw=0)
        curve.plot(*around[0], MARKERS[i], color=COLOURS[i], ms=6, label="a crossing, and its loop around the other")
    curve.set(title="locked loops", aspect="equal", xticks=[], yticks=[])
    numbers = pd.concat([rows for _, rows in series(table)], ignore_index=True)
    place = numbers["width"] * np.random.default_rng(0).uniform(0.95, 1.05, len(numbers))
    look: dict[str, Any] = {"color": COLOURS[2], "ms": 2.5, "mew": 0, "alpha": 0.6}
    errors.plot(place, numbers["error"].clip(lower=LEAST), "o", label="trained", **look)
    errors.plot([1.7, ENOUGH - 0.4], [FLOOR] * 2, "k--", lw=1, label="floor under width 2")
    errors.plot(ENOUGH, LEAST, "v", color=COLOURS[4], ms=7, label="built, without an error")
    logarithmic_ticks(errors, numbers["width"].unique())
    errors.set(yscale="log", ylim=(LEAST / 2, 10), xlabel="width", ylabel="largest error")
    legend_beside(figure)
    best = numbers.loc[numbers["width"] <= NARROW, "error"].min()
    title = f"No network of width 2 is nearer to locked loops than {FLOOR:.2g}; the best one found is {best:.2g} away"
    caption = (
        "Left: a curve with two loops, each around the crossing of the other. Right: trained networks; errors below "
        "10⁻⁴ are drawn there."
    )
    return {"minimum-width": Drawing(figure, numbers, title, caption)}
