"""Brute force over the weights of small networks: every setting on a grid of B levels, decided exactly.

Each weight and bias takes the B integers

    -(B - 1), -(B - 3), ..., B - 3, B - 1,

which are symmetric about 0, and contain 0 if B is odd. A network of n inputs in {-1, 1}, m hidden units and one linear
output has W = m (n + 2) + 1 weights and biases; a single neuron, m = 0, has W = n + 1. So there are B^W settings.

Settings are numbered from 0. The digits of the number in base B, the lowest first, are the levels of the n weights of
the first hidden unit, of its bias, and of its weight in the output; then the same for the second unit, and so on. The
bias of the output is last. For a single neuron the digits are its n weights and then its bias. A setting *solves* a
function if y z > 0 for all 2^n inputs, with the target y = ±1 and the output z: an output of exactly 0 is no answer.

Nothing here is lost to rounding. The output is a sum of *terms* that depend on separate digits: v_j σ(<w_j, x> + b_j)
for every unit, and the bias. Terms are kept as integers. For threshold units and rectifiers they are integers anyway.
For logistic units and tanh they are rounded to multiples of 1/S. That decides every output that is farther from 0 than
the tolerance; `sign_of_sum` decides the others.
"""

import decimal
import functools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.special
from jaxtyping import Bool, Int

from theory.boolean.construction import signed_inputs
from theory.boolean.functions import Truth

# (W, b) of every layer for many settings at once: the axes of settings come before (inputs, outputs) and (outputs,).
LayersOfSettings = tuple[tuple[Int[np.ndarray, "*settings _ _"], Int[np.ndarray, "*settings _"]], ...]
Terms = tuple[Int[np.ndarray, "_ points"], ...]

ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "threshold": lambda a: a > 0,
    "rectifier": lambda a: np.maximum(a, 0),
    "logistic": scipy.special.expit,
    "tanh": np.tanh,
}
# Activations with integer values at integers.
INTEGER = ("identity", "threshold", "rectifier")
# The largest sum: it leaves room in 32 bits for an addition and for a mark of missing values.
LARGEST_MARGIN = 2**29


