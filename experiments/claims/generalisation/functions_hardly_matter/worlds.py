"""The tasks of other sweeps, in small: each world has its points, its loss, and tasks that are drawn at random."""

import functools
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from experiments.claims.generalisation.images import predictors
from experiments.plan import random_generator
from theory import boolean
from theory.generalisation import sign_degree, tasks, worlds

BOOLEAN, DIGITS = "boolean", "digits"
REGRESSIONS = tuple(worlds.REGRESSIONS)
WORLDS = (BOOLEAN, *REGRESSIONS, DIGITS)
# Pixels of a picture, and the largest grey level.
PIXELS, BRIGHTEST = 64, 16
# The threshold degree where there is none.
NO_DEGREE = -1


class Task(NamedTuple):
    """What is to be learned.

    Attributes:
        kind: of the task, in its world.
        y: targets; -1 and 1 where the world has two answers.
        degree: threshold degree of a boolean function.
    """

    kind: str
    y: Float[np.ndarray, " points"]
    degree: int = NO_DEGREE

    @property
    def constant_error(self) -> float:
        """The share of points that the best constant answer gets wrong."""
        return float(min((self.y > 0).mean(), (self.y <= 0).mean()))


def size_of(world: str, n: int, count: int) -> tuple[int, int]:
    """How many points a world has, and of how many numbers; see `points_of`."""
    if world == BOOLEAN:
        return 2**n, n
    return count, PIXELS if world == DIGITS else worlds.INPUTS


def loss_of(world: str, two_answers: str) -> str:
    """The loss of a world: one for two answers, or the squared error."""
    return "squared" if world in REGRESSIONS else two_answers


@functools.cache
def points_of(seed: int, world: str, n: int, count: int) -> Float[np.ndarray, "points inputs"]:
    """The points of a world, the same for all of its tasks: all of {-1, 1}^n, or so many that are drawn."""
    rng = random_generator(seed, "points", world, count)
    if world == BOOLEAN:
        return boolean.signed_inputs(n).astype(float)
    if world == DIGITS:
        return predictors.digits()[0][_pictures(seed, count)] / BRIGHTEST
    return worlds.REGRESSIONS[world][0](count, rng)


def _pictures(seed: int, count: int) -> np.ndarray:
    return random_generator(seed, "pictures", count).permutation(len(predictors.digits()[1]))[:count]


@functools.cache
def task_of(seed: int, world: str, n: int, count: int, number: int) -> Task:
    """The numbered task of a world, the same for all networks; see `points_of`."""
    if world == BOOLEAN:
        kind, truth = tasks.random_task(n, random_generator(seed, "task", n, number))
        return Task(kind, 2.0 * truth - 1, sign_degree.threshold_degree(truth))
    rng = random_generator(seed, "task", world, number)
    if world == DIGITS:
        half = np.sort(rng.permutation(10)[:5])
        which = predictors.digits()[1][_pictures(seed, count)]
        return Task("".join(map(str, half)), np.where(np.isin(which, half), 1.0, -1.0))
    kind, values = worlds.REGRESSIONS[world][1](points_of(seed, world, n, count), rng)
    return Task(kind, worlds.standardized(values))
