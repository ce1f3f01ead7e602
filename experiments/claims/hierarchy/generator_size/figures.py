"""Errors on the rest of the domain against examples, and what is needed against the steps of the generator."""

from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.hierarchy import _generators as generators_of
from experiments.claims.hierarchy.generator_size.verdicts import BY, wholly
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing, logarithmic_ticks

# The control: the same truth tables in random order.
SHUFFLED: dict[str, Any] = {"color": "black", "ls": "--", "lw": 1}


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Learning curves, and examples and widths needed."""
    return {"examples": draw_errors(table), "needed": draw_needed(table)}


def draw_errors(table: pd.DataFrame) -> Drawing:
    """Median error on the rest against the number of examples, one panel a family, one line for each count of steps."""
    part = generators_of.partly(table)
    keys = ["family", "role", "made", "examples"]
    numbers = part.groupby(keys)["error"].agg(error="median", functions="size").reset_index()
    figure, axes_of = panels(sorted(numbers["family"].unique()), width=2.5, height=2.8, beside=1.3)
    counts = sorted(numbers["made"].unique())
    looks = {made: _look(i) for i, made in enumerate(counts)}
    for family, axes in axes_of.items():
        mine = numbers[numbers["family"] == family]
        for made, rows in mine[mine["role"] == "made"].groupby("made"):
            axes.plot(rows["examples"], rows["error"], **looks[made])
        control = mine[mine["role"] == "shuffled"].groupby("examples")["error"].median()
        axes.plot(control.index, control, **SHUFFLED)
        axes.axhline(generators_of.BOUND, color="black", lw=0.7, ls=":")
        logarithmic_ticks(axes, numbers["examples"].unique())
        axes.set(title=family, ylim=(-0.02, 0.62))
    label_outside(figure, "examples", "error on the rest of the domain")
    names = {f"{made} steps" if made > 1 else "1 step": look for made, look in looks.items()}
    legend_beside(figure, names | {"shuffled": SHUFFLED})
    last = numbers[numbers["examples"] == numbers["examples"].max()].groupby("role")["error"].median()
    total = 2 ** int(part["n"].iloc[0])
    title = (
        f"{numbers['examples'].max()} of {total} inputs tell the rest where steps made it (error {last['made']:.2g}), "
        f"else not ({last['shuffled']:.2g})"
    )
    caption = (
        "Median error, over functions, on all inputs that were no examples; dashed: the same truth tables in random "
        f"order. The dotted line is the bound, {generators_of.BOUND:g}."
    )
    return Drawing(figure, numbers, title, caption)


def _look(i: int) -> dict[str, Any]:
    return {"color": COLOURS[i % len(COLOURS)], "marker": MARKERS[i % len(MARKERS)], "ms": 4, "lw": 1.1}


def draw_needed(table: pd.DataFrame) -> Drawing:
    """Examples and widths needed against steps, made and shuffled; what is beyond the ladder is drawn at its end."""
    numbers = pd.concat([_needed(str(family), rows) for family, rows in table.groupby("family")])
    families, whats = list(numbers["family"].unique()), list(numbers["what"].unique())
    figure, axes_of = panels(whats, width=3.4, height=3.0, beside=2.0)
    for what, axes in axes_of.items():
        mine = numbers[numbers["what"] == what]
        for i, family in enumerate(families):
            for role, line, fill in (("made", "-", COLOURS[i]), ("shuffled", ":", "none")):
                rows = mine[(mine["family"] == family) & (mine["role"] == role)]
                # Side by side, so that families with the same number can be told apart.
                place = rows["made"] * 1.05 ** (i - 1)
                look: dict[str, Any] = {"color": COLOURS[i], "marker": MARKERS[i], "mfc": fill, "ms": 5, "lw": 1}
                axes.plot(place, rows["drawn"], line, label=f"{family}, {role}", **look)
        axes.set_yscale("log", base=2)
        logarithmic_ticks(axes, numbers["made"].unique())
        axes.axhline(mine["end"].max(), color="black", lw=0.7, ls=":")
        axes.set(xlabel="steps of the generator", ylabel=f"{what} needed")
    legend_beside(figure)
    made = numbers[(numbers["role"] == "made") & (numbers["what"] == "examples")]
    reached = np.isfinite(made["needed"]).mean()
    shuffled = np.isfinite(numbers.loc[(numbers["role"] == "shuffled") & (numbers["what"] == "examples"), "needed"])
    title = (
        f"A part of the table is enough for {reached:.0%} of the generators, and for {shuffled.mean():.0%} of their "
        "shuffled tables"
    )
    caption = (
        "Medians over functions. A mark on the dotted line is beyond what was tried: no part of the domain was enough, "
        "or no width. Below the least number of examples is drawn as that."
    )
    return Drawing(figure, numbers, title, caption)


def _needed(family: str, rows: pd.DataFrame) -> pd.DataFrame:
    tables, least = [], np.log2(rows["examples"].min())
    for what, needed, end in (
        (
            "examples",
            generators_of.examples_needed(generators_of.partly(rows), BY).clip(lower=least),
            2.0 ** int(rows["n"].iloc[0]),
        ),
        ("hidden units", generators_of.width_needed(wholly(rows), BY), 2.0 * float(rows["width"].max())),
    ):
        medians = np.exp2(needed).groupby(["made", "role"]).median().rename("needed").reset_index()
        drawn = medians["needed"].where(np.isfinite(medians["needed"]), end)
        tables.append(medians.assign(family=family, what=what, end=end, drawn=drawn))
    return pd.concat(tables)
