"""Threshold networks that are made soft, so that descent can find them.

    f_g(x) = c + Σ_i v_i tanh(g (w_i · x + b_i)),    x in {-1, 1}^n

With a large *gain* g every unit is nearly the threshold unit of the same weights, and the sign of f_g is the network's
output. With a small gain f_g is smooth in the weights, and descent moves all of them. So the gain rises on the way, as
a temperature falls. What is found is judged as the threshold network of the same weights, whatever the soft one does.

Weights are one vector θ: w_i and b_i of every unit, then v, then c.
"""

from typing import Any

import numpy as np
from jaxtyping import Float

from theory.boolean.functions import Truth, inputs

Numbers = Any


def signed_with_bias(n: int) -> Float[np.ndarray, "points inputs_and_bias"]:
    """All inputs of n bits as -1 and 1, in the order of a truth table, and a 1 for the bias."""
    return np.hstack([2.0 * inputs(n) - 1, np.ones((2**n, 1))])


def initial(n: int, units: int, rng: np.random.Generator) -> Float[np.ndarray, " parameters"]:
    """Normal weights, so that the sums of hidden units have variance 1; the output's weights have variance 1/units."""
    hidden = rng.normal(size=units * (n + 1)) / np.sqrt(n + 1)
    return np.append(hidden, rng.normal(size=units + 1) / np.sqrt(units))


def hidden_sums(
    θ: Float[Numbers, " parameters"], x: Float[Numbers, "points inputs_and_bias"], units: int
) -> Float[Numbers, "units points"]:
    """w_i · x + b_i for every unit and point."""
    columns = x.shape[1]
    return θ[: units * columns].reshape(units, columns) @ x.T


def output(
    θ: Float[Numbers, " parameters"], hidden: Float[Numbers, "units points"], units: int
) -> Float[Numbers, " points"]:
    """The sum of the output unit, from the values of the hidden units."""
    return θ[-units - 1 : -1] @ hidden + θ[-1]


def loss(
    θ: Float[Numbers, " parameters"],
    x: Float[Numbers, "points inputs_and_bias"],
    y: Float[Numbers, " points"],
    gain: Any,
    units: int,
) -> Float[Numbers, ""]:
    """Mean cross-entropy of the soft network, whose log-odds are 2 f_g; targets y are -1 and 1."""
    import jax
    import jax.numpy as jnp

    soft = output(θ, jnp.tanh(gain * hidden_sums(θ, x, units)), units)
    return jnp.mean(jax.nn.softplus(-2 * y * soft))


def wrong(
    θ: Float[Numbers, " parameters"],
    x: Float[Numbers, "points inputs_and_bias"],
    y: Float[Numbers, " points"],
    units: int,
) -> Numbers:
    """Number of points at which the threshold network of these weights is wrong."""
    import jax.numpy as jnp

    hidden = jnp.where(hidden_sums(θ, x, units) > 0, 1.0, -1.0)
    return jnp.sum((output(θ, hidden, units) > 0) != (y > 0))


def hidden_truths(θ: Float[np.ndarray, " parameters"], n: int, units: int) -> list[Truth]:
    """What the threshold units compute, as truth tables."""
    sums = hidden_sums(θ, signed_with_bias(n).astype(θ.dtype), units)
    return list((sums > 0).astype(np.uint8))
