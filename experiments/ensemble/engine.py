"""Training an ensemble from beginning to end: waves that fit into memory, segments, and packing in between.

All members of a wave make update t before any makes update t + 1 of the next *segment*. Between two segments those that
have finished are taken out and the rest moved together, so that what a run costs is the sum of its members' updates
and not their number times the slowest. Neither changes a member's result: it depends on the program, the member and, in
the last bits, on the layout and its chunk.
"""

import contextlib
import contextvars
import dataclasses
import functools
import itertools
import math
import time
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from experiments.ensemble import devices, requests, room
from experiments.ensemble.batches import Batch, Shape, compiled, packings
from experiments.ensemble.choice import ChosenLayout, choose
from experiments.ensemble.optimizers import direction
from experiments.ensemble.packing import Packed
from experiments.ensemble.program import Members, Outcome, Program
from experiments.ensemble.training import TrainingState, start
from experiments.errors import UserError
from theory import network
from theory.network import WEIGHT_VARIANCE, Network

# A segment is this much of all before it together: members wait at most so much of their own time.
GROWTH = 0.3
# Members move together when fewer than this share of the seats are taken by members that run.
FULL = 0.9
# And never so short that handing arrays back and forth would be a large part of it.
SEGMENT_SECONDS = 0.02
FIRST_SEGMENT = 32


# Shares of the free memory: for what a call works on, and for the states of a wave on the host.
MEMORY_OF_A_CALL = 0.25
MEMORY_OF_A_WAVE = 0.25
MOST_GROUPS = 256


class Plan(NamedTuple):
    """How an ensemble is held: a layout, members per chunk, chunks per call and device, members per wave."""

    layout: str
    chunk: int
    groups: int
    wave: int


class Record(NamedTuple):
    """What an ensemble was and how it was trained, for those who want to know which layout ran and how fast."""

    program: Program
    points: int
    members: int
    layout: str
    chunk: int
    by: str
    network_steps: int
    seconds: float

    def facts(self) -> dict[str, Any]:
        """For a part or a manifest, in plain containers."""
        return {**self._asdict(), "program": dataclasses.asdict(self.program)}


_records: contextvars.ContextVar[list[Record] | None] = contextvars.ContextVar("records", default=None)


@contextlib.contextmanager
def recording() -> Iterator[list[Record]]:
    """A list to which a record is added for every ensemble that is trained within."""
    records: list[Record] = []
    token = _records.set(records)
    try:
        yield records
    finally:
        _records.reset(token)


