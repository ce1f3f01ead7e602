"""Damped steps from many points at once, each point with a damping of its own.

A step is made only if it is better; then the damping falls, else it rises. Points arrive after very different numbers
of steps. So only some are *seated* at a time, and one that has arrived makes room for the next: every evaluation is of
as many points as there are seats, until few are left.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

# Points that move together: few, because each may have a derivative for every sample and parameter.
SEATS = 64

# What is known at some points: arrays with the points on the first axis.
Known = Sequence[np.ndarray]


class Method(NamedTuple):
    """How points move.

    Attributes:
        evaluate: (points, their numbers) -> what is known there; it decides whether a step is made.
        first_damping: (known) -> the damping before the first step.
        step: (known, dampings) -> what is subtracted from each point.
        better: (known there, known here) -> whether a step is made.
        damping: (dampings, whether steps were made) -> the next dampings.
        arrived: (known, dampings) -> whether a point stays where it is.
        summary: (known) -> what is kept of it at the end.
        derive: (points, known) -> what a step needs besides; it is added to what is known. Calculated only where a
            point has moved.
    """

    evaluate: Callable[[Float[np.ndarray, "some parameters"], Int[np.ndarray, " some"]], Known]
    first_damping: Callable[[Known], Float[np.ndarray, " some"]]
    step: Callable[[Known, np.ndarray], Float[np.ndarray, "some parameters"]]
    better: Callable[[Known, Known], Bool[np.ndarray, " some"]]
    damping: Callable[[np.ndarray, Bool[np.ndarray, " some"]], Float[np.ndarray, " some"]]
    arrived: Callable[[Known, np.ndarray], Bool[np.ndarray, " some"]]
    summary: Callable[[Known], Known]
    derive: Callable[[Float[np.ndarray, "some parameters"], Known], Known] = lambda points, known: ()


def scaled(eased: float, raised: float) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """Dampings times a factor after a step that is made, and another after one that is not."""

    def damping(before: np.ndarray, made: np.ndarray) -> np.ndarray:
        # If no step is small enough, the damping becomes infinite and the step 0.
        with np.errstate(over="ignore"):
            after: np.ndarray = np.maximum(before * np.where(made, eased, raised), np.finfo(float).tiny)
        return after

    return damping


def move(
    method: Method, starts: Float[np.ndarray, "points parameters"], steps: int, seats: int = SEATS
) -> tuple[Float[np.ndarray, "points parameters"], Known]:
    """Moves every point until it has arrived or has tried a number of steps.

    Args:
        method: how.
        starts: the points at the start.
        steps: the most steps that a point tries.
        seats: points that are evaluated at once, at most.

    Returns:
        The points at the end, and the summaries there.
    """
    θ, ends = starts.copy(), list[tuple[np.ndarray, Known]]()
    mine, waiting = np.zeros(0, int), np.arange(len(θ))
    known = list[np.ndarray]()
    damping, tried = np.zeros(0), np.zeros(0, int)
    while len(mine) or len(waiting):
        fresh, waiting = np.split(waiting, [seats - len(mine)])
        new = θ[mine] - method.step(known, damping) if len(mine) else θ[mine]
        found = method.evaluate(np.concatenate([new, θ[fresh]]), np.concatenate([mine, fresh]))
        made = method.better([leaf[: len(mine)] for leaf in found], known) if len(mine) else np.zeros(0, bool)
        θ[mine[made]] = new[made]
        moved = np.append(np.flatnonzero(made), np.arange(len(mine), len(mine) + len(fresh)))
        mine = np.concatenate([mine, fresh])
        there = [leaf[moved] for leaf in found]
        there += method.derive(θ[mine[moved]], there)
        held: list[np.ndarray | None] = [*known] or [None] * len(there)
        known = [_updated(leaf, part, made) for leaf, part in zip(held, there, strict=True)]
        begun = method.first_damping([leaf[len(made) :] for leaf in known])
        damping = np.append(method.damping(damping, made), begun)
        tried = np.append(tried + 1, np.zeros(len(fresh), int))
        ended = method.arrived(known, damping) | (tried >= steps)
        if ended.any():
            ends.append((mine[ended], method.summary([leaf[ended] for leaf in known])))
            mine, damping, tried, *known = (leaf[~ended] for leaf in (mine, damping, tried, *known))
    order = np.argsort(np.concatenate([numbers for numbers, _ in ends]))
    return θ, tuple(np.concatenate(leaves)[order] for leaves in zip(*(facts for _, facts in ends), strict=True))


def _updated(leaf: np.ndarray | None, part: np.ndarray, made: Bool[np.ndarray, " some"]) -> np.ndarray:
    """Rows of points that have not moved, with those that have in their places, and further ones at the end."""
    if leaf is None:
        return np.array(part)
    count = int(made.sum())
    leaf[made] = part[:count]
    return leaf if len(part) == count else np.concatenate([leaf, part[count:]])
