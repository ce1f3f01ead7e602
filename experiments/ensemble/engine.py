"""Training an ensemble from beginning to end: in waves that fit into memory, see `waves`, and in segments.

A *segment* is a number of updates that all members of a wave make before any of them begins the next segment. Between
two segments, finished members are taken out and the others are moved together. So a run costs the sum of its members'
updates, and not their number times the updates of the slowest. Waves and segments do not change a member's result: it
depends on the program, the member and, in the last bits, on the layout and its chunk.
"""

import contextlib
import contextvars
import dataclasses
import functools
import itertools
import time
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from experiments.ensemble import devices, requests, resident, room, sharing
from experiments.ensemble.batches import ProgramShape, compiled, packings
from experiments.ensemble.choice import ChosenLayout, choose
from experiments.ensemble.optimizers import direction
from experiments.ensemble.powers import least_power
from experiments.ensemble.program import Members, Program, TrainingOutcome
from experiments.ensemble.resident import ResidentWave
from experiments.ensemble.training import TrainingState, starting_states
from experiments.ensemble.waves import Wave, seated
from experiments.errors import UserError
from theory.network import Network

# Updates of the first segment.
FIRST_SEGMENT = 32
# The length of a later segment, as a share of all updates before it. A member that has finished waits until its segment
# ends: at most this share of its own time.
GROWTH = 0.3
# A later segment lasts at least about this long, so that moving arrays to and fro is a small part of it.
SEGMENT_SECONDS = 0.02

# The share of the free memory of a device for the arrays of one call.
MEMORY_OF_A_CALL = 0.25
# The share of the free memory of the host for the states of a wave.
MEMORY_OF_A_WAVE = 0.25
# The most chunks of a call on each device.
MOST_GROUPS = 256
# Up to so many normal numbers, both sides of their array are padded to powers of 4, else of 2: a program for another
# shape takes half a second to compile, and so do 16 million numbers to draw.
FEW_NORMALS = 1 << 17


class Arrangement(NamedTuple):
    """How an ensemble is held: a layout, members per chunk, chunks per call and device, members per wave."""

    layout: str
    chunk: int
    groups: int
    wave: int


class Record(NamedTuple):
    """An ensemble and how it was trained: which layout ran, and how fast."""

    program: Program
    points: int
    members: int
    layout: str
    chunk: int
    by: str
    network_steps: int
    seconds: float

    def facts(self) -> dict[str, Any]:
        """The record in plain containers, for a part or a manifest."""
        return {**self._asdict(), "program": dataclasses.asdict(self.program)}


_records: contextvars.ContextVar[list[Record] | None] = contextvars.ContextVar("records", default=None)


@contextlib.contextmanager
def recording() -> Iterator[list[Record]]:
    """A list that gets a record of every ensemble trained within."""
    records: list[Record] = []
    token = _records.set(records)
    try:
        yield records
    finally:
        _records.reset(token)


def train_ensemble(
    program: Program, x: Float[np.ndarray, "points inputs"], members: Members, layout: str = "auto", chunk: int = 0
) -> TrainingOutcome:
    """Trains every member and returns their outcomes, in the order of the members.

    Args:
        program: common to all members.
        x: the points all members are trained on.
        members: keys, targets and learning rates.
        layout, chunk: how the members are held, see `choice.choose`.

    Raises:
        UserError: if the request makes no sense, see `requests.check`; layout and chunk contradict each other, there is
            no such optimiser, a batch is larger than the set of points, or the room is too small.
    """
    started, asked = time.perf_counter(), program
    program, x, members, inside = _prepared(program, x, members)
    chosen = choose(inside, x, len(members.key), layout, chunk)
    plan = plan_ensemble(inside, len(x), len(members.key), chosen)
    waves = [_wave(program, x, some, plan) for some in _in_waves(members, plan)]
    outcome = jax.tree.map(lambda *leaves: np.concatenate(leaves), *waves) if len(waves) > 1 else waves[0]
    records = _records.get()
    if records is not None:
        seconds, steps = time.perf_counter() - started, int(outcome.steps.sum())
        records.append(Record(asked, len(x), len(members.key), plan.layout, plan.chunk, chosen.by, steps, seconds))
    return outcome


def trace(
    program: Program,
    x: Float[np.ndarray, "points inputs"],
    members: Members,
    layout: str,
    chunk: int,
    times: Sequence[int],
) -> tuple[TrainingOutcome, Float[np.ndarray, "times members"]]:
    """Trains a few members as `train_ensemble` does, to the last bit, and records their losses on the way.

    Args:
        program, x, members, layout, chunk: see `train_ensemble`; the same layout and chunk give the same bits.
        times: numbers of updates, ascending, none larger than the program's steps.

    Returns:
        The outcome, and the loss after each number of updates; after a member has stopped, its last.
    """
    program, x, members, inside = _prepared(program, x, members)
    plan = plan_ensemble(inside, len(x), len(members.key), choose(inside, x, len(members.key), layout, chunk))
    traced = []
    for some in _in_waves(members, plan):
        wave, losses = _begin(program, x, some, plan), []
        # The last step makes no update: it only judges the last network.
        for begin, end in itertools.pairwise([0, *times, program.steps + 1 if program.stops else program.steps]):
            wave.advance(begin, end)
            losses.append(wave.ended().loss.copy())
        traced.append((_outcome(program, wave.ended()), np.array(losses[: len(times)])))
    outcomes, all_losses = zip(*traced, strict=True)
    return jax.tree.map(lambda *leaves: np.concatenate(leaves), *outcomes), np.concatenate(all_losses, axis=1)


