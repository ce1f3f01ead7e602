"""calibration.rules: how often a rule decides wrongly, and how often it sees an effect.

Tables with a planted effect, see `experiments/judging/planting.py`, go through the rules that judge claims. A 95 %
interval leaves out 2.5 % to either side, and rules use one side. So a sentence at the border, neither true nor false,
may be supported in at most 2.5 % of all cases, and contradicted in at most 2.5 %. A rule keeps its level if the
interval of neither error rate lies above it, and if trials are enough to see an error rate of 1.5 times the level.
"""

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.calibration import _processes as processes
from experiments.claims.calibration.rules.figures import draw
from experiments.claims.calibration.rules.rates import OWN, RULES, error_rates, power, series, wrong_outcomes
from experiments.judging import p_values
from experiments.judging.measured import Measured
from experiments.judging.planting import Planted
from experiments.judging.rules import CONTRADICTED, SUPPORTED, Outcome, Rule, decide
from experiments.judging.statistics import DEFAULT_LEVEL
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting

__all__ = ["FULL", "KEYS", "SMOKE", "Settings", "draw", "judge", "measure", "work"]

KEYS = ("repeat",)
# Trials are enough if intervals end below this multiple of the stated rate.
SEEN = 1.5
# A process is given this number of trials at once: about a second of work.
CHUNK = 50
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

    rule: list[str] = setting(OWN, choices=tuple(RULES), static=True)
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
    "trials": 15_000,
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
    # Tables are small: there pandas selects strings of Python sooner than those of Arrow, a fifth of a trial's time.
    with pd.option_context("mode.string_storage", "python"):
        return [_tried(RULES[name], effect, np.random.default_rng(key)) for effect, key in trials]


def _tried(rule: Planted, effect: float, rng: np.random.Generator) -> dict[str, Any]:
    table = rule.table(effect, rng)
    verdict = rule.decided(table)
    wrong = effect == 0 and verdict.verdict in wrong_outcomes(rule)
    return {
        "supported": verdict.verdict == SUPPORTED,
        "contradicted": verdict.verdict == CONTRADICTED,
        "p_value": p_values.of(verdict) if wrong else math.nan,
        "measured": verdict.measured,
    }


def work(unit: Unit) -> Work:
    """`OPERATIONS_OF_A_VERDICT` for every trial."""
    return Work(0, OPERATIONS_OF_A_VERDICT * len(unit.cells))


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
        finding=f"At the border of the rule for “{rule.what}”, {worse.value:.1%} of {worse.samples:,} trials are "
        f"decided wrongly; it states {rule.stated:.1%}.",
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
