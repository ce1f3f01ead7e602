"""Plain gradient descent from many points at once, down to the bottom, on any smooth function of one point.

    x_{t+1} = x_t - η ∇F(x_t)    until |∇F(x_t)| is at most a bound or not finite, or t is the last step.

There are no samples and no common end: every member descends until it is at rest, and the result is that point. All
numbers are float64, whatever the precision of the run: in float32 no gradient becomes small enough to distinguish a
minimum from a place where descent is slow.

A core of a CPU takes one member after the other, each for as many steps as it needs. Other devices take many at once:
between two segments of steps, members that have ended are taken out and the others moved together. A member's result
does not depend on its neighbours: chunks have fixed shapes, and empty seats repeat a member. Functions are compiled
once for each shape and kept by identity. So pass a function of a module, and not a new lambda at each call.

The last part of the way to a minimum takes most of the steps: there the error shrinks by the same small share at each.
`settle` goes it with steps that are as long as the last one has shown, in a fiftieth of the number.
"""

import contextlib
import functools
import math
import threading
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, PartitionSpec
from jaxtyping import Array, Bool, Float, Int, UInt32

from experiments.ensemble import devices, sharing
from experiments.ensemble.one_function import as_one_function

Tree = Any
Function = Callable[[Any], Any]
Matrix = Array | np.ndarray

# Numbers in a chunk of points on a CPU: few, so that they fit the cache, and no core waits long for another at the end.
CHUNK_NUMBERS = {"cpu": 2_048}
# The fewest members of a chunk: a call of fewer is hardly longer than calling takes.
FEWEST_SEATS = 4
# Numbers in a chunk on other devices: enough to fill them.
CHUNK_NUMBERS_ELSEWHERE = 1_048_576
# Steps of the first segment, and the least of a later one.
FIRST_SEGMENT = 256
# The length of a later segment, as a share of all steps before it. Among many at once, a member that has ended waits
# until its segment ends: at most this share of its own time.
GROWTH = 0.3


# Compiled programs, and a lock for each, by function and shapes of the arguments.
_programs: dict[tuple[Any, ...], jax.stages.Compiled] = {}
_compiling: dict[tuple[Any, ...], threading.Lock] = {}


class Ends(NamedTuple):
    """The ends of members: points, numbers of steps, and Euclidean norms of the gradients at these points."""

    points: Float[np.ndarray, "members *shape"]
    steps: Int[np.ndarray, " members"]
    gradient_norm: Float[np.ndarray, " members"]


class Way(NamedTuple):
    """A function of a chunk of members, and the options to compile it with."""

    work: Callable[..., Tree]
    options: dict[str, Any]


class DescentState(NamedTuple):
    """Members during descent, or one. The norm is that of the gradient at the last point that was judged."""

    points: Float[Matrix, "members *shape"]
    steps: Int[Matrix, " members"]
    gradient_norm: Float[Matrix, " members"]
    running: Bool[Matrix, " members"]


def descend(
    gradient: Function, starts: Float[np.ndarray, "members *shape"], step_size: float, steps: int, gradient_bound: float
) -> Ends:
    """Descends from every start, with steps of `step_size` times the gradient and at most `steps` of them."""
    count, size = len(starts), math.prod(starts.shape[1:])
    state = DescentState(
        np.array(starts, float), np.zeros(count, np.int32), np.full(count, np.nan), np.ones(count, bool)
    )
    running, begin, end = np.arange(count), 0, FIRST_SEGMENT
    # Members are judged once more after their last step.
    while len(running) and begin <= steps:
        times = np.array([begin, min(end, steps + 1), steps], np.int32)
        seated = np.append(running, np.repeat(running[-1:], -len(running) % seats(size)))
        mine = jax.tree.map(lambda leaf, rows=seated: leaf[rows], state)
        # Empty seats end at once; were they to repeat a member that runs, they would go on as long as that.
        mine.running[len(running) :] = False
        moved = each(_segment(gradient), size, mine, times, step_size, gradient_bound)
        for leaf, part in zip(state, moved, strict=True):
            leaf[running] = part[: len(running)]
        running, begin = running[moved.running[: len(running)]], end
        end += max(FIRST_SEGMENT, int(GROWTH * end))
    return Ends(*map(np.asarray, state[:3]))


