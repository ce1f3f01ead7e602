"""restarts.brute-force: evaluations of networks until one is right, by brute force and by backpropagation.

The weights of small networks are put on grids of B levels, and every setting is tried exactly. Two other searches are
compared: guess-and-check evaluates networks with random weights, and restarts train networks until they are right or
out of updates, and then begin again with other weights. The cost of every search is the number of evaluations of the
network on all its points, see theory/restarts/search.py.
"""

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
from experiments.claims.restarts.brute_force.verdicts import judge
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from experiments.ensemble import fields
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory import boolean
from theory.restarts import search
from theory.restarts.grid import weight_count

__all__ = ["KEYS", "Settings", "draw", "judge", "measure", "work"]

# The column that tells the rows of a cell apart.
KEYS = ("search",)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Which networks are searched for, and how.

    `width` 0 is a single neuron; its `activation` is the identity. `levels` is the number of levels of a weight on a
    grid. 0 means real numbers: `guesses` networks are only evaluated, and `restarts` are trained for at most `steps`
    updates.

    Learning rate and number of steps minimise the geometric mean of the evaluations to the first success, over the
    trained networks of the default sweep. A pilot with another seed tried rates from 0.1 to 30 and 10 to 3000 steps.
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
    """One row per network and search: its trials, the number of solutions among them, and the cost of all.

    A search tries every setting of a grid, guesses, or trains. `first` is the number of the first setting that solves,
    `close` the number of settings that needed exact arithmetic, and `relative_error` the error of evaluations per
    solution.
    """
    rows = []
    for cell, key in zip(unit.cells.to_dict("records"), unit.keys.tolist(), strict=True):
        family, n = cell["family"], cell["n"]
        truth = boolean.FAMILIES[family](n, random_generator(unit.seed, "function", family, n))
        found = [try_grid(cell, truth)] if cell["levels"] else guess_and_train(unit, cell, truth, key)
        rows += [cell | {"weights": weight_count(n, cell["width"])} | one for one in found]
    return pd.DataFrame(rows)


def work(unit: Unit) -> Work:
    """Two operations per setting and point; multiply-adds of guesses and updates."""
    n, width, settings = unit.static("n"), unit.static("width"), unit.settings
    weights = weight_count(n, width)
    tried = sum(float(levels) ** weights for levels in unit.cells["levels"].tolist())
    updates = float(settings.restarts * settings.steps) if 0 in set(unit.cells["levels"]) else 0.0
    return Work(updates, 2.0**n * (2 * tried + weights * (2 * settings.guesses * (updates > 0) + 6 * updates)))


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
    """One panel per activation; networks are ordered by their number of weights, and grids are the finest."""
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
    found_by = numbers[np.isfinite(numbers["value"])].groupby("search")["value"].median()
    cost = ", ".join(f"{search} {value:,.0f}" for search, value in found_by.items())
    title = f"Median evaluations up to the first solution: {cost}"
    caption = (
        "Exhaustive search on the finest grid, in the worst and in random order, guesses, and restarts of training."
    )
    return Drawing(figure, numbers, title, caption)


def draw_levels(found: list[Searches]) -> Drawing:
    """One panel per network: exhaustive search on grids that hold a solution, against their levels, and restarts."""
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
    grids = numbers[(numbers["search"] == EXHAUSTIVE) & np.isfinite(numbers["value"])]
    finest = grids.loc[grids.groupby(["network", "activation"])["levels"].idxmax()]
    shares = finest["value"] / finest["settings"]
    share = f"{shares.min():.1g} to {shares.max():.1g}" if len(shares) else "all"
    title = f"On the finest grids a random order evaluates {share} of all settings"
    caption = "Evaluations up to the first solution against the levels of a weight. Dashed: restarts of training."
    return Drawing(figure, numbers, title, caption)
