"""One hidden layer of threshold units computes every boolean function of n bits.

On the inputs x ∈ {-1, 1}^n the unit

    z_u = [<x, u> - (n - 1) > 0]

fires for x = u and for no other input, because <x, u> = n there and at most n - 2 elsewhere. With one unit for every
input of the rarer class, the output unit [Σ z_u - ½ > 0] (ones are rarer) or [½ - Σ z_u > 0] (zeros are rarer) is the
function. The rarer class has at most 2^(n-1) inputs, so one architecture of this width holds all 2^(2^n) functions.
Units that a function does not need have the output weight 0.

Assumptions: biases, threshold units in all layers, inputs in {-1, 1}^n. Source: Shalev-Shwartz & Ben-David,
*Understanding Machine Learning*, Claim 20.1. It uses 2^n + 1 units; to take the rarer class only is a remark of ours.
"""

from typing import Any

import numpy as np
from jaxtyping import Float, UInt8

from theory.boolean.functions import Truth, inputs
from theory.dense import Layers

# Of the host or of a device, traced ones among them: what is calculated from an array stays where the array is.
Numbers = Any


def signed_inputs(n: int) -> Float[np.ndarray, "inputs n"]:
    """All 2^n points of {-1, 1}^n, bit 1 as +1; row i is input i."""
    return 2.0 * inputs(n) - 1.0


def width_needed(truth: Truth) -> int:
    """Number of units that the construction uses: the size of the rarer class."""
    ones = int(truth.sum())
    return min(ones, len(truth) - ones)


def one_unit_per_input(truth: UInt8[Numbers, " inputs"]) -> Layers:
    """Weights of the construction at width 2^(n-1), as (W, b) of the hidden and of the output layer.

    All entries are integers or halves, so float32 evaluates the network without any rounding for n <= 22. The function
    may be mapped over many truth tables by `jax.vmap`.
    """
    xp, n = truth.__array_namespace__(), int(np.log2(len(truth)))
    width = 2 ** (n - 1)
    ones = xp.sum(truth, dtype=np.int32)
    rarer = xp.where(ones <= width, 1, 0)
    # The inputs of the rarer class come first, each class in its order.
    order = xp.argsort(truth != rarer, stable=True)[:width]
    needed = xp.arange(width) < xp.minimum(ones, 2 * width - ones)
    W_hidden = xp.asarray(signed_inputs(n))[order].T * needed
    sign = 2.0 * rarer - 1.0
    return (W_hidden, xp.full(width, 1.0 - n)), ((sign * needed)[:, None], -sign[None] / 2)


def without_unit(layers: Layers, unit: int) -> Layers:
    """The same network with one hidden unit silenced: it must err on that unit's input, and only there."""
    hidden, (W_output, b_output) = layers
    others = np.arange(len(W_output))[:, None] != unit
    return hidden, (W_output * others, b_output)


def parity_network(n: int) -> Layers:
    """Parity of n bits with n hidden threshold units.

    Unit k = 1..n fires when at least k bits are set; output weights +1, -1, +1, ... leave 1 exactly when the number of
    set bits is odd.
    """
    k = np.arange(1, n + 1)
    # <x, 1> = 2 (set bits) - n on {-1, 1}^n, so "at least k set" is <x, 1> > 2k - n - 1.
    hidden = (np.ones((n, n)), (n + 1.0) - 2 * k)
    return hidden, ((-1.0) ** (k + 1)[:, None], np.array([-0.5]))
