"""What the claims on generators share: functions, examples, networks trained on them, and how many examples they need.

All members of one call of the engine see the same points. So the functions of one number share their examples, which
depend on the seed and that number alone; those of few examples are the first of those of many.
"""

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int

from experiments.ensemble.cells import hexadecimal, program_with
from experiments.ensemble.tracing import Rebuilt, layers_of, trained_again
from experiments.judging import statistics
from experiments.judging.measured import Measured
from experiments.plan import Unit, random_generator
from theory import boolean
from theory.boolean.functions import Truth
from theory.hierarchy import generators

if TYPE_CHECKING:
    from experiments.ensemble import Members, Program, TrainingOutcome

# A function counts as learned where at most this share of the inputs that were no examples is answered wrongly. With a
# quarter of zeros and of ones at least, a constant is wrong on some 0.25 or more, and a random answer on 0.5.
BOUND = 0.15
ROLES = ("made", "shuffled")


def truth_table(seed: int, n: int, family: str, steps: int, function: int, role: str) -> Truth:
    """The numbered function that a family makes in `steps` steps, or its truth table in random order."""
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
        for name, values in _trained_on(unit, truths[mine], mine, room).items():
            columns[name][mine] = values
    finite = np.isfinite(columns["loss"])
    ends = {"solved": (columns["errors"] == 0) & finite, "diverged": ~finite, "key": hexadecimal(unit)}
    return cells.assign(**columns, **ends)


def _keys(cells: pd.DataFrame) -> list[tuple[str, int, int, str]]:
    return list(cells[["family", "made", "function", "role"]].itertuples(index=False, name=None))


class Taught(NamedTuple):
    """What networks of one number of a function are trained on, and how.

    Attributes:
        program: how, for all of them.
        x: the examples.
        members: which networks, with the signs of their functions at the examples.
        chosen: which inputs of the domain are examples.
    """

    program: "Program"
    x: Float[np.ndarray, "examples n"]
    members: "Members"
    chosen: Bool[np.ndarray, " inputs"]


def _taught(
    unit: Unit, truths: Int[np.ndarray, "members inputs"], mine: Int[np.ndarray, " members"], room: tuple[int, ...]
) -> Taught:
    """Cells of a unit that share the number of their function, with the truth table of each."""
    from experiments import ensemble

    n, chosen = unit.settings.n, np.zeros(2**unit.settings.n, bool)
    function = int(unit.cells["function"].iloc[mine[0]])
    chosen[example_order(unit.seed, n, function)[: unit.static("examples")]] = True
    # Where there is a rest, training goes on: the first network that is right on all examples is seldom the best.
    program = program_with(unit, sizes=(n, unit.static("width"), 1), room=room, stop_when_solved=bool(chosen.all()))
    signs, rates = 2.0 * truths - 1.0, np.full(len(mine), unit.settings.learning_rate)
    members = ensemble.Members(unit.keys[mine], signs[:, chosen], rates)
    return Taught(program, boolean.signed_inputs(n)[chosen], members, chosen)


def _trained_on(unit: Unit, truths: np.ndarray, mine: np.ndarray, room: tuple[int, ...]) -> dict[str, np.ndarray]:
    from experiments import ensemble

    taught = _taught(unit, truths, mine, room)
    outcome = ensemble.train_ensemble(taught.program, taught.x, taught.members, unit.engine.layout, unit.engine.chunk)
    return _ended(unit, outcome, truths, taught.chosen)


def _ended(unit: Unit, outcome: "TrainingOutcome", truths: np.ndarray, chosen: np.ndarray) -> dict[str, np.ndarray]:
    """How trainings ended, and the share of inputs that were no examples which each network answers wrongly."""
    x = boolean.signed_inputs(unit.settings.n)
    wrong = answers(outcome.network, x, unit.settings.activation) != (truths == 1)
    rest = wrong[:, ~chosen].mean(1) if not chosen.all() else np.full(len(truths), np.nan)
    ended = {"loss": outcome.loss, "errors": outcome.errors, "steps": outcome.steps, "error": rest}
    return {name: np.asarray(values) for name, values in ended.items()}


def rebuild(unit: Unit, family: str, row: dict[str, Any], room: tuple[int, ...] = ()) -> Rebuilt:
    """The network of one row again, see `trained`.

    Args:
        unit: its one cell.
        family: of its function.
        row: its row of the table.
        room: as `trained` had it.
    """
    ((made, function, role),) = unit.cells[["made", "function", "role"]].itertuples(index=False, name=None)
    truths = truth_table(unit.seed, unit.settings.n, family, made, function, role)[None]
    taught = _taught(unit, truths, np.array([0]), room)
    outcome, curve = trained_again(unit, taught.program, taught.x, taught.members, int(row["steps"]))
    values = {name: value[0] for name, value in _ended(unit, outcome, truths, taught.chosen).items()}
    return Rebuilt(layers_of(outcome, 0), curve, values)


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
    return _of_curves(rows, by, "examples", "error", _last_crossing)


def _last_crossing(examples: np.ndarray, errors: np.ndarray) -> float:
    bits, above = np.log2(examples), np.flatnonzero(~(errors <= BOUND))
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
    return _of_curves(rows, by, "width", "solved", _least_width)


def _least_width(widths: np.ndarray, shares: np.ndarray) -> float:
    failed = np.flatnonzero(shares < 0.5)
    first = failed[-1] + 1 if len(failed) else 0
    return float(np.log2(widths[first])) if first < len(widths) else float("inf")


def _of_curves(
    rows: pd.DataFrame, by: list[str], along: str, values: str, number: Callable[[np.ndarray, np.ndarray], float]
) -> pd.Series:
    """For every group a number of its curve: of the places `along`, ascending, and the mean of `values` at each."""
    means = rows.groupby([*by, along])[values].mean()
    groups = means.index.droplevel(along)
    first = np.flatnonzero(~groups.duplicated())
    places = means.index.get_level_values(along).to_numpy(float)
    curves = zip(*(np.split(each, first[1:]) for each in (places, means.to_numpy())), strict=True)
    return pd.Series([number(*curve) for curve in curves], groups[first])


def samples_by(values: pd.Series, level: Hashable) -> tuple[Float[np.ndarray, " samples"], list[np.ndarray]]:
    """log2 of a level of an index, such as steps, and the values that belong to each of its numbers."""
    groups = {float(number): group.to_numpy(float) for number, group in values.groupby(level=level)}
    return np.log2(np.array(list(groups))), list(groups.values())


def partly(table: pd.DataFrame) -> pd.DataFrame:
    """The networks that were trained on a part of the domain."""
    return table[table["examples"] < 2 ** table["n"]]


def slope_of(part: pd.DataFrame, by: list[str]) -> Measured:
    """The slope of medians over functions of log2 of the examples needed, on log2 of the steps that made them."""
    needed = examples_needed(part, by).clip(lower=np.log2(part["examples"].min()))
    x, samples = samples_by(needed, "made")
    return Measured(
        lambda α: statistics.slope_of_medians(x, samples, α),
        len(needed),
        how="The slope of the line through the medians over functions of log2 of the examples needed, with the "
        f"{statistics.percent()} interval of medians drawn from order statistics. What is beyond the ladder is "
        "infinite; what is below it counts as its least number, which makes the slope less steep.",
    )