def plan_ensemble(program: Program, points: int, members: int, chosen: ChosenLayout) -> Arrangement:
    """Members per call and per wave: as many as fit the memory, and not many more than there are.

    A chunk is halved if its temporary arrays do not fit.
    """
    devices_here, bytes_of = devices.count(), np.dtype(program.precision).itemsize
    packed_members, packed_state = packings(program, points)
    row = sum(floats * bytes_of + integers * 4 for floats, integers in (packed_members.widths(), packed_state.widths()))
    free, chunk = devices.available_memory(), chosen.chunk
    while True:
        chunks = -(-members // (chunk * devices_here))
        fitting = max(1, int(MEMORY_OF_A_CALL * free) // (3 * row * chunk))
        # A power of four, so that ensembles of many sizes share a program.
        groups = min(least_power(4, chunks), MOST_GROUPS, fitting)
        shape = ProgramShape(dataclasses.replace(program, steps=0), chosen.layout, chunk, groups, points)
        memory = compiled(shape).train.memory_analysis()
        # A backend that does not report its memory is assumed to need little.
        if memory is None or memory.temp_size_in_bytes < MEMORY_OF_A_CALL * free or chunk == 1:
            break
        chunk = max(1, chunk // 2)
    wave = shape.capacity
    if not devices.are_remote():
        wave = max(wave, int(MEMORY_OF_A_WAVE * free * devices_here) // (4 * row))
    return Arrangement(chosen.layout, chunk, groups, wave)


def _prepared(program: Program, x: np.ndarray, members: Members) -> tuple[Program, np.ndarray, Members, Program]:
    """The program, points and members for training, and the program to compile."""
    requests.check(program, x, members)
    if program.batch > len(x):
        raise UserError(f"batch: {program.batch} is more than the {len(x)} points there are; 0 takes all of them")
    if program.batch and program.repeats > 1:
        raise UserError("points cannot be repeated where they are drawn without replacement, in mini-batches")
    program, targets = requests.with_logits(program, np.asarray(members.targets))
    x = np.tile(room.with_missing_inputs(program, np.asarray(x, program.precision)), (program.repeats, 1))
    members = Members(
        np.asarray(members.key, np.uint32),
        np.concatenate([np.asarray(targets, program.precision)] * program.repeats, axis=1),
        np.asarray(members.learning_rate, program.precision),
    )
    return program, x, members, room.roomy(program)


def _in_waves(members: Members, plan: Arrangement) -> Iterator[Members]:
    for first in range(0, len(members.key), plan.wave):
        yield jax.tree.map(lambda leaf, first=first: leaf[first : first + plan.wave], members)


def _wave(program: Program, x: np.ndarray, members: Members, plan: Arrangement) -> TrainingOutcome:
    wave = _begin(program, x, members, plan)
    # Where members may stop, they are judged once more after their last update.
    last = program.steps + 1 if program.stops else program.steps
    begin, end = 0, FIRST_SEGMENT if program.stops else last
    while len(wave.running) and begin < last:
        end = min(end, last)
        with sharing.DEVICES.training():
            started = time.perf_counter()
            wave.advance(begin, end)
            pace = (end - begin) / (time.perf_counter() - started)
        begin, end = end, end + max(int(GROWTH * end), int(pace * SEGMENT_SECONDS), 1)
        if begin < last:
            wave.move_together()
    return _outcome(program, wave.ended())


def _begin(program: Program, x: np.ndarray, members: Members, plan: Arrangement) -> Wave | ResidentWave:
    inside = room.roomy(program)
    shape = ProgramShape(dataclasses.replace(inside, steps=0), plan.layout, plan.chunk, plan.groups, len(x))
    batch = compiled(shape)
    if devices.are_remote():
        return resident.begin(program, shape, batch, x, members, _normals_of(program, members.key))
    rows = len(members.key)
    # A further row for a member that does not run. It fills the empty seats.
    members = jax.tree.map(lambda leaf: np.concatenate([leaf, leaf[:1]]), members)
    networks = room.embed(program, initial_networks(program, members.key))
    begun = jax.tree.map(np.array, starting_states(inside, direction(program.optimizer), networks, len(x)))
    begun.running[-1] = False
    packed = batch.members.pack(members if program.batch else members._replace(key=()))
    running = np.arange(rows)
    return Wave(shape, batch, x, program.steps, packed, batch.state.pack(begun), running, seated(shape, running))


def _outcome(program: Program, ended: TrainingState) -> TrainingOutcome:
    network = room.extract(program, ended.network)
    return TrainingOutcome(ended.loss, ended.errors // program.repeats, ended.steps, network)


def initial_networks(program: Program, keys: np.ndarray) -> Network:
    """The networks that `network.initialize` draws for these keys, on the host, with the axis of members in front."""
    return program.networks(np.asarray(_normals_of(program, keys))[: len(keys), : program.parameters])


def _normals_of(program: Program, keys: np.ndarray) -> Float[Array, "rows numbers"]:
    """On the devices, for each key a row that begins with its normal numbers; further rows mean nothing."""
    # A longer draw begins with the same numbers as a shorter one, so a few padded shapes serve all.
    base = 4 if len(keys) * program.parameters <= FEW_NORMALS else 2
    padded = np.zeros((least_power(base, len(keys)), 2), np.uint32)
    padded[: len(keys)] = keys
    return _normals(padded, least_power(base, program.parameters), program.precision)


@functools.partial(jax.jit, static_argnames=("count", "precision"))
def _normals(keys: Array, count: int, precision: str) -> Float[Array, "members count"]:
    def one(key: Array) -> Array:
        return jax.random.normal(jax.random.wrap_key_data(key, impl="threefry2x32"), (count,), jnp.dtype(precision))

    return jax.vmap(one)(keys)
