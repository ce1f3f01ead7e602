"""generalisation.guess-and-check: random weights that are right on all examples, beside trained ones.

For every set of a few examples, networks are guessed until some are right on all of them, and networks of the same
sizes are trained on the same examples by stochastic gradient descent, with and without an early end. Then both are
asked about all other points of the task. What was not found within the budget is counted as such. Every search has a
row for all of its right networks, and one for each bin of their normalised loss, so that networks can be compared that
fit their examples equally well.

The settings are those of Chiang et al. (ICLR 2023) where that is feasible: one hidden layer of rectifiers, guesses
uniform on [-1, 1], a learning rate of 0.1, batches of 3, some 800 updates. Of their 16 points, their code trains on 11.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.generalisation import _networks
from experiments.claims.generalisation.guess_and_check import searches
from experiments.claims.generalisation.guess_and_check.figures import draw
from experiments.claims.generalisation.guess_and_check.verdicts import EVERY, FIRST, GUESSES, judge
from experiments.ensemble import fields
from experiments.ensemble.tracing import Rebuilt, layers_of
from experiments.errors import UserError
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.generalisation import guesses

__all__ = ["KEYS", "Settings", "draw", "is_stuck", "judge", "measure", "rebuild", "work"]

KEYS = ("search", "bin")


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Worlds of points, sets of examples and searches. Guessing ends when `wanted` are right, or after `guesses`."""

    world: list[str] = setting(list(guesses.WORLDS), choices=tuple(guesses.WORLDS))
    examples: list[int] = setting([8], low=1, high=32, static=True)
    width: list[int] = setting([2, 8, 20], low=1, high=1000, static=True)
    sets: int = setting(100, low=2, high=100_000, counts="set")
    guesses: int = setting(1_000_000, low=1, high=10**10)
    wanted: int = setting(100, low=1, high=10**6)
    restarts: int = setting(8, low=1, high=10**6, follows="restarts")
    learning_rate: float = fields.learning_rate(0.1)
    batch: int = fields.batch(3)
    loss: str = fields.loss("cross-entropy")
    optimizer: str = fields.optimizer("sgd")
    steps: int = fields.steps(800)


SMOKE = {"world": ["roofs", "coin"], "examples": [4], "width": [5], "sets": 3, "guesses": 20_000, "steps": 200}
FULL = {"examples": [8, 11, 16], "width": [2, 4, 6, 8, 10, 15, 20], "guesses": 10_000_000}


def measure(unit: Unit) -> pd.DataFrame:
    """Rows per set of examples and search: networks that are right on all examples, and how they do on the rest."""
    rows = []
    for cell, key in zip(unit.cells.to_dict("records"), unit.keys.tolist(), strict=True):
        world, seen = searches.examples_of(unit.seed, cell["world"], cell["examples"], cell["set"])
        what = (unit, cell["width"], world, seen, key)
        found = searches.guessed(*what)
        for first in (False, True):
            outcome = _networks.train(unit, searches.training(*what, first))
            found += searches.trained(outcome, world, seen, first)
        rows += [cell | one for one in found]
    return pd.DataFrame(rows)


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The first network of a row again: of training, or the first right one that was guessed.

    Raises:
        UserError: if the row has no network: it is one of a bin, or no guess was right.
    """
    ((cell,), (key,)) = unit.cells.to_dict("records"), unit.keys.tolist()
    world, seen = searches.examples_of(unit.seed, cell["world"], cell["examples"], cell["set"])
    what = (unit, cell["width"], world, seen, key)
    if row["bin"] != EVERY or (row["search"] == GUESSES and not row["right"]):
        raise UserError("this row has no network of its own; give one of all right networks of a search")
    if row["search"] == GUESSES:
        found, *_ = searches.right_guesses(*what)
        loss = np.logaddexp(0, -guesses.outputs(found, world.x[seen])[:, 0] * world.y[seen]).mean()
        layers = [(found.W[..., 0], found.b[:, 0]), (found.v[:, :1], found.c[:1])]
        curve, (again, *_) = pd.DataFrame({"updates": [0], "loss": [loss]}), searches.guessed(*what)
        return Rebuilt(layers, curve, {name: again[name] for name in ("tried", "right", "rest_error")})
    first = row["search"] == FIRST
    outcome, curve = _networks.train_again(unit, searches.training(*what, first), unit.settings.steps)
    again, *_ = searches.trained(outcome, world, seen, first)
    return Rebuilt(layers_of(outcome, 0), curve, {name: again[name] for name in ("loss", "right", "rest_error")})


def is_stuck(table: pd.DataFrame) -> pd.Series:
    """Whether not all networks of a row of training are right on all examples."""
    return (table["search"] != GUESSES) & (table["bin"] == EVERY) & (table["right"] < table["tried"])


def work(unit: Unit) -> Work:
    """A third of all guesses at two examples each, and all updates."""
    settings, width, cells = unit.settings, unit.static("width"), len(unit.cells)
    inputs = guesses.BITS if set(unit.cells["world"]) != {"roofs"} else 2
    steps = 2.0 * cells * settings.restarts * settings.steps
    per_guess = 2.0 * 2 * width * (inputs + 3)
    return Work(steps, cells * settings.guesses * per_guess / 3 + steps * 6.0 * settings.batch * width * (inputs + 2))
