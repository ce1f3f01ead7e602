"""Networks that are trained on some points and asked about others, many at once."""

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float, UInt32

from experiments.plan import Unit

if TYPE_CHECKING:
    from experiments.ensemble import Outcome


def train(
    unit: Unit,
    x: Float[np.ndarray, "points inputs"],
    targets: Float[np.ndarray, "members points"],
    keys: UInt32[np.ndarray, "members 2"],
    learning_rates: Float[np.ndarray, " members"],
    hidden: tuple[int, ...],
    activation: str,
    **program: Any,
) -> "Outcome":
    """Networks with one output, whose sign is the answer, trained on the same points.

    Args:
        unit: its settings say by what loss, optimiser and number of steps.
        x, targets, keys, learning_rates: see `ensemble.Members`; targets are -1 and 1.
        hidden: widths of the hidden layers.
        activation: of the hidden units.
        program: what else the program has, such as its batch.
    """
    from experiments import ensemble

    settings = unit.settings
    how = ensemble.Program(
        sizes=(x.shape[1], *hidden, 1),
        activation=activation,
        loss=settings.loss,
        optimizer=settings.optimizer,
        steps=settings.steps,
        precision=unit.precision,
        **program,
    )
    members = ensemble.Members(keys, targets, learning_rates)
    return ensemble.train_ensemble(how, x, members, unit.engine.layout, unit.engine.chunk)


def outputs(
    network: Any, x: Float[np.ndarray, "points inputs"], activation: str
) -> Float[np.ndarray, "members points"]:
    """Outputs of networks that are on the first axis of every array, at every point.

    One network after the other, so that its numbers do not depend on its neighbours.
    """
    import jax.numpy as jnp

    return np.asarray(_compiled(activation)(network, jnp.asarray(x, network[0].W.dtype)))


@functools.cache
def _compiled(activation: str) -> Any:
    import jax

    from theory import network
    from theory.activations import ACTIVATIONS, identity

    def outputs(networks: network.Network, x: network.Numbers) -> jax.Array:
        def of_one(one: network.Network) -> jax.Array:
            return network.propagate(one, x, ACTIVATIONS[activation], identity, network.affine)[:, 0]

        return jax.lax.map(of_one, networks)

    return jax.jit(outputs)
