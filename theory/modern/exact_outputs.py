"""Outputs of rectifier networks with one input and one output as fractions: nothing is rounded."""

from fractions import Fraction

import numpy as np

from theory.dense import Layers


def fractions(numbers: np.ndarray) -> np.ndarray:
    """An array of the same shape that holds the same numbers as fractions.

    Raises:
        ValueError: if a number is not finite.
    """
    if not np.isfinite(numbers).all():
        raise ValueError("a number that is not finite is no fraction")
    exact = [Fraction(float(number)) for number in np.ravel(numbers)]
    return np.array(exact, dtype=object).reshape(np.shape(numbers))


def exact_layers(layers: Layers) -> list[tuple[np.ndarray, np.ndarray]]:
    """(W, b) of every layer as fractions."""
    return [(fractions(W), fractions(b)) for W, b in layers]


def values(layers: Layers, x: list[Fraction]) -> list[Fraction]:
    """Outputs of a rectifier network at places of the line; the last layer is linear."""
    z = np.array([[place] for place in x], dtype=object)
    for number, (W, b) in enumerate(exact_layers(layers)):
        a = z @ W + b
        z = a if number == len(layers) - 1 else np.maximum(a, 0)
    return z[:, 0].tolist()
