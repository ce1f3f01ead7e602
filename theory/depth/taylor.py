"""Taylor coefficients of activations, by name: what decides whether few neurons can multiply.

A neuron with bias b and input weights λ w is σ(b + λ w·x) = Σ_k σ^(k)(b) λ^k (w·x)^k / k!. Derivatives are built from
those of tanh and of the normal density, which are polynomials with whole coefficients:

    tanh^(k) = P_k(tanh),  P_0 = t,  P_(k+1) = P_k' (1 - t²);        φ^(k) = (-1)^k He_k φ,

so that one which vanishes at 0 is exactly 0 here. logistic(b) = (1 + tanh(b/2)) / 2, softplus' = logistic,
silu(b) = b logistic(b), gelu(b) = b Φ(b). (At 0, all of them are their odd or their even part and a line or a
constant: this is why a bias matters so much.)
"""

import functools
from collections.abc import Callable
from fractions import Fraction
from math import erf, exp, log1p, pi, sqrt, tanh

import numpy as np
from jaxtyping import Float
from numpy.polynomial import hermite_e
from scipy.optimize import brentq

# Biases that are looked at, and how small beside the next a derivative must be to count as none.
FARTHEST, GRID = 6.0, 241
NONE = 1e-9

Derivatives = Float[np.ndarray, " orders"]


def derivatives(activation: str, b: float, order: int) -> Derivatives:
    """σ(b), σ'(b), ..., σ^(order)(b), exact but for the last rounding of each.

    Raises:
        KeyError: if the derivatives of this activation are not known here.
    """
    return np.array([float(DERIVATIVES[activation](b, k)) for k in range(order + 1)])


@functools.cache
def tanh_polynomial(order: int) -> tuple[int, ...]:
    """Coefficients of P_k with tanh^(k) = P_k(tanh), of t^0 first."""
    if order == 0:
        return (0, 1)
    slope = [i * c for i, c in enumerate(tanh_polynomial(order - 1))][1:]
    return tuple(low - high for low, high in zip([*slope, 0, 0], [0, 0, *slope], strict=True))


def _tanh(b: float, order: int) -> float:
    # In fractions: the terms are large and of both signs.
    t, total = Fraction(tanh(b)), Fraction(0)
    for c in reversed(tanh_polynomial(order)):
        total = total * t + c
    return float(total)


def _logistic(b: float, order: int) -> float:
    return (_tanh(b / 2, order) / 2**order + (order == 0)) / 2


def _softplus(b: float, order: int) -> float:
    return _logistic(b, order - 1) if order else max(b, 0.0) + log1p(exp(-abs(b)))


def _silu(b: float, order: int) -> float:
    return b * _logistic(b, order) + (order * _logistic(b, order - 1) if order else 0.0)


def _normal(b: float, order: int) -> float:
    """Φ and its derivatives."""
    if order == 0:
        return (1 + erf(b / sqrt(2))) / 2
    he = hermite_e.hermeval(b, np.eye(order)[-1])
    return (-1) ** (order - 1) * float(he) * exp(-b * b / 2) / sqrt(2 * pi)


def _gelu(b: float, order: int) -> float:
    return b * _normal(b, order) + (order * _normal(b, order - 1) if order else 0.0)


def _sine(b: float, order: int) -> float:
    return float((np.sin(b), np.cos(b), -np.sin(b), -np.cos(b))[order % 4])


def _exponential(b: float, order: int) -> float:
    return exp(b)


DERIVATIVES: dict[str, Callable[[float, int], float]] = {
    "exponential": _exponential,
    "gelu": _gelu,
    "logistic": _logistic,
    "silu": _silu,
    "sine": _sine,
    "softplus": _softplus,
    "tanh": _tanh,
}


def vanishes(activation: str, b: float, order: int) -> bool:
    """Whether σ^(order)(b) is 0 while the next derivative is not."""
    value, following = (DERIVATIVES[activation](b, k) for k in (order, order + 1))
    return abs(following) > NONE and abs(value) <= NONE * abs(following)


@functools.cache
def vanishing_bias(activation: str, order: int) -> float | None:
    """A bias b with σ^(order)(b) = 0, of all within `FARTHEST` of 0 the one where the next derivative is largest.

    None where there is none, as for an exponential.
    """

    def derivative(b: float) -> float:
        return DERIVATIVES[activation](b, order)

    if vanishes(activation, 0.0, order):
        return 0.0
    grid = np.linspace(-FARTHEST, FARTHEST, GRID)
    values = np.array([derivative(float(b)) for b in grid])
    between = np.flatnonzero(values[:-1] * values[1:] < 0)
    roots = [brentq(derivative, grid[i], grid[i + 1], xtol=1e-15) for i in between]
    roots = [b for b in roots if vanishes(activation, b, order)]
    # Of equals the one nearest to 0.
    return max(roots, key=lambda b: (round(abs(DERIVATIVES[activation](b, order + 1)), 9), -abs(b)), default=None)


def steepest_bias(activation: str, order: int) -> float:
    """The bias within `FARTHEST` of 0 at which σ^(order) is largest beside σ itself: 0 for an exponential."""
    grid = np.linspace(-FARTHEST, FARTHEST, 121)
    sizes = [
        abs(DERIVATIVES[activation](float(b), order)) / (1 + abs(DERIVATIVES[activation](float(b), 0))) for b in grid
    ]
    return 0.0 if activation == "exponential" else float(grid[int(np.argmax(sizes))])
