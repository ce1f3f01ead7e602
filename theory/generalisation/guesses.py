"""Networks of one hidden layer of rectifiers with guessed weights, and the data they are tried on.

    z(x) = max(0, x W + b) v + c.

A guess has all its parameters uniform on [-1, 1]; it is kept if it is right on all examples (Chiang et al., ICLR 2023).
The normalised margin of a network is min_i y_i z(x_i) / (|(W, b)| |v|), with Euclidean norms: scaling a layer by a
positive number changes z's size and nothing else. The output bias c is in no norm, as in the authors' code; our hidden
units have biases, theirs have not. The normalised loss is that of y z / (|(W, b)| |v|) in place of y z; by it the
authors compare networks that fit their examples equally well.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from theory.generalisation import tasks

# Distance of the two roofs, as in the authors' configurations.
ROOFS_APART = 0.25
# Points of each roof at which a network is asked: the rest of the world.
POINTS = 500
# Bits of tasks that are boolean functions.
BITS = 6

Rng = np.random.Generator


class World(NamedTuple):
    """All points of a task with their labels, -1 and 1."""

    x: Float[np.ndarray, "points inputs"]
    y: Float[np.ndarray, " points"]


class Guesses(NamedTuple):
    """Networks side by side, on the last axis: W (inputs x width), b (width), v (width) and c of each."""

    W: Float[np.ndarray, "inputs width guesses"]
    b: Float[np.ndarray, "width guesses"]
    v: Float[np.ndarray, "width guesses"]
    c: Float[np.ndarray, " guesses"]


def roofs(rng: Rng) -> World:
    """Two roofs, y = -|x| and a quarter higher, on which labels are 1 and -1; nothing is drawn."""
    across = np.linspace(-1, 1, POINTS)
    lower, upper = (np.stack([across, height - np.abs(across)], 1) for height in (0.0, ROOFS_APART))
    return World(np.concatenate([lower, upper]), np.repeat([1.0, -1.0], POINTS))


def _boolean(family: str) -> Callable[[Rng], World]:
    def world(rng: Rng) -> World:
        truth = tasks.FAMILIES[family](BITS, rng)
        return World(2.0 * tasks.functions.inputs(BITS) - 1, 2.0 * truth - 1)

    return world


WORLDS: dict[str, Callable[[Rng], World]] = {
    "roofs": roofs,
    "majority": _boolean("majority"),
    "junta": _boolean("junta"),
    "coin": _boolean("coin"),
}


def draw(count: int, inputs: int, width: int, rng: Rng) -> Guesses:
    """Networks with parameters uniform on [-1, 1], in single precision."""
    numbers = 2 * rng.random(((inputs + 2) * width + 1, count), np.float32) - 1
    W, b, v, c = np.split(numbers, np.cumsum([inputs * width, width, width]))
    return Guesses(W.reshape(inputs, width, count), b, v, c[0])


def outputs(guesses: Guesses, x: Float[np.ndarray, "points inputs"]) -> Float[np.ndarray, "points guesses"]:
    """z of every network at every point, one point after the other: so sums run along the networks."""
    z = np.empty((len(x), len(guesses.c)), guesses.c.dtype)
    for i, point in enumerate(x.astype(guesses.c.dtype)):
        hidden = guesses.b.copy()
        for value, weights in zip(point, guesses.W, strict=True):
            hidden += value * weights
        np.maximum(hidden, 0, out=hidden)
        hidden *= guesses.v
        z[i] = hidden.sum(0) + guesses.c
    return z


def chosen(guesses: Guesses, which: Bool[np.ndarray, " guesses"]) -> Guesses:
    """Some of the networks."""
    return Guesses(*(part[..., which] for part in guesses))


def right(
    guesses: Guesses, x: Float[np.ndarray, "points inputs"], y: Float[np.ndarray, " points"], at_a_time: int = 2
) -> Guesses:
    """The networks that are right on all examples: a few at a time, and then only those that are still right."""
    for start in range(0, len(x), at_a_time):
        part = slice(start, start + at_a_time)
        guesses = chosen(guesses, (outputs(guesses, x[part]) * y[part, None] > 0).all(0))
    return guesses


def normalised_margins(
    guesses: Guesses, x: Float[np.ndarray, "points inputs"], y: Float[np.ndarray, " points"]
) -> Float[np.ndarray, " guesses"]:
    """The least y z(x) of the examples over the norms of both layers; see the module."""
    return (outputs(guesses, x) * y[:, None]).min(0) / _norms(guesses)


def normalised_losses(
    guesses: Guesses, x: Float[np.ndarray, "points inputs"], y: Float[np.ndarray, " points"]
) -> Float[np.ndarray, " guesses"]:
    """Cross-entropy of the examples, after the outputs were divided by the norms of both layers; see the module."""
    return np.logaddexp(0, -outputs(guesses, x) * y[:, None] / _norms(guesses)).mean(0)


def _norms(guesses: Guesses) -> Float[np.ndarray, " guesses"]:
    W, b, v = (part.astype(float) for part in (guesses.W, guesses.b, guesses.v))
    return np.sqrt((W**2).sum((0, 1)) + (b**2).sum(0)) * np.sqrt((v**2).sum(0))
