"""The effect of one step against the gradient of one point on this point and on others, for many sizes of step."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from theory import backprop, network
from theory.activations import ACTIVATIONS, DERIVATIVES, Activation
from theory.network import Network

# This number of networks, each with every weight moved alone, fits into memory.
AT_A_TIME = 1000


class Tried(NamedTuple):
    """Networks and steps: numbers of units, variance of the weights, names of the functions, sizes of the steps."""

    sizes: tuple[int, ...]
    variance: float
    hidden: str
    output: str
    steps: tuple[float, ...]


def steps_of_many(
    tried: Tried,
    normals: Float[Array, "networks parameters"],
    x: Float[Array, "networks points inputs"],
    y: Float[Array, "networks points outputs"],
) -> dict[str, Array]:
    """The result of `one_step` for many networks, `AT_A_TIME` of them together."""
    at_a_time = min(len(normals), AT_A_TIME)
    return jax.lax.map(lambda one: one_step(tried, *one), (normals, x, y), batch_size=at_a_time)


def one_step(
    tried: Tried,
    normals: Float[Array, " parameters"],
    x: Float[Array, "points inputs"],
    y: Float[Array, "points outputs"],
) -> dict[str, Array]:
    """One step of one network against the gradient of the loss on its first point.

    Args:
        tried: the network and the steps.
        normals: standard normal numbers for its weights.
        x, y: the points.

    Returns:
        The loss on the first point and the largest derivative. For every step: the change of this loss, whether every
        weight alone lowers it, the share of other points where the loss falls, and the relative change of their mean
        loss.
    """
    hidden, output = ((ACTIVATIONS[name], DERIVATIVES[name]) for name in (tried.hidden, tried.output))
    functions = (hidden[0], output[0])
    θ = network.from_normals(normals, tried.sizes, tried.variance)
    gradient = backprop.layered_gradient(θ, x[0], y[0], hidden, output)
    parts, sizes = _one_by_one(gradient), _sizes_of(gradient)

    def each_falls(step: Array) -> Array:
        alone = jax.vmap(lambda part: change(θ, _moved(θ, step, part), x[0], y[0], functions))(parts)
        return jnp.all((alone < 0) | (sizes == 0))

    def changes_of_all(step: Array) -> Array:
        after = _moved(θ, step, gradient)
        return jax.vmap(lambda x, y: change(θ, after, x, y, functions))(x, y)

    steps = jnp.asarray(tried.steps)
    losses = jnp.sum((jax.vmap(lambda x: network.apply(θ, x, *functions))(x) - y) ** 2, axis=-1)
    changes = jax.vmap(changes_of_all)(steps)
    return {
        "loss": losses[0],
        "gradient": sizes.max(),
        "change": changes[:, 0],
        "each_alone": jax.lax.map(each_falls, steps),
        "others": (changes[:, 1:] < 0).mean(axis=1),
        "others_change": changes[:, 1:].mean(axis=1) / losses[1:].mean(),
    }


def change(
    θ: Network,
    after: Network,
    x: Float[Array, " inputs"],
    y: Float[Array, " outputs"],
    functions: tuple[Activation, Activation],
) -> Array:
    """The change of the loss on a point, as (z' - z)(z' + z - 2y): rounding loses less than in a difference."""
    z, z_after = (network.apply(one, x, *functions) for one in (θ, after))
    return jnp.sum((z_after - z) * (z_after + z - 2 * y))


def _moved(θ: Network, step: Array, gradient: Network) -> Network:
    return jax.tree.map(lambda w, g: w - step * g, θ, gradient)


def _sizes_of(gradient: Network) -> Array:
    return jnp.abs(jnp.concatenate([jnp.ravel(g) for g in jax.tree.leaves(gradient)]))


def _one_by_one(gradient: Network) -> Network:
    """For every weight, the gradient with all other derivatives set to 0, along a new first axis."""
    leaves, structure = jax.tree.flatten(gradient)
    ends = np.cumsum([leaf.size for leaf in leaves]).tolist()
    every = np.eye(ends[-1])
    marks = [every[:, end - leaf.size : end] for leaf, end in zip(leaves, ends, strict=True)]
    return jax.tree.unflatten(
        structure,
        [jnp.asarray(mark).reshape(-1, *leaf.shape) * leaf for mark, leaf in zip(marks, leaves, strict=True)],
    )
