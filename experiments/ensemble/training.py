"""One update of one network; the same code is one update of many.

A *layout* is a way to hold many networks in arrays. The state of one network has no axis for members. In the layout
*lanes* every array of the state has a further, last axis for them. The update only adds, multiplies and compares
numbers, or reduces over the first axes, so the same code serves both. Only the product of a layer is written twice, see
`lanes.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from experiments.ensemble.optimizers import Tree, UpdateDirection
from experiments.ensemble.program import LOSSES, SCHEDULES, Members, Program
from theory.network import Network, Numbers


@dataclass(frozen=True)
class Join:
    """A reduction of many numbers to one: pair by pair from its identity `none`, or over the first axis with `over`."""

    pair: Callable[[Array, Array], Array]
    none: float
    over: Callable[..., Array]


SUM = Join(jnp.add, 0, jnp.sum)
LEAST = Join(jnp.minimum, jnp.inf, jnp.min)


class TrainingState(NamedTuple):
    """A network during training.

    Attributes:
        network, memory: the parameters, and the optimiser's memory.
        order: the order of the points in this pass, with mini-batches; else empty.
        running: whether its training goes on.
        solved: whether it stopped because every answer was right.
        steps: the number of updates when it was last judged.
        loss, errors: mean loss and number of wrong answers over all points, at the end of the last segment.
    """

    network: Network
    memory: Tree
    order: Tree
    running: Bool[Numbers, "*members"]
    solved: Bool[Numbers, "*members"]
    steps: Int[Numbers, "*members"]
    loss: Float[Numbers, "*members"]
    errors: Int[Numbers, "*members"]


class Layout(Protocol):
    """How `training` reads the arrays of a layout."""

    def outputs(self, program: Program, network: Network, x: Any) -> Float[Array, "points *classes_members"]:
        """The output of every network for every point of a block; one point alone may have no axis.

        Where a program has several outputs, they are on the axis after the points.
        """
        ...

    def in_blocks(self, measure: Callable[[Any, Any], Tree], joins: Tree, x: Any, y: Any) -> Tree:
        """`measure(x, y)` of blocks of points, joined by the tree `joins`; the layout sets the size of a block."""
        ...

    def fold(self, join: Join, values: Numbers) -> Array:
        """The numbers of all points, on the first axis, joined to one."""
        ...

    def shuffled(self, key: Array, count: Int[Array, ""], points: int) -> Int[Array, "points *members"]:
        """Each member's order of the points in pass number `count`."""
        ...

    def chosen(self, x: Array, order: Int[Array, "batch *members"]) -> Float[Array, "batch inputs *members"]:
        """The points of a mini-batch."""
        ...


Step = Callable[[Array, Members, Int[Array, ""], Int[Array, ""], TrainingState], TrainingState]


def starting_states(program: Program, direction: UpdateDirection, networks: Network, points: int) -> TrainingState:
    """The states of networks before their first update: arrays on the host, members on the first axis."""
    members = networks[0].b.shape[0]
    return TrainingState(
        network=networks,
        memory=direction.start(networks),
        order=np.zeros((members, points), np.int32) if program.batch else (),
        running=np.ones(members, bool),
        solved=np.zeros(members, bool),
        steps=np.zeros(members, np.int32),
        loss=np.zeros(members, program.precision),
        errors=np.zeros(members, np.int32),
    )


def make_step(program: Program, direction: UpdateDirection, layout: Layout) -> Step:
    """One update: (x, member, t, steps, state) -> state, after t of at most `steps` updates.

    At t = `steps` the network is only judged. A stopped network stays as it is. Without a stopping rule no network is
    judged, all make `steps` updates, and t < `steps`.
    """
    descend, moved = _descent(program, layout), _movement(program, direction)

    def on_all_points(x: Array, member: Members, t: Array, steps: Array, state: TrainingState) -> TrainingState:
        gradient, margin = descend(state.network, x, member.targets)
        return moved(gradient, member, t, steps, _judged(program, gradient, margin, t, steps, state))

    def on_a_batch(x: Array, member: Members, t: Array, steps: Array, state: TrainingState) -> TrainingState:
        count, place = t // (len(x) // program.batch), t % (len(x) // program.batch)

        def begin_pass(state: TrainingState) -> TrainingState:
            state = state._replace(order=layout.shuffled(member.key, count, len(x)))
            return _judged(program, *descend(state.network, x, member.targets), t, steps, state)

        # t is the same for all members, so this stays a branch: the side not taken costs nothing.
        state = jax.lax.cond((place == 0) | (t == steps), begin_pass, lambda state: state, state)
        batch = jax.lax.dynamic_slice_in_dim(state.order, place * program.batch, program.batch)
        # A target may be a vector, on the axis after the points.
        rows = batch if member.targets.ndim == batch.ndim else batch[:, None]
        y = jnp.take_along_axis(member.targets, rows, 0)
        gradient, _ = descend(state.network, layout.chosen(x, batch), y)
        return moved(gradient, member, t, steps, state)

    return on_a_batch if program.batch else on_all_points


