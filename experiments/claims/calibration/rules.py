"""calibration.rules: how often does a rule decide wrongly, and how large must an effect be to be seen?

Tables with a planted effect, see `experiments/planting.py`, go through the rules by which claims are judged.
An interval of 95 % has 2.5 % to either side, and rules look at one side: so a sentence at the border, where it is
neither true nor false, may be called supported in 2.5 % of all cases, and contradicted as often, and no more.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments import p_values, statistics
from experiments.claims import planted_modules
from experiments.drawing import COLOURS, MARKERS, Drawing, label_outside, new_figure
from experiments.plan import Unit, Work
from experiments.planting import Planted
from experiments.settings import ClaimSettings, setting
from experiments.statistics import wilson
from experiments.verdict import CONTRADICTED, SUPPORTED, Verdict, decide

STATIC = ("rule",)
PLANTED_IN = planted_modules()
# What decides rows here is found and not imported by name, see `provenance.code_digests`.
DISCOVERED = tuple(module.__name__ for module in PLANTED_IN.values())
# Every rule that is on trial, by family.claim/kind.
RULES: dict[str, Planted] = {
    f"{family}.{name}": rule for family, module in PLANTED_IN.items() for name, rule in module.PLANTED.items()
}
# A rule keeps what it states if it errs less than this many times as often, as far as the trials can tell.
TOLERANCE = 2.0
OPERATIONS_OF_A_VERDICT = 1e7


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Rules, effects in units of each rule, and how often each is tried; `where` keeps fewer trials off the border."""

    rule: list[str] = setting(list(RULES), choices=tuple(RULES))
    effect: list[float] = setting([-2.0, -1.0, 0.0, 1.0, 2.0], low=-10.0, high=10.0)
    trials: int = setting(1000, low=1, high=10_000_000, counts="trial")
    where: str = setting("effect == 0 or trial < 100")


def measure(unit: Unit) -> pd.DataFrame:
    """One row a trial: the verdict on a planted table, and at the border its p-value."""
    rule = RULES[unit.static("rule")]
    rows = [
        _tried(rule, effect, np.random.default_rng(key))
        for effect, key in zip(unit.cells["effect"].tolist(), unit.keys.tolist(), strict=True)
    ]
    return pd.concat([unit.cells, pd.DataFrame(rows)], axis=1)


def _tried(rule: Planted, effect: float, rng: np.random.Generator) -> dict[str, Any]:
    table = rule.table(effect, rng)
    (verdict,) = rule.judged(table) if effect else p_values.judged(rule.judged, table)
    return {
        "supported": verdict.verdict == SUPPORTED,
        "contradicted": verdict.verdict == CONTRADICTED,
        "p_value": verdict.p_value,
        "measured": verdict.measured,
    }


def work(unit: Unit) -> Work:
    """A rule sorts rows and resamples them, about as long as so many operations."""
    return Work(0, OPERATIONS_OF_A_VERDICT * len(unit.cells))


def series(table: pd.DataFrame) -> Iterator[tuple[str, Planted, pd.DataFrame]]:
    """The trials of each rule, in the order of `RULES`."""
    for name, rule in RULES.items():
        rows = table[table["rule"] == name]
        if len(rows):
            yield name, rule, rows


def wrong_at_border(rule: Planted, rows: pd.DataFrame) -> pd.Series:
    """Of the trials at an effect of 0, whether they were wrong to the side to which more were.

    A test is wrong where it rejects; other rules where they decide, to one side or the other.
    """
    border = rows[rows["effect"] == 0]
    if rule.test or border["contradicted"].sum() >= border["supported"].sum():
        return border["contradicted"]
    return border["supported"]