@dataclass(frozen=True)
class Grid:
    """The networks of one shape with weights on a grid.

    Attributes:
        B: levels of a weight.
        n: inputs.
        m: hidden units, or 0 for a single neuron.
        activation: of the hidden units; identity for a single neuron, which has none.
    """

    B: int
    n: int
    m: int
    activation: str

    @property
    def W(self) -> int:
        """Number of weights and biases."""
        return weight_count(self.n, self.m)

    @property
    def settings(self) -> int:
        """B^W."""
        return self.B**self.W

    @property
    def S(self) -> int:
        """Terms are integers in units of 1/S. S is 1; for rounded terms it is the largest power of 2 that fits."""
        if self.activation in INTEGER:
            return 1
        return 1 << ((LARGEST_MARGIN // ((self.m + 1) * max(1, self.B - 1))).bit_length() - 1)

    @property
    def tolerance(self) -> int:
        """The largest difference between a sum of terms and S times the output.

        A value of σ is wrong by half of 1/S from rounding to integers. As S is far below 2^52, floating point adds much
        less: together it is less than 1/S. Each of m terms multiplies this by B - 1 at most.
        """
        return 0 if self.activation in INTEGER else self.m * (self.B - 1)

    @property
    def largest(self) -> int:
        """An upper bound on the absolute value of a sum of terms."""
        a = (self.n + 1) * (self.B - 1)
        if not self.m:
            return a
        return (self.B - 1) * self.S * (self.m * (a if self.activation == "rectifier" else 1) + 1)

    @property
    def threshold(self) -> int:
        """A setting does not solve the task if a sum of terms is at most this."""
        return -self.tolerance - 1 if self.tolerance else 0


def weight_count(n: int, m: int) -> int:
    """W, the number of weights and biases of n inputs, m hidden units or a single neuron, and one output."""
    return m * (n + 2) + 1 if m else n + 1


def levels(B: int) -> Int[np.ndarray, " B"]:
    """The values of a weight, ascending."""
    return np.arange(B) * 2 - (B - 1)


def _levels_of(B: int, count: int, numbers: Int[np.ndarray, "*settings"]) -> Int[np.ndarray, "*settings count"]:
    """The levels of the `count` lowest digits of numbers."""
    return levels(B)[numbers[..., None] // B ** np.arange(count) % B]


def decode(grid: Grid, numbers: Int[np.ndarray, "*settings"]) -> LayersOfSettings:
    """The networks with these numbers, from 0 to B^W - 1 < 2^63. A number without axes gives one network."""
    values = _levels_of(grid.B, grid.W, numbers)
    if not grid.m:
        return ((values[..., :-1, None], values[..., -1:]),)
    units = values[..., :-1].reshape(*values.shape[:-1], grid.m, grid.n + 2)
    hidden = np.moveaxis(units[..., : grid.n], -1, -2), units[..., grid.n]
    return hidden, (units[..., grid.n + 1 :], values[..., -1:])


def encode(grid: Grid, layers: LayersOfSettings) -> int:
    """The number of one network: the inverse of `decode`."""
    if grid.m:
        (W, b), (v, c) = layers
        values = np.append(np.concatenate([W.T, b[:, None], v], axis=1), c)
    else:
        values = np.append(*layers[0])
    return sum(int(value + grid.B - 1) // 2 * grid.B**k for k, value in enumerate(values))


def margin_terms(grid: Grid, truth: Truth) -> Terms:
    """Tables of terms that add up to S y z: one row for each value of the digits of the term, lowest digits first.

    Raises:
        ValueError: if a sum is larger than `LARGEST_MARGIN`.
    """
    if grid.largest > LARGEST_MARGIN:
        raise ValueError(f"outputs of {grid} are larger than 2^29: too many levels")
    x, y = signed_inputs(grid.n).astype(int), 2 * truth.astype(int) - 1
    bias = grid.S * levels(grid.B)[:, None] * y
    if grid.m:
        unit = _levels_of(grid.B, grid.n + 2, np.arange(grid.B ** (grid.n + 2)))
        a = unit[:, :-2] @ x.T + unit[:, -2:-1]
        h = np.rint(grid.S * ACTIVATIONS[grid.activation](a)).astype(int)
        return (unit[:, -1:] * h * y,) * grid.m + (bias,)
    return (*(levels(grid.B)[:, None] * x_k * y for x_k in x.T), bias)


def summed(terms: Terms, numbers: Int[np.ndarray, " settings"]) -> Int[np.ndarray, "settings points"]:
    """The sums of terms for settings. With some of the terms only, numbers consist of the digits of these terms."""
    total = np.zeros((len(numbers), terms[0].shape[1]), int)
    for term in terms:
        numbers, row = np.divmod(numbers, len(term))
        total += term[row]
    return total


def solves(grid: Grid, truth: Truth, numbers: Int[np.ndarray, " settings"]) -> Bool[np.ndarray, " settings"]:
    """Whether settings solve a function, exactly."""
    margins = summed(margin_terms(grid, truth), numbers)
    right = margins > grid.tolerance
    setting, point = np.nonzero(abs(margins) <= grid.tolerance)
    if grid.tolerance and len(setting):
        signs = _exact_signs(grid, decode(grid, numbers), setting, point)
        right[setting, point] = signs * (2 * truth.astype(int)[point] - 1) > 0
    return np.all(right, axis=1)


def _exact_signs(
    grid: Grid, layers: LayersOfSettings, setting: Int[np.ndarray, " pairs"], point: Int[np.ndarray, " pairs"]
) -> Int[np.ndarray, " pairs"]:
    """Signs of the outputs of networks of logistic or tanh units, each for one input."""
    (W, b), (v, c) = ((W[setting], b[setting]) for W, b in layers)
    a = np.einsum("pi,pij->pj", signed_inputs(grid.n).astype(int)[point], W) + b
    constant, coefficients, k = c, v[..., 0] * np.sign(a), 2 * abs(a)
    if grid.activation == "logistic":
        # Twice the output is a sum of tanh, because 2 σ(a) = 1 + tanh(a / 2).
        constant, k = 2 * c + v.sum(1), abs(a)
    return _signs_of_sums(np.concatenate([constant, coefficients, k], axis=1), grid.m)


def _signs_of_sums(sums: Int[np.ndarray, "pairs columns"], m: int) -> Int[np.ndarray, " pairs"]:
    """`sign_of_sum` of rows of a constant, m coefficients and m values of k; equal rows are decided once."""
    least = sums.min(0)
    spans = tuple(sums.max(0) - least + 1)
    distinct, place = np.unique(np.ravel_multi_index(tuple((sums - least).T), spans), return_inverse=True)
    rows = np.stack(np.unravel_index(distinct, spans), axis=1) + least
    return np.array([sign_of_sum(c, tuple(of_k[:m]), tuple(of_k[m:])) for c, *of_k in rows.tolist()])[place]


@functools.lru_cache(maxsize=1 << 20)
def sign_of_sum(constant: int, coefficients: tuple[int, ...], k: tuple[int, ...]) -> int:
    """The sign of constant + Σ_i coefficients_i tanh(k_i / 2) for integers k_i >= 0, exactly.

    tanh(k/2) = 1 - 2 / (t^k + 1) with t = e. As functions of t, these are linearly independent of each other and of 1
    for different k > 0: exp(iπ/k) is a pole for k and for no smaller k. And e is not a root of a polynomial with
    integer coefficients. So the sum is 0 only if the coefficients add up to 0 for every k > 0, and the constant is 0 as
    well. Otherwise it has a sign, and enough digits show it.
    """
    total: dict[int, int] = {}
    for coefficient, each in zip(coefficients, k, strict=True):
        total[each] = total.get(each, 0) + coefficient
    remaining = {each: coefficient for each, coefficient in total.items() if each and coefficient}
    size = abs(constant) + sum(abs(coefficient) for coefficient in remaining.values())
    precision = 30
    while remaining:
        with decimal.localcontext(prec=precision):
            tanh = {each: 1 - 2 / (decimal.Decimal(each).exp() + 1) for each in remaining}
            value = sum((remaining[each] * tanh[each] for each in remaining), decimal.Decimal(constant))
            # Each operation is wrong by at most half a unit in its last digit, and there are few operations.
            if abs(value) > size * decimal.Decimal(10) ** (5 - precision):
                return int(math.copysign(1, value))
        precision *= 2
    return (constant > 0) - (constant < 0)
