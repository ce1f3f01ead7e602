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


def percentile_interval(resampled: Float[np.ndarray, " resamples"]) -> tuple[float, float]:
    """Bootstrap interval from the values of a statistic on resamples of the data.

    Where the statistic is not defined (NaN) on more than one resample in twenty, the interval is unbounded.
    """
    if np.isnan(resampled).mean() > 1 - CONFIDENCE:
        return -np.inf, np.inf
    low, high = np.nanquantile(resampled, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(low), float(high)


def regression(
    terms: Float[np.ndarray, "points terms"], y: Float[np.ndarray, " points"]
) -> list[tuple[float, float, float]]:
    """For each term its coefficient in the least-squares fit of y, with an intercept, and its interval by Student's t.

    It takes the residuals for independent and normal: what the terms cannot fit counts as noise. Where points are too
    few to tell, or terms depend on one another, coefficients are NaN and intervals unbounded.
    """
    A = np.column_stack([terms, np.ones(len(y))])
    freedom = len(y) - A.shape[1]
    if freedom < 1 or np.linalg.matrix_rank(A) < A.shape[1] or not np.isfinite(y).all():
        return [(float("nan"), -np.inf, np.inf)] * terms.shape[1]
    coefficients = np.linalg.lstsq(A, y, rcond=None)[0]
    variance = np.sum((y - A @ coefficients) ** 2) / freedom * np.diag(np.linalg.inv(A.T @ A))
    reach = scipy.stats.t.ppf((1 + CONFIDENCE) / 2, freedom) * np.sqrt(variance)
    return [(float(c), float(c - r), float(c + r)) for c, r in zip(coefficients[:-1], reach[:-1], strict=True)]


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
