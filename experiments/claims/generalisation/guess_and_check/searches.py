"""The searches of guess-and-check, and what they found: all right networks, and those in each bin of their loss."""

from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float, Int

from experiments.claims.generalisation import _networks
from experiments.claims.generalisation.guess_and_check.verdicts import BINS_AN_OCTAVE, EVERY, FIRST, GUESSES, TRAINED
from experiments.plan import Unit, random_generator
from theory.generalisation import guesses

if TYPE_CHECKING:
    from experiments.ensemble import TrainingOutcome

# Networks that are guessed at a time: their numbers fit into a cache.
AT_A_TIME = 10_000

Row = dict[str, Any]


def examples_of(seed: int, world: str, examples: int, number: int) -> tuple[guesses.World, np.ndarray]:
    """The points of a world and the numbers of its examples, the same for all widths and searches."""
    rng = random_generator(seed, "examples", world, examples, number)
    points = guesses.WORLDS[world](rng)
    return points, rng.choice(len(points.x), examples, replace=False)


def guessed(unit: Unit, width: int, world: guesses.World, seen: np.ndarray, key: list[int]) -> list[Row]:
    """What guesses come to: they end with the batch in which the last network that is wanted was found."""
    networks, right, tried = right_guesses(unit, width, world, seen, key)
    return _rows({"search": GUESSES, "tried": tried, "right": right}, networks, world, seen)


def right_guesses(
    unit: Unit, width: int, world: guesses.World, seen: np.ndarray, key: list[int]
) -> tuple[guesses.Guesses, int, int]:
    """The first right networks, how many were right, and how many were guessed."""
    settings, rng = unit.settings, np.random.default_rng(key)
    kept: list[guesses.Guesses] = []
    tried = 0
    while tried < settings.guesses and sum(len(one.c) for one in kept) < settings.wanted:
        batch = guesses.draw(min(AT_A_TIME, settings.guesses - tried), world.x.shape[1], width, rng)
        kept.append(guesses.right(batch, world.x[seen], world.y[seen]))
        tried += len(batch.c)
    every = guesses.Guesses(*(np.concatenate(parts, axis=-1) for parts in zip(*kept, strict=True)))
    # So many of the last batch may be right that asking all of them takes longer than guessing.
    return guesses.chosen(every, np.arange(len(every.c)) < settings.wanted), len(every.c), tried


def training(
    unit: Unit, width: int, world: guesses.World, seen: np.ndarray, key: list[int], first: bool
) -> _networks.Training:
    """Networks of one cell: with all updates, or up to the first update after which they are right."""
    settings, runs = unit.settings, unit.settings.restarts
    return _networks.training(
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


def trained(outcome: "TrainingOutcome", world: guesses.World, seen: np.ndarray, first: bool) -> list[Row]:
    """What training comes to, in its networks that are right; `loss` is the mean of all."""
    (W, b), (v, c) = (tuple(np.asarray(part) for part in layer) for layer in outcome.network)
    networks = guesses.Guesses(np.moveaxis(W, 0, -1), b.T, v[..., 0].T, c[:, 0])
    # Asked in the same way as guesses are, whatever the engine says of its own networks.
    right = (guesses.outputs(networks, world.x[seen]) * world.y[seen, None] > 0).all(0)
    facts = {"search": FIRST if first else TRAINED, "tried": len(right), "right": int(right.sum())}
    return _rows(facts | {"loss": float(outcome.loss.mean())}, guesses.chosen(networks, right), world, seen)


def _rows(facts: Row, networks: guesses.Guesses, world: guesses.World, seen: np.ndarray) -> list[Row]:
    """A row for all right networks of a search, and one for each bin: how many it holds, and how they do."""
    if not len(networks.c):
        return [facts | {"bin": EVERY, "rest_error": np.nan, "margin": np.nan}]
    unseen = np.delete(np.arange(len(world.x)), seen)
    # "Not right" instead of "wrong", so that an output of 0 is an error.
    errors = (~(guesses.outputs(networks, world.x[unseen]) * world.y[unseen, None] > 0)).mean(0)
    margins = guesses.normalised_margins(networks, world.x[seen], world.y[seen])
    bins = bins_of(guesses.normalised_losses(networks, world.x[seen], world.y[seen]))
    rows = [facts | {"bin": EVERY, "rest_error": float(errors.mean()), "margin": float(np.median(margins))}]
    for one in np.unique(bins).tolist():
        mine = bins == one
        held = {"bin": one, "right": int(mine.sum()), "rest_error": float(errors[mine].mean()), "loss": np.nan}
        rows.append(facts | held | {"margin": float(np.median(margins[mine]))})
    return rows


def bins_of(losses: Float[np.ndarray, " networks"]) -> Int[np.ndarray, " networks"]:
    """The bin of each normalised loss, by how far it is below log 2, which is the loss of an output of 0.

    All networks that are right are below it. Bin k holds distances from 2^(-k/2) to less than 2^(-(k-1)/2), and so k is
    1 at least.
    """
    return np.ceil(-BINS_AN_OCTAVE * np.log2(np.log(2) - losses)).astype(int)
