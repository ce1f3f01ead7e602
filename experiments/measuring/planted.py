"""Tables whose truth is known, to put the rules of verdicts themselves on trial.

An effect is a distance from where a rule's sentence stops to be true, in a unit that is chosen for each rule: positive
where the sentence is true, negative where it is false, 0 at the border, where no verdict is right. A rule that is a
test of a hypothesis has no border: its sentence is true at 0 and nowhere else.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from experiments.claims.approximation import rate
from experiments.claims.boolean import perceptron_counts
from experiments.claims.restarts import (
    best_of_k,
    brute_force,
    end_points,
    large_networks_get_stuck,
    spurious_minima,
    step_size,
)
from experiments.measuring.searches import EXHAUSTIVE, RESTARTS, relative_error
from experiments.statistics import DEFAULT_LEVEL, common_slope
from experiments.verdict import Verdict, decide
from theory.restarts.kinds import LOCAL_MINIMA

Rng = np.random.Generator


class Planted(NamedTuple):
    """A rule and what it is given.

    Attributes:
        judge: the rule; of its verdicts the one whose name contains `verdict` counts.
        table: rows with a planted effect.
        verdict: part of the name of a verdict.
        what: the interval or test that decides.
        unit: what an effect of 1 is.
        stated: how often it may decide wrongly, at most, to either side.
        test: whether it is a test, right at an effect of 0 only.
    """

    judge: Callable[[pd.DataFrame], Iterable[Verdict]]
    table: Callable[[float, Rng], pd.DataFrame]
    verdict: str
    what: str
    unit: str
    stated: float = DEFAULT_LEVEL / 2
    test: bool = False

    @property
    def planted(self) -> str:
        """What stands in the table, in a sentence."""
        return (self.table.__doc__ or "").rstrip(".")

    def judged(self, table: pd.DataFrame) -> list[Verdict]:
        """The one verdict that counts."""
        return [verdict for verdict in self.judge(table) if self.verdict in verdict.claim]


NETWORK = {"task": "parity", "n": 2, "width": 2, "activation": "tanh", "learning_rate": 0.1, "steps": 100}


def rate_of_half(effect: float, rng: Rng) -> pd.DataFrame:
    """100 runs that are stuck, half of them and more at a local minimum."""
    at_minimum = rng.random(100) < 0.5 + 0.05 * effect
    return pd.DataFrame({**NETWORK, "kind": np.where(at_minimum, LOCAL_MINIMA[0], "plateau")})


def rare_rate(effect: float, rng: Rng) -> pd.DataFrame:
    """1000 runs with a success rate such that the best of 1000 succeeds with 99 %, times 1.5 for each unit."""
    border = 1 - (1 - best_of_k.CONFIDENCE) ** (1 / best_of_k.RUNS)
    return pd.DataFrame({**NETWORK, "restart": range(1000), "solved": rng.random(1000) < border * 1.5**effect})


def trend(effect: float, rng: Rng) -> pd.DataFrame:
    """100 runs at each of five widths, with a success rate that falls along a line."""
    widths = np.repeat([4, 8, 16, 32, 64], 100)
    rates = 0.5 - 0.015 * effect * (np.log2(widths) - 4)
    return pd.DataFrame({**NETWORK, "layers": 1, "width": widths, "solved": rng.random(len(widths)) < rates})


def line(effect: float, rng: Rng) -> pd.DataFrame:
    """Errors of two targets at six widths about a line with a slope of -1/2, and less for each unit."""
    x, group = np.tile(np.arange(6.0), 2), np.repeat([0, 1], 6)
    y = group + (rate.BARRON - 0.05 * effect) * x + 0.2 * rng.normal(size=12)
    return pd.DataFrame({"x": x, "y": y, "group": group})


def judge_line(table: pd.DataFrame) -> list[Verdict]:
    """As `rate` judges its slopes."""
    x, y, group = (table[name].to_numpy() for name in ("x", "y", "group"))
    slope, low, high = common_slope(x, y, group)
    return [
        Verdict(
            claim="slope",
            statement="A line falls at least so fast.",
            source="planted",
            hypotheses="",
            existence="representable",
            prediction=f"slope <= {rate.BARRON:g}",
            measured=slope,
            low=low,
            high=high,
            samples=len(table),
            evidence="statistical",
            rule="as approximation.rate",
            verdict=decide(high <= rate.BARRON, low > rate.BARRON),
        )
    ]


def pairs(effect: float, rng: Rng) -> pd.DataFrame:
    """40 judged runs each of two ways to train; the losses of one are lower by a part of their deviation."""
    facts = {**NETWORK, "batch": 1, "restart": np.arange(80), "solved": True}
    falling = pd.DataFrame({**facts, "schedule": "linear", "loss": np.exp(rng.normal(size=80) - 0.2 * effect)})
    return pd.concat([falling, pd.DataFrame({**facts, "schedule": "constant", "loss": np.exp(rng.normal(size=80))})])


def ratio(effect: float, rng: Rng) -> pd.DataFrame:
    """400 restarts, of which 30 % succeed, and a grid that costs as much to search, and 10 % more for each unit."""
    success, budget = 0.3, 100.0
    solved = rng.random(400) < success
    cost = np.where(solved, rng.uniform(1, budget, 400), budget)
    true_cost = (success * (1 + budget) / 2 + (1 - success) * budget) / success
    found = {"trials": 400, "solutions": solved.sum(), "evaluations": cost.sum()}
    common = {"family": "parity", "n": 2, "width": 2, "activation": "tanh", "weights": 9, "budget": 100}
    solutions = 1000
    tried = {"trials": round(true_cost * 1.1**effect * (solutions + 1)) - 1, "solutions": solutions}
    runs = {"search": RESTARTS, "levels": 0, "relative_error": relative_error(cost, solved), "learning_rate": 1.0}
    return pd.DataFrame([{**common, **runs, **found}, {**common, "search": EXHAUSTIVE, "levels": 2, **tried}])


def difference(effect: float, rng: Rng) -> pd.DataFrame:
    """200 runs each at n = k and n = k + 1: shares of spurious ends of 0.6, and half of that less a twentieth."""
    shares = {0: 0.6, 1: 0.3 - 0.05 * effect}
    drawn = {extra: np.where(rng.random(200) < share, "spurious", "global") for extra, share in shares.items()}
    return pd.concat([pd.DataFrame({"k": 20, "extra": extra, "outcome": ends}) for extra, ends in drawn.items()])


def counts(effect: float, rng: Rng) -> pd.DataFrame:
    """2000 draws over four numbers of ones, two of them more likely than the others."""
    probabilities = (1 + 0.1 * effect * np.array([1, 1, -1, -1])) / 4
    drawn = [*rng.multinomial(2000, probabilities), 0]
    facts = {"domain": "zero-one", "bias": "none", "n": 2, "draws": 2000}
    return pd.DataFrame({**facts, "t": range(5), "count": drawn, "patterns": [1, 1, 1, 1, 0]})


def copies(effect: float, rng: Rng) -> pd.DataFrame:
    """2000 runs of which a part, a fifth for each unit, do what the run before them did."""
    solved = rng.random(2000) < 0.3
    copied = np.flatnonzero(rng.random(2000) < 0.2 * abs(effect))
    for i in copied[copied > 0]:
        solved[i] = solved[i - 1]
    return pd.DataFrame({**NETWORK, "restart": range(2000), "solved": solved})


RULES = {
    "rate": Planted(end_points.judge, rate_of_half, "local-minima", "Wilson interval of a rate near 1/2", "0.05"),
    "rare-rate": Planted(
        best_of_k.best_of_thousand, rare_rate, "best-of-1000", "exact interval of a rate of 5 in 1000", "1.5 times"
    ),
    "trend": Planted(
        large_networks_get_stuck.judge, trend, "trend", "parametric bootstrap of a slope of rates", "0.015 a doubling"
    ),
    "line": Planted(judge_line, line, "slope", "Student's interval of a slope, 12 points", "0.05"),
    "pairs": Planted(step_size.judge, pairs, "falling-step", "bootstrap of pairs, 40 runs each", "0.2 deviations"),
    "ratio": Planted(brute_force.judge, ratio, "crossover", "delta method on a ratio of costs", "10 %"),
    "difference": Planted(
        spurious_minima.spare_units, difference, "one-extra", "Newcombe's interval of a difference", "0.05"
    ),
    "counts": Planted(
        perceptron_counts.judge, counts, "zero-one", "chi-square test", "10 %", perceptron_counts.LEVEL, test=True
    ),
    "copies": Planted(
        lambda table: [best_of_k.formula(table)],
        copies,
        "formula",
        "two-sample test of failing groups",
        "a fifth of all runs",
        best_of_k.LEVEL,
        test=True,
    ),
}
