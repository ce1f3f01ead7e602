"""One hidden layer multiplies: x_1^r_1 ... x_n^r_n by ∏ (r_i + 1) neurons, and by how many fewer where a bias helps.

A neuron is σ(b + λ a·x). With coefficients c_a over a grid of nodes a such that Σ_a c_a a^α = 0 for every α that is not
at least r in every place, and 1 for α = r, and with N = Σ r_i, σ_k = σ^(k)(b),

    ∏ r_i! / (σ_N λ^N) Σ_a c_a σ(b + λ a·x) = ∏ x_i^r_i + O(λ).

Finite differences are such coefficients: of order r_i in variable i, nodes -r_i, -r_i + 2, ..., r_i, or 0, ..., r_i.

*None* (b = 0, no output bias). ∏ (r_i + 1) neurons, 2^n for a product of n numbers: Lin, Tegmark & Rolnick 2017
(arXiv 1608.08225, eq. 11 and 28), Rolnick & Tegmark 2018 (arXiv 1705.05502) for monomials. It takes σ_N ≠ 0.
*Output bias*, or σ(0) = 0. With nodes 0, ..., r_i the neuron a = 0 is a constant: one fewer.
*Half.* If some r_i is 1, then of the nodes a and -a one suffices where σ_(N-1) = 0: powers below N - 1 vanish by
themselves in the half sum, and so does N, but for the monomial. So 2^(n-1) neurons. At b = 0 this holds for tanh and
an odd N, for softplus and an even N > 2. With *hidden biases* b is free, and most activations have such a b, for two
numbers one with σ'(b) = 0.

Nothing below `bounds` is possible with fixed directions a, see `equations`: at least ∏ (r_i + 1) / (min r_i + 1)
neurons whatever the biases. For a product that is 2^(n-1), and also where directions move, see `moving`.
"""

import functools
from math import comb, factorial, prod
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from scipy.optimize import brentq

from theory.dense import Layers
from theory.depth.taylor import NONE, derivatives, steepest_bias, vanishes, vanishing_bias

BIASES = ("none", "output", "hidden")


class Flat(NamedTuple):
    """A hidden layer that multiplies as λ -> 0: Σ v_j σ(b_j + λ a_j·x) / λ^N + constant / λ^N.

    Attributes:
        a: directions of the input weights.
        b: hidden biases.
        v, constant: output weights and bias, for λ = 1.
        order: N, the degree of the monomial.
    """

    a: Float[np.ndarray, "neurons n"]
    b: Float[np.ndarray, " neurons"]
    v: Float[np.ndarray, " neurons"]
    constant: float
    order: int

    def layers(self, scale: float) -> Layers:
        """(W, b) of the hidden and of the output layer, for a scale λ of the input weights."""
        power = scale**-self.order
        return (scale * self.a.T, self.b), (power * self.v[:, None], np.array([power * self.constant]))


def differences(order: int, nodes: str) -> tuple[Float[np.ndarray, " nodes"], Float[np.ndarray, " nodes"]]:
    """Nodes a and coefficients c with Σ c a^k = 0 for k < order and 1 for k = order.

    Args:
        order: of the derivative.
        nodes: "symmetric", "one-sided", or "half": half of the symmetric ones, which is only right for order 1, and
            for odd k.
    """
    i = np.arange(order + 1)
    c = np.array([(-1.0) ** (order - k) * comb(order, k) for k in range(order + 1)]) / factorial(order)
    if nodes == "one-sided":
        return i.astype(float), c
    if nodes == "half":
        return np.ones(1), np.ones(1)
    return 2.0 * i - order, c / 2.0**order


def flat(exponents: tuple[int, ...], activation: str, bias: str, with_constant: bool = False) -> Flat:
    """The smallest hidden layer known for ∏ x_i^exponents_i.

    Args:
        exponents: r_i >= 1.
        activation: one with known derivatives.
        bias: "none"; "output", also of the output; or "hidden", of the hidden neurons and not of the output.
        with_constant: nodes 0, ..., r_i also where the neuron of direction 0 is needed, as a constant, which several
            products in a layer can share.

    Raises:
        ValueError: if no such layer exists, because the N-th derivative at 0 is 0.
    """
    three = three_biased(activation) if bias == "hidden" and exponents == (1, 1) else None
    if three is not None:
        return three
    shape = _shape(exponents, activation, bias, with_constant)
    N, σ = sum(exponents), shape.derivatives
    pairs = [differences(r, nodes) for r, nodes in zip(exponents, shape.nodes, strict=True)]
    a = np.stack([axis.ravel() for axis in np.meshgrid(*(nodes for nodes, _ in pairs), indexing="ij")], axis=1)
    c = functools.reduce(np.multiply.outer, [weights for _, weights in pairs])
    v = c.ravel() * prod(factorial(r) for r in exponents) / σ[N]
    constant = 0.0
    if shape.constant_free:
        still = ~a.any(axis=1)
        constant = float(v[still].sum() * σ[0])
        a, v = a[~still], v[~still]
    return Flat(a, np.full(len(a), shape.b), v, constant, N)


