"""Verdicts of restarts.brute-force: the post's count of settings, and searches that end at their first solution."""

import dataclasses
import math
from typing import Any

import pandas as pd

from experiments.claims.restarts.brute_force.searches import Searches, exhaustive, searches
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, at_least, decide, within
from experiments.judging.statistics import percent
from experiments.judging.verdict import Trial, Verdict, on
from theory.restarts import search

# One way is vastly cheaper than another if it needs at most a thousandth of the evaluations.
VASTLY = 1000
# The number of runs that the post speaks of.
MILLION = 1_000_000
# Evaluations are proportional to the settings if their power is within this of 1.
AS_MANY = 0.1

SEARCH = Trial(
    source="the post, ch. III: brute force over 64-bit weights takes (2^64)^W rounds; "
    "a million runs are vastly cheaper",
    bears_on=on("exhaustive-search") + on("million-restarts"),
    existence="found by brute force",
    switches={
        "inputs": "all of {-1, 1}^n",
        "bias": True,
        "output": "linear, right if its sign is and it is not 0",
        "loss": "cross-entropy",
        "optimizer": "sgd",
        "batch": "all points",
        "initial_weights": "Gaussian",
    },
)
GRID = SEARCH.but(
    bears_on=on("exhaustive-search", role="variant") + on("million-restarts", role="variant"),
    switches={"weights": "on a grid: the integers -(B-1), -(B-3), ..., B-1"},
)
CROSSOVER = GRID.but(source="ours: where does the post's argument begin to hold?")


def judge(table: pd.DataFrame) -> list[Verdict]:
    """The post's count, and searches that end at their first solution, for each network and over all networks."""
    found = list(searches(table))
    trained = [one for one in found if one.restarts is not None]
    compared = _compared(table)
    finer = [one for one in found if len([grid for grid in one.grids if grid.solutions]) > 1]
    return [
        *([_every_setting(trained)] if trained else []),
        *map(_first_solution, compared),
        *([smallest(table)] if compared else []),
        *([_finer_weights(finer)] if finer else []),
    ]


def _compared(table: pd.DataFrame) -> list[Searches]:
    """The networks that were both trained and enumerated."""
    return [one for one in searches(table) if one.restarts is not None and one.grids]


def _switches(found: list[Searches]) -> dict[str, Any]:
    runs = [one.runs for one in found if one.runs]
    return {
        "network": [f"{one.name} ({one.weights} weights)" for one in found],
        "learning_rate": [run.learning_rate for run in runs],
        "updates": [f"up to {run.budget}" for run in runs],
    }


def _every_setting(trained: list[Searches]) -> Verdict:
    logs = []
    for one in trained:
        cost = MILLION * search.run_cost(one.runs.n, one.runs.width, one.runs.budget)
        logs.append(math.log10(search.rounds_of_the_post(one.weights)) - math.log10(cost))
    digits = {one.weights: len(str(search.rounds_of_the_post(one.weights))) for one in trained}
    long = ", ".join(f"{count} digits for W = {weights}" for weights, count in digits.items())
    how = "The smallest ratio of all networks, as if no run ended early."
    return SEARCH.verdict(
        "every-setting",
        "A million runs of backpropagation are vastly cheaper than all settings of 64-bit weights.",
        Measured.exactly(min(logs), len(logs), how=how),
        at_least(math.log10(VASTLY)),
        finding=f"All settings of {min(digits)} weights of 64 bits are a number of {min(digits.values())} digits: "
        "trying them takes at least 10^{measured} times as many evaluations as a million runs.",
        prediction=f"log10((2^64)^W / evaluations of a million runs) >= {math.log10(VASTLY):g}",
        notes=f"(2^64)^W has {long}",
        **_switches(trained) | {"weights": "64 bits each"},
    )


def _ratio(one: Searches, grid: Any, how: str = "") -> Measured:
    """Evaluations of a grid over those of restarts; infinite if the grid has no solution."""
    assert one.restarts is not None
    restarts, cost = one.restarts, exhaustive(grid)

    def estimate(α: float) -> tuple[float, float, float]:
        if not grid.solutions:
            return math.inf, math.inf, math.inf
        now = restarts.at(α)
        value, most, least = (cost / some if some else math.inf for some in (now.value, now.low, now.high))
        return value, least, most

    return Measured(estimate, int(one.runs.trials), how=how)


