"""Tables planted for the rules about rules and about two runs, see experiments/judging/planting.py."""

import numpy as np
import pandas as pd

from experiments.judging import row_pairs, statistics, verdict_pairs
from experiments.judging.measured import Measured
from experiments.judging.planting import Planted, Rng
from experiments.judging.rules import Outcome, Rule, above, decide, within
from experiments.judging.statistics import DEFAULT_LEVEL
from experiments.judging.verdict import Trial, Verdict
from experiments.judging.verdict_pairs import LEVEL

# Pairs of runs in one planted table.
PAIRS = 1000
# Runs with each seed in one planted table.
RUNS = 200
# Trials of a rule in one planted table: the number of a full calibration.
TRIALS = 2000
TRIAL = Trial(source="ours", bears_on=(), existence="drawn at random")


def trials(effect: float, rng: Rng) -> pd.DataFrame:
    """2000 trials of a rule with the stated error rate to either side, and a quarter more with each unit."""
    from experiments.claims.calibration.rules.rates import RULES  # it imports this module

    name, rule = next((name, rule) for name, rule in RULES.items() if not rule.test)
    drawn, wrong = rng.random(TRIALS), rule.stated * (1 + abs(effect) / 4)
    found = {"supported": drawn < wrong, "contradicted": drawn > 1 - wrong}
    return pd.DataFrame({"rule": name, "effect": 0.0, "p_value": 1.0, "measured": 0.0, **found})


def judge_trials(table: pd.DataFrame) -> list[Verdict]:
    """The verdict on the rule, by the claim itself."""
    from experiments.claims.calibration import rules

    return rules.judge(table)


def one_way(effect: float, rng: Rng) -> pd.DataFrame:
    """1000 pairs of runs; 5 % are solved in the second run only, and 1 % of all pairs fewer with each unit."""
    changed = rng.random(PAIRS) < row_pairs.EQUIVALENT - 0.01 * effect
    return pd.DataFrame({"a": 0.0, "b": changed.astype(float)})


def both_ways(effect: float, rng: Rng) -> pd.DataFrame:
    """1000 pairs of runs; 10 % go up and 10 % down. With each unit, a tenth of those that go down go up instead."""
    drawn, down = rng.random(PAIRS), 0.1 * (1 - abs(effect) / 10)
    return pd.DataFrame({"a": 0.0, "b": np.where(drawn < down, -1.0, np.where(drawn < 0.2, 1.0, 0.0))})


def _compared(table: pd.DataFrame) -> pd.Series:
    return row_pairs.compare_rows(
        "x", table[["a"]].rename(columns={"a": "x"}), table[["b"]].rename(columns={"b": "x"}), 0
    ).iloc[0]


def judge_equivalence(table: pd.DataFrame) -> list[Verdict]:
    """Whether the net share of pairs lies within the bounds of equivalence."""
    up, down = int((table["b"] > table["a"]).sum()), int((table["b"] < table["a"]).sum())
    share = Measured(lambda α: statistics.net_share(up, down, len(table), α)[:3], len(table))
    return [_verdict("equivalent", share, within(0.0, row_pairs.EQUIVALENT))]


def _verdict(name: str, measured: Measured, rule: Rule) -> Verdict:
    return TRIAL.verdict(name, "Two runs differ by no more than chance.", measured, rule, prediction="no difference")


def _alarm(name: str, p_value: float) -> Verdict:
    """Whether a p-value calls two runs different, at the level of a comparison."""

    def outcome(m: Measured) -> Outcome:
        level = LEVEL * m.level / DEFAULT_LEVEL
        return decide(m.value > level, m.value <= level)

    return _verdict(name, Measured(lambda α: (p_value, p_value, p_value), PAIRS), Rule("As compare.", outcome))


def judge_difference(table: pd.DataFrame) -> list[Verdict]:
    """Whether the sign test calls two runs different, at the level of a comparison."""
    return [_alarm("different", float(_compared(table)["p_value"]))]


def rates(effect: float, rng: Rng) -> pd.DataFrame:
    """200 runs with each of two seeds; the success rate is 0.3, and with the second seed 0.1 more with each unit."""
    success = np.repeat([0.3, min(0.3 + 0.1 * abs(effect), 1.0)], RUNS)
    return pd.DataFrame({"seed": np.repeat([0, 1], RUNS), "solved": rng.random(2 * RUNS) < success})


def judge_seeds(table: pd.DataFrame) -> list[Verdict]:
    """Whether the verdicts on two rates are called different, at the level of a comparison."""

    def rate(one: pd.DataFrame) -> Verdict:
        solved, runs = int(one["solved"].sum()), len(one)
        share = Measured(lambda α: (solved / runs, *statistics.wilson(solved, runs, α)), runs)
        return _verdict("rate", share, above(0.5))

    a, b = (rate(table[table["seed"] == seed]) for seed in (0, 1))
    return [_alarm("seeds", verdict_pairs.p_value(a, b))]


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
