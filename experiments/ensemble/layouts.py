"""Four ways to hold a chunk of networks, behind one function: `make_chunk`.

`lanes` holds the members on the last axis of every array, `vmap` on the first, `map` takes one at a time, and `fused`
gives each a thread of its own, see `fused.py`. All four loop over the same update; claims never know which of them ran.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
from jaxtyping import Array, Int

from experiments.ensemble import fused, lanes
from experiments.ensemble.optimizers import Tree, UpdateDirection, direction
from experiments.ensemble.program import Members, Program
from experiments.ensemble.training import Join, Step, TrainingState, make_assessment, make_step
from theory import network
from theory.activations import ACTIVATIONS
from theory.network import Network, Numbers

# Points in a block of lanes, at most: the products of more do not fit into the fastest cache.
POINTS = 16

# Up to this number of points, ordering a pass by comparing all pairs costs less than training on it.
RANKED = 256

# Separates the random numbers that order points from those of the initial weights.
ORDERS = 0x6F726465

Times = tuple[Int[Array, ""], Int[Array, ""], Int[Array, ""]]


@dataclass(frozen=True)
class Single:
    """One network, its layers as matrix products, all points at once."""

    def outputs(self, program: Program, θ: Network, x: Numbers) -> Array:
        """z for every point."""
        σ, σ_output = ACTIVATIONS[program.activation], ACTIVATIONS[program.output]
        if program.several_outputs:
            return jax.vmap(lambda point: network.apply(θ, point, σ, σ_output))(x)
        return jax.vmap(lambda point: network.apply(θ, point, σ, σ_output)[0])(x)

    def in_blocks(self, measure: Callable[[Numbers, Numbers], Tree], joins: Tree, x: Numbers, y: Numbers) -> Tree:
        """All points are one block."""
        return measure(x, y)

    def fold(self, join: Join, values: Numbers) -> Array:
        """A reduction."""
        return join.over(values, axis=0)

    def shuffled(self, key: Array, count: Int[Array, ""], points: int) -> Array:
        """The order of one pass."""
        return _shuffled(key, count, points)

    def chosen(self, x: Array, order: Array) -> Array:
        """The points of one mini-batch."""
        return x[order]


@dataclass(frozen=True)
class Lanes:
    """Networks on the last axis, layers as multiply-and-sum, a few points at a time."""

    def outputs(self, program: Program, θ: Network, x: Numbers) -> Array:
        """z for every point and lane; x has lanes of its own, or is shared by all."""
        σ, σ_output = ACTIVATIONS[program.activation], ACTIVATIONS[program.output]
        x = x if x.ndim == 3 else x[:, :, None]
        z = network.propagate(θ, x, σ, σ_output, lanes.pre_activation)
        return z if program.several_outputs else z[:, 0]

    def in_blocks(self, measure: Callable[[Numbers, Numbers], Tree], joins: Tree, x: Numbers, y: Numbers) -> Tree:
        """Blocks one by one; the largest size that divides the points evenly and fits the cache."""
        points = len(x)
        size = next(size for size in range(min(points, POINTS), 0, -1) if points % size == 0)
        if size == points:
            return measure(x, y)
        blocks = [array.reshape(points // size, size, *array.shape[1:]) for array in (x, y)]
        shapes = jax.eval_shape(measure, x[:size], y[:size])
        nothing = jax.tree.map(lambda join, leaf: jnp.full(leaf.shape, join.none, leaf.dtype), joins, shapes)

        def add(total: Tree, block: Sequence[Numbers]) -> tuple[Tree, None]:
            return jax.tree.map(lambda join, *pair: join.pair(*pair), joins, total, measure(*block)), None

        return jax.lax.scan(add, nothing, blocks)[0]

    def fold(self, join: Join, values: Numbers) -> Array:
        """A chain, as all sums over lanes are."""
        return functools.reduce(join.pair, list(values))

    def shuffled(self, key: Array, count: Int[Array, ""], points: int) -> Array:
        """An order of the points for every lane."""
        return jax.vmap(lambda key: _shuffled(key, count, points), in_axes=-1, out_axes=-1)(key)

    def chosen(self, x: Array, order: Array) -> Array:
        """The points of every lane's mini-batch."""
        return jnp.moveaxis(x[order], -1, 1)