@functools.cache
def size(exponents: tuple[int, ...], activation: str, bias: str, with_constant: bool = False) -> float:
    """Neurons of `flat`, without those of direction 0 if these are shared; infinite where there is no such layer."""
    if bias == "hidden" and exponents == (1, 1) and three_biased(activation) is not None:
        return 3.0
    try:
        shape = _shape(exponents, activation, bias, with_constant)
    except ValueError:
        return np.inf
    nodes = prod(1 if kind == "half" else r + 1 for r, kind in zip(exponents, shape.nodes, strict=True))
    return float(nodes - int(shape.nodes[0] == "one-sided"))


class _Shape(NamedTuple):
    """Bias of the neurons, derivatives there, the nodes for each input, and whether that of direction 0 is left out."""

    b: float
    derivatives: np.ndarray
    nodes: tuple[str, ...]
    constant_free: bool


def _shape(exponents: tuple[int, ...], activation: str, bias: str, with_constant: bool) -> _Shape:
    N = sum(exponents)
    b = expansion_point(exponents, activation, bias)
    σ = derivatives(activation, b, N)
    if abs(σ[N]) <= NONE:
        raise ValueError(f"{activation} has no derivative of order {N} at 0; no bias-free neurons multiply {N} numbers")
    nodes = ["symmetric"] * len(exponents)
    if min(exponents) == 1 and vanishes(activation, b, N - 1):
        nodes[exponents.index(1)] = "half"
        return _Shape(b, σ, tuple(nodes), False)
    constant_free = bias == "output" or (bias == "none" and σ[0] == 0)
    # Gates of other biases have other constants, which they cannot share.
    if constant_free or (with_constant and b == 0):
        nodes = ["one-sided"] * len(exponents)
    return _Shape(b, σ, tuple(nodes), constant_free)


def expansion_point(exponents: tuple[int, ...], activation: str, bias: str) -> float:
    """The bias of the hidden neurons: 0 unless it is free; then one that halves them, or where σ^(N) is large."""
    if bias != "hidden":
        return 0.0
    b = vanishing_bias(activation, sum(exponents) - 1) if min(exponents) == 1 else None
    return steepest_bias(activation, sum(exponents)) if b is None else b


@functools.cache
def three_biased(activation: str) -> Flat | None:
    """Two numbers by three neurons of different biases; None where two suffice (σ' = 0 somewhere), or none is found.

    Neurons σ(b + λu), σ(b + λv) and σ(β + λγ(u + v)): the terms of degree 0 and 1 cancel if γ = ρ(β) / ρ(b) with
    ρ = σ' / σ'', and 2 g(b) = g(β) with g = σ σ'' / σ'². For an exponential g is 1 everywhere.
    """

    def g(b: float) -> float:
        σ = derivatives(activation, b, 2)
        return float(σ[0] * σ[2] / σ[1] ** 2)

    if vanishing_bias(activation, 1) is not None:
        return None
    grid, found = np.linspace(-4, 4, 33), []
    values = np.array([g(float(b)) for b in grid])
    for b, value in zip(grid, values, strict=True):
        for i in np.flatnonzero((values[:-1] - 2 * value) * (values[1:] - 2 * value) < 0):
            β = brentq(lambda β, value=value: g(β) - 2 * value, grid[i], grid[i + 1], xtol=1e-15)
            found.append(_three(activation, float(b), β))
    # The one that loses least to rounding.
    return min(found, key=lambda one: float(np.abs(one.v).sum()), default=None)


def _three(activation: str, b: float, β: float) -> Flat:
    σ, σβ = derivatives(activation, b, 2), derivatives(activation, β, 2)
    γ = σβ[1] / σβ[2] / (σ[1] / σ[2])
    a = np.array([[1.0, 0.0], [0.0, 1.0], [γ, γ]])
    return Flat(a, np.array([b, b, β]), np.array([-1 / σ[2], -1 / σ[2], 1 / (σβ[2] * γ**2)]), 0.0, 2)


def bounds(exponents: tuple[int, ...], activation: str, bias: str) -> tuple[int, float]:
    """Fewest neurons as far as is known: what `equations` rules out less of, and what `flat` builds (infinite if none).

    For the lower bound see there; with hidden biases an exponential is as without, since exp(b + a) = exp(b) exp(a).
    """
    everything, built = prod(r + 1 for r in exponents), size(exponents, activation, bias)
    least = everything // (min(exponents) + 1)
    if bias == "hidden" and exponents == (1, 1) and vanishing_bias(activation, 1) is None:
        # Two neurons would have independent directions, so σ' would have to vanish at both biases.
        least = 3
    σ = derivatives(activation, 0.0, sum(exponents))
    if (bias != "hidden" and (np.abs(σ[1:]) > NONE).all()) or activation == "exponential":
        least = everything - int(bias == "output" or σ[0] == 0)
    return least, built
