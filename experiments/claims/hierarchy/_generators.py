"""What the claims on generators share: functions, examples, networks trained on them, and how many examples they need.

All members of one call of the engine see the same points. So the functions of one number share their examples, which
depend on the seed and that number alone; those of few examples are the first of those of many.
"""

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int

from experiments.ensemble.cells import program_with
from experiments.plan import Unit, random_generator
from theory import boolean
from theory.boolean.functions import Truth
from theory.hierarchy import generators

# A function counts as learned where at most this share of the inputs that were no examples is answered wrongly. With a
# quarter of zeros and of ones at least, a constant is wrong on some 0.25 or more, and a random answer on 0.5.
BOUND = 0.15
ROLES = ("made", "shuffled")


def truth_table(seed: int, n: int, family: str, steps: int, function: int, role: str) -> Truth:
    """The numbered function that a family makes in so many steps, or its truth table in random order."""
    what = (family, n, steps, function)
    truth = generators.draw(family, n, steps, random_generator(seed, "made", *what))
    return truth if role == "made" else generators.shuffled(truth, random_generator(seed, "shuffled", *what))


def example_order(seed: int, n: int, function: int) -> Int[np.ndarray, " inputs"]:
    """The order in which inputs become examples, for all functions of this number."""
    return random_generator(seed, "examples", n, function).permutation(2**n)


def trained(unit: Unit, families: list[str], room: tuple[int, ...] = ()) -> pd.DataFrame:
    """One row per network: whether it is right on all examples, and how often it is wrong on the rest of the domain.

    Args:
        unit: its static axes `width` and `examples` and its settings say how networks are trained; its axes made,
            function and role say on what.
        families: of each cell.
        room: the sizes as which networks are compiled, at least theirs.
    """
    n, cells = unit.settings.n, unit.cells.assign(family=families)
    tables = {key: truth_table(unit.seed, n, *key) for key in set(_keys(cells))}
    truths = np.stack([tables[key] for key in _keys(cells)])
    columns = {name: np.zeros(len(cells)) for name in ("loss", "errors", "steps", "error")}
    for function in cells["function"].unique().tolist():
        mine = np.flatnonzero(cells["function"] == function)
        chosen = np.zeros(2**n, bool)
        chosen[example_order(unit.seed, n, function)[: unit.static("examples")]] = True
        for name, values in _trained_on(unit, truths[mine], chosen, mine, room).items():
            columns[name][mine] = values
    finite = np.isfinite(columns["loss"])
    return cells.assign(**columns, solved=(columns["errors"] == 0) & finite, diverged=~finite)


def _keys(cells: pd.DataFrame) -> list[tuple[str, int, int, str]]:
    return list(cells[["family", "made", "function", "role"]].itertuples(index=False, name=None))


def _trained_on(
    unit: Unit,
    truths: np.ndarray,
    chosen: Bool[np.ndarray, " inputs"],
    mine: Int[np.ndarray, " members"],
    room: tuple[int, ...],
) -> dict[str, np.ndarray]:
    from experiments import ensemble

    settings, n = unit.settings, unit.settings.n
    # Where there is a rest, training goes on: the first network that is right on all examples is seldom the best.
    program = program_with(unit, sizes=(n, unit.static("width"), 1), room=room, stop_when_solved=bool(chosen.all()))
    x, signs = boolean.signed_inputs(n), 2.0 * truths - 1.0
    members = ensemble.Members(unit.keys[mine], signs[:, chosen], np.full(len(mine), settings.learning_rate))
    outcome = ensemble.train_ensemble(program, x[chosen], members, unit.engine.layout, unit.engine.chunk)
    wrong = answers(outcome.network, x, settings.activation) != (truths == 1)
    rest = wrong[:, ~chosen].mean(1) if not chosen.all() else np.full(len(mine), np.nan)
    ended = {"loss": outcome.loss, "errors": outcome.errors, "steps": outcome.steps, "error": rest}
    return {name: np.asarray(values) for name, values in ended.items()}


def answers(network: tuple, x: Float[np.ndarray, "points n"], activation: str) -> Bool[np.ndarray, "members points"]:
    """On which side of 0 the outputs of networks are, for each point."""
    from experiments.ensemble.outputs import outputs

    return outputs(network, x, activation) > 0


def how_trained(rows: pd.DataFrame) -> dict[str, Any]:
    """The switches that say how networks were trained; planted rows have none."""
    names = ("updates", "learning_rate") if "updates" in rows else ()
    return {name: rows[name].iloc[0] for name in names}


def examples_needed(rows: pd.DataFrame, by: list[str]) -> pd.Series:
    """log2 of the number of examples from which on the error on the rest is within the bound, for each function.

    It is where the line through the errors, over log2 of the examples, crosses the bound for the last time. It is
    infinite where the error of the largest number is not within the bound, and minus infinity where all errors are.

    Args:
        rows: networks that did not see the whole domain.
        by: the columns that name a function and how it was trained.
    """
    return rows.groupby(by, sort=False)[["examples", "error"]].apply(_crossing)


def _crossing(rows: pd.DataFrame) -> float:
    curve = rows.groupby("examples")["error"].mean()
    bits, errors = np.log2(curve.index.to_numpy(float)), curve.to_numpy()
    above = np.flatnonzero(~(errors <= BOUND))
    if not len(above):
        return -float("inf")
    last = above[-1]
    if last == len(bits) - 1:
        return float("inf")
    share = (errors[last] - BOUND) / (errors[last] - errors[last + 1])
    return float(bits[last] + share * (bits[last + 1] - bits[last])) if np.isfinite(share) else float(bits[last + 1])


def width_needed(rows: pd.DataFrame, by: list[str]) -> pd.Series:
    """log2 of the least width from which on networks are right on the whole domain; infinite where none is.

    Args:
        rows: networks that were trained on the whole domain.
        by: the columns that name a function.
    """
    return rows.groupby(by, sort=False)[["width", "solved"]].apply(_least_width)


def _least_width(rows: pd.DataFrame) -> float:
    share = rows.groupby("width")["solved"].mean()
    failed = np.flatnonzero(share.to_numpy() < 0.5)
    widths = share.index.to_numpy(float)
    first = failed[-1] + 1 if len(failed) else 0
    return float(np.log2(widths[first])) if first < len(widths) else float("inf")


def samples_by(values: pd.Series, level: Hashable) -> tuple[Float[np.ndarray, " samples"], list[np.ndarray]]:
    """log2 of a level of an index, such as steps, and the values that belong to each of its numbers."""
    groups = {float(number): group.to_numpy(float) for number, group in values.groupby(level=level)}
    return np.log2(np.array(list(groups))), list(groups.values())
