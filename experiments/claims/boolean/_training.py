"""Shared by the claims about training: boolean functions as targets, networks to train, and what varies."""

import numpy as np
import pandas as pd
from jaxtyping import Float

from experiments.ensemble.cells import program_with
from experiments.plan import Unit, random_generator
from theory import boolean

# Families of drawn functions. Every other family has one function for each n.
DRAWN = ("random", "threshold")
# A member of a family in a sentence; other families have its name.
WORDS = {
    "random": "a random balanced function",
    "and": "AND",
    "threshold": "a random threshold function",
    "multiplexer": "the multiplexer",
}


def words(family: str) -> str:
    """A member of a family in a sentence."""
    return WORDS.get(family, family)


def clusters(family: str) -> list[str]:
    """The columns that name what varies: functions if they were drawn, else single runs."""
    return ["function"] if family in DRAWN else ["function", "restart"]


def units(family: str) -> str:
    """The same in words."""
    return "functions" if family in DRAWN else "runs, because there is one function for each n"


def truth_table(seed: int, n: int, family: str, function: int) -> boolean.functions.Truth:
    """The function with this number of a family: it is the same for every width, activation and restart."""
    return boolean.FAMILIES[family](n, random_generator(seed, "function", family, n, function))


def trained(
    unit: Unit, n: int, width: int, rates: Float[np.ndarray, " cells"], room: tuple[int, int], batch: int = 0
) -> pd.DataFrame:
    """One row per network of the unit: the end of its training.

    Args:
        unit: the axes family, function and activation say what is trained; the settings say how.
        n, width: bits and hidden units.
        rates: learning rate of every network.
        room: n and width of the compiled program, at least those of the network.
        batch: points per update, 0 for all.
    """
    from experiments import ensemble

    room_n, room_width = room
    program = program_with(
        unit, sizes=(n, width, 1), room=(room_n, room_width, 1), repeats=2 ** (room_n - n), batch=batch
    )
    pairs = list(zip(unit.cells["family"], unit.cells["function"].tolist(), strict=True))
    truths = {pair: truth_table(unit.seed, n, *pair) for pair in set(pairs)}
    members = ensemble.Members(
        key=unit.keys,
        targets=np.stack([2.0 * truths[pair] - 1.0 for pair in pairs]),
        learning_rate=rates,
    )
    outcome = ensemble.train_ensemble(program, boolean.signed_inputs(n), members, unit.engine.layout, unit.engine.chunk)
    return unit.cells.assign(
        loss=outcome.loss,
        errors=outcome.errors,
        solved=outcome.errors == 0,
        steps=outcome.steps,
        diverged=~np.isfinite(outcome.loss),
    )