def train_ensemble(
    program: Program, x: Float[np.ndarray, "points inputs"], members: Members, layout: str = "auto", chunk: int = 0
) -> Outcome:
    """Trains every member and returns their outcomes, in the order of the members.

    Args:
        program: what is the same for all.
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
    waves = [
        _wave(program, x, jax.tree.map(lambda leaf, first=first: leaf[first : first + plan.wave], members), plan)
        for first in range(0, len(members.key), plan.wave)
    ]
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
) -> tuple[Outcome, Float[np.ndarray, "times members"]]:
    """Trains a few members as `train_ensemble` does, to the last bit, and looks at their losses on the way.

    Args:
        program, x, members, layout, chunk: see `train_ensemble`; the same layout and chunk give the same bits.
        times: numbers of updates, ascending, none larger than the program's steps.

    Returns:
        The outcome, and the loss after each number of updates; after a member has stopped, its last.
    """
    program, x, members, inside = _prepared(program, x, members)
    plan = plan_ensemble(inside, len(x), len(members.key), choose(inside, x, len(members.key), layout, chunk))
    wave, losses = _begin(program, x, members, plan), []
    # One more update is none: it only judges the last network.
    for begin, end in itertools.pairwise([0, *times, program.steps + 1 if program.stops else program.steps]):
        wave.advance(begin, end)
        losses.append(wave.ended().loss.copy())
    return _outcome(program, wave.ended()), np.array(losses[: len(times)])


def plan_ensemble(program: Program, points: int, members: int, chosen: ChosenLayout) -> Plan:
    """As many members per call and per wave as there is memory for, and not many more than there are.

    A chunk whose temporary arrays do not fit is halved.
    """
    devices_here, bytes_of = jax.local_device_count(), np.dtype(program.precision).itemsize
    packed_members, packed_state = packings(program, points)
    row = sum(floats * bytes_of + integers * 4 for floats, integers in (packed_members.widths(), packed_state.widths()))
    free, chunk = devices.available_memory(), chosen.chunk
    while True:
        chunks = -(-members // (chunk * devices_here))
        fitting = max(1, int(MEMORY_OF_A_CALL * free) // (3 * row * chunk))
        # Powers of four, so that ensembles of many sizes share a program.
        groups = min(4 ** math.ceil(math.log(chunks, 4)), MOST_GROUPS, fitting)
        shape = Shape(dataclasses.replace(program, steps=0), chosen.layout, chunk, groups, points)
        memory = compiled(shape).train.memory_analysis()
        # A backend that does not say what it needs is believed to need little.
        if memory is None or memory.temp_size_in_bytes < MEMORY_OF_A_CALL * free or chunk == 1:
            break
        chunk = max(1, chunk // 2)
    wave = max(shape.capacity, int(MEMORY_OF_A_WAVE * free * devices_here) // (4 * row))
    return Plan(chosen.layout, chunk, groups, wave)


def _prepared(program: Program, x: np.ndarray, members: Members) -> tuple[Program, np.ndarray, Members, Program]:
    """The program, points and members as they are trained, and the program that is compiled."""
    requests.check(program, x, members)
    if program.batch > len(x):
        raise UserError(f"batch: {program.batch} is more than the {len(x)} points there are; 0 takes all of them")
    if program.batch and program.repeats > 1:
        raise UserError("points cannot be repeated where they are drawn without replacement, in mini-batches")
    program, targets = requests.with_logits(program, np.asarray(members.targets))
    x = np.tile(room.with_missing_inputs(program, np.asarray(x, program.precision)), (program.repeats, 1))
    members = Members(
        np.asarray(members.key, np.uint32),
        np.tile(np.asarray(targets, program.precision), (1, program.repeats)),
        np.asarray(members.learning_rate, program.precision),
    )
    return program, x, members, room.roomy(program)


def _wave(program: Program, x: np.ndarray, members: Members, plan: Plan) -> Outcome:
    wave = _begin(program, x, members, plan)
    # Where members may stop, they are judged once more after their last update.
    last = program.steps + 1 if program.stops else program.steps
    begin, end = 0, FIRST_SEGMENT if program.stops else last
    while len(wave.running) and begin < last:
        end, started = min(end, last), time.perf_counter()
        wave.advance(begin, end)
        pace = (end - begin) / (time.perf_counter() - started)
        begin, end = end, end + max(int(GROWTH * end), int(pace * SEGMENT_SECONDS), 1)
        if begin < last:
            wave.move_together()
    return _outcome(program, wave.ended())


def _begin(program: Program, x: np.ndarray, members: Members, plan: Plan) -> "Wave":
    inside = room.roomy(program)
    shape = Shape(dataclasses.replace(inside, steps=0), plan.layout, plan.chunk, plan.groups, len(x))
    batch = compiled(shape)
    rows = len(members.key)
    # One more row, of a member that does not run: it sits where nobody else does.
    members = jax.tree.map(lambda leaf: np.concatenate([leaf, leaf[:1]]), members)
    networks = room.embed(program, initial_networks(program, members.key))
    begun = jax.tree.map(np.array, start(inside, direction(program.optimizer), networks, len(x)))
    begun.running[-1] = False
    packed = batch.members.pack(members if program.batch else members._replace(key=()))
    running = np.arange(rows)
    return Wave(shape, batch, x, program.steps, packed, batch.state.pack(begun), running, _seated(shape, running))


def _outcome(program: Program, ended: TrainingState) -> Outcome:
    network = room.extract(program, ended.network)
    return Outcome(ended.loss, ended.errors // program.repeats, ended.steps, network)


def initial_networks(program: Program, keys: np.ndarray) -> Network:
    """The networks that `network.initialize` draws for these keys, on the host, with the axis of members in front."""
    rows, count = len(keys), network.parameter_count(program.sizes)
    # The first of many random numbers are the same as those of few, so that few shapes need to be compiled.
    padded = np.zeros((_power_of_2(rows), 2), np.uint32)
    padded[:rows] = keys
    normals = np.asarray(_normals(padded, _power_of_2(count), program.precision))
    return network.from_normals(normals[:rows, :count], program.sizes, WEIGHT_VARIANCE[program.activation])


def _power_of_2(number: int) -> int:
    return 1 << (number - 1).bit_length()


@functools.partial(jax.jit, static_argnames=("count", "precision"))
def _normals(keys: Array, count: int, precision: str) -> Float[Array, "members count"]:
    def one(key: Array) -> Array:
        return jax.random.normal(jax.random.wrap_key_data(key, impl="threefry2x32"), (count,), jnp.dtype(precision))

    return jax.vmap(one)(keys)


@dataclasses.dataclass
class Call:
    """Members that are trained by one call, and where they sit.

    Attributes:
        mine: the members.
        places: for each of them its row of the call.
        rows: for each row of the call its member, or -1, the last, which does not run.
        used: for each device the number of its chunks that are used.
        members, state: packed, on the devices, from the first segment on.
    """

    mine: Int[np.ndarray, " members"]
    places: Int[np.ndarray, " members"]
    rows: Int[np.ndarray, " capacity"]
    used: Int[np.ndarray, " devices"]
    members: Packed | None = None
    state: Packed | None = None

    def advance(self, batch: Batch, x: np.ndarray, members: Packed, state: Packed, times: np.ndarray) -> None:
        """Has a segment trained; returns while the devices are still at it."""
        if self.members is None or self.state is None:
            self.members, self.state = members.rows(self.rows), state.rows(self.rows)
        self.state = batch.train(x, self.members, self.state, self.used, times)

    def running(self, flag: int) -> Int[np.ndarray, " running"]:
        """Those of its members that go on, by a column of their integers."""
        assert self.state is not None
        return self.mine[np.asarray(self.state.integers)[self.places, flag] != 0]

    def write_back(self, host: Packed) -> None:
        """Brings the states back to their rows on the host, and forgets them."""
        if self.state is not None:
            host.floats[self.mine] = np.asarray(self.state.floats)[self.places]
            host.integers[self.mine] = np.asarray(self.state.integers)[self.places]
        self.members = self.state = None


@dataclasses.dataclass
class Wave:
    """Members that are trained together from beginning to end, as many as the host's memory holds.

    Attributes:
        shape, batch: of the compiled program.
        x: the points.
        steps: updates after which a member is given up.
        members, state: packed, on the host, with one more row for a member that never runs.
        running: the members that go on.
        seated: in which calls.
    """

    shape: Shape
    batch: Batch
    x: np.ndarray
    steps: int
    members: Packed
    state: Packed
    running: Int[np.ndarray, " running"]
    seated: list["Call"]

    def advance(self, begin: int, end: int) -> None:
        """Trains a segment, from update `begin` to update `end`."""
        times = np.array([begin, end, self.steps], np.int32)
        for call in self.seated:
            call.advance(self.batch, self.x, self.members, self.state, times)
        flag = self.batch.state.column("running")
        self.running = np.concatenate([call.running(flag) for call in self.seated])

    def move_together(self) -> None:
        """Seats those who run anew, if too many seats are taken by others."""
        if len(self.running) < FULL * sum(len(call.mine) for call in self.seated):
            for call in self.seated:
                call.write_back(self.state)
            self.seated = _seated(self.shape, self.running)

    def ended(self) -> TrainingState:
        """The states of all members."""
        for call in self.seated:
            call.write_back(self.state)
        return jax.tree.map(lambda leaf: leaf[:-1], self.batch.state.unpack(self.state))


def _seated(shape: Shape, running: Int[np.ndarray, " running"]) -> list[Call]:
    """Seats for all who run, in whole chunks spread evenly over the devices, for as many calls as it takes."""
    count, calls = jax.local_device_count(), []
    for first in range(0, len(running), shape.capacity):
        mine = running[first : first + shape.capacity]
        chunks = -(-len(mine) // shape.chunk)
        used = np.array([chunks // count + (device < chunks % count) for device in range(count)], np.int32)
        starts = np.repeat(np.arange(count) * shape.groups, used) * shape.chunk
        within = np.concatenate([np.arange(groups) for groups in used]) * shape.chunk
        places = ((starts + within)[:, None] + np.arange(shape.chunk)).reshape(-1)[: len(mine)]
        rows = np.full(shape.capacity, -1)
        rows[places] = mine
        calls.append(Call(mine, places, rows, used))
    return calls
