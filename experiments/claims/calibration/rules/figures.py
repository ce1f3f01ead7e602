"""Figures of calibration.rules."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from experiments.claims.calibration.rules.rates import RULES, error_rates, power, series, wrong_at_border
from experiments.drawing.legends import legend_below
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from experiments.judging import p_values
from experiments.judging.measured import Measured
from experiments.judging.planting import Planted
from experiments.judging.rules import CONTRADICTED, SUPPORTED
from experiments.judging.statistics import wilson

# Effects at which the figure shows how often a rule is right.
EFFECTS_SHOWN = (-2.0, -1.0, 1.0, 2.0)
SIDES = {SUPPORTED: COLOURS[0], CONTRADICTED: COLOURS[1]}


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Error rates and power of each rule, and the distribution of p-values at the border."""
    return {"calibration-power": draw_power(table), "calibration-p-values": draw_p_values(table)}


def draw_power(table: pd.DataFrame) -> Drawing:
    """A line for each rule: its error rates at the border over the stated rate, and its power at each effect."""
    every = list(series(table))
    figure, axes_of = panels(("errors", "seen"), width=4.5, height=0.19 * len(every) + 1.1, beside=0)
    errors, seen = axes_of.values()
    rates = [error_rates(rule, rows) for _, rule, rows in every]
    stated = [rule.stated for _, rule, _ in every]
    broken = sum(max(one.low for one in mine.values()) > most for mine, most in zip(rates, stated, strict=True))
    _draw_errors(errors, rates, stated)
    _draw_seen(seen, [power(rule, rows) for _, rule, rows in every])
    _rows_by_family(errors, [name for name, _, _ in every])
    _rows_by_family(seen, [""] * len(every), [name for name, _, _ in every])
    errors.axvline(1, color="k", lw=0.8, ls=":")
    errors.set(xlim=(0, 3), xlabel="wrong at the border, as a multiple of what is stated")
    errors.set_title("error rates at the border, with intervals", fontsize=8)
    seen.set(xlim=(-0.03, 1.03), xlabel="share of right verdicts")
    seen.set_title("at a planted effect, in units of the rule", fontsize=8)
    legend_below(figure, _entries(table), size=7)
    drawn = _counts(table)
    title = f"No interval shows more errors than stated for {len(every) - broken} of {len(every)} rules"
    caption = (
        "Left: share of wrong verdicts on tables planted at the border of the sentence. Right: share of right verdicts "
        "off the border."
    )
    return Drawing(figure, drawn.rename(columns={"sum": "verdicts", "size": "trials"}), title, caption)


def _draw_errors(axes: Axes, rates: list[dict[str, Measured]], stated: list[float]) -> None:
    """Each error rate of every rule with its interval, one side a little above the other.

    A side is one line with gaps: there are hundreds of intervals, and an artist for each takes seconds.
    """
    for (side, colour), offset in zip(SIDES.items(), (-0.15, 0.15), strict=True):
        mine = [(y, one[side], most) for y, (one, most) in enumerate(zip(rates, stated, strict=True)) if side in one]
        # A rule that can be wrong on one side only has its rate in the upper place.
        y = np.array([place + (offset if len(rates[place]) > 1 else -0.15) for place, _, _ in mine])
        ends = np.array([(rate.low / most, rate.high / most, np.nan) for _, rate, most in mine]).reshape(-1, 3)
        axes.plot(ends.ravel(), np.repeat(y, 3), "-", color=colour, lw=1)
        axes.plot([rate.value / most for _, rate, most in mine], y, "o", color=colour, ms=3)


def _draw_seen(axes: Axes, powers: list[dict[float, float]]) -> None:
    """The power of every rule at each effect that is shown."""
    for i, effect in enumerate(EFFECTS_SHOWN):
        places = [(one[effect], y) for y, one in enumerate(powers) if effect in one]
        axes.plot(*np.array(places, float).reshape(-1, 2).T, MARKERS[i], color=COLOURS[2 + i], ms=4)


