"""restarts.brute-force: how many networks are evaluated until one is right, by brute force and by backpropagation.

The weights of small networks are put on grids of B levels and every setting is tried, exactly. Beside them stand
networks with random weights that are only looked at (guess-and-check) and networks that are trained until they are
right or out of updates, then trained again from other weights (restarts). All of them are charged in evaluations of the
network on all its points, see theory/restarts/search.py.
"""

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from experiments.claims.restarts.brute_force.searches import (
    EXHAUSTIVE,
    GUESSES,
    RESTARTS,
    Searches,
    exhaustive,
    guess_and_train,
    searches,
    try_grid,
)
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from experiments.ensemble import fields
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, at_least, decide, within
from experiments.judging.statistics import percent
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory import boolean
from theory.restarts import search
from theory.restarts.grid import weight_count

# The column that tells the rows of a cell apart.
KEYS = ("search",)
# One way is vastly cheaper than another if it needs at most a thousandth of the evaluations.
VASTLY = 1000
# The number of runs that the post speaks of.
MILLION = 1_000_000
# Evaluations are proportional to the settings if they grow with a power that is at most this far from 1.
AS_MANY = 0.1


SEARCH = Trial(
    source="the post, ch. III: brute force over 64-bit weights takes (2^64)^W rounds; a million runs are vastly "
    "cheaper",
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


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Which networks are searched for, and how.

    `width` 0 is a single neuron, whose `activation` is the identity. `levels` are those of a weight on a grid; 0 stands
    for real numbers, of which `guesses` are only looked at and `restarts` trained for `steps` updates at most.

    The learning rate and the number of steps are those with the least geometric mean, over the trained networks of the
    default sweep, of the evaluations to the first success: a pilot with another seed tried rates from 0.1 to 30 and 10
    to 3000 steps.
    """

    family: list[str] = setting(["and", "majority", "parity"], choices=tuple(boolean.FAMILIES), static=True)
    n: list[int] = setting([2, 3], low=1, high=8, static=True)
    width: list[int] = setting([0, 2, 3], low=0, high=8, static=True)
    activation: list[str] = setting(
        ["identity", "threshold", "logistic", "tanh", "rectifier"],
        choices=("identity", "threshold", "logistic", "tanh", "rectifier"),
        static=True,
    )
    levels: list[int] = setting([0, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16], low=0, high=32)
    guesses: int = setting(10_000_000, low=1, high=10**12)
    restarts: int = setting(4000, low=2, high=10_000_000)
    learning_rate: float = fields.learning_rate(3.0)
    steps: int = fields.steps(30)
    where: str = setting(
        "(family == 'parity' and width == n or family != 'parity' and width == 0) and (family != 'majority' or n > 2) "
        "and (activation == 'identity') == (width == 0) and (1.0 * levels) ** (width * (n + 2) + 1) <= 6e9"
    )


SMOKE = {
    "family": ["and", "parity"],
    "n": [2],
    "levels": [0, 2, 3],
    "guesses": 10_000,
    "restarts": 200,
}
FULL: dict = {}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network and search: its trials, how many of them are solutions, and what all together cost.

    A search tries every setting of a grid, guesses, or trains. `first` is the number of the first setting that solves,
    `close` how many settings needed exact arithmetic, `relative_error` that of evaluations per solution.
    """
    rows = []
    for cell, key in zip(unit.cells.to_dict("records"), unit.keys.tolist(), strict=True):
        family, n = cell["family"], cell["n"]
        truth = boolean.FAMILIES[family](n, random_generator(unit.seed, "function", family, n))
        found = [try_grid(cell, truth)] if cell["levels"] else guess_and_train(unit, cell, truth, key)
        rows += [cell | {"weights": weight_count(n, cell["width"])} | one for one in found]
    return pd.DataFrame(rows)


def work(unit: Unit) -> Work:
    """Two operations per setting and point; guesses and updates by their multiply-adds."""
    n, width, settings = unit.static("n"), unit.static("width"), unit.settings
    weights = weight_count(n, width)
    tried = sum(float(levels) ** weights for levels in unit.cells["levels"].tolist())
    updates = float(settings.restarts * settings.steps) if 0 in set(unit.cells["levels"]) else 0.0
    return Work(updates, 2.0**n * (2 * tried + weights * (2 * settings.guesses * (updates > 0) + 6 * updates)))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """The post's count; then searches that end at their first solution, one network at a time and over all of them."""
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
    how = "The smallest ratio of all networks, as if no run of the million ended early."
    return SEARCH.verdict(
        "every-setting",
        "A million runs of backpropagation are vastly cheaper than all settings of 64-bit weights.",
        Measured.exactly(min(logs), len(logs), how=how),
        at_least(math.log10(VASTLY)),
        prediction=f"log10((2^64)^W / evaluations of a million runs) >= {math.log10(VASTLY):g}",
        notes=f"(2^64)^W has {long}",
        **_switches(trained) | {"weights": "64 bits each"},
    )


def _ratio(one: Searches, grid: Any, how: str = "") -> Measured:
    """Evaluations of a grid over those of restarts; where there is no solution on the grid, infinitely many."""
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
        "Expected evaluations up to the first solution, on the finest grid: (N + 1) / (S + 1) in random order, S of N "
        "settings being solutions, counted exactly, and infinitely many for S = 0; of restarts, those of all runs over "
        f"the number that succeeded, with a {percent()} interval (delta method, on the logarithm)."
    )
    return GRID.verdict(
        f"{one.label}/first-solution",
        "Restarts of backpropagation are vastly cheaper than exhaustive search that ends at its first solution: "
        f"{one.name}, {one.activation}.",
        _ratio(one, finest, how),
        at_least(VASTLY),
        prediction=f"evaluations of exhaustive search / of restarts >= {VASTLY}",
        notes=f"{finest.solutions:,} of {finest.trials:,} settings solve; of {one.runs.trials:,} restarts "
        f"{one.runs.solutions:,} succeed",
        activation=one.activation,
        levels=finest.levels,
        **_switches([one]),
    )


