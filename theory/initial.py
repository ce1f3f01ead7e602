"""Distributions of initial weights, by the names that people give them.

Every one of them is made from standard normal numbers, so that the same random numbers serve all. A weight of a layer
with a number of inputs and outputs has the variance `factor / divisor(inputs, outputs)`, and is normal or uniform.
"""

import dataclasses
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import scipy.special
from jaxtyping import Array, Float

Numbers = Array | np.ndarray


@dataclasses.dataclass(frozen=True)
class Initial:
    """A distribution of the weights of a layer.

    Attributes:
        divisor: (inputs, outputs) -> the variance is a factor divided by it.
        uniform: whether weights are uniform between two bounds that are as far from 0; else they are normal.
        biases: whether biases are drawn as weights are; else they begin at 0.
    """

    divisor: Callable[[int, int], float]
    uniform: bool = False
    biases: bool = True

    def drawn(self, normals: Float[Numbers, "*some"], factor: float, inputs: int, outputs: int) -> Any:
        """Weights or biases of a layer from standard normal numbers; a uniform number lies at its normal's quantile."""
        variance = factor / self.divisor(inputs, outputs)
        if not self.uniform:
            return normals * normals.dtype.type(np.sqrt(variance))
        # A uniform number between -c and c has the variance c² / 3.
        return _centred(normals) * normals.dtype.type(np.sqrt(3 * variance))


def _centred(normals: Float[Numbers, "*some"]) -> Any:
    """2 Φ(x) - 1 = erf(x / √2): uniform between -1 and 1 for standard normal x."""
    scaled = normals * normals.dtype.type(np.sqrt(0.5))
    return scipy.special.erf(scaled) if isinstance(scaled, np.ndarray) else jax.scipy.special.erf(jnp.asarray(scaled))


# `fan-in` leaves the factor to the activation, see `network.WEIGHT_VARIANCE`. He et al. 2015 and Glorot & Bengio 2010
# set biases to 0. PyTorch draws the weights and biases of torch.nn.Linear between -1 / √inputs and 1 / √inputs.
# `normal` and `uniform` have the standard deviation 1 and the bounds -1 and 1, whatever the size of a layer.
INITIALS = {
    "fan-in": Initial(lambda inputs, outputs: inputs),
    "normal": Initial(lambda inputs, outputs: 1.0),
    "uniform": Initial(lambda inputs, outputs: 3.0, uniform=True),
    "he": Initial(lambda inputs, outputs: inputs / 2, biases=False),
    "he-uniform": Initial(lambda inputs, outputs: inputs / 2, uniform=True, biases=False),
    "glorot": Initial(lambda inputs, outputs: (inputs + outputs) / 2, uniform=True, biases=False),
    "glorot-normal": Initial(lambda inputs, outputs: (inputs + outputs) / 2, biases=False),
    "lecun": Initial(lambda inputs, outputs: inputs, biases=False),
    "pytorch": Initial(lambda inputs, outputs: 3.0 * inputs, uniform=True),
}
