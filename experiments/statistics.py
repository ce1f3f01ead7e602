"""Intervals, slopes and corrections. No rate or slope leaves this house without them."""

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


def mean_interval(values: Float[np.ndarray, " samples"]) -> tuple[float, float, float]:
    """Mean of independent numbers and Student's interval for it, unbounded for fewer than two of them.

    For handfuls, of which resamples are too much alike for a bootstrap to be wide enough.
    """
    mean = float(np.mean(values)) if len(values) else np.nan
    if len(values) < 2:
        return mean, -np.inf, np.inf
    reach = scipy.stats.t.ppf((1 + CONFIDENCE) / 2, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values))
    return mean, float(mean - reach), float(mean + reach)


def line_slope(x: Float[np.ndarray, " points"], y: Float[np.ndarray, " points"]) -> tuple[float, float, float]:
    """Slope of the least-squares line of y on x and Student's interval for it: what bends the curve counts as noise.

    Unbounded for fewer than three points.
    """
    if len(x) < 3 or len(np.unique(x)) < 2:
        return np.nan, -np.inf, np.inf
    line = scipy.stats.linregress(x, y)
    reach = scipy.stats.t.ppf((1 + CONFIDENCE) / 2, len(x) - 2) * line.stderr
    return float(line.slope), float(line.slope - reach), float(line.slope + reach)


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
