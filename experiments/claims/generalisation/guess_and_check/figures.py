"""The figures of guess-and-check: errors against width and against loss, and how rare right guesses are."""

import numpy as np
import pandas as pd

from experiments.claims.generalisation.guess_and_check.verdicts import (
    BINS_AN_OCTAVE,
    CONTROL,
    EVERY,
    FIRST,
    GUESSES,
    TRAINED,
    WAYS,
    compared,
    over_sets,
)
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing, logarithmic_ticks

# A point is drawn of at least this number of networks: the mean of fewer is noise.
FEW = 10
# What a point of the figure is of.
POINT = ["world", "examples", "search", "width"]


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Errors on the rest, by width and by loss, and the share of guesses that are right."""
    every, binned = table[table["bin"] == EVERY], table[(table["bin"] != EVERY) & (table["world"] != CONTROL)]
    found = {"guessed-and-trained": draw_errors(every), "right-guesses": draw_rates(every)}
    return found | ({"equal-loss": draw_bins(binned)} if len(binned) else {})


def draw_errors(table: pd.DataFrame) -> Drawing:
    """Error on the rest against width, one panel a task and number of examples, one line a search."""
    numbers = pd.DataFrame([_point(rows) for _, rows in table.groupby(POINT, sort=False)])
    keys = numbers[["world", "examples"]].drop_duplicates().itertuples(index=False, name=None)
    figure, axes_of = panels(keys, 4, width=2.2, height=2.5, beside=1.3)
    for (task, examples), axes in axes_of.items():
        mine = numbers[(numbers["world"] == task) & (numbers["examples"] == examples)]
        for i, search in enumerate((GUESSES, *WAYS)):
            points = mine[mine["search"] == search].sort_values("width", kind="stable")
            errors = np.maximum([points["error"] - points["low"], points["high"] - points["error"]], 0)
            # Side by side, so that equal errors can be told apart.
            place = points["width"] * 2 ** (0.06 * (i - 1))
            axes.errorbar(
                place, points["error"], errors, fmt=f"{MARKERS[i]}-", color=COLOURS[i], ms=4, lw=1, label=search
            )
        logarithmic_ticks(axes, numbers["width"].unique())
        axes.axhline(0.5, color="black", lw=0.7, ls=":")
        axes.set(ylim=(-0.03, 0.63), title=f"{task}, {examples} examples")
    label_outside(figure, "width", "error on the rest")
    legend_beside(figure)
    mean = numbers.groupby("search")["error"].mean()
    told = f"{mean[TRAINED]:.0%} after all updates, {mean[FIRST]:.0%} when first right"
    title = f"Errors on the rest: guessed networks {mean[GUESSES]:.0%}, trained ones {told}"
    caption = (
        "Mean error on the points that are no examples, of networks that are right on all examples: random weights, "
        "networks after all updates, and networks at the first update at which they are right; intervals over sets."
    )
    return Drawing(figure, numbers, title, caption)


def _point(rows: pd.DataFrame) -> dict:
    found = over_sets(rows.set_index(["set", "width"])["rest_error"], "")
    ends = {"low": max(found.low, 0.0), "high": min(found.high, 1.0)}
    return rows.iloc[0][POINT].to_dict() | {
        "error": found.value,
        **ends,
        "sets": found.samples,
        "censored": int(rows["rest_error"].isna().sum()),
    }


def draw_bins(binned: pd.DataFrame) -> Drawing:
    """Error on the rest against the normalised loss, one panel a task and number of examples, one line a search."""
    keys = ["world", "examples", "search", "bin"]
    sums = binned.assign(wrong=binned["rest_error"] * binned["right"]).groupby(keys)[["right", "wrong"]].sum()
    numbers = sums.assign(error=sums["wrong"] / sums["right"]).reset_index()
    # The middle of a bin, of the distance below log 2, in doublings.
    numbers["distance"] = 2.0 ** ((0.5 - numbers["bin"]) / BINS_AN_OCTAVE)
    numbers = numbers.rename(columns={"right": "networks"}).drop(columns="wrong")
    panel = numbers[["world", "examples"]].drop_duplicates().itertuples(index=False, name=None)
    figure, axes_of = panels(panel, 3, width=2.6, height=2.6, beside=1.3)
    for (task, examples), axes in axes_of.items():
        mine = numbers[(numbers["world"] == task) & (numbers["examples"] == examples)]
        for i, search in enumerate((GUESSES, *WAYS)):
            points = mine[(mine["search"] == search) & (mine["networks"] >= FEW)]
            axes.plot(points["distance"], points["error"], f"{MARKERS[i]}-", color=COLOURS[i], ms=4, lw=1, label=search)
        axes.set_xscale("log", base=2)
        axes.axhline(0.5, color="black", lw=0.7, ls=":")
        axes.set(ylim=(-0.03, 0.63), title=f"{task}, {examples} examples")
    label_outside(figure, "log 2 less the normalised loss", "error on the rest")
    legend_beside(figure)
    told = "; ".join(_at_equal_loss(binned, way) for way in WAYS)
    caption = (
        "Mean error on the points that are no examples. A point is the mean of all networks, of all sets and widths, "
        f"with a normalised loss in the same bin, if there are at least {FEW}. "
        "To the right networks fit their examples better."
    )
    return Drawing(figure, numbers, f"At equal loss: {told}", caption)


def _at_equal_loss(binned: pd.DataFrame, way: str) -> str:
    both = pd.concat([compared(rows, way) for _, rows in binned.groupby(["world", "examples"])]).dropna()
    if both.empty:
        return f"no guess beside {way}"
    means = both[["guessed", "trained"]].mul(both["right"], axis=0).sum() / both["right"].sum()
    return f"guesses {means['guessed']:.0%}, trained ({way}) {means['trained']:.0%}"


def draw_rates(table: pd.DataFrame) -> Drawing:
    """The share of guesses that are right on all examples, each set of examples a point; none found is a bound."""
    rows = table[table["search"] == GUESSES].copy()
    rows["share"] = rows["right"] / rows["tried"]
    least = float((rows["right"].clip(lower=1) / rows["tried"]).min())
    keys = rows[["world", "examples"]].drop_duplicates().itertuples(index=False, name=None)
    figure, axes_of = panels(keys, 4, width=2.2, height=2.5, beside=1.3)
    for (task, examples), axes in axes_of.items():
        mine = rows[(rows["world"] == task) & (rows["examples"] == examples)]
        spread = 2 ** (0.2 * (mine["set"] / max(mine["set"].max(), 1) - 0.5))
        some = mine["right"] > 0
        axes.plot((mine["width"] * spread)[some], mine["share"][some], "o", color=COLOURS[0], ms=2.5, label="found")
        bound = (1 / mine["tried"])[~some]
        if len(bound):
            axes.plot((mine["width"] * spread)[~some], bound, "v", color=COLOURS[1], ms=4, label="none: below this")
        axes.axhline(2.0**-examples, color="black", lw=0.7, ls=":", label="2^-examples")
        axes.set_yscale("log")
        logarithmic_ticks(axes, rows["width"].unique())
        axes.set(ylim=(0.5 * least, 1), title=f"{task}, {examples} examples")
    label_outside(figure, "width", "share of guesses that are right")
    legend_beside(figure)
    none = int((rows["right"] == 0).sum())
    median = rows.groupby("world")["share"].median()
    told = ", ".join(f"one in {1 / share:,.0f} ({task})" for task, share in median.items() if share > 0)
    title = f"Right on all examples is, in the median, {told}; none for {none} of {len(rows)} sets"
    caption = "Share of random networks that are right on all examples, for every set of examples."
    return Drawing(figure, rows[["world", "examples", "width", "set", "tried", "right", "share"]], title, caption)
