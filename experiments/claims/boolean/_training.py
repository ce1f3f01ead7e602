"""Shared by the claims about training: boolean functions as targets, networks to train, and what varies."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Float

from experiments.ensemble.cells import program_with
from experiments.ensemble.tracing import Rebuilt, layers_of, trained_again
from experiments.plan import Unit, random_generator
from theory import boolean

if TYPE_CHECKING:
    from experiments.ensemble import Members, Program

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


class Networks(NamedTuple):
    """The networks of a unit. Its axes family, function and activation say what is trained, its settings say how.

    Attributes:
        n, width: bits and hidden units.
        rates: learning rate of every network.
        room: n and width of the compiled program, at least those of the network.
        batch: points per update, 0 for all.
    """

    n: int
    width: int
    rates: Float[np.ndarray, " cells"]
    room: tuple[int, int]
    batch: int = 0


def trained(unit: Unit, networks: Networks) -> pd.DataFrame:
    """One row per network of the unit: the end of its training."""
    from experiments import ensemble

    outcome = ensemble.train_ensemble(
        _program(unit, networks),
        boolean.signed_inputs(networks.n),
        _members(unit, networks),
        unit.engine.layout,
        unit.engine.chunk,
    )
    return unit.cells.assign(
        loss=outcome.loss,
        errors=outcome.errors,
        solved=outcome.errors == 0,
        steps=outcome.steps,
        diverged=~np.isfinite(outcome.loss),
    )


def rebuild(unit: Unit, networks: Networks, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again."""
    x, members = boolean.signed_inputs(networks.n), _members(unit, networks)
    outcome, curve = trained_again(unit, _program(unit, networks), x, members, int(row["steps"]))
    values = {name: getattr(outcome, name)[0] for name in ("loss", "errors", "steps")}
    return Rebuilt(layers_of(outcome, 0), curve, values)


def _program(unit: Unit, networks: Networks) -> "Program":
    n, width, _, (room_n, room_width), batch = networks
    return program_with(unit, sizes=(n, width, 1), room=(room_n, room_width, 1), repeats=2 ** (room_n - n), batch=batch)


def _members(unit: Unit, networks: Networks) -> "Members":
    from experiments import ensemble

    pairs = list(zip(unit.cells["family"], unit.cells["function"].tolist(), strict=True))
    truths = {pair: truth_table(unit.seed, networks.n, *pair) for pair in set(pairs)}
    targets = np.stack([2.0 * truths[pair] - 1.0 for pair in pairs])
    return ensemble.Members(unit.keys, targets, networks.rates)
