"""Tables planted for the rules of local minima, restarts and brute force, see experiments/planting.py."""

import numpy as np
import pandas as pd

from experiments.claims.restarts import (
    best_of_k,
    brute_force,
    end_points,
    large_networks_get_stuck,
    spurious_minima,
    step_size,
)
from experiments.measuring.searches import EXHAUSTIVE, RESTARTS, relative_error
from experiments.planting import Planted, Rng
from theory.restarts.kinds import LOCAL_MINIMA

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


def copies(effect: float, rng: Rng) -> pd.DataFrame:
    """2000 runs of which a part, a fifth for each unit, do what the run before them did."""
    solved = rng.random(2000) < 0.3
    copied = np.flatnonzero(rng.random(2000) < 0.2 * abs(effect))
    for i in copied[copied > 0]:
        solved[i] = solved[i - 1]
    return pd.DataFrame({**NETWORK, "restart": range(2000), "solved": solved})


PLANTED = {
    "end-points/local-minima": Planted(
        end_points.judge, rate_of_half, "local-minima", "Wilson interval of a rate near 1/2", "0.05"
    ),
    "best-of-k/best-of-1000": Planted(
        best_of_k.best_of_thousand, rare_rate, "best-of-1000", "exact interval of a rate of 5 in 1000", "1.5 times"
    ),
    "large-networks-get-stuck/trend": Planted(
        large_networks_get_stuck.judge, trend, "trend", "parametric bootstrap of a slope of rates", "0.015 a doubling"
    ),
    "step-size/falling-step": Planted(
        step_size.judge, pairs, "falling-step", "bootstrap of pairs, 40 runs each", "0.2 deviations"
    ),
    "brute-force/crossover": Planted(brute_force.judge, ratio, "crossover", "delta method on a ratio of costs", "10 %"),
    "spurious-minima/one-extra": Planted(
        spurious_minima.spare_units, difference, "one-extra", "Newcombe's interval of a difference", "0.05"
    ),
    "best-of-k/formula": Planted(
        lambda table: [best_of_k.formula(table)],
        copies,
        "formula",
        "two-sample test of failing groups",
        "a fifth of all runs",
        best_of_k.LEVEL,
        test=True,
    ),
}