def smallest(table: pd.DataFrame) -> Verdict:
    """Whether restarts are cheaper than a grid for every network, by the smallest ratio of their costs."""
    # Grids are counted exactly, so that ratios to the same restarts are wrong together; networks err each on its own.
    compared = _compared(table)
    networks = len(compared)
    pairs = [(_ratio(one, grid).divided(networks), one, grid) for one in compared for grid in one.grids]
    shown, one, grid = min(pairs, key=lambda pair: pair[0].high)
    how = (
        "Both expected up to the first solution, as in first-solution, for every network and every grid. With "
        f"{networks} networks there are as many chances to be wrong, so each has its part of the level (Bonferroni). "
        "Shown is the ratio with the least upper end."
    )
    beside = {f"{one.label}/{grid.levels}": ratio for ratio, one, grid in pairs}
    return CROSSOVER.verdict(
        "crossover",
        "However small the network and however coarse the grid, restarts of backpropagation are cheaper than brute "
        "force.",
        dataclasses.replace(shown, how=how, beside=beside),
        Rule(
            "Contradicted if one of the intervals lies below 1; supported if all lie above; else inconclusive.",
            lambda m: decide(
                min(ratio.low for ratio in m.beside.values()) >= 1, min(ratio.high for ratio in m.beside.values()) < 1
            ),
        ),
        prediction="evaluations of exhaustive search / of restarts >= 1 for every network and grid",
        notes=f"shown for {one.name}, {one.activation}, B = {grid.levels}: {grid.solutions:,} of {grid.trials:,} "
        "settings solve",
        activation=[some.activation for some in compared],
        **_switches(compared),
    )


def growth(one: Searches) -> float:
    """By what power of the number of settings the evaluations up to the first solution grow as grids get finer."""
    coarse, *_, fine = [grid for grid in one.grids if grid.solutions]
    return math.log(exhaustive(fine) / exhaustive(coarse)) / math.log(fine.trials / coarse.trials)


