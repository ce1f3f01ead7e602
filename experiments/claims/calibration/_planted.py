"""Tables planted for the rules about rules and about two runs, see experiments/judging/planting.py."""

import dataclasses

import numpy as np
import pandas as pd

from experiments.judging import row_pairs, statistics, verdict_pairs
from experiments.judging.p_values import Levels
from experiments.judging.planting import Planted, Rng
from experiments.judging.verdict import Verdict, decide, equivalent
from experiments.judging.verdict_pairs import LEVEL

PAIRS, RUNS, TRIALS = 1000, 200, 2000
NAMED = Verdict(
    claim="calibration.compare",
    statement="Two runs differ by no more than chance.",
    source="ours",
    hypotheses="",
    existence="drawn at random",
    prediction="no difference",
    measured=0.0,
    low=0.0,
    high=0.0,
    samples=PAIRS,
    evidence="statistical",
    rule="as compare",
    verdict="inconclusive",
)


def trials(effect: float, rng: Rng) -> pd.DataFrame:
    """2000 trials of a rule that errs to either side as often as it states, and a quarter more for each unit."""
    from experiments.claims.calibration import rules  # which finds this module

    name, rule = next((name, rule) for name, rule in rules.RULES.items() if not rule.test)
    drawn, wrong = rng.random(TRIALS), rule.stated * (1 + abs(effect) / 4)
    found = {"supported": drawn < wrong, "contradicted": drawn > 1 - wrong}
    return pd.DataFrame({"rule": name, "effect": 0.0, "p_value": 1.0, "measured": 0.0, **found})


def judge_trials(table: pd.DataFrame) -> list[Verdict]:
    """As every rule is judged."""
    from experiments.claims.calibration import rules

    return rules.judge(table)


def one_way(effect: float, rng: Rng) -> pd.DataFrame:
    """1000 pairs of runs, of which 5 %, and one in a hundred less for each unit, are solved in the second run only."""
    changed = rng.random(PAIRS) < row_pairs.EQUIVALENT - 0.01 * effect
    return pd.DataFrame({"a": 0.0, "b": changed.astype(float)})


def both_ways(effect: float, rng: Rng) -> pd.DataFrame:
    """1000 pairs of runs, of which 10 % go up and as many down; of these one in ten goes up, too, for each unit."""
    drawn, down = rng.random(PAIRS), 0.1 * (1 - abs(effect) / 10)
    return pd.DataFrame({"a": 0.0, "b": np.where(drawn < down, -1.0, np.where(drawn < 0.2, 1.0, 0.0))})


def _compared(table: pd.DataFrame) -> pd.Series:
    return row_pairs.compare(
        "x", table[["a"]].rename(columns={"a": "x"}), table[["b"]].rename(columns={"b": "x"}), 0
    ).iloc[0]


def judge_equivalence(table: pd.DataFrame) -> list[Verdict]:
    """Whether the net share of pairs lies within the bounds in which it does not matter."""
    found = _compared(table)
    ends = {"measured": found["net_share"], "low": found["low"], "high": found["high"]}
    word = equivalent(found["low"], found["high"], 0.0, row_pairs.EQUIVALENT)
    return [dataclasses.replace(NAMED, claim="calibration.compare/equivalent", verdict=word, **ends)]


def judge_difference(table: pd.DataFrame) -> list[Verdict]:
    """Whether the sign test calls two runs different, at the level of a comparison."""
    value = float(_compared(table)["p_value"])
    level = LEVEL * statistics.level() / statistics.DEFAULT_LEVEL
    word = decide(value > level, value <= level)
    return [dataclasses.replace(NAMED, claim="calibration.compare/different", measured=value, verdict=word)]


def rates(effect: float, rng: Rng) -> pd.DataFrame:
    """200 runs with each of two seeds, a success rate of 0.3 and, with the second, a tenth more for each unit."""
    success = np.repeat([0.3, min(0.3 + 0.1 * abs(effect), 1.0)], RUNS)
    return pd.DataFrame({"seed": np.repeat([0, 1], RUNS), "solved": rng.random(2 * RUNS) < success})


def judge_seeds(table: pd.DataFrame) -> list[Verdict]:
    """Whether the verdicts on two rates are called different, at the level of a comparison."""

    def rate(one: pd.DataFrame) -> list[Verdict]:
        low, high = statistics.wilson(int(one["solved"].sum()), len(one))
        return [dataclasses.replace(NAMED, measured=one["solved"].mean(), low=low, high=high)]

    level = LEVEL * statistics.level() / statistics.DEFAULT_LEVEL
    a, b = (Levels(rate, table[table["seed"] == seed]) for seed in (0, 1))
    value = verdict_pairs.p_value(NAMED.claim, a, b)
    word = decide(value > level, value <= level)
    return [dataclasses.replace(NAMED, claim="calibration.compare/seeds", measured=value, verdict=word)]


PLANTED = {
    "rules/keeps": Planted(judge_trials, trials, "", "exact intervals of both error rates", "a quarter", test=True),
    "compare/equivalent": Planted(
        judge_equivalence, one_way, "equivalent", "Tango's interval of a net share, 1000 pairs", "0.01"
    ),
    "compare/different": Planted(
        judge_difference, both_ways, "different", "sign test of 1000 pairs", "a tenth of those", LEVEL, test=True
    ),
    "compare/seeds": Planted(
        judge_seeds, rates, "seeds", "interval of the difference of two verdicts", "0.1", LEVEL, test=True
    ),
}
