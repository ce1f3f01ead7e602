"""The figure of square-trained: largest errors of trained networks beside those of secants."""

from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.modern.square_trained.verdicts import DEEP, searches, secants
from experiments.drawing.legends import legend_beside
from experiments.drawing.style import COLOURS, MARKERS, Drawing, new_figure


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Largest errors of trained networks against rectifiers, and those of secants: a colour a shape."""
    figure = new_figure(7, 3.3)
    (axes,) = figure.axes
    found = [one.rows.assign(secants=secants(one.m, one.shape)) for one in searches(table)]
    numbers = pd.concat(found, ignore_index=True)
    for i, (shape, rows) in enumerate(numbers.groupby("shape")):
        look: dict[str, Any] = {"color": COLOURS[i], "ls": "none"}
        beside = rows["neurons"] * (1 + 0.03 * (2 * i - 1))
        spread = np.random.default_rng(0).uniform(0.988, 1.012, len(rows))
        error = rows["error"].clip(upper=10)
        middle = rows.assign(place=beside, error=error).groupby("place")[["error", "secants"]].median()
        axes.plot(beside * spread, error, marker=MARKERS[i], ms=2, mew=0, alpha=0.5, label=f"{shape}, trained", **look)
        axes.plot(middle["error"], marker=MARKERS[i], ms=6, mec="k", mew=0.7, label=f"{shape}, median", **look)
        label = "folds" if shape == DEEP else "flat, secants"
        axes.plot(middle["secants"], marker="_", ms=18, mew=1.6, label=label, **look)
    axes.set(yscale="log", xlabel="rectifiers", ylabel="largest error on x²")
    axes.set_xticks(sorted(numbers["neurons"].unique()))
    legend_beside(figure)
    m = numbers["m"].max()
    more = (numbers["error"] / numbers["secants"])[(numbers["m"] == m) & (numbers["shape"] == DEEP)]
    title = f"Trained in the shape of {m} folds, {len(more)} networks err {more.min():.3g} times as much or more"
    caption = "Every point is a trained network. Bars: the error of folds, and of as many secants in one hidden layer."
    return {"square-trained": Drawing(figure, numbers, title, caption)}
