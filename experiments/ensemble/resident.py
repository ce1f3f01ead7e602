"""A wave of members that stays on its devices from its first update to its last.

On an accelerator, the way to the host and back takes longer than the training of many small networks. So the members
begin on the devices and are seated anew on the devices, and only what an outcome needs goes to the host, at the end.
One call of the compiled program holds the whole wave.
"""

import dataclasses
import functools
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from experiments.ensemble import room
from experiments.ensemble.batches import Batch, ProgramShape, spread
from experiments.ensemble.optimizers import direction
from experiments.ensemble.packing import Packed, Packing
from experiments.ensemble.program import Members, Program
from experiments.ensemble.training import TrainingState, starting_states
from experiments.ensemble.waves import FULL, places_of

# The fields of a state that the host wants to see at the end.
KEPT = ("network", "running", "solved", "steps", "loss", "errors")


@dataclasses.dataclass
class ResidentWave:
    """Members on their devices; it is used as `waves.Wave` is.

    Attributes:
        shape, batch: of the compiled program.
        x: the points.
        steps: updates of a member, at most.
        members, state: packed, on the devices, with `ProgramShape.capacity` rows.
        places: the row of every member.
        seats: rows of the members that went on when they were seated last.
        used: chunks in use on each device.
        running: the members that go on.
    """

    shape: ProgramShape
    batch: Batch
    x: np.ndarray
    steps: int
    members: Packed
    state: Packed
    places: Int[np.ndarray, " members"]
    seats: Int[np.ndarray, " seats"]
    used: Int[np.ndarray, " devices"]
    running: Int[np.ndarray, " running"]

    def advance(self, begin: int, end: int) -> None:
        """Trains a segment, from update `begin` to update `end`."""
        times = np.array([begin, end, self.steps], np.int32)
        self.state = self.batch.train(self.x, self.members, self.state, self.used, times)
        flags = np.asarray(_column(self.state.integers, self.batch.state.column("running")))
        self.running = self.running[flags[self.places[self.running]] != 0]

    def move_together(self) -> None:
        """Seats the running members anew, if too many seats are taken by others."""
        if len(self.running) < FULL * len(self.seats):
            self._seat(self.running)

    def ended(self) -> TrainingState:
        """The states of all members on the host, without the memory of the optimiser."""
        packing, columns = self.batch.state.only(*KEPT)
        kept = _kept(self.state, self.places.astype(np.int32), columns)
        return packing.unpack(jax.tree.map(np.asarray, kept))

    def _seat(self, running: Int[np.ndarray, " running"]) -> None:
        """Moves these members to the first rows of the devices, and all others to the rows that are left."""
        self.seats, self.used = places_of(self.shape, len(running))
        source = np.full(self.shape.capacity, -1)
        source[self.seats] = self.places[running]
        source[source < 0] = np.setdiff1d(np.arange(len(source)), source)
        self.members, self.state = _moves()((self.members, self.state), source.astype(np.int32))
        destination = np.empty_like(source)
        destination[source] = np.arange(len(source))
        self.places = destination[self.places]


class Recipe(NamedTuple):
    """How a state begins: every floating-point number of its row is scale times one of the normal numbers + offset."""

    source: Int[np.ndarray, " floats"]
    scale: Float[np.ndarray, " floats"]
    offset: Float[np.ndarray, " floats"]
    integers: Int[np.ndarray, " integers"]


def recipe(program: Program, inside: Program, points: int, packing: Packing) -> Recipe:
    """The recipe of a program, read off three states that begin with normal numbers which are none.

    Args:
        program, inside: what is trained, and what is compiled for it, see `room`.
        points: rows of x.
        packing: of the state.
    """
    exact = np.dtype(np.float64)
    kinds = tuple(exact if kind == packing.float_kind else kind for kind in packing.kinds)
    wide = dataclasses.replace(packing, kinds=kinds, float_kind=exact)

    def row(normals: np.ndarray) -> Packed:
        networks = room.embed(program, program.networks(normals[None]))
        begun = jax.tree.map(np.asarray, starting_states(inside, direction(program.optimizer), networks, points))
        return wide.pack(begun).rows(0)

    count = program.parameters
    zeros, ones, numbered = (row(normals) for normals in (np.zeros(count), np.ones(count), np.arange(count) * 1.0))
    scale = np.asarray(ones.floats - zeros.floats)
    is_random = scale != 0
    source = np.round((numbered.floats - zeros.floats) / np.where(is_random, scale, 1.0))
    number = packing.float_kind
    return Recipe(
        source.astype(np.int32),
        scale.astype(number),
        np.where(is_random, 0.0, zeros.floats).astype(number),
        np.array(zeros.integers, np.int32),
    )


def begin(
    program: Program,
    shape: ProgramShape,
    batch: Batch,
    x: np.ndarray,
    members: Members,
    normals: Float[Array, "rows count"],
) -> ResidentWave:
    """A wave before its first update.

    Args:
        program: what is trained; `shape.program` is what was compiled for it.
        shape, batch, x: see `ResidentWave`.
        members: at most as many as a call holds.
        normals: on the devices, for each member a row that begins with the normal numbers of its network.
    """
    count = len(members.learning_rate)
    how = recipe(program, shape.program, len(x), batch.state)
    flag = batch.state.column("running")
    state = _begins()(normals, *how, np.int32(count), flag=flag, rows=shape.capacity)
    packed = batch.members.pack(members if program.batch else members._replace(key=()))
    packed = jax.tree.map(lambda matrix: np.pad(matrix, ((0, shape.capacity - count), (0, 0))), packed)
    packed = jax.device_put(packed, spread())
    everybody = np.arange(count)
    wave = ResidentWave(
        shape, batch, x, program.steps, packed, state, everybody, everybody, places_of(shape, count)[1], everybody
    )
    if jax.local_device_count() > 1:
        wave._seat(everybody)
    return wave


@functools.cache
def _begins() -> Any:
    def begun(
        normals: Array, source: Array, scale: Array, offset: Array, integers: Array, count: Array, flag: int, rows: int
    ) -> Packed:
        normals = jnp.pad(normals[:rows], ((0, max(0, rows - len(normals))), (0, 0)))
        # Whoever fills an empty seat never runs.
        flags = jnp.broadcast_to(integers, (rows, len(integers))).at[:, flag].multiply(jnp.arange(rows) < count)
        return Packed(normals[:, source] * scale + offset, flags)

    return jax.jit(begun, static_argnames=("flag", "rows"), out_shardings=spread())


@functools.cache
def _moves() -> Any:
    def moved(matrices: Any, source: Array) -> Any:
        return jax.tree.map(lambda matrix: matrix[source], matrices)

    return jax.jit(moved, out_shardings=spread())


@functools.partial(jax.jit, static_argnames="column")
def _column(integers: Array, column: int) -> Array:
    return integers[:, column]


@jax.jit
def _kept(state: Packed, places: Any, columns: Packed) -> Packed:
    return Packed(state.floats[places][:, columns.floats], state.integers[places][:, columns.integers])
