"""Searches of mode-connectivity: the barriers of many pairs at once, as they are, matched, and at their best.

Arrangements are enumerated on the devices, in float64; weights are matched on the host.
"""

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from experiments.claims.modern.mode_connectivity.verdicts import COARSE, FINE
from experiments.ensemble.descent import everywhere
from experiments.ensemble.powers import least_power
from theory.activations import ACTIVATIONS
from theory.modern import connectivity as theory
from theory.modern.connectivity import Pair, Shallow

# Programs are compiled for a width that is a power of two and at least this: to compile takes as long as to run.
SMALLEST_ROOM = 8


def room(m: int) -> int:
    """The width for which the programs of networks of m units are compiled."""
    return max(SMALLEST_ROOM, least_power(2, m))


def barriers(pairs: Pair, x: Float[np.ndarray, "points inputs"], activation: str) -> Float[np.ndarray, " pairs"]:
    """The barrier of each pair as it is, on the fine grid."""
    m = pairs.first.units.shape[1]
    # Units without any weight change nothing, and networks of several widths share a program.
    pairs = pairs._replace(first=_with_room(pairs.first, room(m)), second=_with_room(pairs.second, room(m)))
    return everywhere(_barriers(activation), pairs.first.units[0].size * len(x), pairs, x)


def _with_room(networks: Shallow, m: int) -> Shallow:
    return networks._replace(units=np.pad(networks.units, [(0, 0), (0, m - networks.units.shape[1]), (0, 0)]))


def best(
    pairs: Pair, x: Float[np.ndarray, "points inputs"], activation: str, signs: bool
) -> tuple[Float[np.ndarray, " pairs"], Int[np.ndarray, "pairs m"]]:
    """The least barrier of all arrangements of each pair on the coarse grid, and the arrangement that has it."""
    m = pairs.first.units.shape[1]
    every = theory.halves(m, signs)
    numbers = theory.group_size(m, signs)
    least, places = everywhere(_best(activation, m, signs), numbers, pairs, x)
    return least, np.array([theory.arrangement(place, every) for place in places.tolist()])


def matchings(pairs: Pair, signs: bool) -> Int[np.ndarray, "pairs m"]:
    """The arrangement of each pair with the least distance of the weights."""
    ends = zip(_each(pairs.first), _each(pairs.second), strict=True)
    return np.array([theory.matching(one, other, signs) for one, other in ends])


def arranged(pairs: Pair, π: Int[np.ndarray, "pairs m"]) -> Pair:
    """The pairs with the units of their second networks arranged."""
    units = [theory.arranged(one, each).units for one, each in zip(_each(pairs.second), π, strict=True)]
    return pairs._replace(second=pairs.second._replace(units=np.array(units)))


def _each(networks: Shallow) -> list[Shallow]:
    return [Shallow(*one) for one in zip(*networks, strict=True)]


@functools.cache
def _barriers(activation: str) -> Callable[..., Array]:
    ts = jnp.arange(1, FINE) / FINE

    def work(pairs: Pair, x: Array) -> Array:
        return jax.lax.map(lambda pair: theory.barrier(pair, x, ACTIVATIONS[activation], ts), pairs)

    return work


@functools.cache
def _best(activation: str, m: int, signs: bool) -> Callable[..., Any]:
    every, ts = theory.halves(m, signs), np.arange(1, COARSE) / COARSE

    def work(pairs: Pair, x: Array) -> tuple[Array, Array]:
        # One pair after the other: its arrangements fill a device, and those of all pairs might not fit.
        return jax.lax.map(lambda pair: theory.best(pair, x, ACTIVATIONS[activation], ts, every), pairs)

    return work