def _shuffled(key: Array, count: Int[Array, ""], points: int) -> Array:
    own = jax.random.fold_in(jax.random.wrap_key_data(key, impl="threefry2x32"), ORDERS)
    lots = jax.random.bits(jax.random.fold_in(own, count), (points,))
    if not shuffles_by_ranks(points):
        # A point's number replaces the last bits of its lot; only lots equal in all other bits are ordered by number.
        # On a CPU, sorting single numbers takes a fifth of the time of sorting pairs.
        last_bits = jnp.asarray((1 << (points - 1).bit_length()) - 1, lots.dtype)
        return (jnp.sort((lots & ~last_bits) | jnp.arange(points, dtype=lots.dtype)) & last_bits).astype(jnp.int32)
    places = jnp.arange(points)
    first = (lots[:, None] < lots) | ((lots[:, None] == lots) & (places[:, None] < places))
    return first.sum(0, dtype=jnp.int32)


def shuffles_by_ranks(points: int) -> bool:
    """Whether points are ordered by comparing all pairs of lots.

    That is no more work than an update, and one operation for all lanes; sorting is a call for each lane.
    """
    return points <= RANKED


@dataclass(frozen=True)
class Chunk:
    """The training of a chunk of members.

    Attributes:
        members_last: whether the axis of members is the last of every array of `train`; else it is the first.
        train: (x, members, state, (begin, end, steps)) -> state, from update `begin` to update `end`, or until no
            member runs any more.
    """

    members_last: bool
    train: Callable[[Array, Members, TrainingState, Times], TrainingState]


def make_chunk(program: Program, layout: str) -> Chunk:
    """The training of a chunk of members in the layout lanes, vmap, map or fused; for map, of one member."""
    chosen = direction(program.optimizer)
    if layout == "fused":
        registers = fused.Registers()
        step, assess = make_step(program, _in_lanes(chosen), registers), make_assessment(program, registers)
        return Chunk(True, fused.in_one_kernel(_train(program, step, assess, fused.any_of)))
    if layout == "lanes":
        step, assess = make_step(program, _in_lanes(chosen), Lanes()), make_assessment(program, Lanes())
        return Chunk(True, _train(program, step, assess))
    step, assess = make_step(program, chosen, Single()), make_assessment(program, Single())
    if layout == "vmap":
        return Chunk(False, _train(program, jax.vmap(step, (None, 0, None, None, 0)), jax.vmap(assess, (None, 0, 0))))
    return Chunk(False, _of_one(_train(program, step, assess)))


def _train(
    program: Program,
    step: Step,
    assess: Callable[[Array, Members, TrainingState], TrainingState],
    any_of: Callable[[Numbers], Array] = jnp.any,
) -> Callable[[Array, Members, TrainingState, Times], TrainingState]:
    def train(x: Array, members: Members, state: TrainingState, times: Times) -> TrainingState:
        begin, end, steps = times

        def body(loop: tuple[Array, TrainingState]) -> tuple[Array, TrainingState]:
            t, state = loop
            return t + 1, step(x, members, t, steps, state)

        def unfinished(loop: tuple[Array, TrainingState]) -> Array:
            t, state = loop
            return (t < end) & any_of(state.running) if program.stops else t < end

        _, state = jax.lax.while_loop(unfinished, body, (begin, state))
        return assess(x, members, state)

    return train


def _in_lanes(chosen: UpdateDirection) -> UpdateDirection:
    """A direction for arrays with lanes on the last axis: unchanged if elementwise, else mapped over lanes."""
    if chosen.elementwise:
        return chosen
    return chosen._replace(update=jax.vmap(chosen.update, in_axes=(-1, -1, -1, None), out_axes=-1))


def _of_one(
    train: Callable[[Array, Members, TrainingState, Times], TrainingState],
) -> Callable[[Array, Members, TrainingState, Times], TrainingState]:
    """The training of a chunk of one member, without an axis for members."""

    def squeezed(x: Array, members: Members, state: TrainingState, times: Times) -> TrainingState:
        members, state = jax.tree.map(lambda leaf: leaf[0], (members, state))
        return jax.tree.map(lambda leaf: leaf[None], train(x, members, state, times))

    return squeezed
