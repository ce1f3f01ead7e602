"""Weighted sums of independent quantities, each with an interval of its own."""

import numpy as np
from jaxtyping import Float


def combined_interval(
    weights: Float[np.ndarray, " quantities"],
    values: Float[np.ndarray, " quantities"],
    lows: Float[np.ndarray, " quantities"],
    highs: Float[np.ndarray, " quantities"],
) -> tuple[float, float, float]:
    """A weighted sum, such as a difference, and its interval: that of Zou and Donner (Statistics in Medicine 27, 2008).

    Each quantity has a distance to that end of its own interval which moves the sum in the direction asked for. These
    distances, times the weights, are added like standard deviations.
    """
    value, down, up = float(weights @ values), values - lows, highs - values
    lower = np.linalg.norm(weights * np.where(weights > 0, down, up))
    upper = np.linalg.norm(weights * np.where(weights > 0, up, down))
    return value, value - float(lower), value + float(upper)
