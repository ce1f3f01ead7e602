"""What trained networks put out at points of any kind, such as those that they were not trained on."""

import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from theory import network
from theory.activations import ACTIVATIONS, identity
from theory.network import Network, Numbers


def outputs(
    networks: Network, x: Float[np.ndarray, "points inputs"], activation: str
) -> Float[np.ndarray, "members points"]:
    """Outputs of networks that are on the first axis of every array, at every point.

    One network after the other, so that its numbers do not depend on its neighbours.
    """
    return np.asarray(_compiled(activation)(networks, jnp.asarray(np.asarray(x, networks[0].W.dtype))))


def every_output(
    networks: Network, x: Float[np.ndarray, "points inputs"], activation: str
) -> Float[np.ndarray, "members points outputs"]:
    """As `outputs`, of networks with several."""
    return np.asarray(_compiled(activation, first=False)(networks, jnp.asarray(np.asarray(x, networks[0].W.dtype))))


@functools.cache
def _compiled(activation: str, first: bool = True) -> Any:
    def outputs(networks: Network, x: Numbers) -> jax.Array:
        def of_one(one: Network) -> jax.Array:
            z = network.propagate(one, x, ACTIVATIONS[activation], identity, network.affine)
            return z[:, 0] if first else z

        return jax.lax.map(of_one, networks)

    return jax.jit(outputs)
