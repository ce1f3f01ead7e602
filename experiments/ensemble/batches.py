"""Compiled programs: many chunks of one layout, one after the other on each device, all devices at once."""

import functools
import threading
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from jaxtyping import Array, Int

from experiments.ensemble import devices, sharing
from experiments.ensemble.layouts import make_chunk, shuffles_by_ranks
from experiments.ensemble.one_function import as_one_function
from experiments.ensemble.optimizers import direction
from experiments.ensemble.packing import Packed, Packing
from experiments.ensemble.program import Members, Program
from experiments.ensemble.training import TrainingState, starting_states

# The first axis of an array, over all devices.
SPREAD = PartitionSpec("members")

# Up to this product of points and parameters, compiling with all optimisations saved more time than it cost.
SMALLEST = 100


@dataclass(frozen=True)
class ProgramShape:
    """Everything that a compiled program depends on.

    Attributes:
        program: its `steps` does not matter and may be anything.
        layout, chunk: how networks are held, and how many at a time.
        groups: chunks a device trains in one call, at most.
        points: rows of x.
    """

    program: Program
    layout: str
    chunk: int
    groups: int
    points: int

    @property
    def capacity(self) -> int:
        """Members of a call, on all devices together."""
        return self.groups * self.chunk * jax.local_device_count()


class Batch(NamedTuple):
    """A compiled program and how to talk to it.

    Attributes:
        train: (x, members, state, used, times) -> state. Members and state are packed, with `ProgramShape.capacity`
            rows, device after device; of each device's chunks only the first `used` are trained. `times` are the first
            update, the one after the last, and the number of updates after which a member is given up.
        members, state: the packings of `Members`, without keys if no random numbers are drawn, and of `TrainingState`.
    """

    train: jax.stages.Compiled
    members: Packing
    state: Packing


# A lock for each program: of two threads that want the same, one compiles it and the other waits.
_compiling: dict[ProgramShape, threading.Lock] = {}


def compiled(shape: ProgramShape) -> Batch:
    """A program for arrays of one shape, compiled once. Each device loops on its own and waits for no other."""
    with _compiling.setdefault(shape, threading.Lock()):
        return _compiled(shape)


@functools.lru_cache(maxsize=256)
def _compiled(shape: ProgramShape) -> Batch:
    members, state = packings(shape.program, shape.points)
    number, rows = np.dtype(shape.program.precision), shape.capacity

    def of(dtype: Any, *sizes: int) -> Any:
        return jax.ShapeDtypeStruct(sizes, dtype)

    def packed(packing: Packing) -> Packed:
        floats, integers = packing.widths()
        return Packed(of(number, rows, floats), of(np.int32, rows, integers))

    x = of(number, shape.points, shape.program.sizes[0])
    used, times = of(np.int32, jax.local_device_count()), of(np.int32, 3)
    lowered = _jitted(shape, members, state).lower(x, packed(members), packed(state), used, times)
    # Lanes that are compiled quickly, in three quarters of the time, run as fast, except for the smallest networks.
    quick = shape.layout == "lanes" and shape.points * shape.program.parameters > SMALLEST
    train = lowered.compile(compiler_options=devices.compiler_options(quick=quick))
    if devices.calls_at_once() > 1:
        _call_twice(train, *(np.zeros(shape.shape, shape.dtype) for shape in jax.tree.leaves(lowered.in_avals)))
    return Batch(train, members, state)


def _call_twice(train: jax.stages.Compiled, *zeros: np.ndarray) -> None:
    """Calls a program that trains nobody, with arguments from the host and with a state of its own.

    JAX lets the first call with arguments of a kind end before another begins, and that one would train for long.
    """
    x, *packed, used, times = zeros
    floats, integers, state_floats, state_integers = sharing.copied(packed)
    members, state = Packed(floats, integers), Packed(state_floats, state_integers)
    for _ in range(2):
        state = sharing.called(train, x, members, state, used, times)


def packings(program: Program, points: int) -> tuple[Packing, Packing]:
    """How members and states of a program are packed."""
    number = np.dtype(program.precision)

    def begun(normals: Array) -> tuple[Members, TrainingState]:
        key = jnp.zeros((1, 2), jnp.uint32) if program.batch else ()
        networks = program.networks(normals)
        members = Members(key, jnp.zeros((1, *program.targets_of(points)), number), jnp.zeros(1, number))
        return members, starting_states(program, direction(program.optimizer), networks, points)

    normals = jax.ShapeDtypeStruct((1, program.parameters), number)
    members, state = (Packing.of(tree, number) for tree in jax.eval_shape(begun, normals))
    return members, state


def _jitted(shape: ProgramShape, members_packing: Packing, state_packing: Packing) -> Any:
    chunk = make_chunk(shape.program, shape.layout)

    def one_chunk(x: Array, members: Packed, state: Packed, times: Array) -> Packed:
        trained = chunk.train(
            x,
            members_packing.unpack(members, chunk.members_last),
            state_packing.unpack(state, chunk.members_last),
            tuple(times),
        )
        return state_packing.pack(trained, chunk.members_last)

    sorts = shape.program.batch > 0 and not shuffles_by_ranks(shape.points)
    if jax.default_backend() == "cpu" and shape.layout == "lanes" and not sorts:
        one_chunk = as_one_function(one_chunk)

    def on_device(x: Array, members: Packed, state: Packed, used: Array, times: Array) -> Packed:
        def advance(group: Int[Array, ""], state: Packed) -> Packed:
            begin = group * shape.chunk
            own_members, own_state = jax.tree.map(
                lambda leaf: jax.lax.dynamic_slice_in_dim(leaf, begin, shape.chunk), (members, state)
            )
            trained = one_chunk(x, own_members, own_state, times)
            return jax.tree.map(
                lambda leaf, part: jax.lax.dynamic_update_slice_in_dim(leaf, part, begin, 0), state, trained
            )

        return jax.lax.fori_loop(0, used[0], advance, state)

    everywhere, mesh = PartitionSpec(), spread().mesh
    specs = (everywhere, SPREAD, SPREAD, SPREAD, everywhere)
    sharded = jax.shard_map(on_device, mesh=mesh, in_specs=specs, out_specs=SPREAD, check_vma=False)
    return jax.jit(sharded, in_shardings=tuple(NamedSharding(mesh, spec) for spec in specs), donate_argnums=(2,))


def spread() -> NamedSharding:
    """The rows of a call over all devices: an equal part of them, one after the other, on each."""
    return NamedSharding(Mesh(np.array(jax.local_devices()), ("members",)), SPREAD)
