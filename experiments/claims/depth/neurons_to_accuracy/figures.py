"""Figures of depth.neurons-to-accuracy."""

from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.depth.neurons_to_accuracy.verdicts import (
    DOMAINS,
    FORM_WORDS,
    LEVELS,
    ON_PAPER,
    ON_PAPER_WORDS,
    series,
)
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Neurons needed against n, a panel for each domain, activation and level, with the numbers on paper."""
    every = {(one.domain, one.activation, one.level): one for one in series(table)}
    figure, axes_of = panels(every, len(LEVELS), width=2.9, height=2.6, beside=1.9)
    n = np.array(sorted(table["n"].unique()))
    for key, axes in axes_of.items():
        one = every[key]
        for i, (form, needed) in enumerate(one.forms.items()):
            _curve(axes, i, form, needed)
            axes.plot(n, [ON_PAPER[form](k) for k in n], "--", color=COLOURS[i], lw=0.8, label=ON_PAPER_WORDS[form])
        axes.set_yscale("log", base=2)
        low, high = DOMAINS[one.domain]
        axes.set_title(f"U[{low:g}, {high:g}], {one.activation}, relative error {one.level:g}", fontsize=8)
    label_outside(figure, "n, numbers to multiply", "neurons needed")
    legend_beside(figure)
    numbers = [
        needed.assign(form=form, domain=one.domain, activation=one.activation, level=one.level)
        for one in every.values()
        for form, needed in one.forms.items()
    ]
    every = pd.concat(numbers, ignore_index=True)
    reached = every.loc[every["reached"], "needed"]
    title = f"Training learns to multiply n numbers in {len(reached)} of {len(every)} settings"
    if len(reached):
        title += f", with {reached.min():.0f} to {reached.max():.0f} neurons"
    caption = "One hidden layer and several; hollow marks are not reached at the largest width tried."
    return {"neurons-against-n": Drawing(figure, every, title, caption)}


def _curve(axes: Any, i: int, form: str, needed: pd.DataFrame) -> None:
    reached, beyond = needed[needed["reached"]], needed[~needed["reached"]]
    axes.plot(reached["n"], reached["needed"], f"{MARKERS[i]}-", color=COLOURS[i], ms=4, lw=1, label=FORM_WORDS[form])
    more = f"{FORM_WORDS[form]}, more than"
    axes.plot(beyond["n"], beyond["needed"], "^", color=COLOURS[i], ms=9, mfc="none", label=more)
