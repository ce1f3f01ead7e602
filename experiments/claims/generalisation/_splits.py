"""Intervals over splits of one set of data into training and test sets that overlap.

A difference of two errors, measured on J random splits, varies less between splits than between sets of data, because
the same points are in many of them. Nadeau and Bengio (Machine Learning 52, 2003) take the correlation ρ of two splits
for the share of points that are tested, so that the variance of the mean is s² (1 / J + n_test / n_train), with s² the
variance between splits, and Student's interval has J - 1 degrees of freedom. It is exact for normal values with
correlation ρ, such as errors of a predictor that is fixed. Otherwise it is an approximation: of a constant that is
chosen among coins, the worst that we tried, a 95 % interval left out the truth in 9 % of all cases.
"""

import numpy as np
from jaxtyping import Float

from experiments.judging.measured import Measured
from experiments.judging.statistics import DEFAULT_LEVEL, percent, reach


def interval(
    values: Float[np.ndarray, " splits"], tested: float, α: float = DEFAULT_LEVEL
) -> tuple[float, float, float]:
    """Mean over splits and its corrected interval, unbounded for fewer than two splits.

    Args:
        values: one a split.
        tested: the share of all points that are in a test set, between 0 and 1.
        α: level.
    """
    splits = len(values)
    mean = float(np.mean(values)) if splits else np.nan
    if splits < 2:
        return mean, -np.inf, np.inf
    error = np.sqrt(np.var(values, ddof=1) * (1 / splits + tested / (1 - tested)))
    half = float(reach(error, splits - 1, α))
    return mean, mean - half, mean + half


def over_splits(values: Float[np.ndarray, " splits"], tested: float, how: str) -> Measured:
    """A mean over splits, with what it is a mean of in a sentence; splits without a value leave it unknown."""
    known = values if np.isfinite(values).all() else values[:0]
    how = f"{how} Nadeau and Bengio's {percent()} interval over {len(values)} splits that overlap."
    return Measured(lambda α: interval(known, tested, α), len(values), how=how)