def settle(
    gradient: Function, starts: Float[np.ndarray, "members *shape"], step_size: float, steps: int, gradient_bound: float
) -> Ends:
    """Goes to a near point where the gradient vanishes, with the step sizes of Barzilai and Borwein (1988).

    With s and y the last changes of the point and of its gradient, a step is by turns s·s / s·y and s·y / y·y times the
    gradient. Only the first is `step_size` times it, and those where s·y is not positive. The loss may rise on the way,
    and the end may be a saddle, or far away. So look at the end.
    """
    numbers, points = math.prod(starts.shape[1:]), np.array(starts, float)
    return Ends(*each(_settling(gradient), numbers, points, step_size, steps, gradient_bound))


@functools.cache
def _settling(gradient: Function) -> Callable[..., tuple[Array, ...]]:
    def one(start: Array, step_size: Array, steps: Array, gradient_bound: Array) -> tuple[Array, ...]:
        def goes_on(state: tuple[Array, ...]) -> Array:
            t, _, slope, _ = state
            norm = jnp.sqrt(jnp.sum(slope**2))
            return (norm > gradient_bound) & jnp.isfinite(norm) & (t < steps)

        def step(state: tuple[Array, ...]) -> tuple[Array, ...]:
            t, point, slope, size = state
            next_point = point - size * slope
            next_slope = _slope(gradient, next_point)
            s, y = next_point - point, next_slope - slope
            curved = jnp.sum(s * y)
            next_size = jnp.where(t % 2 == 0, jnp.sum(s * s) / curved, curved / jnp.sum(y * y))
            return t + 1, next_point, next_slope, jnp.where(curved > 0, next_size, step_size)

        begun: tuple[Array, ...] = (
            jnp.zeros((), jnp.int32),
            start,
            _slope(gradient, start),
            jnp.asarray(step_size, start.dtype),
        )
        t, point, slope, _ = jax.lax.while_loop(goes_on, step, begun)
        return point, t, jnp.sqrt(jnp.sum(slope**2))

    return one


def normal_points(keys: UInt32[np.ndarray, "members 2"], shape: tuple[int, ...]) -> Float[np.ndarray, "members *shape"]:
    """A point of independent standard normal numbers for every key."""
    return everywhere(_normals(shape), math.prod(shape), keys)


@functools.cache
def _segment(gradient: Function) -> Callable[..., DescentState]:
    def segment(state: DescentState, times: Int[Array, "3"], step_size: Array, gradient_bound: Array) -> DescentState:
        begin, end, last = times

        def step(clock: tuple[Array, DescentState]) -> tuple[Array, DescentState]:
            t, (point, *_) = clock
            slope = _slope(gradient, point)
            norm = jnp.sqrt(jnp.sum(slope**2))
            running = (norm > gradient_bound) & jnp.isfinite(norm) & (t < last)
            return t + 1, DescentState(jnp.where(running, point - step_size * slope, point), t, norm, running)

        def goes_on(clock: tuple[Array, DescentState]) -> Array:
            return (clock[0] < end) & clock[1].running

        return jax.lax.while_loop(goes_on, step, (begin, state))[1]

    return segment


def _slope(gradient: Function, point: Float[Matrix, "*shape"]) -> Float[Array, "*shape"]:
    """The gradient at a point, as that of the only one of many: so XLA multiplies A Bᵀ by rows of Bᵀ, twice as fast."""
    return jax.vmap(gradient)(point[None])[0]


@functools.cache
def _normals(shape: tuple[int, ...]) -> Function:
    def normals(key: UInt32[Array, "2"]) -> Float[Array, "*shape"]:
        return jax.random.normal(jax.random.wrap_key_data(key, impl="threefry2x32"), shape, jnp.float64)

    return jax.vmap(normals)


