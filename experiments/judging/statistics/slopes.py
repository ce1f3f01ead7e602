"""Slopes of least-squares lines, and their intervals."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from experiments.judging.statistics.averages import median_interval, percentile_interval
from experiments.judging.statistics.levels import DEFAULT_LEVEL, reach

# Draws of every median for the interval of a slope: 100 of them then lie beyond each end of a 95 % interval.
MEDIANS = 4000
# A term that varies by less than this share of its size is taken for constant: rounding alone varies it that much.
ROUNDING = 1e-13


def least_squares_slope(
    x: Float[np.ndarray, " points"], y: Float[np.ndarray, "*resamples points"]
) -> Float[np.ndarray, "*resamples"]:
    """Slope of the least-squares line of y on x, for each resample of y; NaN where all x are equal."""
    if len(np.unique(x)) < 2:
        return np.full(y.shape[:-1], np.nan)
    centred = x - x.mean()
    # Sums instead of a matrix product: the slope of a resample then has the same bits among others and alone.
    return np.sum((y - y.mean(-1, keepdims=True)) * centred, axis=-1) / np.sum(centred**2)


def regression(
    terms: Float[np.ndarray, "points terms"], y: Float[np.ndarray, " points"], α: float = DEFAULT_LEVEL
) -> list[tuple[float, float, float]]:
    """For each term its coefficient in the least-squares fit of y, with an intercept, and Student's interval of it.

    The residuals are taken to be independent and normal: what the terms cannot fit counts as noise. Where there are too
    few points, or terms depend linearly on each other, coefficients are NaN and intervals unbounded.
    """
    undetermined = [(float("nan"), -np.inf, np.inf)] * terms.shape[1]
    if not len(y) or not np.isfinite(y).all() or not np.isfinite(terms).all():
        return undetermined
    # Terms are centred and scaled, so that a large term which hardly varies is not mistaken for the intercept.
    centred = terms - terms.mean(axis=0)
    scale = np.sqrt(np.mean(centred**2, axis=0))
    freedom = len(y) - terms.shape[1] - 1
    varies = scale > ROUNDING * np.abs(terms).max(axis=0)
    if freedom < 1 or not varies.all() or np.linalg.matrix_rank(A := centred / scale) < A.shape[1]:
        return undetermined
    residual = y - y.mean()
    coefficients = np.linalg.lstsq(A, residual, rcond=None)[0]
    variance = np.sum((residual - A @ coefficients) ** 2) / freedom * np.diag(np.linalg.inv(A.T @ A))
    low, high = coefficients - (half := reach(np.sqrt(variance), freedom, α)), coefficients + half
    rows = np.column_stack([coefficients, low, high]) / scale[:, None]
    return [(float(c), float(a), float(b)) for c, a, b in rows]


def line_slope(
    x: Float[np.ndarray, " points"], y: Float[np.ndarray, " points"], α: float = DEFAULT_LEVEL
) -> tuple[float, float, float]:
    """Slope of the least-squares line of y on x and its interval, see `regression`."""
    return regression(np.reshape(x, (-1, 1)), y, α)[0]


def slope_of_means(
    x: Float[np.ndarray, " samples"], samples: Sequence[Float[np.ndarray, " _"]], α: float = DEFAULT_LEVEL
) -> tuple[float, float, float]:
    """Least-squares slope of the means of some samples on x, and its interval.

    The slope is a sum of means with known weights. Its variance is estimated from the variances of the samples. The
    interval is Student's, with the degrees of freedom of Welch and Satterthwaite. The slope is unknown (NaN, with an
    unbounded interval) where a value is not finite, a sample has one value, or all x are equal.
    """
    sizes = np.array([len(sample) for sample in samples])
    if sizes.min() < 2 or len(np.unique(x)) < 2 or not all(np.isfinite(sample).all() for sample in samples):
        return float("nan"), -np.inf, np.inf
    weights = (x - x.mean()) / np.sum((x - x.mean()) ** 2)
    variances = weights**2 * np.array([np.var(sample, ddof=1) for sample in samples]) / sizes
    slope, variance = float(weights @ [sample.mean() for sample in samples]), float(variances.sum())
    # Where nothing varies, the degrees of freedom do not matter.
    freedom = variance**2 / np.sum(variances**2 / (sizes - 1)) if variance > 0 else np.inf
    half = float(reach(np.sqrt(variance), freedom, α))
    return slope, slope - half, slope + half


def slope_of_medians(
    x: Float[np.ndarray, " samples"], samples: Sequence[Float[np.ndarray, " _"]], α: float = DEFAULT_LEVEL
) -> tuple[float, float, float]:
    """Least-squares slope of the medians of some samples on x, and its interval; values may be infinite.

    A censored value, such as the error of a run that has diverged, is given as infinite: all that is known is that it
    is among the largest. The number of draws below a true median is binomial, whatever their distribution is. A number
    drawn from that binomial distribution names the two order statistics between which the median may be, as in
    `quantile_interval`. This is done many times for every sample. Of the two order statistics each slope takes the one
    that makes the interval wider, and the ends of the interval are quantiles of these slopes.

    For a single median this is exact. For a slope it usually misses the truth less often than the level says; it misses
    it more often where, at several x that move the slope in one direction, the draws have a gap at the median. The
    slope is unknown (NaN, with an unbounded interval) where all x are equal or a sample is empty. It is NaN where
    infinite medians move it in both directions.
    """
    x = np.asarray(x, float)
    if len(np.unique(x)) < 2 or not all(map(len, samples)):
        return float("nan"), -np.inf, np.inf
    weights = (x - x.mean()) / np.sum((x - x.mean()) ** 2)
    # A sample without weight is left out: its median may be infinite, and 0 times infinity is NaN.
    pulling = [(weight, sample) for weight, sample in zip(weights.tolist(), samples, strict=True) if weight]
    rng, slope, lows, highs = np.random.default_rng(0), 0.0, np.zeros(MEDIANS), np.zeros(MEDIANS)
    with np.errstate(invalid="ignore"):
        for weight, sample in pulling:
            slope += weight * median_interval(sample)[0]
            ordered = np.concatenate([[-np.inf], np.sort(sample), [np.inf]])
            below = rng.binomial(len(sample), 0.5, MEDIANS)
            ends = weight * ordered[below], weight * ordered[below + 1]
            lows, highs = lows + np.minimum(*ends), highs + np.maximum(*ends)
    # Where infinite ends cancel (NaN), the slope may have any value.
    low, _ = percentile_interval(np.where(np.isnan(lows), -np.inf, lows), α)
    _, high = percentile_interval(np.where(np.isnan(highs), np.inf, highs), α)
    return slope, low, high
