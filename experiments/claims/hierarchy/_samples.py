"""How many samples are needed: where a curve over numbers of samples first falls to a level."""

import numpy as np
from numpy.typing import ArrayLike


def samples_needed(samples: ArrayLike, values: ArrayLike, level: float) -> float:
    """Where a curve first falls to a level, linear in log P between two rungs; infinite where it never does.

    Args:
        samples: numbers of samples P, ascending.
        values: of the curve. Where the first is low enough its P is the answer, a bound from above.
        level: the value wanted.
    """
    P, v = np.asarray(samples, float), np.asarray(values, float)
    reached = np.flatnonzero(v <= level)
    if not len(reached):
        return float("inf")
    i = int(reached[0])
    if i == 0:
        return float(P[0])
    share = (v[i - 1] - level) / (v[i - 1] - v[i])
    return float(P[i - 1] * (P[i] / P[i - 1]) ** share)