def each(one: Callable[..., Tree], numbers: int, members: Tree, *shared: Any) -> Tree:
    """`one(member, *shared)` for every member, see `everywhere`: for loops that end sooner for some members."""
    ways = [Way(_at_once(one), devices.compiler_options())]
    if jax.default_backend() == "cpu":
        ways.insert(0, Way(_in_turn(one), devices.compiler_options(dots=True)))
    return _on_chunks(ways, numbers, members, *shared)


@functools.cache
def _in_turn(one: Callable[..., Tree]) -> Callable[..., Tree]:
    def chunk(members: Tree, *shared: Array) -> Tree:
        return jax.lax.map(lambda member: one(member, *shared), members)

    return as_one_function(chunk)


@functools.cache
def _at_once(one: Callable[..., Tree]) -> Callable[..., Tree]:
    def chunk(members: Tree, *shared: Array) -> Tree:
        return jax.vmap(lambda member: one(member, *shared))(members)

    return chunk


def everywhere(work: Callable[..., Tree], numbers: int, members: Tree, *shared: Any) -> Tree:
    """`work(chunk of members, *shared)` on all members, in float64 and chunks of a fixed size on all devices at once.

    Args:
        work: a function of a module; it is compiled once and kept by identity.
        numbers: how many numbers one member has; the size of a chunk follows from it.
        members: arrays with the members on the first axis.
        shared: arguments that are the same for every chunk.
    """
    return _on_chunks([Way(work, devices.compiler_options())], numbers, members, *shared)


def _on_chunks(ways: Sequence[Way], numbers: int, members: Tree, *shared: Any) -> Tree:
    count, together = len(jax.tree.leaves(members)[0]), seats(numbers)

    def chunk(first: int) -> Tree:
        seated = np.minimum(np.arange(first, first + together), count - 1)
        return jax.tree.map(lambda leaf: leaf[seated], members)

    program = _compiled(ways, (chunk(0), *shared))

    def call(first: int) -> Tree:
        with jax.enable_x64(True):
            return sharing.called(program, chunk(first), *shared)

    ended = list(sharing.launched(functools.partial(call, first) for first in range(0, count, together)))
    return jax.tree.map(lambda *leaves: np.concatenate(leaves)[:count], *ended)


def seats(numbers: int) -> int:
    """Members of one call, if each has this many numbers."""
    chunk = CHUNK_NUMBERS.get(jax.default_backend(), CHUNK_NUMBERS_ELSEWHERE)
    return max(FEWEST_SEATS, chunk // numbers) * jax.local_device_count()


def _compiled(ways: Sequence[Way], arguments: tuple[Tree, ...]) -> jax.stages.Compiled:
    """The program for arguments of these shapes, compiled once, by the thread that asks; another one waits for it."""
    with jax.enable_x64(True):
        leaves, structure = jax.tree.flatten(arguments)
        asked = (*(way.work for way in ways), structure, *map(jax.typeof, leaves))
        with _compiling.setdefault(asked, threading.Lock()):
            if asked not in _programs:
                _programs[asked] = _first_compiled(ways, arguments)
            return _programs[asked]


def _first_compiled(ways: Sequence[Way], arguments: tuple[Tree, ...]) -> jax.stages.Compiled:
    *others, last = (_jitted(way, len(arguments) - 1) for way in ways)
    for jitted in others:
        # XLA cannot link one function that sorts, or that decomposes a matrix.
        with contextlib.suppress(jax.errors.JaxRuntimeError):
            return jitted.lower(*arguments).compile()
    return last.lower(*arguments).compile()


def _jitted(way: Way, shared: int) -> Any:
    spread, everywhere = PartitionSpec("members"), PartitionSpec()
    mesh = Mesh(np.array(jax.local_devices()), ("members",))
    specs = (spread, *[everywhere] * shared)
    sharded = jax.shard_map(way.work, mesh=mesh, in_specs=specs, out_specs=spread, check_vma=False)
    return jax.jit(sharded, compiler_options=way.options)
