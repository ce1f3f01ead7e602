"""The layout *fused*: a whole segment of training in one kernel, every parameter in a register of its own.

Other layouts hold a layer as an array and go to memory for every operation on it. Small networks need so few numbers
that one thread can keep them all: weights, biases, gradients and the optimiser's memory. So one thread trains one
member, for thousands of updates, and touches memory only for the points, the targets and at both ends of the segment.

The kernel is written in Pallas. It is made of the same step, loss, schedule and optimiser as every other layout:
`training.make_step` calculates with trees of numbers, and here every leaf of these trees is one parameter, of a block
of members. A block stops when none of its members runs any more. On a CPU the kernel is interpreted, which is slow, and
exact enough to be held against the other layouts.
"""

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int

from experiments.ensemble.optimizers import Tree, direction
from experiments.ensemble.packing import Packed, Packing
from experiments.ensemble.program import Members, Program
from experiments.ensemble.training import Join, TrainingState
from theory import network
from theory.activations import ACTIVATIONS
from theory.network import Layer, Network, Numbers

# Members of a block, which ends when the last of them ends, at most: as few as a GPU runs in step, so that blocks wait
# for nobody; where the kernel is interpreted, more of them are fewer turns of a loop.
BLOCK = {"cpu": 128, "gpu": 32}
# Threads that a GPU runs in step.
THREADS_OF_A_WARP = 32
# Points that are written out one after the other; more of them are a loop.
WRITTEN_OUT = 4
# Numbers that a thread may hold, of parameters, their gradient and the optimiser's memory: it has 255 registers, and
# some are needed for what is calculated. With more, registers spill into memory.
REGISTERS = 224
# Activations that need a function which kernels do not know, and which.
NO_ACTIVATIONS = {"gelu": "the complementary error function"}
# Optimisers of optax that mix precisions where parameters are float64.
ONLY_FLOAT32 = ("amsgrad", "yogi", "radam")


@dataclass(frozen=True)
class Points:
    """The points in memory, a row for each."""

    matrix: Any

    def __len__(self) -> int:
        """How many points there are."""
        return int(self.matrix.shape[0])

    def of(self, point: int | Array) -> list[Array]:
        """The coordinates of one point."""
        return [self.matrix[point, column] for column in range(self.matrix.shape[1])]


@dataclass(frozen=True)
class Targets:
    """The targets of a block of members in memory, a row for each point."""

    matrix: Any

    def of(self, point: int | Array) -> Array:
        """Every member's target for one point."""
        return self.matrix[point, :]


@dataclass(frozen=True)
class Registers:
    """Every parameter an array of its own, with a number for each member of a block; points one by one."""

    def outputs(self, program: Program, θ: Network, x: Any) -> Array:
        """z for one point."""
        σ, σ_output = ACTIVATIONS[program.activation], ACTIVATIONS[program.output]
        return network.propagate(θ, x, _for_each(σ), _for_each(σ_output), pre_activations)[0]

    def in_blocks(self, measure: Callable[..., Tree], joins: Tree, x: Any, y: Any) -> Tree:
        """Points one by one, so that what is held is what one of them needs."""

        def add(point: int | Array, total: Tree) -> Tree:
            return jax.tree.map(lambda join, *pair: join.pair(*pair), joins, total, measure(x.of(point), y.of(point)))

        first = measure(x.of(0), y.of(0))
        if len(x) <= WRITTEN_OUT:
            return functools.reduce(lambda total, point: add(point, total), range(1, len(x)), first)
        return jax.lax.fori_loop(1, len(x), add, first)

    def fold(self, join: Join, values: Numbers) -> Array:
        """Of one point, nothing is left to be joined."""
        return jnp.asarray(values)

    def shuffled(self, key: Array, count: Int[Array, ""], points: int) -> Array:
        """There is none: see `why_not`."""
        raise NotImplementedError("mini-batches are not fused")

    def chosen(self, x: Array, order: Array) -> Array:
        """There is none: see `why_not`."""
        raise NotImplementedError("mini-batches are not fused")


def _for_each(σ: Callable[[Array], Array]) -> Any:
    return lambda numbers: [σ(a) for a in numbers]


def pre_activations(z: Sequence[Array], layer: Layer) -> list[Array]:
    """a = z W + b, unit by unit."""
    return [
        functools.reduce(jnp.add, (z[i] * layer.W[i][unit] for i in range(len(z)))) + layer.b[unit]
        for unit in range(len(layer.b))
    ]


def any_of(flags: Numbers) -> Array:
    """Whether one of a block's flags is set; kernels know the largest of several numbers and no logical reduction."""
    return jnp.max(flags.astype(jnp.int32)) > 0