def power(rule: Planted, rows: pd.DataFrame) -> dict[float, float]:
    """For each effect but 0 how often the verdict is what was planted."""
    off = rows[rows["effect"] != 0]
    right = off["contradicted"] if rule.test else off["supported"].where(off["effect"] > 0, off["contradicted"])
    return right.groupby(off["effect"]).mean().to_dict()


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For each rule whether it keeps what it states."""
    return [_kept(*one) for one in series(table) if (one[2]["effect"] == 0).any()]


def _kept(name: str, rule: Planted, rows: pd.DataFrame) -> Verdict:
    wrong = wrong_at_border(rule, rows)
    # Of two sides the worse one is looked at: each has half of the level.
    with statistics.at_level(statistics.level() / (1 if rule.test else 2)):
        low, high = wilson(int(wrong.sum()), len(wrong))
    seen = ", ".join(f"{share:.2f} at {effect:+g}" for effect, share in power(rule, rows).items())
    side = "" if rule.test else " to either side"
    return Verdict(
        claim=f"calibration.rules/{name}",
        statement=f"The rule by which the verdicts of its kind are found, {rule.what}, decides wrongly in at most "
        f"{rule.stated:.1%} of all cases{side}.",
        source="ours: the level that every verdict states",
        hypotheses=f"planted: {rule.planted}; judged at an effect of 0; unit of an effect: {rule.unit}; share of right "
        f"verdicts: {seen or 'not tried'}",
        existence="found by brute force",
        prediction=f"share of wrong verdicts at the border <= {rule.stated:g}",
        measured=float(wrong.mean()),
        low=low,
        high=high,
        samples=len(wrong),
        evidence="statistical",
        rule="Planted tables at the border go through the rule itself. The share of wrong verdicts, to the side where "
        "it is larger, has a Wilson interval at the level, divided by two where there are two sides. Contradicted if "
        f"it lies above what is stated; supported if it does not, and lies below {TOLERANCE:g} times as much; else "
        "inconclusive.",
        verdict=decide(low <= rule.stated and high < TOLERANCE * rule.stated, low > rule.stated),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """How often each rule says what, against the planted effect; and how often p-values are small at the border."""
    return {"calibration-power": draw_power(table), "calibration-p-values": draw_p_values(table)}


def draw_power(table: pd.DataFrame) -> Drawing:
    """A panel for each rule: shares of supported and contradicted against the effect, in units of the rule."""
    every = list(series(table))
    columns = min(len(every), 3)
    height = -(-len(every) // columns)
    figure = new_figure(2.4 * columns + 0.4, 1.9 * height + 0.6, height, columns)
    numbers = []
    for axes, (name, rule, rows) in zip(figure.axes, every, strict=False):
        for i, outcome in enumerate((SUPPORTED, CONTRADICTED)):
            counts = rows.groupby("effect")[outcome].agg(["sum", "size"]).reset_index()
            counts["share"] = counts["sum"] / counts["size"]
            counts[["low", "high"]] = [wilson(*pair) for pair in zip(counts["sum"], counts["size"], strict=True)]
            x, style = counts["effect"], f"{MARKERS[i]}-"
            axes.plot(x, counts["share"], style, color=COLOURS[i], ms=4, lw=1, label=outcome)
            axes.fill_between(x, counts["low"], counts["high"], color=COLOURS[i], alpha=0.2, linewidth=0)
            numbers.append(counts.assign(rule=name, outcome=outcome))
        axes.axhline(rule.stated, color="k", lw=0.7, ls=":", label="stated")
        axes.set_ylim(-0.03, 1.03)
        axes.set_yticks([0, 0.5, 1])
        axes.set_title(f"{name}\n{rule.what}", fontsize=7)
        axes.set_xlabel(f"effect, in units of {rule.unit}", fontsize=7)
    for axes in figure.axes[len(every) :]:
        axes.set_visible(False)
    label_outside(figure, "", "share of verdicts")
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=8)
    drawn = pd.concat(numbers, ignore_index=True)
    return Drawing(figure, drawn.rename(columns={"sum": "verdicts", "size": "trials"}))


def draw_p_values(table: pd.DataFrame) -> Drawing:
    """At the border: how often a wrong verdict has a p-value of at most α, against α; good ones stay below the line."""
    figure = new_figure(6.4, 3.8)
    axes, numbers = figure.axes[0], []
    α = np.array(p_values.LEVELS)
    trials = int((table["effect"] == 0).groupby(table["rule"]).sum().max())
    for i, (name, rule, rows) in enumerate(series(table)):
        border = rows[rows["effect"] == 0]
        if border.empty:
            continue
        wrong = border["p_value"].where(wrong_at_border(rule, rows))
        share = np.array([(wrong <= level).mean() for level in α])
        dash = "-" if i < len(COLOURS) else "--"
        style, colour, seen = f"{MARKERS[i % len(MARKERS)]}{dash}", COLOURS[i % len(COLOURS)], share > 0
        axes.plot(α[seen], share[seen], style, color=colour, ms=4, lw=1, label=name)
        numbers.append(pd.DataFrame({"rule": name, "level": α, "share": share, "trials": len(border)}))
    axes.plot(α, α / 2, "k-", lw=0.8, label="α / 2, intervals")
    axes.plot(α, α, "k:", lw=0.8, label="α, tests")
    # Less than once in all trials cannot be seen.
    axes.set(xscale="log", yscale="log", xlim=(0.8 / trials, 0.07), ylim=(0.4 / trials, 0.1))
    axes.set(xlabel="α", ylabel="share of wrong verdicts with p <= α")
    axes.set_title(f"p-values at the border, where no verdict is right: {trials:,} trials of each rule", fontsize=8)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside right upper", fontsize=7)
    return Drawing(figure, pd.concat(numbers, ignore_index=True))
