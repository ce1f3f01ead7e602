"""The figures of functions-hardly-matter: what explains the variance, and success by activation."""

import functools

import numpy as np
import pandas as pd

from experiments.claims.generalisation.functions_hardly_matter.verdicts import (
    OUTCOMES,
    POLYNOMIALS,
    SHARE,
    alike,
    factors_of,
    outcomes,
    share_over_tasks,
)
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing, logarithmic_ticks
from theory.generalisation import components

NAMES = {"learning_rate": "learning rate", "layers": "hidden layers"}


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """What each factor explains, if there are activations to compare; and success by activation and width."""
    usual = table[~table["activation"].isin(list(POLYNOMIALS))]
    found = {"success-by-activation": draw_success(table)}
    if usual["activation"].nunique() > 1:
        found |= {"explained": draw_shares(alike(usual)), "explained-by-world": draw_worlds(usual)}
    return found


def draw_worlds(table: pd.DataFrame) -> Drawing:
    """What the activation explains by itself, over all worlds and in each, one panel an outcome."""
    places = [("all worlds", alike(table)), *((str(world), rows) for world, rows in table.groupby("world", sort=False))]
    rows = []
    for world, mine in places:
        for outcome, halves in outcomes(mine).items():
            found = share_over_tasks(functools.partial(components.main_share, axis=1), halves, "")
            ends = {"low": max(found.low, -1.0), "high": min(found.high, 1.0)}
            rows.append({"outcome": outcome, "world": world, "share": found.value, **ends})
    numbers, names = pd.DataFrame(rows), [world for world, _ in places][::-1]
    figure, axes_of = panels(OUTCOMES, width=2.5, height=2.6)
    for outcome, axes in axes_of.items():
        mine = numbers[numbers["outcome"] == outcome]
        errors = np.maximum([mine["share"] - mine["low"], mine["high"] - mine["share"]], 0)
        place = [names.index(world) for world in mine["world"]]
        axes.errorbar(mine["share"], place, xerr=errors, fmt=MARKERS[0], color=COLOURS[0], ms=4, lw=1)
        axes.axvline(SHARE, color="0.4", lw=0.7, ls=":")
        axes.set_yticks(range(len(names)), names)
        axes.set(xlim=(-0.05, 1.0), title=OUTCOMES[outcome].removeprefix("the "))
    label_outside(figure, "share of the variance", "")
    some = numbers[(numbers["outcome"] == "success") & (numbers["world"] != "all worlds")].set_index("world")["share"]
    title = (
        f"Of success the activation explains most in the world of {some.idxmax()}, {some.max():.0%}, and least in that "
        f"of {some.idxmin()}, {some.min():.1%}"
    )
    caption = f"By itself, polynomials left out, with intervals over tasks. Dotted: {SHARE:.0%}, what is hardly."
    return Drawing(figure, numbers, title, caption)


def draw_shares(table: pd.DataFrame) -> Drawing:
    """Main and total shares of the variance of every outcome, one panel an outcome."""
    numbers = pd.DataFrame([row for name, halves in outcomes(table).items() for row in _shares(name, halves)])
    figure, axes_of = panels(OUTCOMES, width=2.5, height=2.6, beside=1.1)
    factors = ["task", *factors_of("success")][::-1]
    for outcome, axes in axes_of.items():
        for i, (kind, rows) in enumerate(numbers[numbers["outcome"] == outcome].groupby("kind", sort=False)):
            place = np.array([factors.index(name) for name in rows["factor"]]) + (0.12 if i else -0.12)
            errors = np.maximum([rows["share"] - rows["low"], rows["high"] - rows["share"]], 0)
            axes.errorbar(rows["share"], place, xerr=errors, fmt=MARKERS[i], color=COLOURS[i], ms=4, lw=1, label=kind)
        axes.set_yticks(range(len(factors)), [NAMES.get(name, name) for name in factors])
        axes.set(xlim=(-0.05, 1.0), title=OUTCOMES[outcome].removeprefix("the "))
    label_outside(figure, "share of the variance", "")
    legend_beside(figure)
    own = numbers[(numbers["kind"] == "by itself") & (numbers["factor"] == "activation")]
    title = (
        f"The activation explains {own['share'].min():.1%} to {own['share'].max():.1%} of the variance by itself, "
        "polynomials left out"
    )
    caption = (
        "Share of the variance over all networks that each factor explains, by itself and with all its interactions, "
        "with intervals over tasks."
    )
    return Drawing(figure, numbers, title, caption)


def _shares(outcome: str, halves: components.Halves) -> list[dict]:
    rows = []
    for axis, factor in enumerate(["task", *factors_of(outcome)]):
        # Without it nothing is left of what the task explains: it is drawn, and a mean over tasks has no such effect.
        for kind, statistic in (("by itself", components.main_share), ("with interactions", components.total_share)):
            if (kind == "by itself" and not axis) or halves[0].shape[axis] < 2:
                continue
            found = share_over_tasks(functools.partial(statistic, axis=axis), halves, "")
            ends = {"low": max(found.low, -1.0), "high": min(found.high, 1.0)}
            rows.append({"outcome": outcome, "factor": factor, "kind": kind, "share": found.value, **ends})
    return rows


def draw_success(table: pd.DataFrame) -> Drawing:
    """Share of runs that succeed against width, one panel a world, over all depths, rates and tasks."""
    numbers = table.groupby(["world", "activation", "width"], sort=False)["solved"].agg(["mean", "size"]).reset_index()
    numbers = numbers.rename(columns={"mean": "success", "size": "runs"})
    figure, axes_of = panels(numbers["world"].unique(), 3, width=2.6, height=2.4, beside=1.2)
    activations = list(numbers["activation"].unique())
    for world, axes in axes_of.items():
        for activation, rows in numbers[numbers["world"] == world].groupby("activation", sort=False):
            i = activations.index(activation)
            line = MARKERS[i % len(MARKERS)] + ("--" if activation in POLYNOMIALS else "-")
            colour = COLOURS[i % len(COLOURS)]
            rows = rows.sort_values("width", kind="stable")
            axes.plot(rows["width"], rows["success"], line, color=colour, ms=4, lw=1, label=str(activation))
        logarithmic_ticks(axes, numbers["width"].unique())
        axes.set(ylim=(-0.03, 1.03), title=str(world))
    label_outside(figure, "width", "share of runs that succeed")
    legend_beside(figure)
    mean = table.groupby("activation")["solved"].mean()
    others = mean[[name for name in mean.index if name not in POLYNOMIALS]]
    polynomials = [f"{name} {mean[name]:.0%}" for name in POLYNOMIALS if name in mean]
    title = f"Success: {others.min():.0%} to {others.max():.0%} of runs by activation" + (
        f"; {', '.join(polynomials)}" if polynomials else ""
    )
    caption = (
        "Share of runs that are right at all points, or explain 99 % of the variance, over all depths, rates and "
        "tasks; dashed: units that are polynomials."
    )
    return Drawing(figure, numbers, title, caption)
