"""Polishes many trained networks in float64 and names what they are, by theory/restarts/landscape.py and kinds.py."""

import functools
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from jax.sharding import Mesh, PartitionSpec
from jaxtyping import Array, Float

from experiments.ensemble.program import LOSSES, Program
from theory import network
from theory.activations import ACTIVATIONS
from theory.network import Network
from theory.restarts.kinds import kinds
from theory.restarts.landscape import EndPoint, Units, polish, units_of

# Networks that a device polishes at a time. They wait for the slowest of them.
CHUNK = 16


def polished(
    program: Program,
    x: Float[np.ndarray, "points inputs"],
    y: Float[np.ndarray, " points"],
    networks: Network,
    steps: int,
) -> tuple[EndPoint, list[str]]:
    """End points of many networks, and what each is called.

    Args:
        program: whose loss, activations and sizes count.
        x, y: the points and targets that all were trained on.
        networks: with an axis of networks in front, of any precision.
        steps: of polishing, at most.
    """
    count, inside = len(networks[0].b), (program.activation, program.output, program.loss, program.sizes, steps)
    devices = jax.local_device_count()
    chunks = -(-count // (CHUNK * devices))
    θ = np.concatenate([np.reshape(leaf, (count, -1)) for leaf in jax.tree.leaves(networks)], 1).astype(np.float64)
    # Whole chunks: the last network stands for those that are missing, and is dropped again.
    padded = np.concatenate([θ, np.repeat(θ[-1:], chunks * CHUNK * devices - count, 0)])
    with jax.enable_x64(True):
        blocks = padded.reshape(devices, chunks, CHUNK, -1)
        ends = _polisher(*inside)(jnp.asarray(x, float), jnp.asarray(y, float), blocks)
        points, units = jax.tree.map(lambda leaf: np.asarray(leaf).reshape(-1, *leaf.shape[3:])[:count], ends)
    return points, kinds(*points[1:], *units)


@functools.lru_cache(maxsize=64)
def _polisher(activation: str, output: str, loss: str, sizes: tuple[int, ...], steps: int) -> Callable:
    """The compiled polishing of blocks of networks, [devices, chunks, chunk, parameters], on all devices."""
    σ, σ_output, loss_of = ACTIVATIONS[activation], ACTIVATIONS[output], LOSSES[loss]
    zeros = network.from_normals(np.zeros(network.parameter_count(sizes)), sizes, 1.0)
    _, as_network = ravel_pytree(jax.tree.map(jnp.asarray, zeros))

    def polish_one(x: Array, y: Array, θ: Float[Array, " parameters"]) -> tuple[EndPoint, Units]:
        def mean_loss(θ: Float[Array, " parameters"]) -> Float[Array, ""]:
            z = jax.vmap(lambda point: network.apply(as_network(θ), point, σ, σ_output)[0])(x)
            return jnp.mean(loss_of(y, z))

        end = polish(mean_loss, θ, steps)
        return end, units_of(as_network(end.parameters), x, activation)

    def on_device(x: Array, y: Array, blocks: Array) -> tuple[EndPoint, Units]:
        some = jax.vmap(functools.partial(polish_one, x, y))
        return jax.tree.map(lambda leaf: leaf[None], jax.lax.map(some, blocks[0]))

    mesh, everywhere, spread = (
        Mesh(np.array(jax.local_devices()), ("members",)),
        PartitionSpec(),
        PartitionSpec("members"),
    )
    specs = (everywhere, everywhere, spread)
    return jax.jit(jax.shard_map(on_device, mesh=mesh, in_specs=specs, out_specs=spread, check_vma=False))