def why_not(program: Program) -> str:
    """Why a program cannot be fused here, in a sentence; empty if it can."""
    if _platform() not in BLOCK:
        return f"kernels are written for GPUs, and this is a {_platform().upper()}"
    if program.batch:
        return "with mini-batches each member has an order of the points of its own, too long for registers"
    if program.several_outputs or program.patches:
        return "several outputs and layers of patches are kept in arrays"
    if program.activation in NO_ACTIVATIONS:
        return f"{program.activation} units need {NO_ACTIVATIONS[program.activation]}, which kernels do not know"
    if program.precision == "float64" and program.optimizer in ONLY_FLOAT32:
        return f"{program.optimizer} calculates a part of its update in float32, which kernels do not mix with float64"
    held = numbers_held(program)
    if held > REGISTERS:
        return f"a member holds {held} numbers of 32 bits at once, and a thread has room for {REGISTERS}"
    return ""


def numbers_held(program: Program) -> int:
    """32-bit numbers that a thread holds from update to update: parameters, gradient, the optimiser's memory."""
    parameters = program.parameters
    zeros = program.networks(np.zeros((1, parameters), program.precision))
    memory = sum(leaf.size for leaf in jax.tree.leaves(jax.eval_shape(direction(program.optimizer).start, zeros)))
    return (2 * parameters + memory) * np.dtype(program.precision).itemsize // 4


def in_one_kernel(train: Callable[..., TrainingState]) -> Callable[..., TrainingState]:
    """The same training of a chunk of members, which have the last axis, as one kernel.

    Args:
        train: (x, member, state, (begin, end, steps)) -> state, of a block, with a tree of numbers for every array.
    """

    # Imported here, because it takes a while, and most runs have no such kernel.
    from jax.experimental import pallas

    def trained(x: Array, chunk: Members, begun: TrainingState, times: Sequence[Int[Array, ""]]) -> TrainingState:
        packing = Packing.of(jax.tree.map(lambda leaf: jnp.moveaxis(leaf, -1, 0), begun), begun.loss.dtype)
        packed = packing.pack(begun, members_last=True)
        floats, integers = packed.floats.T, packed.integers.T

        def kernel(times: Any, x: Any, targets: Any, rates: Any, floats: Any, integers: Any, *ended: Any) -> None:
            own: Any = Targets(targets)
            member = Members((), own, rates[:])
            state = _from_rows(packing, floats, integers)
            # A block of empty seats has nothing to do.
            end = jnp.where(any_of(state.running), times[1], times[0])
            _to_rows(packing, train(Points(x), member, state, (times[0], end, times[2])), *ended)

        seats = floats.shape[-1]
        block = math.gcd(seats, BLOCK[_platform()])

        def whole(array: Numbers) -> Any:
            return pallas.BlockSpec(array.shape, lambda _: (0,) * array.ndim)

        def of_block(array: Numbers) -> Any:
            return pallas.BlockSpec((*array.shape[:-1], block), lambda number: (*(0,) * (array.ndim - 1), number))

        arrays = (jnp.stack(times), x, chunk.targets, chunk.learning_rate, floats, integers)
        call = pallas.pallas_call(
            kernel,
            grid=(seats // block,),
            in_specs=[whole(arrays[0]), whole(x), *map(of_block, arrays[2:])],
            out_specs=[of_block(floats), of_block(integers)],
            out_shape=[jax.ShapeDtypeStruct(array.shape, array.dtype) for array in (floats, integers)],
            **_how(block),
        )
        ended = call(*arrays)
        return packing.unpack(Packed(*(array.T for array in ended)), members_last=True)

    return trained


def _platform() -> str:
    """The platform that the kernel is made for."""
    return jax.default_backend()


def _how(block: int) -> dict[str, Any]:
    """Options of the kernel: a thread for each member; on a CPU it is interpreted."""
    if _platform() == "cpu":
        return {"interpret": True}
    from jax.experimental.pallas import triton

    return {"compiler_params": triton.CompilerParams(num_warps=max(1, block // THREADS_OF_A_WARP))}


def _from_rows(packing: Packing, floats: Any, integers: Any) -> Tree:
    """The tree of a packing; each of its arrays is a tree of rows, nested as its axes are."""
    leaves = []
    for shape, kind, (is_float, own) in zip(packing.shapes, packing.kinds, packing.places(), strict=True):
        matrix = floats if is_float else integers
        rows = [matrix[row, :] for row in range(own.start, own.stop)]
        leaves.append(_nested([row != 0 for row in rows] if kind == np.bool_ else rows, shape))
    return jax.tree.unflatten(packing.structure, leaves)


def _nested(rows: Sequence[Array], shape: Sequence[int]) -> Any:
    if not shape:
        return rows[0]
    length = len(rows) // shape[0]
    return tuple(_nested(rows[k * length : (k + 1) * length], shape[1:]) for k in range(shape[0]))


def _to_rows(packing: Packing, tree: Tree, floats: Any, integers: Any) -> None:
    """Writes every number of a tree to its row."""
    numbers = iter(jax.tree.leaves(tree))
    for is_float, own in packing.places():
        matrix = floats if is_float else integers
        for row in range(own.start, own.stop):
            matrix[row, :] = next(numbers).astype(matrix.dtype)
