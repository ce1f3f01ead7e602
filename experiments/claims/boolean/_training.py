"""What the claims about training share: boolean functions as targets, networks to train, and what varies of them."""

import numpy as np
import pandas as pd
from jaxtyping import Float

from experiments.plan import Unit, random_generator
from theory import boolean

# Families whose members differ; each of the others has one function for every n.
DRAWN = ("random", "threshold")
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
    """The columns that name what varies: functions, if they were drawn; else every run is one by itself."""
    return ["function"] if family in DRAWN else ["function", "restart"]


def units(family: str) -> str:
    """The same in words."""
    return "functions" if family in DRAWN else "runs, because there is one function for each n"


def truth_table(seed: int, n: int, family: str, function: int) -> boolean.functions.Truth:
    """The numbered function of a family: the same for every width, activation and restart."""
    return boolean.FAMILIES[family](n, random_generator(seed, "function", family, n, function))


def trained(
    unit: Unit, n: int, width: int, rates: Float[np.ndarray, " cells"], room: tuple[int, int], batch: int = 0
) -> pd.DataFrame:
    """One row per network of the unit: how its training ended.

    Args:
        unit: its axes family, function and activation say what is trained, its settings how.
        n, width: bits and hidden units.
        rates: learning rate of every network.
        room: the n and width as which it is compiled, at least these.
        batch: points per update, 0 for all.
    """
    from experiments import ensemble

    settings, (room_n, room_width) = unit.settings, room
    program = ensemble.Program(
        sizes=(n, width, 1),
        room=(room_n, room_width, 1),
        repeats=2 ** (room_n - n),
        activation=unit.static("activation"),
        loss=settings.loss,
        optimizer=settings.optimizer,
        steps=settings.steps,
        precision=unit.precision,
        schedule=settings.schedule,
        batch=batch,
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
