"""The best scale λ of the input weights, where truncation and rounding cross.

A layer that multiplies N numbers errs by the first Taylor term that does not cancel, and by the rounding of its
neurons, which the output weights 1 / λ^N magnify:

    E(λ) = C λ^p + R λ^-q,    λ* = (q R / (p C))^(1 / (p + q)),    E(λ*) = C λ*^p (1 + p / q).

p is 2 where the next Taylor term cancels or vanishes, else 1; q is N, or N - 1 where σ(b) = 0, for then the outputs
themselves are as small as λ. With a relative rounding u of every output, independently, R = u √(Σ (v_j σ(b_j))²) times
a number near 3 for the largest of many errors. So λ* is of the order u^(1/4) and E(λ*) of the order √u for two numbers,
and u^(2 / (N + 2)) for N: a flat product of many numbers has few digits, however many neurons.

Deeper in a network there may be a further term. A pre-activation is a sum of numbers of size λ M, with M = Σ |v| / λ^N
of the gates before, which nearly cancel. Neurons that add the same numbers in the same order share their roundings, and
then it is as if the inputs had been a little different. Where they do not, because a large bias is added last, u λ M is
another error for every neuron, unless one of the opposite direction has its negative, and σ'(b) ≠ 0 magnifies it to
S λ^(1-N) with S = u M √(Σ (Σ± v σ'(b))²), the inner sum over opposite directions: u / λ³ for two numbers.
"""

from math import factorial
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from scipy.optimize import minimize_scalar

from theory.depth.product import Flat
from theory.depth.taylor import derivatives

# For each precision half of the distance from 1 to the next number.
UNIT = {"float32": 2.0**-24, "float64": 2.0**-53}
# The largest of about a thousand errors, in units of their root mean square; products and sums are included.
LARGEST = 3.0
LAST_TERM = 6
CANCELS = 1e-9


class Errors(NamedTuple):
    """E(λ) = C λ^p + R λ^-q + S λ^-s; S is 0 where no roundings come in."""

    C: float
    p: int
    R: float
    q: int
    S: float = 0.0
    s: int = 0

    def at(self, scale: float) -> float:
        """E(λ)."""
        return self.C * scale**self.p + self.R * scale**-self.q + self.S * scale**-self.s

    @property
    def best_scale(self) -> float:
        """λ*, and no scale larger than 1, where a Taylor series does not say much.

        For q = 0 the smaller the better: that at which truncation is down to rounding.
        """
        if self.C == 0:
            return 1.0
        if self.S > 0:
            return float(2 ** minimize_scalar(lambda t: np.log(self.at(2**t)), bounds=(-40, 0), method="bounded").x)
        return min(1.0, (max(self.q, 1) * self.R / (self.p * self.C)) ** (1 / (self.p + self.q)))


def predicted(
    flat: Flat, activation: str, x: Float[np.ndarray, "points n"], precision: str, incoming: float = 0.0
) -> Errors:
    """The largest error on these points as a function of the scale.

    Args:
        flat: the layer.
        activation: its σ, with known derivatives.
        x: points.
        precision: a key of `UNIT`.
        incoming: M, where roundings are not shared; 0 for inputs of the network, or where they are.
    """
    biases, place = np.unique(flat.b, return_inverse=True)
    at_b = np.array([derivatives(activation, float(b), flat.order + LAST_TERM + 1) for b in biases])
    # A bias such as π / 2 is rounded: a derivative that is 0 there is not quite 0, but small beside its neighbours.
    size = np.pad(np.abs(at_b), ((0, 0), (1, 1)))
    at_b[np.abs(at_b) < CANCELS * np.maximum(size[:, 2:], size[:, :-2])] = 0.0
    C, p = _truncation(flat, at_b[place].T if len(biases) > 1 else at_b.T, x)
    sizes = np.abs(at_b[place, 0]) + np.abs(flat.b * at_b[place, 1])
    small = not sizes.any()
    if small:
        sizes = np.abs(at_b[place, 1]) * np.abs(flat.a).sum(1)
    R = LARGEST * UNIT[precision] * float(np.sqrt(np.sum((flat.v * sizes) ** 2)))
    S = LARGEST * UNIT[precision] * incoming * _unbalanced(flat, at_b[place, 1]) if incoming else 0.0
    return Errors(C, p, R, flat.order - int(small), S, flat.order - 1)


def _unbalanced(flat: Flat, slopes: np.ndarray) -> float:
    """√(Σ (Σ± v σ'(b) |a|)²), over directions up to their sign."""
    sides = np.sign(flat.a[np.arange(len(flat.a)), (flat.a != 0).argmax(1)])
    directions, place = np.unique(flat.a * sides[:, None], axis=0, return_inverse=True)
    sums = np.bincount(place, flat.v * slopes * sides) * np.abs(directions).sum(1)
    return float(np.sqrt(np.sum(sums[np.abs(sums) > CANCELS * np.abs(flat.v).max()] ** 2)))


def _truncation(flat: Flat, derivatives_of: np.ndarray, x: np.ndarray) -> tuple[float, int]:
    """Largest value on the points of the first term of a degree above N that does not cancel, and its degree less N.

    `derivatives_of` are σ^(k) at the bias of every neuron, or of all at once, [orders, neurons or 1].
    """
    a = x @ flat.a.T
    for k in range(flat.order + 1, flat.order + LAST_TERM + 1):
        terms = flat.v * derivatives_of[k] / factorial(k)
        total, size = np.abs(a**k @ terms).max(), np.max(np.abs(a) ** k @ np.abs(terms))
        if total > CANCELS * size:
            return float(total), k - flat.order
    # A softplus less its mirror image is a line: nothing is truncated.
    return 0.0, LAST_TERM