def make_assessment(program: Program, layout: Layout) -> Callable[[Array, Members, TrainingState], TrainingState]:
    """(x, member, state) -> state, with the loss and the errors of its network."""
    loss_of = LOSSES[program.loss]

    def assess(x: Array, member: Members, state: TrainingState) -> TrainingState:
        def over(x: Any, y: Any) -> tuple[Array, Array]:
            z = layout.outputs(program, state.network, x)
            # "Not right" instead of "wrong": a network that outputs NaN then has every point wrong.
            wrong = ~(program.margins(y, z) > 0)
            return layout.fold(SUM, loss_of(y, z)), layout.fold(SUM, wrong.astype(jnp.int32))

        loss, errors = layout.in_blocks(over, (SUM, SUM), x, member.targets)
        if program.stop_when_solved:
            # `solved` decides: near the middle, an output's last bit may be rounded differently here than in training.
            errors = jnp.where(state.solved, 0, jnp.maximum(errors, 1))
        return state._replace(loss=loss / len(x), errors=errors)

    return assess


def _descent(program: Program, layout: Layout) -> Callable[[Network, Numbers, Numbers], tuple[Network, Array]]:
    """(network, x, y) -> the gradient of the mean loss, and the margin, which is positive if every answer is right."""
    loss_of = LOSSES[program.loss]

    def of_block(network: Network, x: Any, y: Any, points: int) -> tuple[Array, Array]:
        z = layout.outputs(program, network, x)
        return jnp.sum(loss_of(y, z)) / points, layout.fold(LEAST, program.margins(y, z))

    gradient = jax.grad(of_block, has_aux=True)

    def descend(network: Network, x: Numbers, y: Numbers) -> tuple[Network, Array]:
        joins = jax.tree.map(lambda _: SUM, network), LEAST
        return layout.in_blocks(lambda block, targets: gradient(network, block, targets, len(x)), joins, x, y)

    return descend


def _judged(
    program: Program, gradient: Network, margin: Array, t: Array, steps: Array, state: TrainingState
) -> TrainingState:
    """Whether a network goes on after t updates."""
    if not program.stops:
        return state
    running, solved = state.running & (t < steps) & jnp.isfinite(margin), state.solved
    if program.stop_when_solved:
        solved |= state.running & (margin > 0)
        running &= ~solved
    if program.gradient_bound:
        running &= _square_norm(gradient, margin) >= program.gradient_bound**2
    return state._replace(running=running, solved=solved, steps=jnp.where(state.running, t, state.steps))


def _movement(
    program: Program, direction: UpdateDirection
) -> Callable[[Network, Members, Array, Array, TrainingState], TrainingState]:
    def moved(gradient: Network, member: Members, t: Array, steps: Array, state: TrainingState) -> TrainingState:
        change, memory = direction.update(gradient, state.memory, state.network, t)
        if program.weight_decay:
            change = jax.tree.map(lambda u, θ: u + program.weight_decay * θ, change, state.network)
        dtype = member.learning_rate.dtype
        step_size = member.learning_rate * SCHEDULES[program.schedule](t.astype(dtype) / steps.astype(dtype))
        network = jax.tree.map(lambda θ, u: θ - step_size * u, state.network, change)
        if not program.stops:
            return state._replace(network=network, memory=memory, steps=jnp.full_like(state.steps, t + 1))
        # A stopped network is kept by `where`, not by a step of zero: zero times infinity is not zero.
        network = jax.tree.map(lambda new, old: jnp.where(state.running, new, old), network, state.network)
        return state._replace(network=network, memory=memory)

    return moved


def _square_norm(gradient: Network, like: Array) -> Float[Array, "*members"]:
    """Sum of squares over all parameters. Each of their arrays has the axes of `like` at its end."""
    squares = [jnp.sum(g * g, axis=tuple(range(g.ndim - like.ndim))) for g in jax.tree.leaves(gradient)]
    return sum(squares[1:], squares[0])
