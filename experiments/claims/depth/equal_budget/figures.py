"""Figures of depth.equal-budget."""

from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.depth._chosen import ZERO, ChosenDepth, best_of
from experiments.claims.depth.equal_budget.verdicts import flat_fits, series
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, Drawing
from theory.depth.targets import COMPOSITIONS


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Error against depth at equal numbers of parameters, a panel for each target and activation."""
    every = list(series(table))
    figure, axes_of = panels((names for names, _ in every), 3, width=2.3, height=2.1, beside=1.9)
    numbers = [_panel(axes_of[names], names, rows) for names, rows in every]
    label_outside(figure, "hidden layers", "relative error")
    legend_beside(figure)
    every = pd.concat(numbers, ignore_index=True)
    best = every.loc[every.groupby(["target", "activation"])["error"].idxmin(), "depth"]
    title = f"At an equal budget several layers are best in {int((best > 1).sum())} of {len(best)} tasks"
    caption = "Median error with intervals against the number of hidden layers, learning rates chosen on other runs."
    return {"equal-budget-error": Drawing(figure, every, title, caption)}


def _panel(axes: Any, names: tuple[str, str, int], rows: pd.DataFrame) -> pd.DataFrame:
    target, activation, budget = names
    composed = target in COMPOSITIONS and not flat_fits(names, rows)
    drawn = ChosenDepth(rows).typical().assign(best_of_all=best_of(rows)).reset_index()
    colour, kind = (COLOURS[0], "composition") if composed else (COLOURS[1], "control")
    # Of few runs an interval is unbounded: nothing is drawn.
    ends = drawn[["low", "high"]].where(np.isfinite(drawn[["low", "high"]]), drawn["error"], axis=0)
    reach = [drawn["error"] - ends["low"], ends["high"] - drawn["error"]]
    axes.errorbar(drawn["depth"], drawn["error"], reach, fmt="o-", color=colour, ms=4, lw=1, label=f"{kind}, median")
    best = drawn["best_of_all"].clip(ZERO)
    axes.plot(drawn["depth"], best, "o", color=colour, ms=6, mfc="none", mew=0.6, label="best of all")
    axes.axhline(1, color="black", ls="--", lw=0.8, label="constant predictor")
    # At the lower edge: their error is that of rounding.
    edge = {"transform": axes.get_xaxis_transform(), "clip_on": False}
    for at, label, marker in (
        (rows["construction_depth"].iloc[0], "exact network", "*"),
        (1.0 if flat_fits(names, rows) else np.nan, "exact, one layer", "P"),
    ):
        if np.isfinite(at):
            axes.plot(at, 0.05, marker, color=COLOURS[2], ms=8, label=label, **edge)
    axes.set(yscale="log", ylim=(None, 3))
    axes.set_xticks(drawn["depth"])
    axes.set_title(f"{target}\n{activation}, {budget} parameters", fontsize=8)
    return drawn.assign(target=target, activation=activation, budget=budget)
