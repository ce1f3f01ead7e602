"""The figure of minimum-width-on-average: a network of width 2 on its columns, and errors against layers."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from experiments.claims.modern.minimum_width_on_average.verdicts import LOCKED, POWERS, SHARPEST
from experiments.drawing.legends import legend_beside
from experiments.drawing.style import COLOURS, MARKERS, Drawing, logarithmic_ticks, new_figure
from theory.modern import broken_lines, plane_curves, zigzag

# The network that is drawn, and how steep its fast parts are: a speed that no curve between -4 and 4 has.
COLUMNS, FAST = 16, 1000.0


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """On the left one network and its curve; on the right errors of all networks of locked loops against layers."""
    locked = table[table["curve"] == LOCKED]
    if locked.empty:
        return {}
    figure = new_figure(7, 3.2, columns=2)
    plane, errors = figure.axes
    _plane(plane)
    sharpest = locked["sharpness"].max()
    rows = locked[locked["sharpness"] == sharpest].sort_values(["hidden_layers", "columns"])
    floor = rows["floor_largest"].max()
    layers = rows["hidden_layers"]
    errors.plot(layers, rows["largest"], "X-", color=COLOURS[6], ms=4, lw=1, label="largest error")
    errors.axhline(floor, color="k", lw=0.8, ls="--", label="floor of largest errors")
    for i, p in reversed([*enumerate(POWERS)]):
        look: dict[str, Any] = {"color": COLOURS[i], "marker": MARKERS[i], "ms": 4, "lw": 1}
        errors.plot(layers, rows[f"error_{p}"], label=f"mean error, p = {p}", **look)
    logarithmic_ticks(errors, layers.unique())
    errors.set(yscale="log", xlabel="hidden layers", ylabel="error")
    legend_beside(figure)
    least = rows["error_1"].min()
    title = f"Width 2 errs by {least:.2g} on average on locked loops, and by {floor:.2g} or more somewhere"
    caption = (
        "Left: a curve, and a network of width 2 that follows it on columns, fast from one to another. Right: exact "
        f"errors if fast parts take 2^-{sharpest} of a step."
    )
    return {"minimum-width-on-average": Drawing(figure, rows, title, caption)}


def _plane(axes: Axes) -> None:
    """The curve, and where a network is: slow on its columns, and fast between them."""
    corners = plane_curves.LOCKED
    line = broken_lines.line(zigzag.network(corners, COLUMNS, SHARPEST))
    times, places = np.array([float(one) for one in line.times]), line.places.astype(float)
    speeds = np.linalg.norm(np.diff(places, axis=0), axis=1) / np.diff(times)
    axes.plot(*places.T, color="#bbbbbb", lw=0.5, label="network, fast")
    # Pieces between fast ones, with gaps between them.
    slow = [np.vstack([places[i : i + 2], [[np.nan] * 2]]) for i in np.flatnonzero(speeds < FAST).tolist()]
    axes.plot(*np.vstack(slow).T, "o-", color=COLOURS[3], lw=1.6, ms=1.6, mew=0, label="network, slow")
    axes.plot(*corners.T, "k", lw=0.7, label="locked loops")
    axes.set(title=f"{COLUMNS + 1} columns", aspect="equal", xticks=[], yticks=[])
