"""Tables planted for the rules of best-of-k, a-million-restarts and brute-force, see _planted.py of this folder."""

import itertools

import numpy as np
import pandas as pd

from experiments.claims.restarts import a_million_restarts, best_of_k, brute_force
from experiments.claims.restarts.best_of_k.runs import CONFIDENCE, RUNS
from experiments.claims.restarts.best_of_k.verdicts import MARGIN, formula
from experiments.claims.restarts.brute_force.searches import EXHAUSTIVE, RESTARTS, relative_error
from experiments.claims.restarts.brute_force.verdicts import VASTLY, smallest
from experiments.judging.planting import Planted, Rng
from theory.restarts import search
from theory.restarts.grid import weight_count
from theory.restarts.tasks import TASKS

# The network and training of planted runs, for rules that do not depend on them.
NETWORK = {"task": "parity", "n": 2, "width": 2, "activation": "tanh", "learning_rate": 0.1, "steps": 100}


def rare_rate(effect: float, rng: Rng) -> pd.DataFrame:
    """1000 runs; the best of 1000 succeeds with 99 %, at a success rate that is 1.5 times larger with each unit."""
    border = 1 - (1 - CONFIDENCE) ** (1 / RUNS)
    solved = rng.random(1000) < border * 1.5**effect
    return pd.DataFrame({**NETWORK, "restart": range(1000), "known": 2, "solved": solved})


def failing_groups(effect: float, rng: Rng) -> pd.DataFrame:
    """54 settings of 1000 runs; in their second half more groups fail than (1 - p)^k.

    The excess is the margin at an effect of 0, and a quarter of it less with each unit.
    """
    more = MARGIN * (1 - effect / 4)
    parts = []
    # Rates for which k hardly depends on the first half, with k = 1 or 2.
    names = itertools.product(TASKS[:5], (2, 3, 4), (2, 4, 8, 16))
    for (task, n, width), p in zip(names, itertools.cycle((0.4, 0.6, 0.75)), strict=False):
        k = 2 if p < 0.5 else 1
        later = 1 - ((1 - p) ** k + more) ** (1 / k)
        solved = rng.random(1000) < np.repeat([p, later], 500)
        parts.append({"task": task, "n": n, "width": width, "solved": solved, "restart": np.arange(1000)})
    frames = [pd.DataFrame({**NETWORK, **part, "known": 1}) for part in parts[:54]]
    return pd.concat(frames, ignore_index=True)


def _searched(family: str, ratio: float, rng: Rng) -> pd.DataFrame:
    """4000 restarts with a success rate of 30 %, and a grid; its search costs `ratio` times as much."""
    success, budget, solutions = 0.3, 100.0, 1000
    solved = rng.random(4000) < success
    cost = np.where(solved, rng.uniform(1, budget, 4000), budget)
    true_cost = (success * (1 + budget) / 2 + (1 - success) * budget) / success
    found = {"trials": 4000, "solutions": solved.sum(), "evaluations": cost.sum()}
    common = {"family": family, "n": 2, "width": 2, "activation": "tanh", "weights": 9, "budget": 100}
    tried = {"trials": round(true_cost * ratio * (solutions + 1)) - 1, "solutions": solutions}
    runs = {"search": RESTARTS, "levels": 0, "relative_error": relative_error(cost, solved), "learning_rate": 1.0}
    return pd.DataFrame([{**common, **runs, **found}, {**common, "search": EXHAUSTIVE, "levels": 2, **tried}])


def crossover(effect: float, rng: Rng) -> pd.DataFrame:
    """4000 restarts of each of nine networks, and grids; their search costs the same, and 10 % more with each unit."""
    return pd.concat([_searched(f"network {i}", 1.1**effect, rng) for i in range(9)], ignore_index=True)


def vastly(effect: float, rng: Rng) -> pd.DataFrame:
    """4000 restarts of a network, and a grid; its search costs 1000 times as much, and 10 % more with each unit."""
    return _searched("parity", VASTLY * 1.1**effect, rng)


def million_runs(effect: float, rng: Rng) -> pd.DataFrame:
    """10,000 runs with a uniformly distributed cost; a million of them cost a thousandth of brute force.

    They cost 2 % less with each unit.
    """
    # One input and one unit: with more weights the squares of these costs overflow.
    brute = search.rounds_of_the_post(weight_count(1, 1)) / a_million_restarts.MILLION / a_million_restarts.VASTLY
    steps = rng.uniform(0, 2 * brute / float(search.step_cost(1, 1)) / 1.02**effect, 10_000)
    facts = {**NETWORK, "n": 1, "width": 1, "restart": range(10_000), "budget": 100, "solved": True}
    return pd.DataFrame({**facts, "steps": steps})


def going_on(effect: float, rng: Rng) -> pd.DataFrame:
    """10,000 runs; 30 % are right after half of the updates, and 30 % of the others after the other half.

    The second share is a hundredth less with each unit.
    """
    soon, late = rng.random(10_000) < 0.3, rng.random(10_000) < 0.3 - 0.01 * effect
    steps = np.where(soon, 10, np.where(late, 90, 100))
    return pd.DataFrame({**NETWORK, "restart": range(10_000), "budget": 100, "steps": steps, "solved": steps < 100})


PLANTED = {
    "a-million-restarts/cheaper": Planted(
        a_million_restarts.judge, million_runs, "cheaper", "normal interval of a mean cost", "2 %"
    ),
    "a-million-restarts/starting-again": Planted(
        a_million_restarts.judge, going_on, "starting-again", "Newcombe's interval of a difference", "0.01"
    ),
    "best-of-k/best-of-1000": Planted(
        best_of_k.judge, rare_rate, "best-of-1000", "exact interval of a rate of 5 in 1000", "1.5 times"
    ),
    "best-of-k/formula": Planted(
        lambda table: [formula(table)],
        failing_groups,
        "formula",
        "normal interval of a mean of differences within a margin",
        "a quarter of the margin",
    ),
    "brute-force/first-solution": Planted(
        brute_force.judge, vastly, "first-solution", "delta method on a ratio of costs", "10 %"
    ),
    "brute-force/crossover": Planted(
        lambda table: [smallest(table)],
        crossover,
        "crossover",
        "delta method on nine ratios of costs, Bonferroni",
        "10 %",
    ),
}
