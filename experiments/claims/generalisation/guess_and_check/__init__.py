"""generalisation.guess-and-check: random weights that are right on all examples, beside trained ones.

For every set of a few examples, networks are guessed until some are right on all of them, and networks of the same
sizes are trained on the same examples by stochastic gradient descent, with and without an early end. Then both are
asked about all other points of the task. What was not found within the budget is counted as such.

The settings are those of Chiang et al. (ICLR 2023) where that is feasible: one hidden layer of rectifiers, guesses
uniform on [-1, 1], a learning rate of 0.1, batches of 3, some 800 updates. Of their 16 points, their code trains on 11.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.generalisation import _networks
from experiments.claims.generalisation.guess_and_check.figures import draw
from experiments.claims.generalisation.guess_and_check.verdicts import FIRST, GUESSES, TRAINED, judge
from experiments.ensemble import fields
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.generalisation import guesses

__all__ = ["KEYS", "Settings", "draw", "judge", "measure", "work"]

KEYS = ("search",)
# Networks that are guessed at a time: their numbers fit into a cache.
AT_A_TIME = 10_000


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Worlds of points, sets of examples and searches. Guessing ends when `wanted` are right, or after `guesses`."""

    world: list[str] = setting(list(guesses.WORLDS), choices=tuple(guesses.WORLDS))
    examples: list[int] = setting([8], low=1, high=32, static=True)
    width: list[int] = setting([2, 8, 20], low=1, high=1000, static=True)
    sets: int = setting(30, low=2, high=100_000, counts="set")
    guesses: int = setting(1_000_000, low=1, high=10**10)
    wanted: int = setting(8, low=1, high=10**6)
    restarts: int = setting(8, low=1, high=10**6, follows="restarts")
    learning_rate: float = fields.learning_rate(0.1)
    batch: int = fields.batch(3)
    loss: str = fields.loss("cross-entropy")
    optimizer: str = fields.optimizer("sgd")
    steps: int = fields.steps(800)


SMOKE = {"world": ["roofs", "coin"], "examples": [4], "width": [5], "sets": 3, "guesses": 20_000, "steps": 200}
FULL = {"examples": [8, 11, 16], "width": [2, 4, 6, 8, 10, 15, 20], "sets": 100, "guesses": 100_000_000, "wanted": 100}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per set of examples and search: networks that are right on all examples, and how they do on the rest."""
    rows = []
    for cell, key in zip(unit.cells.to_dict("records"), unit.keys.tolist(), strict=True):
        world, seen = examples_of(unit.seed, cell["world"], cell["examples"], cell["set"])
        found = [_guessed(unit, cell, world, seen, key)]
        found += [_trained(unit, cell, world, seen, key, first) for first in (False, True)]
        rows += [cell | one for one in found]
    return pd.DataFrame(rows)


def examples_of(seed: int, world: str, examples: int, number: int) -> tuple[guesses.World, np.ndarray]:
    """The points of a world and the numbers of its examples, the same for all widths and searches."""
    rng = random_generator(seed, "examples", world, examples, number)
    points = guesses.WORLDS[world](rng)
    return points, rng.choice(len(points.x), examples, replace=False)


def _guessed(
    unit: Unit, cell: dict[str, Any], world: guesses.World, seen: np.ndarray, key: list[int]
) -> dict[str, Any]:
    """What guesses come to: they end with the batch in which the last network that is wanted was found."""
    settings, rng = unit.settings, np.random.default_rng(key)
    kept: list[guesses.Guesses] = []
    tried = 0
    while tried < settings.guesses and sum(len(one.c) for one in kept) < settings.wanted:
        batch = guesses.draw(min(AT_A_TIME, settings.guesses - tried), world.x.shape[1], cell["width"], rng)
        kept.append(guesses.right(batch, world.x[seen], world.y[seen]))
        tried += len(batch.c)
    every = guesses.Guesses(*(np.concatenate(parts, axis=-1) for parts in zip(*kept, strict=True)))
    # So many of the last batch may be right that asking all of them takes longer than guessing.
    few = guesses.chosen(every, np.arange(len(every.c)) < settings.wanted)
    return {"search": GUESSES, "tried": tried, "right": len(every.c)} | _on_the_rest(few, world, seen)


def _trained(
    unit: Unit, cell: dict[str, Any], world: guesses.World, seen: np.ndarray, key: list[int], first: bool
) -> dict[str, Any]:
    """What training comes to: of all updates, or up to the first network that is right."""
    settings, runs, width = unit.settings, unit.settings.restarts, cell["width"]
    outcome = _networks.train(
        unit,
        world.x[seen],
        np.tile(world.y[seen], (runs, 1)),
        np.random.default_rng([*key, 1]).integers(0, 2**32, (runs, 2), np.uint32),
        np.full(runs, settings.learning_rate),
        (width,),
        "rectifier",
        batch=min(settings.batch, len(seen)),
        stop_when_solved=first,
        room=(world.x.shape[1], max(settings.width), 1),
    )
    (W, b), (v, c) = (tuple(np.asarray(part) for part in layer) for layer in outcome.network)
    networks = guesses.Guesses(np.moveaxis(W, 0, -1), b.T, v[..., 0].T, c[:, 0])
    # Asked in the same way as guesses are, whatever the engine says of its own networks.
    right = (guesses.outputs(networks, world.x[seen]) * world.y[seen, None] > 0).all(0)
    search = FIRST if first else TRAINED
    return {"search": search, "tried": runs, "right": int(right.sum())} | _on_the_rest(
        guesses.chosen(networks, right), world, seen
    )


def _on_the_rest(networks: guesses.Guesses, world: guesses.World, seen: np.ndarray) -> dict[str, float]:
    """Mean error on the points that are no examples, and the median normalised margin; of no network nothing."""
    if not len(networks.c):
        return {"rest_error": np.nan, "margin": np.nan}
    unseen = np.delete(np.arange(len(world.x)), seen)
    # "Not right" instead of "wrong", so that an output of 0 is an error.
    wrong = ~(guesses.outputs(networks, world.x[unseen]) * world.y[unseen, None] > 0)
    margins = guesses.normalised_margins(networks, world.x[seen], world.y[seen])
    return {"rest_error": float(wrong.mean()), "margin": float(np.median(margins))}


def work(unit: Unit) -> Work:
    """A third of all guesses at two examples each, and all updates."""
    settings, width, cells = unit.settings, unit.static("width"), len(unit.cells)
    inputs = guesses.BITS if set(unit.cells["world"]) != {"roofs"} else 2
    steps = 2.0 * cells * settings.restarts * settings.steps
    per_guess = 2.0 * 2 * width * (inputs + 3)
    return Work(steps, cells * settings.guesses * per_guess / 3 + steps * 6.0 * settings.batch * width * (inputs + 2))
