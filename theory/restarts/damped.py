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
        evaluate: (points, their numbers) -> what is known there.
        first_damping: (known) -> the damping before the first step.
        step: (known, dampings) -> what is subtracted from each point.
        better: (known there, known here) -> whether a step is made.
        arrived: (known, dampings) -> whether a point stays where it is.
        summary: (known) -> what is kept of it at the end.
        eased, raised: the factors on the damping after a step that is made, and after one that is not.
    """

    evaluate: Callable[[Float[np.ndarray, "some parameters"], Int[np.ndarray, " some"]], Known]
    first_damping: Callable[..., Float[np.ndarray, " some"]]
    step: Callable[..., Float[np.ndarray, "some parameters"]]
    better: Callable[..., Bool[np.ndarray, " some"]]
    arrived: Callable[..., Bool[np.ndarray, " some"]]
    summary: Callable[..., Known]
    eased: float
    raised: float


def move(
    method: Method, starts: Float[np.ndarray, "points parameters"], steps: int, seats: int = SEATS
) -> tuple[Float[np.ndarray, "points parameters"], Known]:
    """Moves every point until it has arrived or has made a number of steps.

    Args:
        method: how.
        starts: the points at the start.
        steps: the most steps of a point, made or not.
        seats: points that are evaluated at once, at most.

    Returns:
        The points at the end, and the summaries there.
    """
    θ, ends = starts.copy(), list[tuple[np.ndarray, Known]]()
    mine, waiting = np.zeros(0, int), np.arange(len(θ))
    known = list[np.ndarray]()
    damping, made = np.zeros(0), np.zeros(0, int)
    while len(mine) or len(waiting):
        fresh, waiting = np.split(waiting, [seats - len(mine)])
        trial = θ[mine] - method.step(known, damping) if len(mine) else θ[mine]
        found = method.evaluate(np.concatenate([trial, θ[fresh]]), np.concatenate([mine, fresh]))
        there, new = ([leaf[part] for leaf in found] for part in (slice(len(mine)), slice(len(mine), None)))
        if len(mine):
            better = method.better(there, known)
            θ[mine[better]] = trial[better]
            for leaf, part in zip(known, there, strict=True):
                leaf[better] = part[better]
            # If no step is small enough, the damping becomes infinite and the step 0.
            with np.errstate(over="ignore"):
                damping = np.maximum(damping * np.where(better, method.eased, method.raised), np.finfo(float).tiny)
            made = made + 1
        if len(fresh):
            known = [np.concatenate(pair) for pair in zip(known, new, strict=True)] if known else [*map(np.array, new)]
            mine, made = np.concatenate([mine, fresh]), np.append(made, np.zeros(len(fresh), int))
            damping = np.append(damping, method.first_damping(new))
        ended = method.arrived(known, damping) | (made >= steps)
        if ended.any():
            ends.append((mine[ended], method.summary([leaf[ended] for leaf in known])))
            mine, damping, made, *known = (leaf[~ended] for leaf in (mine, damping, made, *known))
    order = np.argsort(np.concatenate([numbers for numbers, _ in ends]))
    return θ, tuple(np.concatenate(leaves)[order] for leaves in zip(*(facts for _, facts in ends), strict=True))