def _first_solution(one: Searches) -> Verdict:
    finest = one.grids[-1]
    how = (
        "Expected evaluations up to the first solution. On the finest grid they are (N + 1) / (S + 1) in random order, "
        "where S of N settings are solutions by an exact count, and infinitely many for S = 0. "
        "For restarts they are the evaluations of all runs over the number of successes, "
        f"with a {percent()} interval (delta method, on the logarithm)."
    )
    return GRID.verdict(
        f"{one.label}/first-solution",
        "Restarts of backpropagation are vastly cheaper than an exhaustive search that ends at its first solution: "
        f"{one.name}, {one.activation}.",
        _ratio(one, finest, how),
        at_least(VASTLY),
        prediction=f"evaluations of exhaustive search / of restarts >= {VASTLY}",
        notes=f"{finest.solutions:,} of {finest.trials:,} settings are solutions; {one.runs.solutions:,} of "
        f"{one.runs.trials:,} restarts succeed",
        activation=one.activation,
        levels=finest.levels,
        **_switches([one]),
    )


def smallest(table: pd.DataFrame) -> Verdict:
    """Whether restarts are cheaper than a grid for every network, by the smallest ratio of their costs."""
    # Grids are counted exactly, so all ratios to the same restarts share one error. Networks have separate errors.
    compared = _compared(table)
    networks = len(compared)
    pairs = [(_ratio(one, grid).divided(networks), one, grid) for one in compared for grid in one.grids]
    shown, one, grid = min(pairs, key=lambda pair: pair[0].high)
    how = (
        "Expected evaluations up to the first solution, as in first-solution, for every network and every grid. "
        f"The level is divided by the {networks} networks (Bonferroni). Shown is the ratio with the least upper end."
    )
    beside = {f"{one.label}/{grid.levels}": ratio for ratio, one, grid in pairs}
    return CROSSOVER.verdict(
        "crossover",
        "Restarts of backpropagation are cheaper than brute force for every network and grid, "
        "however small and coarse.",
        dataclasses.replace(shown, how=how, beside=beside),
        Rule(
            "Contradicted if one of the intervals lies below 1; supported if all lie above 1; else inconclusive.",
            lambda m: decide(
                min(ratio.low for ratio in m.beside.values()) >= 1, min(ratio.high for ratio in m.beside.values()) < 1
            ),
        ),
        prediction="evaluations of exhaustive search / of restarts >= 1 for every network and grid",
        notes=f"shown for {one.name}, {one.activation}, B = {grid.levels}: {grid.solutions:,} of {grid.trials:,} "
        "settings are solutions",
        activation=[some.activation for some in compared],
        **_switches(compared),
    )


def growth(one: Searches) -> float:
    """The power of the number of settings with which evaluations up to the first solution grow on finer grids."""
    coarse, *_, fine = [grid for grid in one.grids if grid.solutions]
    return math.log(exhaustive(fine) / exhaustive(coarse)) / math.log(fine.trials / coarse.trials)


def _finer_weights(finer: list[Searches]) -> Verdict:
    farthest = max((growth(one) for one in finer), key=lambda power: abs(power - 1))
    shares = [
        f"{one.name} {one.activation} {exhaustive(one.grids[-1]):.3g}" for one in finer if one.grids[-1].solutions
    ]
    how = (
        "The log of the ratio of (N + 1) / (S + 1) over the log of the ratio of N, "
        "between the coarsest and the finest grid that hold solutions, for every network with two such grids. "
        "Measured is the power farthest from 1."
    )
    return GRID.verdict(
        "finer-weights",
        "On finer grids of weights, the rounds of brute force grow in proportion to the number of settings.",
        Measured.exactly(farthest, sum(grid.trials for one in finer for grid in one.grids), how=how),
        within(1, AS_MANY),
        prediction=f"power of the number of settings with which evaluations grow = 1, within {AS_MANY:g}",
        notes="if the share of solutions at 2^64 levels is that of the finest grid, which is an assumption, the first "
        f"solution is expected after these numbers of evaluations: {', '.join(shares)}",
        search="in random order, ends at the first solution",
        **_switches(finer),
    )
