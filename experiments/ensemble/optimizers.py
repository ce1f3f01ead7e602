"""Directions of descent: an optimiser's update from gradients, before the step size is multiplied in."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Int

from experiments.errors import UserError

Tree = Any


class UpdateDirection(NamedTuple):
    """An optimiser without its step size.

    Attributes:
        start: networks -> their memory before the first update; both have the axis of members in front.
        update: (gradient, memory, network, t) -> (direction, memory) for the update that follows t others. The new
            network is the old one minus step size times direction.
        elementwise: whether every parameter is updated by itself alone, so that any axes may be added to all.
    """

    start: Callable[[Tree], Tree]
    update: Callable[[Tree, Tree, Tree, Int[Array, ""]], tuple[Tree, Tree]]
    elementwise: bool


def direction(name: str) -> UpdateDirection:
    """The optimiser of a name: sgd, momentum (0.9), adam, or NAME for any other `optax.scale_by_NAME`.

    Raises:
        UserError: if optax has none, or it wants more than its defaults.
    """
    if name in _FAST:
        return _FAST[name]
    try:
        transformation = getattr(optax, f"scale_by_{name}")()
    except (AttributeError, TypeError) as error:
        raise UserError(
            f"optimizer: no {name!r}; give sgd, momentum, adam, or NAME of an optax.scale_by_NAME that needs no "
            "arguments, such as rms, amsgrad, lion, yogi"
        ) from error
    return UpdateDirection(jax.vmap(transformation.init), _update_of(transformation), elementwise=False)


def _update_of(transformation: optax.GradientTransformation) -> Callable[[Tree, Tree, Tree, Array], tuple[Tree, Tree]]:
    return lambda gradient, memory, network, t: transformation.update(gradient, memory, network)


def _zeros(networks: Tree) -> Tree:
    # On the host, because JAX would compile a program for every shape of zeros.
    return jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), networks)


_β1, _β2, _ε = 0.9, 0.999, 1e-8


def _adam_update(
    gradient: Tree, memory: tuple[Tree, Tree], network: Tree, t: Int[Array, ""]
) -> tuple[Tree, tuple[Tree, Tree]]:
    """Kingma & Ba 2015, end of section 2: both corrections of bias as two scalars, so one division a parameter."""
    mean = jax.tree.map(lambda m, g: _β1 * m + (1 - _β1) * g, memory[0], gradient)
    square = jax.tree.map(lambda v, g: _β2 * v + (1 - _β2) * g * g, memory[1], gradient)
    dtype = jax.tree.leaves(gradient)[0].dtype
    count = (t + 1).astype(dtype)
    # 1 - β^t, without the cancellation that 1 - power has for small t.
    root = jnp.sqrt(-jnp.expm1(count * jnp.log(jnp.asarray(_β2, dtype))))
    factor = root / -jnp.expm1(count * jnp.log(jnp.asarray(_β1, dtype)))
    return jax.tree.map(lambda m, v: factor * m / (jnp.sqrt(v) + _ε * root), mean, square), (mean, square)


_FAST = {
    "sgd": UpdateDirection(
        lambda networks: (), lambda gradient, memory, network, t: (gradient, memory), elementwise=True
    ),
    "momentum": UpdateDirection(
        lambda networks: optax.TraceState(_zeros(networks)), _update_of(optax.trace(0.9)), elementwise=True
    ),
    "adam": UpdateDirection(lambda networks: (_zeros(networks), _zeros(networks)), _adam_update, elementwise=True),
}
