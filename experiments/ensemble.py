"""Training many networks at once.

`make_train` returns one pure function that trains one network; `train_ensemble` maps it over the members of an
ensemble, in chunks of one fixed size, sharded over all local devices. Everything in a `Program` is compiled in;
everything in `Members` differs from network to network and costs no compilation.

A member's result depends on the program, its own entries and, in the last bits, the chunk size; never on who stood
beside it. Chunks are always full: the last one is padded with copies of its first member.
"""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from jaxtyping import Array, Float, Int, UInt32

from theory import network
from theory.activations import ACTIVATIONS
from theory.network import WEIGHT_VARIANCE, Network

Numbers = Array | np.ndarray
LOSSES: dict[str, Callable[[Float[Array, " points"], Float[Array, " points"]], Float[Array, ""]]] = {
    "cross-entropy": lambda y, z: jnp.mean(jax.nn.softplus(-y * z)),
    "squared": lambda y, z: jnp.mean((y - z) ** 2),
}
OPTIMIZERS = {"sgd": optax.sgd, "momentum": functools.partial(optax.sgd, momentum=0.9), "adam": optax.adam}


@dataclass(frozen=True)
class Program:
    """What is the same for every member of an ensemble, and so compiled once.

    Attributes:
        sizes: number of inputs, widths of hidden layers, 1 output.
        activation: of the hidden layers, a key of `ACTIVATIONS`; the output is the pre-activation itself.
        loss: a key of `LOSSES`, of targets in {-1, 1}.
        optimizer: a key of `OPTIMIZERS`, fed with the gradient over all points.
        steps: number of updates after which a member is given up.
        precision: float32 or float64 for every number of the training.
    """

    sizes: tuple[int, ...]
    activation: str
    loss: str
    optimizer: str
    steps: int
    precision: str


class Members(NamedTuple):
    """What differs between members. Mapped functions see one member, everybody else an axis of them in front."""

    key: UInt32[Numbers, "*members 2"]
    targets: Float[Numbers, "*members points"]
    learning_rate: Float[Numbers, "*members"]


class Outcome(NamedTuple):
    """How the training of one member, or of each, ended.

    Training ends at the first network that is right on every point, when the loss is no longer a finite number, or
    after `steps` updates. `loss` and `errors` are those of the network it ended with; `steps` counts its updates.
    """

    loss: Float[Numbers, "*members"]
    errors: Int[Numbers, "*members"]
    steps: Int[Numbers, "*members"]


def make_train(program: Program, x: Float[Array, "points inputs"]) -> Callable[[Members], Outcome]:
    """The training of one network as one pure function of its key, targets and learning rate.

    The sign of the output is the network's answer. A `while_loop` rather than a `scan`, so that a member that is done
    changes no more and a chunk ends when all of its members are done.
    """
    σ = ACTIVATIONS[program.activation]
    loss_of = LOSSES[program.loss]
    dtype = jnp.dtype(program.precision)

    def objective(θ: Network, y: Float[Array, " points"]) -> tuple[Array, Array]:
        z = jax.vmap(lambda point: network.apply(θ, point, σ)[0])(x)
        return loss_of(y, z), z

    def train(member: Members) -> Outcome:
        optimizer = OPTIMIZERS[program.optimizer](member.learning_rate)
        key = jax.random.wrap_key_data(jnp.asarray(member.key), impl="threefry2x32")
        θ = network.initialize(key, program.sizes, WEIGHT_VARIANCE[program.activation], dtype)

        def unfinished(state: tuple[Outcome, Network, optax.OptState]) -> Array:
            last = state[0]
            return jnp.all(jnp.array([last.steps < program.steps, last.errors > 0, jnp.isfinite(last.loss)]))

        def step(state: tuple[Outcome, Network, optax.OptState]) -> tuple[Outcome, Network, optax.OptState]:
            last, θ, memory = state
            (loss, z), gradient = jax.value_and_grad(objective, has_aux=True)(θ, member.targets)
            # Counted as "not right", so that a network that outputs NaN has everything wrong.
            errors = jnp.sum(~(member.targets * z > 0), dtype=jnp.int32)
            update, memory = optimizer.update(gradient, memory, θ)
            return Outcome(loss, errors, last.steps + 1), optax.apply_updates(θ, update), memory

        # Step t judges the network after t updates and then makes one more, so the count starts below zero.
        before = Outcome(jnp.zeros((), dtype), jnp.ones((), jnp.int32), jnp.full((), -1, jnp.int32))
        outcome, _, _ = jax.lax.while_loop(unfinished, step, (before, θ, optimizer.init(θ)))
        return outcome

    return train


def train_ensemble(program: Program, x: Float[np.ndarray, "points inputs"], members: Members, chunk: int) -> Outcome:
    """Trains every member and returns their outcomes, in the order of the members.

    Args:
        program: what is compiled in.
        x: the points all members are trained on, in the precision of the program.
        members: keys, targets and learning rates.
        chunk: how many members one device trains at a time.
    """
    x = np.asarray(x, program.precision)
    members = Members(
        members.key,
        np.asarray(members.targets, program.precision),
        np.asarray(members.learning_rate, program.precision),
    )
    batches = list(_full_batches(members, chunk * jax.local_device_count()))
    run = _compiled(program, x.tobytes(), x.shape)
    outcomes = [jax.tree.map(np.asarray, run(batch)) for batch in batches]
    return jax.tree.map(lambda *leaves: np.concatenate(leaves)[: len(members.key)], *outcomes)


def _full_batches(members: Members, size: int) -> Iterator[Members]:
    """Batches of exactly `size` members; the last is filled up with copies of its first."""
    for start in range(0, len(members.key), size):
        index = np.arange(start, start + size)
        index[index >= len(members.key)] = start
        yield jax.tree.map(lambda leaf, index=index: leaf[index], members)


@functools.lru_cache(maxsize=256)
def _compiled(program: Program, x_bytes: bytes, x_shape: tuple[int, ...]) -> Callable[[Members], Outcome]:
    """The mapped and sharded training of a batch; held by its program, so that it is compiled once per batch size.

    Each device loops on its own: `shard_map` keeps the loops' conditions apart, so no device waits for another.
    """
    x = jnp.asarray(np.frombuffer(x_bytes, program.precision).reshape(x_shape))
    mesh = Mesh(np.array(jax.local_devices()), ("members",))
    spread = PartitionSpec("members")
    train = jax.vmap(make_train(program, x))
    sharded = jax.shard_map(train, mesh=mesh, in_specs=spread, out_specs=spread, check_vma=False)
    return jax.jit(sharded, in_shardings=NamedSharding(mesh, spread))