def _finer_weights(finer: list[Searches]) -> Verdict:
    farthest = max((growth(one) for one in finer), key=lambda power: abs(power - 1))
    shares = [
        f"{one.name} {one.activation} {exhaustive(one.grids[-1]):.3g}" for one in finer if one.grids[-1].solutions
    ]
    how = (
        "log of the ratio of (N + 1) / (S + 1) over log of the ratio of N, between the coarsest and the finest grid "
        "that hold solutions, for every network that has two; the one farthest from 1."
    )
    return GRID.verdict(
        "finer-weights",
        "Brute force takes as many more rounds as there are more settings when weights get finer.",
        Measured.exactly(farthest, sum(grid.trials for one in finer for grid in one.grids), how=how),
        within(1, AS_MANY),
        prediction=f"power of the number of settings with which evaluations grow = 1, within {AS_MANY:g}",
        notes="on the assumption, and it is one, that the share of solutions is at 2^64 levels what it is on the "
        f"finest grid, the first solution is expected after these numbers of evaluations: {', '.join(shares)}",
        search="in random order, ends at the first solution",
        **_switches(finer),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Evaluations up to the first solution, over the networks and over the levels of a weight."""
    found = list(searches(table))
    return {"brute-force-networks": draw_networks(found), "brute-force-levels": draw_levels(found)}


def _numbers(one: Searches) -> Iterator[dict[str, Any]]:
    facts: dict[str, Any] = {"network": one.name, "activation": one.activation, "weights": one.weights}
    facts |= {"settings": math.nan, "worst": math.nan}
    for grid in one.grids:
        value = exhaustive(grid)
        worst = search.worst_case(grid.trials, grid.solutions) if grid.solutions else math.inf
        same = {"value": value, "low": value, "high": value, "worst": worst}
        yield facts | {"search": EXHAUSTIVE, "levels": grid.levels, "settings": grid.trials} | same
    for name, estimate in ((GUESSES, one.guesses), (RESTARTS, one.restarts)):
        if estimate is not None:
            yield facts | {
                "search": name,
                "levels": 0,
                "value": estimate.value,
                "low": estimate.low,
                "high": estimate.high,
            }


def draw_networks(found: list[Searches]) -> Drawing:
    """One panel an activation; networks in order of their number of weights, grids where they are finest."""
    numbers = pd.DataFrame([row for one in found for row in _numbers(one)])
    activations = [name for name in numbers["activation"].unique() if name != "identity"] or ["identity"]
    figure, axes_of = panels(activations)
    for activation, axes in axes_of.items():
        mine = numbers[numbers["activation"].isin(["identity", activation])]
        names = list(dict.fromkeys(mine["network"]))
        grids = mine[mine["search"] == EXHAUSTIVE]
        finest = grids[grids["levels"] == grids.groupby("network")["levels"].transform("max")]
        lines = {
            "finest grid, worst order": finest.assign(value=finest["worst"], low=finest["worst"], high=finest["worst"]),
            "finest grid, random order": finest,
            "guesses at random": mine[mine["search"] == GUESSES],
            "restarts": mine[mine["search"] == RESTARTS],
        }
        for i, (label, rows) in enumerate(lines.items()):
            seen = rows[np.isfinite(rows["value"])]
            places = [names.index(name) for name in seen["network"]]
            errors = [seen["value"] - seen["low"], seen["high"] - seen["value"]]
            axes.errorbar(
                places, seen["value"], errors, fmt=f"{MARKERS[i]}-", color=COLOURS[i], ms=4, lw=1, label=label
            )
        axes.set_yscale("log")
        axes.set_xticks(range(len(names)), names, rotation=35, ha="right")
        axes.set_title(f"{activation} units")
    label_outside(figure, "", "evaluations to the first solution")
    legend_beside(figure)
    return Drawing(figure, numbers)


def draw_levels(found: list[Searches]) -> Drawing:
    """One panel a network: exhaustive search on finer and finer grids that hold a solution, and restarts beside it."""
    numbers = pd.DataFrame([row for one in found for row in _numbers(one)])
    names = list(dict.fromkeys(numbers["network"]))
    figure, axes_of = panels(names, width=2.2)
    activations = dict.fromkeys(numbers["activation"])
    styles = dict(zip(activations, zip(COLOURS, MARKERS, strict=True), strict=False))
    for name, axes in axes_of.items():
        mine = numbers[numbers["network"] == name]
        grids = mine[mine["search"] == EXHAUSTIVE].drop_duplicates("levels")
        axes.plot(grids["levels"], grids["settings"], "k:", lw=1)
        for activation, rows in mine.groupby("activation", sort=False):
            colour, marker = styles[activation]
            found_there = rows[(rows["search"] == EXHAUSTIVE) & np.isfinite(rows["value"])]
            axes.plot(found_there["levels"], found_there["value"], f"{marker}-", color=colour, ms=4, lw=1)
            for value in rows.loc[rows["search"] == RESTARTS, "value"]:
                axes.axhline(value, color=colour, ls="--", lw=1)
        axes.set_yscale("log")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_title(name)
    label_outside(figure, "B, levels of a weight", "evaluations to the first solution")
    entries: dict[str, dict[str, Any]] = {
        activation: {"color": colour, "marker": marker} for activation, (colour, marker) in styles.items()
    }
    for label, dash in {"grid, random order": "-", "all settings": ":", "restarts": "--"}.items():
        entries[label] = {"color": "k", "lw": 1, "ls": dash}
    legend_beside(figure, entries)
    return Drawing(figure, numbers)
