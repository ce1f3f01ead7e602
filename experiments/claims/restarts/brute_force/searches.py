"""Searches for a network that is right: every setting of a grid, guesses at random, and restarts of training.

The cost of every search is the number of evaluations of the network on all its points, see theory/restarts/search.py.
"""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.judging.measured import Measured
from experiments.judging.statistics import reach, wilson
from experiments.plan import Unit
from theory import boolean
from theory.restarts import search
from theory.restarts.grid import Grid

EXHAUSTIVE, GUESSES, RESTARTS = "exhaustive", "guesses", "restarts"


def _row(name: str, trials: int, solutions: int, evaluations: float, **more: Any) -> dict[str, Any]:
    rest = {
        "relative_error": math.nan,
        "first": -1,
        "close": 0,
        "steps": 0,
        "budget": 0,
        "learning_rate": math.nan,
    } | more
    return {"search": name, "trials": trials, "solutions": solutions, "evaluations": evaluations} | rest


def try_grid(cell: dict[str, Any], truth: boolean.functions.Truth) -> dict[str, Any]:
    """A row for the search of a grid; `levels`, `n`, `width` and `activation` of the cell give the grid."""
    from experiments.claims.restarts.brute_force import enumeration

    grid = Grid(cell["levels"], cell["n"], cell["width"], cell["activation"])
    census = enumeration.take_census(grid, truth)
    return _row(
        EXHAUSTIVE, census.settings, census.solved, float(census.settings), first=census.first, close=census.close
    )


def guess_and_train(
    unit: Unit, cell: dict[str, Any], truth: boolean.functions.Truth, key: list[int]
) -> list[dict[str, Any]]:
    """A row for guesses, random weights that are only evaluated, and a row for networks that are trained from them.

    Args:
        unit: its settings give the numbers of both, and the training.
        cell: `n`, `width` and `activation` of the network.
        truth: the function to compute.
        key: key of the random numbers.
    """
    from experiments.claims.restarts.brute_force import enumeration

    sizes = (cell["n"], cell["width"], 1) if cell["width"] else (cell["n"], 1)
    guesses = unit.settings.guesses
    solved = enumeration.count_solving_guesses(sizes, cell["activation"], truth, guesses, key)
    rows = [_row(GUESSES, guesses, solved, float(guesses))]
    # A threshold unit has no gradient to follow.
    return rows if cell["activation"] == "threshold" else [*rows, _train(unit, cell, truth, sizes, key)]


def _train(
    unit: Unit, cell: dict[str, Any], truth: boolean.functions.Truth, sizes: tuple[int, ...], key: list[int]
) -> dict[str, Any]:
    from experiments import ensemble

    settings, runs = unit.settings, unit.settings.restarts
    program = ensemble.Program(
        sizes=sizes,
        # For a single neuron the activation only sets the scale of its initial weights.
        activation=cell["activation"] if cell["width"] else "tanh",
        loss="cross-entropy",
        optimizer="sgd",
        steps=settings.steps,
        precision=unit.precision,
    )
    members = ensemble.Members(
        key=np.random.default_rng([*key, 1]).integers(0, 2**32, (runs, 2), np.uint32),
        targets=np.tile(2.0 * truth - 1.0, (runs, 1)),
        learning_rate=np.full(runs, settings.learning_rate),
    )
    outcome = ensemble.train_ensemble(
        program, boolean.signed_inputs(cell["n"]), members, unit.engine.layout, unit.engine.chunk
    )
    solved, steps = outcome.errors == 0, np.asarray(outcome.steps, np.int64)
    cost = steps * float(search.step_cost(cell["n"], cell["width"])) + 1.0
    error = relative_error(cost, np.asarray(solved))
    facts = {"steps": int(steps.sum()), "budget": settings.steps, "learning_rate": settings.learning_rate}
    return _row(RESTARTS, runs, int(solved.sum()), float(cost.sum()), relative_error=error, **facts)


def relative_error(cost: np.ndarray, solved: np.ndarray) -> float:
    """Relative error of the cost of all runs over the number of successes: a ratio of two sums, by the delta method."""
    per_solution = cost.sum() / max(solved.sum(), 1)
    return math.sqrt(((cost - per_solution * solved) ** 2).sum()) / cost.sum()


def exhaustive(row: Any) -> float:
    """Expected evaluations of a grid in random order up to its first solution; infinite if there is none."""
    return float(search.expected_in_random_order(row.trials, row.solutions)) if row.solutions else math.inf


def sampled(row: Any) -> Measured:
    """Evaluations per solution of guesses or restarts, including failures."""
    mean = row.evaluations / row.trials
    value = row.evaluations / row.solutions if row.solutions else math.inf

    def rare(α: float) -> tuple[float, float, float]:
        low, high = wilson(row.solutions, row.trials, α)
        return value, mean / high, mean / low if low > 0 else math.inf

    def usual(α: float) -> tuple[float, float, float]:
        factor = math.exp(reach(row.relative_error, α=α))
        return value, value / factor, value * factor

    return Measured(rare if row.search == GUESSES or not row.solutions else usual, int(row.trials))


class Searches(NamedTuple):
    """The results of all searches for one network.

    Attributes:
        name: function and sizes.
        label: function, sizes and activation, for names of verdicts.
        activation, weights: activation and number of weights of the network.
        grids: one row for each grid, the finest last.
        guesses, restarts: their expected evaluations, or None.
        runs: the row of the restarts, or None.
    """

    name: str
    label: str
    activation: str
    weights: int
    grids: list[Any]
    guesses: Measured | None
    restarts: Measured | None
    runs: Any


def searches(table: pd.DataFrame) -> Iterator[Searches]:
    """The networks of a table; those with fewer weights come first."""
    ordered = table.sort_values(["weights", "levels"], kind="stable")
    for names, rows in ordered.groupby(["family", "n", "width", "activation"], sort=False):
        family, n, width, activation = names
        sizes = f"{n}-{width}-1" if width else f"{n}-1"
        by_name = {name: list(mine.itertuples()) for name, mine in rows.groupby("search")}
        guesses, runs = (by_name.get(name, [None])[0] for name in (GUESSES, RESTARTS))
        yield Searches(
            f"{family} {sizes}",
            f"{family}-{sizes}/{activation}",
            activation,
            int(rows["weights"].iloc[0]),
            by_name.get(EXHAUSTIVE, []),
            sampled(guesses) if guesses else None,
            sampled(runs) if runs else None,
            runs,
        )
