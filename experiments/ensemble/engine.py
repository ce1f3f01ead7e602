"""Training an ensemble from beginning to end: waves that fit into memory, segments, and packing in between.

All members of a wave make update t before any makes update t + 1 of the next *segment*. Between two segments those that
have finished are taken out and the rest moved together, so that what a run costs is the sum of its members' updates
and not their number times the slowest. Neither changes a member's result: it depends on the program, the member and, in
the last bits, on the layout and its chunk.
"""

import dataclasses
import functools
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from experiments.ensemble.batches import Shape, compiled
from experiments.ensemble.optimizers import direction
from experiments.ensemble.packing import Packed
from experiments.ensemble.program import Members, Outcome, Program
from experiments.ensemble.training import start
from theory import network
from theory.network import WEIGHT_VARIANCE, Network

# A segment is this much longer than all before it together: members wait at most so much of their own time.
GROWTH = 0.2
# And never so short that handing arrays back and forth would be a large part of it.
SEGMENT_SECONDS = 0.02
FIRST_SEGMENT = 16


class Plan(NamedTuple):
    """How an ensemble is held: a layout, members per chunk, chunks per call and device, members per wave."""

    layout: str
    chunk: int
    groups: int
    wave: int


def run(program: Program, x: Float[np.ndarray, "points inputs"], members: Members, plan: Plan) -> Outcome:
    """Trains every member and returns their outcomes, in the order of the members."""
    waves = [
        _wave(program, x, jax.tree.map(lambda leaf, first=first: leaf[first : first + plan.wave], members), plan)
        for first in range(0, len(members.key), plan.wave)
    ]
    return jax.tree.map(lambda *leaves: np.concatenate(leaves), *waves)


def _wave(program: Program, x: np.ndarray, members: Members, plan: Plan) -> Outcome:
    shape = Shape(dataclasses.replace(program, steps=0), plan.layout, plan.chunk, plan.groups, len(x))
    batch = compiled(shape)
    running = np.arange(len(members.key))
    # One more row, of a member that does not run: it fills the places that nobody else needs.
    members = jax.tree.map(lambda leaf: np.concatenate([leaf, leaf[:1]]), members)
    begun = start(program, direction(program.optimizer), initial_networks(program, members.key), len(x))
    begun.running[-1] = False
    state = batch.state.pack(begun)
    packed = batch.members.pack(members if program.batch else members._replace(key=()))
    begin, end = 0, FIRST_SEGMENT if program.stops else program.steps + 1
    while len(running):
        end = min(end, program.steps + 1)  # at t = steps there is one more judgement, and no update
        started = time.perf_counter()
        _segment(shape, x, packed, state, running, (begin, end, program.steps))
        pace = (end - begin) / (time.perf_counter() - started)
        running = running[batch.state.unpack(state).running[running]] if end <= program.steps else running[:0]
        begin, end = end, end + max(int(GROWTH * end), int(pace * SEGMENT_SECONDS), 1)
    last = jax.tree.map(lambda leaf: leaf[:-1], batch.state.unpack(state))
    return Outcome(last.loss, last.errors, last.steps, last.network)


def initial_networks(program: Program, keys: np.ndarray) -> Network:
    """The networks that `network.initialize` draws for these keys, on the host, with the axis of members in front."""
    count = network.parameter_count(program.sizes)
    # The first of many random numbers are the same as those of few, so that few lengths need to be compiled.
    normals = _normals(np.asarray(keys, np.uint32), 1 << (count - 1).bit_length(), program.precision)
    return network.from_normals(
        np.asarray(normals)[:, :count], program.sizes, WEIGHT_VARIANCE[program.activation]
    )


@functools.partial(jax.jit, static_argnames=("count", "precision"))
def _normals(keys: Array, count: int, precision: str) -> Float[Array, "members count"]:
    def one(key: Array) -> Array:
        return jax.random.normal(jax.random.wrap_key_data(key, impl="threefry2x32"), (count,), jnp.dtype(precision))

    return jax.vmap(one)(keys)


def _segment(
    shape: Shape, x: np.ndarray, members: Packed, state: Packed, running: np.ndarray, times: tuple[int, int, int]
) -> None:
    """Trains the running members for a segment and writes their states back, one full call after the other."""
    batch = compiled(shape)
    for first in range(0, len(running), shape.capacity):
        mine = running[first : first + shape.capacity]
        rows, places, used = _places(mine, shape)
        trained = batch.train(x, members.rows(rows), state.rows(rows), used, np.array(times, np.int32))
        state.floats[mine] = np.asarray(trained.floats)[places]
        state.integers[mine] = np.asarray(trained.integers)[places]


def _places(
    mine: Int[np.ndarray, " running"], shape: Shape
) -> tuple[Int[np.ndarray, " capacity"], Int[np.ndarray, " running"], Int[np.ndarray, " devices"]]:
    """Spreads members over devices in whole chunks.

    Returns:
        For each row of a call the member that stands there, or -1, the last, which does not run; for each member its
        row; for each device the number of its chunks that are used.
    """
    devices = jax.local_device_count()
    chunks = -(-len(mine) // shape.chunk)
    used = np.array([chunks // devices + (device < chunks % devices) for device in range(devices)], np.int32)
    starts = np.repeat(np.arange(devices) * shape.groups, used) * shape.chunk
    within = np.concatenate([np.arange(count) for count in used]) * shape.chunk
    places = ((starts + within)[:, None] + np.arange(shape.chunk)).reshape(-1)[: len(mine)]
    rows = np.full(shape.capacity, -1)
    rows[places] = mine
    return rows, places, used
