"""A wave of members in training, and the seats they take in the calls of a compiled program.

A *wave* is as many members as fit into the host's memory. They are trained by *calls*: one call trains at most
`ProgramShape.capacity` members, on all devices together. A member has a *seat*, which is a row of one call.
"""

import dataclasses
import functools

import jax
import numpy as np
from jaxtyping import Int

from experiments.ensemble import devices, sharing
from experiments.ensemble.batches import Batch, ProgramShape
from experiments.ensemble.packing import Packed
from experiments.ensemble.training import TrainingState

# Members are seated anew when running members take less than this share of the seats.
FULL = 0.9


@dataclasses.dataclass
class Call:
    """Members trained by one call, and their seats.

    Attributes:
        mine: the members.
        places: each member's row of the call.
        rows: each row's member, or -1: the last member, which does not run.
        used: chunks in use on each device.
        members, state: packed, on the devices, from the first segment on.
    """

    mine: Int[np.ndarray, " members"]
    places: Int[np.ndarray, " members"]
    rows: Int[np.ndarray, " capacity"]
    used: Int[np.ndarray, " devices"]
    members: Packed | None = None
    state: Packed | None = None

    def advance(self, batch: Batch, x: np.ndarray, members: Packed, state: Packed, times: np.ndarray) -> Packed:
        """Trains for a segment and returns the state after it, which may be still on its way."""
        if self.members is None or self.state is None:
            self.members, self.state = sharing.copied((members.rows(self.rows), state.rows(self.rows)))
        self.state = sharing.called(batch.train, x, self.members, self.state, self.used, times)
        return self.state

    def running(self, flag: int) -> Int[np.ndarray, " running"]:
        """The members that go on; `flag` is the column of integers that says so."""
        assert self.state is not None
        return self.mine[np.asarray(self.state.integers)[self.places, flag] != 0]

    def write_back(self, host: Packed) -> None:
        """Copies the states back to their rows on the host, and drops them here."""
        if self.state is not None:
            host.floats[self.mine] = np.asarray(self.state.floats)[self.places]
            host.integers[self.mine] = np.asarray(self.state.integers)[self.places]
        self.members = self.state = None


@dataclasses.dataclass
class Wave:
    """Members trained together from beginning to end, as many as fit the host's memory.

    Attributes:
        shape, batch: of the compiled program.
        x: the points.
        steps: updates of a member, at most.
        members, state: packed, on the host, with one more row for a member that never runs.
        running: the members that go on.
        seated: the calls they sit in.
    """

    shape: ProgramShape
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
        what = (self.batch, self.x, self.members, self.state, times)
        for _ in sharing.launched(functools.partial(call.advance, *what) for call in self.seated):
            pass
        flag = self.batch.state.column("running")
        self.running = np.concatenate([call.running(flag) for call in self.seated])

    def move_together(self) -> None:
        """Seats the running members anew, if too many seats are taken by others."""
        if len(self.running) < FULL * sum(len(call.mine) for call in self.seated):
            for call in self.seated:
                call.write_back(self.state)
            self.seated = seated(self.shape, self.running)

    def ended(self) -> TrainingState:
        """The states of all members."""
        for call in self.seated:
            call.write_back(self.state)
        return jax.tree.map(lambda leaf: leaf[:-1], self.batch.state.unpack(self.state))


def seated(shape: ProgramShape, running: Int[np.ndarray, " running"]) -> list[Call]:
    """Seats for all running members: whole chunks, spread evenly over calls, and over the devices of each call."""
    calls, at_once = [], devices.calls_at_once()
    chunks = -(-len(running) // shape.chunk)
    # As many calls as hold them all, or a few more, so that all that work at once end together.
    count = min(chunks, -(-len(running) // (shape.capacity * at_once)) * at_once)
    for some in np.array_split(np.arange(chunks), count) if count else []:
        mine = running[some[0] * shape.chunk : (some[-1] + 1) * shape.chunk]
        places, used = places_of(shape, len(mine))
        rows = np.full(shape.capacity, -1)
        rows[places] = mine
        calls.append(Call(mine, places, rows, used))
    return calls


def places_of(shape: ProgramShape, members: int) -> tuple[Int[np.ndarray, " members"], Int[np.ndarray, " devices"]]:
    """Rows of one call for this number of members, and the chunks in use on each device: whole ones, spread evenly."""
    count, chunks = jax.local_device_count(), -(-members // shape.chunk)
    used = np.array([chunks // count + (device < chunks % count) for device in range(count)], np.int32)
    starts = np.repeat(np.arange(count) * shape.groups, used) * shape.chunk
    within = np.concatenate([np.arange(groups) for groups in used]) * shape.chunk
    return ((starts + within)[:, None] + np.arange(shape.chunk)).reshape(-1)[:members], used
