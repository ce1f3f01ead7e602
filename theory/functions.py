"""Functions of neurons over any numbers: floats, fractions, arrays, traced values, numbers that count operations.

A function has its derivative beside it, because backpropagation needs it. `theory.activations` has the activations of
the field over arrays. These functions use only the operators of their argument, so that identities can be exact.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple


class Function(NamedTuple):
    """The function that a neuron applies to its input.

    Attributes:
        name: for messages and drawings.
        σ: the function.
        derivative: its derivative; None if it is not needed.
    """

    name: str
    σ: Callable[[Any], Any]
    derivative: Callable[[Any], Any] | None = None


def _identity(a: Any) -> Any:
    return a


def _one(a: Any) -> Any:
    return 1 + 0 * a


def _rectifier(a: Any) -> Any:
    return a if a > 0 else 0 * a


def _step(a: Any) -> Any:
    return _one(a) if a > 0 else 0 * a


IDENTITY = Function("identity", _identity, _one)
# For single numbers only: an array has no single sign.
RECTIFIER = Function("rectifier", _rectifier, _step)


def polynomial(coefficients: Sequence[Any], name: str = "polynomial") -> Function:
    """σ(a) = c_0 + c_1 a + c_2 a² + ..., with its exact derivative.

    Args:
        coefficients: c_0, c_1, ...; integers or fractions if σ is to be exact for fractions.
        name: of the function.
    """
    slopes = [power * c for power, c in enumerate(coefficients)][1:] or [0]

    def evaluate(terms: Sequence[Any], a: Any) -> Any:
        value = 0 * a
        for c in reversed(terms):
            value = value * a + c
        return value

    return Function(name, lambda a: evaluate(coefficients, a), lambda a: evaluate(slopes, a))


# The activations that are exact in fractions, by their names in `theory.activations`.
RATIONAL = {
    "identity": IDENTITY,
    "rectifier": RECTIFIER,
    "square": polynomial((0, 0, 1), "square"),
    "cube": polynomial((0, 0, 0, 1), "cube"),
}
