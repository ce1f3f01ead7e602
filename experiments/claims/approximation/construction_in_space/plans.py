"""The networks of the proof that approximation.construction-in-space builds, and their targets."""

from math import sqrt
from typing import NamedTuple

from experiments.plan import random_generator
from theory.approximation import cosines, space, targets
from theory.approximation.construction import CONSTRUCTIONS, Construction
from theory.dense import Layers

# A network is built from the mean of the cosine series, or from the directions of the target's own ridge cosines.
ROUTES = ("mean", "directions")


# Error allowed to the ridges, over the guaranteed error of the mean.
SPARE = 0.25


class Recipe(NamedTuple):
    """What a network is built from.

    Attributes:
        parts: the sum of ridge cosines.
        units: hidden units for each ridge cosine.
        bound: bound of the error of the whole network.
        mean_bound: the mean's part of the bound.
    """

    parts: cosines.Cosines
    units: list[int]
    bound: float
    mean_bound: float


def planned(target: targets.Target, d: int, order: int, route: str, kind: Construction) -> Recipe:
    """The plan of the network for a target."""
    allowed = target.modulus(sqrt(d) * cosines.reach(order))
    if route == "mean":
        parts, mean_bound = cosines.mean(target.value, d, order), allowed
    elif target.cosines is not None:
        parts, mean_bound = target.cosines, 0.0
    else:
        raise ValueError("only ridges are a sum of few ridge cosines: give `where` as a condition that says so")
    units = space.widths(parts, kind, (1 + SPARE) * allowed - mean_bound)
    return Recipe(parts, units, mean_bound + space.bound(parts, kind, units), mean_bound)


def built(
    target: targets.Target, d: int, order: int, route: str, construction: str
) -> tuple[Layers, dict[str, float | int]]:
    """The network for a target, and its numbers: ridge cosines, width, and the bound of its error."""
    kind = CONSTRUCTIONS[construction]
    parts, units, bound, mean_bound = planned(target, d, order, route, kind)
    facts = {"ridges": len(units), "width": sum(units), "bound": bound, "mean_bound": mean_bound}
    return space.build(parts, kind, units), facts


def target_of(seed: int, family: str, d: int) -> targets.Target:
    """The target of a run for a family and dimension."""
    return targets.FAMILIES[family](d, random_generator(seed, "in space", family, d))


# Constructions as they are named in statements.
PROFILES = {"steps": "staircases", "interpolant": "broken lines"}