def _entries(table: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """The legend: a wrong verdict to either side, and the effects that were planted."""
    shown = [(i, effect) for i, effect in enumerate(EFFECTS_SHOWN) if (table["effect"] == effect).any()]
    wrong: dict[str, dict[str, Any]] = {
        f"wrongly {side}": {"color": colour, "marker": "o", "ms": 3, "lw": 1} for side, colour in SIDES.items()
    }
    right = {f"{effect:+g}": {"color": COLOURS[2 + i], "marker": MARKERS[i], "ms": 4, "ls": ""} for i, effect in shown}
    return wrong | right


def _counts(table: pd.DataFrame) -> pd.DataFrame:
    """How often each rule said either word at each effect, as a share with its interval."""
    known = table[table["rule"].isin(RULES)]
    of_both = [
        known.groupby(["rule", "effect"])[outcome].agg(["sum", "size"]).reset_index().assign(outcome=outcome)
        for outcome in SIDES
    ]
    counts = pd.concat(of_both, ignore_index=True)
    counts["share"] = counts["sum"] / counts["size"]
    counts[["low", "high"]] = [wilson(*pair) for pair in zip(counts["sum"], counts["size"], strict=True)]
    counts["stated"] = counts["rule"].map({name: rule.stated for name, rule in RULES.items()})
    # By rule; words and effects stay in their order.
    place = counts["rule"].map({name: place for place, name in enumerate(RULES)})
    columns = ["effect", "sum", "size", "share", "low", "high", "rule", "outcome", "stated"]
    return counts.loc[place.sort_values(kind="stable").index, columns].reset_index(drop=True)


def _rows_by_family(axes: Axes, labels: list[str], names: list[str] | None = None) -> None:
    """A row for each rule from top to bottom, and a line between families."""
    names = names or labels
    axes.set_yticks(range(len(names)), labels, fontsize=7)
    axes.set_ylim(len(names) - 0.4, -0.6)
    families = [name.split(".")[0] for name in names]
    for y in (i for i in range(1, len(names)) if families[i] != families[i - 1]):
        axes.axhline(y - 0.5, color="0.75", lw=0.6)


def draw_p_values(table: pd.DataFrame) -> Drawing:
    """Share of wrong verdicts at the border with a p-value of at most α, against α; a panel for each family."""
    every = [(name, rule, rows) for name, rule, rows in series(table) if (rows["effect"] == 0).any()]
    shares = pd.concat([_shares_wrong(*one) for one in every], ignore_index=True)
    of_family = dict(list(shares.groupby(shares["rule"].str.partition(".")[0], sort=False)))
    figure, axes_of = panels(of_family, 3, width=3.0, height=2.6, beside=0.4)
    α, most = np.array(p_values.LEVELS), int(shares["trials"].max())
    for family, axes in axes_of.items():
        axes.plot(α, α, "k:", lw=1, label="α")
        axes.plot(α, α / 2, "k--", lw=1, label="α / 2")
        mine = of_family[family].where(of_family[family]["share"] > 0)
        worst = shares.loc[of_family[family]["share"].idxmax(), "rule"]
        for name, rows in mine.groupby("rule", sort=False):
            look = {"color": COLOURS[0], "marker": "o", "zorder": 3} if name == worst else {"color": "0.6"}
            axes.plot(rows["level"], rows["share"], ms=3.5, lw=1, **look)
        many = of_family[family]["rule"].nunique()
        axes.set_title(f"{family}, {many} rules; blue:\n{worst.partition('.')[2]}", fontsize=8.5)
        # A share of less than one trial cannot be seen.
        axes.set(xscale="log", yscale="log", xlim=(0.8 / most, 0.07), ylim=(0.4 / most, 0.2))
    next(iter(axes_of.values())).legend(fontsize=8, loc="upper left")
    label_outside(figure, "α", "share of wrong verdicts with p <= α")
    usual = shares.loc[shares["level"] == α[0], "share"]
    title = f"At the border, at most {usual.max():.1%} of a rule's trials are wrong with p <= α = {α[0]:g}"
    caption = (
        "Share of wrong verdicts with a p-value of at most α, at the border of each rule; blue: the rule of the family "
        "with the largest share. Tests may be wrong in a share α (dotted), intervals on each side in α / 2 (dashed)."
    )
    return Drawing(figure, shares, title, caption)


def _shares_wrong(name: str, rule: Planted, rows: pd.DataFrame) -> pd.DataFrame:
    """For each level the share of trials at the border with a wrong verdict, on the worse side, and a p so small."""
    wrong, given = wrong_at_border(rule, rows), rows.loc[rows["effect"] == 0, "p_value"]
    worse = given.where(wrong[wrong.sum().idxmax()])
    share = [(worse <= level).mean() for level in p_values.LEVELS]
    return pd.DataFrame({"rule": name, "level": np.array(p_values.LEVELS), "share": share, "trials": len(given)})
