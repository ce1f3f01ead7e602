"""Intervals, slopes and corrections. No rate or slope leaves this house without them."""

from collections.abc import Sequence

import numpy as np
import scipy.stats
from jaxtyping import Float, Int

CONFIDENCE = 0.95


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Wilson's score interval for a success rate, at the confidence of this module."""
    interval = scipy.stats.binomtest(int(successes), int(trials)).proportion_ci(CONFIDENCE, method="wilson")
    return interval.low, interval.high


def least_squares_slope(
    x: Float[np.ndarray, " points"], y: Float[np.ndarray, "*resamples points"]
) -> Float[np.ndarray, "*resamples"]:
    """Slope of the least-squares line of y on x, for each resample of y; NaN where fewer than two x differ."""
    if len(np.unique(x)) < 2:
        return np.full(y.shape[:-1], np.nan)
    centred = x - x.mean()
    # Sums and no matrix product: the slope of one resample is the same to the last bit among others and alone.
    return np.sum((y - y.mean(-1, keepdims=True)) * centred, axis=-1) / np.sum(centred**2)


def slope_of_means(
    x: Float[np.ndarray, " samples"], samples: Sequence[Float[np.ndarray, " _"]]
) -> tuple[float, float, float]:
    """Least-squares slope of the means of some samples on x, and its interval.

    The slope is a sum of means with known weights, so its variance is estimated from those of the samples; the interval
    is Student's, with the degrees of freedom of Welch and Satterthwaite. Values that are not finite, samples of one or
    fewer than two different x leave the slope unknown.
    """
    sizes = np.array([len(sample) for sample in samples])
    if sizes.min() < 2 or len(np.unique(x)) < 2 or not all(np.isfinite(sample).all() for sample in samples):
        return float("nan"), -np.inf, np.inf
    weights = (x - x.mean()) / np.sum((x - x.mean()) ** 2)
    variances = weights**2 * np.array([np.var(sample, ddof=1) for sample in samples]) / sizes
    slope, variance = float(weights @ [sample.mean() for sample in samples]), float(variances.sum())
    if variance == 0:
        return slope, slope, slope
    freedom = variance**2 / np.sum(variances**2 / (sizes - 1))
    reach = float(scipy.stats.t.ppf((1 + CONFIDENCE) / 2, freedom)) * np.sqrt(variance)
    return slope, slope - reach, slope + reach


def percentile_interval(resampled: Float[np.ndarray, " resamples"]) -> tuple[float, float]:
    """Bootstrap interval from the values of a statistic on resamples of the data.

    Where the statistic is not defined (NaN) on more than one resample in twenty, the interval is unbounded.
    """
    if np.isnan(resampled).mean() > 1 - CONFIDENCE:
        return -np.inf, np.inf
    low, high = np.nanquantile(resampled, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(low), float(high)


def chi_square_uniform(counts: Int[np.ndarray, " bins"]) -> float:
    """p-value of Pearson's chi-square test that all bins are equally likely."""
    return float(scipy.stats.chisquare(counts).pvalue)


def holm(p_values: Float[np.ndarray, " tests"]) -> Float[np.ndarray, " tests"]:
    """p-values adjusted by Holm's step-down method: rejecting those below a level keeps the family's error below it."""
    order = np.argsort(p_values)
    scaled = np.asarray(p_values)[order] * np.arange(len(order), 0, -1)
    adjusted = np.empty_like(scaled)
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return adjusted
