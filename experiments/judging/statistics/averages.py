"""Means, medians and other quantiles, and their intervals."""

import functools

import numpy as np
import scipy  # and no submodule: loading scipy.stats takes half a second, most commands never use it
from jaxtyping import Float

from experiments.judging.statistics.levels import DEFAULT_LEVEL, reach

# A quantile is read off the resamples if at least this number of them lies beyond it: fewer give a coarse quantile.
TAIL = 10
# With few resamples the quantiles are read off at this level at most: 15 % of the resamples in each tail.
COARSEST = 0.3
# A statistic with fewer different values than this on its resamples has no bootstrap interval.
VALUES = 50
# Values that agree to this number of decimals count as one value: they differ by rounding.
DECIMALS = 12


def normal_interval(mean: float, standard_error: float, α: float = DEFAULT_LEVEL) -> tuple[float, float]:
    """Normal interval for the mean of many independent draws, from its standard error."""
    half = float(reach(standard_error, α=α))
    return mean - half, mean + half


def mean_interval(values: Float[np.ndarray, " samples"], α: float = DEFAULT_LEVEL) -> tuple[float, float, float]:
    """Mean of independent numbers and Student's interval for it. With fewer than two numbers it is unbounded.

    Use it for small samples: their resamples resemble each other, and a bootstrap interval would be too short.
    """
    mean = float(np.mean(values)) if len(values) else np.nan
    if len(values) < 2:
        return mean, -np.inf, np.inf
    half = float(reach(scipy.stats.sem(values), len(values) - 1, α))
    return mean, mean - half, mean + half


def median_interval(values: Float[np.ndarray, " samples"], α: float = DEFAULT_LEVEL) -> tuple[float, float, float]:
    """Median of independent numbers and its interval, see `quantile_interval`. Numbers may be infinite."""
    if not len(values):
        return np.nan, -np.inf, np.inf
    ordered, n = np.sort(values), len(values)
    lower, upper = ordered[(n - 1) // 2], ordered[n // 2]
    return float(lower if lower == upper else (lower + upper) / 2), *quantile_interval(values, 0.5, α)


def quantile_interval(
    values: Float[np.ndarray, " samples"], share: float, α: float = DEFAULT_LEVEL
) -> tuple[float, float]:
    """Interval for the quantile below which a share of a distribution lies, from the order statistics of draws.

    The number of draws below the true quantile is binomial, whatever the distribution is. So the interval misses the
    quantile with a probability of at most α. Where there are too few draws for that, an end is infinite.
    """
    if α == 0:
        return -np.inf, np.inf
    ordered, (low, high) = np.sort(values), _ranks(len(values), share, α)
    return float(ordered[low]) if low is not None else -np.inf, float(ordered[high]) if high is not None else np.inf


@functools.lru_cache(maxsize=10_000)
def _ranks(n: int, share: float, α: float) -> tuple[int | None, int | None]:
    """Which of n draws in their order are the ends of an interval for a quantile; none where n is too small for one."""
    below = scipy.stats.binom.cdf(np.arange(n), n, share)
    # The (l + 1)-th least draw is above the quantile if at most l draws are below the quantile.
    # The (u + 1)-th least draw is below the quantile if more than u draws are.
    above = scipy.stats.binom.sf(np.arange(n), n, share)
    low, high = np.flatnonzero(below <= α / 2), np.flatnonzero(above <= α / 2)
    return int(low[-1]) if len(low) else None, int(high[0]) if len(high) else None


def percentile_interval(resampled: Float[np.ndarray, " resamples"], α: float = DEFAULT_LEVEL) -> tuple[float, float]:
    """Bootstrap interval from the values of a statistic on resamples of the data; values may be infinite.

    The interval is unbounded in two cases. (1) The statistic has fewer than `VALUES` different values on the resamples:
    a small sample, or a quantity on a coarse grid, resamples to the same few numbers. (2) The statistic is not defined
    (NaN) on a share of the resamples that is larger than the level, by default 1 in 20.

    Where fewer than `TAIL` resamples lie beyond a quantile, the tail is continued as that of a normal distribution
    through the last quantile that is known. It is unbounded where the statistic does not vary up to that quantile.
    """
    undefined = np.isnan(resampled)
    if α == 0 or undefined.mean() > α:
        return -np.inf, np.inf
    values = resampled[~undefined]
    if len(np.unique(values.round(DECIMALS))) < VALUES:
        return -np.inf, np.inf
    known = max(α, min(2 * TAIL / len(values), COARSEST))
    # Quantiles are values that were seen: between a finite and an infinite value nothing can be interpolated.
    low, high = np.quantile(values, known / 2, method="lower"), np.quantile(values, 1 - known / 2, method="higher")
    if known > α:
        centre, stretch = np.median(values), scipy.stats.norm.isf(α / 2) / scipy.stats.norm.isf(known / 2)
        low = centre - stretch * (centre - low) if -np.inf < low < centre < np.inf else -np.inf
        high = centre + stretch * (high - centre) if -np.inf < centre < high < np.inf else np.inf
    return float(low), float(high)
