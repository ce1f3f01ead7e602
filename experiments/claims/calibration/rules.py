"""calibration.rules: how often a rule decides wrongly, and how often it sees an effect.

Tables with a planted effect, see `experiments/judging/planting.py`, go through the rules that judge claims. A 95 %
interval leaves out 2.5 % to either side, and rules use one side. So a sentence at the border, neither true nor false,
may be supported in at most 2.5 % of all cases, and contradicted in at most 2.5 %. A rule keeps its level if the
interval of neither error rate lies above it, and if trials are enough to see an error rate of 1.5 times the level.
"""

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from experiments.claims import planted_modules
from experiments.claims.calibration import _processes as processes
from experiments.drawing.legends import legend_below
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from experiments.judging import p_values
from experiments.judging.measured import Measured
from experiments.judging.planting import Planted
from experiments.judging.rules import CONTRADICTED, SUPPORTED, Outcome, Rule, decide
from experiments.judging.statistics import DEFAULT_LEVEL, wilson
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting

KEYS = ("repeat",)
PLANTED_IN = planted_modules()
# Modules that decide rows here are discovered, not imported by name, see `provenance.code_digests`.
DISCOVERED = tuple(module.__name__ for module in PLANTED_IN.values())
# Every calibrated rule, by family.claim/kind.
RULES: dict[str, Planted] = {
    f"{family}.{name}": rule for family, module in PLANTED_IN.items() for name, rule in module.PLANTED.items()
}
# Trials are enough if intervals end below this multiple of the stated rate.
SEEN = 1.5
# A process is given this number of trials at once: about a second of work.
CHUNK = 50
# Effects at which the figure shows how often a rule is right.
EFFECTS_SHOWN = (-2.0, -1.0, 1.0, 2.0)
# One verdict takes about as long as this number of operations: sorting and resampling of its rows.
OPERATIONS_OF_A_VERDICT = 1e7
TRIAL = Trial(
    source="ours: the level that every verdict states",
    bears_on=on("calibration"),
    existence="drawn at random",
)
HOW = (
    "The rule judges tables that are planted at its border. The share of wrong verdicts to each side has an exact "
    "interval; the level is divided by the number of sides. Measured is the worse side."
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Rules, effects in units of each rule, and numbers of trials; `where` keeps fewer trials off the border."""

    rule: list[str] = setting(list(RULES), choices=tuple(RULES), static=True)
    effect: list[float] = setting([-2.0, 0.0, 2.0], low=-10.0, high=10.0)
    # 500 trials of all rules take minutes and show an error rate of twice the level. 2,000 show one and a half times
    # the level and take some twenty minutes on two cores.
    trials: int = setting(500, low=1, high=10_000_000, counts="trial")
    where: str = setting("effect == 0 or trial < 25")


SMOKE = {
    "rule": ["calibration.compare/equivalent"],
    "trials": 2000,
    "where": "effect == 0 or trial < 20",
}
FULL = {
    "effect": [-4.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0],
    "trials": 20_000,
    "where": "effect == 0 or trial < 1000",
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per trial: the verdict on a planted table, and its p-value if the verdict is wrong at the border.

    Rules with a smaller stated rate than an interval have more trials at the border, in proportion.
    """
    name = unit.static("rule")
    repeats = _repeats(RULES[name])
    tried = [
        (cell, repeat, effect, (*np.atleast_1d(key).tolist(), repeat))
        for cell, (effect, key) in enumerate(zip(unit.cells["effect"].tolist(), unit.keys, strict=True))
        for repeat in range(1 if effect else repeats)
    ]
    chunks = [tried[i : i + CHUNK] for i in range(0, len(tried), CHUNK)]
    found = processes.spread(_try_all, [(name, [(effect, key) for _, _, effect, key in chunk]) for chunk in chunks])
    cells = unit.cells.iloc[[cell for cell, *_ in tried]].reset_index(drop=True)
    cells["repeat"] = [repeat for _, repeat, *_ in tried]
    return pd.concat([cells, pd.DataFrame([row for rows in found for row in rows])], axis=1)


def _repeats(rule: Planted) -> int:
    return max(math.ceil(DEFAULT_LEVEL / 2 / rule.stated), 1)


def _try_all(name: str, trials: list[tuple[float, tuple[int, ...]]]) -> list[dict[str, Any]]:
    return [_tried(RULES[name], effect, np.random.default_rng(key)) for effect, key in trials]


def _tried(rule: Planted, effect: float, rng: np.random.Generator) -> dict[str, Any]:
    table = rule.table(effect, rng)
    (verdict,) = rule.judged(table)
    wrong = effect == 0 and verdict.verdict in _wrong(rule)
    return {
        "supported": verdict.verdict == SUPPORTED,
        "contradicted": verdict.verdict == CONTRADICTED,
        "p_value": p_values.of(verdict) if wrong else math.nan,
        "measured": verdict.measured,
    }


def work(unit: Unit) -> Work:
    """`OPERATIONS_OF_A_VERDICT` for every trial."""
    return Work(0, OPERATIONS_OF_A_VERDICT * len(unit.cells))


def series(table: pd.DataFrame) -> Iterator[tuple[str, Planted, pd.DataFrame]]:
    """The trials of each rule, in the order of `RULES`."""
    for name, rule in RULES.items():
        rows = table[table["rule"] == name]
        if len(rows):
            yield name, rule, rows


def wrong_at_border(rule: Planted, rows: pd.DataFrame) -> pd.DataFrame:
    """Whether each trial at an effect of 0 was wrong; a column for each side on which the rule can err.

    A test is wrong if it rejects; other rules are wrong if they decide, to either side.
    """
    return rows.loc[rows["effect"] == 0, _wrong(rule)]


def _wrong(rule: Planted) -> list[str]:
    return [CONTRADICTED] if rule.test else [SUPPORTED, CONTRADICTED]


def error_rates(rule: Planted, rows: pd.DataFrame) -> dict[str, Measured]:
    """For each side the share of wrong verdicts at the border. The sides share the level."""
    wrong = wrong_at_border(rule, rows)
    return {side: Measured.share(wrong[side]).divided(wrong.shape[1]) for side in wrong}


def power(rule: Planted, rows: pd.DataFrame) -> dict[float, float]:
    """The share of verdicts that agree with the planted effect, for each effect but 0."""
    off = rows[rows["effect"] != 0]
    right = off["contradicted"] if rule.test else off["supported"].where(off["effect"] > 0, off["contradicted"])
    return right.groupby(off["effect"]).mean().to_dict()


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Whether each rule keeps its stated rate."""
    return [_kept(*one) for one in series(table) if (one[2]["effect"] == 0).any()]


def _kept(name: str, rule: Planted, rows: pd.DataFrame) -> Verdict:
    rates = error_rates(rule, rows)
    worse = max(rates.values(), key=lambda rate: rate.value)
    sides = ", ".join(f"{side} {rate.value:.4f} [{rate.low:.4f}, {rate.high:.4f}]" for side, rate in rates.items())
    seen = ", ".join(f"{share:.2f} at {effect:+g}" for effect, share in power(rule, rows).items())
    cases = "all cases" if rule.test else "all cases to either side"
    return TRIAL.verdict(
        name,
        f"The rule for verdicts of this kind, {rule.what}, decides wrongly in at most {rule.stated:.1%} of {cases}.",
        dataclasses.replace(worse, how=HOW, beside=rates),
        _keeps(rule.stated),
        finding=f"The rule of {name} decides wrongly in {worse.value:.1%} of {worse.samples:,} trials at its border; "
        f"it states {rule.stated:.1%}.",
        prediction=f"share of wrong verdicts at the border <= {rule.stated:g}",
        notes=f"planted: {rule.planted}; wrong verdicts: {sides}; share of right verdicts: {seen or 'not tried'}",
        effect=0,
        unit_of_an_effect=rule.unit,
    )


def _keeps(stated: float) -> Rule:
    """A rule keeps its level: no error rate is above the stated one, and trials are enough to see a higher one."""

    def outcome(m: Measured) -> Outcome:
        sides = list(m.beside.values())
        enough = all(side.high < SEEN * stated for side in sides)
        return decide(enough and all(side.low <= stated for side in sides), any(side.low > stated for side in sides))

    return Rule(
        f"Contradicted if one of the intervals lies above {stated:g}. Supported if none does, and trials are enough: "
        f"no interval reaches {SEEN:g} times {stated:g}. Else inconclusive.",
        outcome,
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Error rates and power of each rule, and the distribution of p-values at the border."""
    return {"calibration-power": draw_power(table), "calibration-p-values": draw_p_values(table)}


def draw_power(table: pd.DataFrame) -> Drawing:
    """A line for each rule: its error rates at the border over the stated rate, and its power at each effect."""
    every = list(series(table))
    figure, axes_of = panels(("errors", "seen"), width=4.5, height=0.19 * len(every) + 1.1, beside=0)
    errors, seen = axes_of.values()
    numbers, broken = [], 0
    for y, (name, rule, rows) in enumerate(every):
        rates = error_rates(rule, rows)
        broken += max(rate.low for rate in rates.values()) > rule.stated
        for offset, (side, rate) in zip((-0.15, 0.15), rates.items(), strict=False):
            colour = COLOURS[0] if side == SUPPORTED else COLOURS[1]
            errors.plot([rate.low / rule.stated, rate.high / rule.stated], [y + offset] * 2, "-", color=colour, lw=1)
            errors.plot(rate.value / rule.stated, y + offset, "o", color=colour, ms=3)
        shares = power(rule, rows)
        for i, effect in enumerate(EFFECTS_SHOWN):
            if effect in shares:
                seen.plot(shares[effect], y, MARKERS[i], color=COLOURS[2 + i], ms=4)
        for outcome in (SUPPORTED, CONTRADICTED):
            counts = rows.groupby("effect")[outcome].agg(["sum", "size"]).reset_index()
            counts["share"] = counts["sum"] / counts["size"]
            counts[["low", "high"]] = [wilson(*pair) for pair in zip(counts["sum"], counts["size"], strict=True)]
            numbers.append(counts.assign(rule=name, outcome=outcome, stated=rule.stated))
    _rows_by_family(errors, [name for name, _, _ in every])
    _rows_by_family(seen, [""] * len(every), [name for name, _, _ in every])
    errors.axvline(1, color="k", lw=0.8, ls=":")
    errors.set(xlim=(0, 3), xlabel="wrong at the border, as a multiple of what is stated")
    errors.set_title("error rates at the border, with intervals", fontsize=8)
    seen.set(xlim=(-0.03, 1.03), xlabel="share of right verdicts")
    seen.set_title("at a planted effect, in units of the rule", fontsize=8)
    shown = [(i, effect) for i, effect in enumerate(EFFECTS_SHOWN) if (table["effect"] == effect).any()]
    entries: dict[str, dict[str, Any]] = {
        f"wrongly {side}": {"color": COLOURS[i], "marker": "o", "ms": 3, "lw": 1}
        for i, side in enumerate((SUPPORTED, CONTRADICTED))
    }
    entries |= {
        f"{effect:+g}": {"color": COLOURS[2 + i], "marker": MARKERS[i], "ms": 4, "ls": ""} for i, effect in shown
    }
    legend_below(figure, entries, size=7)
    drawn = pd.concat(numbers, ignore_index=True)
    title = f"No interval shows more errors than stated for {len(every) - broken} of {len(every)} rules"
    caption = (
        "Left: share of wrong verdicts on tables planted at the border of the sentence. Right: share of right verdicts "
        "off the border."
    )
    return Drawing(figure, drawn.rename(columns={"sum": "verdicts", "size": "trials"}), title, caption)


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
