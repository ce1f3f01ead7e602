"""Intervals, slopes and corrections. No rate or slope leaves this house without them."""

import contextlib
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from typing import Any

import numpy as np
import scipy.stats
from jaxtyping import Float, Int
from numpy.typing import ArrayLike

DEFAULT_LEVEL = 0.05

# Resamples that must lie in each tail for a quantile to be read off them.
TAIL = 10
COARSEST = 0.3
# So many values a statistic must take, told apart to so many digits, for its tails to go on beyond the resamples.
VALUES, DIGITS = 50, 12

_level: ContextVar[float] = ContextVar("level", default=DEFAULT_LEVEL)


def level() -> float:
    """α, the level at which rules decide: every interval has the confidence 1 - α."""
    return _level.get()


@contextlib.contextmanager
def at_level(α: float) -> Iterator[None]:
    """Lets every rule within decide at another level; at 0 every interval is all there is and no test rejects."""
    token = _level.set(α)
    try:
        yield
    finally:
        _level.reset(token)


def percent() -> str:
    """The confidence of intervals in words, such as 95 %."""
    return f"{100 * (1 - level()):.6g} %"


def reach(standard_error: ArrayLike, freedom: ArrayLike = np.inf) -> Any:
    """How far an interval extends to either side of an estimate.

    Args:
        standard_error: of the estimate.
        freedom: degrees of freedom of the standard error, for Student's interval; without them it is the normal one.
    """
    # At level 0 an interval is all there is, even around what does not vary.
    return np.inf if level() == 0 else scipy.stats.t.isf(level() / 2, freedom) * np.asarray(standard_error)


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Wilson's score interval for a success rate."""
    if level() == 0:
        return 0.0, 1.0
    interval = scipy.stats.binomtest(int(successes), int(trials)).proportion_ci(1 - level(), method="wilson")
    return interval.low, interval.high


def exact_interval(successes: int, trials: int) -> tuple[float, float]:
    """Clopper and Pearson's interval for a success rate, for rare successes.

    It errs at most as often as it says at every rate, where Wilson's does so on average over rates; it is wider.
    """
    if level() == 0:
        return 0.0, 1.0
    interval = scipy.stats.binomtest(int(successes), int(trials)).proportion_ci(1 - level(), method="exact")
    return interval.low, interval.high


def normal_interval(mean: float, standard_error: float) -> tuple[float, float]:
    """Interval for a mean of many independent draws, from its standard error."""
    half = float(reach(standard_error))
    return mean - half, mean + half


def mean_interval(values: Float[np.ndarray, " samples"]) -> tuple[float, float, float]:
    """Mean of independent numbers and Student's interval for it, unbounded for fewer than two of them.

    For handfuls, of which resamples are too much alike for a bootstrap to be wide enough.
    """
    mean = float(np.mean(values)) if len(values) else np.nan
    if len(values) < 2:
        return mean, -np.inf, np.inf
    half = float(reach(scipy.stats.sem(values), len(values) - 1))
    return mean, mean - half, mean + half


def quantile_interval(values: Float[np.ndarray, " samples"], share: float) -> tuple[float, float]:
    """Interval for the quantile below which a share of a distribution lies, from the order statistics of draws.

    The number of draws below the true quantile is binomial whatever the distribution is, so the interval errs at most
    as often as it says. Where the draws are too few for that, an end is infinite.
    """
    if level() == 0:
        return -np.inf, np.inf
    ordered, n = np.sort(values), len(values)
    below = scipy.stats.binom.cdf(np.arange(n), n, share)
    # The (l + 1)-th least is above the quantile if at most l draws are below it, the (u + 1)-th below it if more than u.
    low, high = np.flatnonzero(below <= level() / 2), np.flatnonzero(1 - below <= level() / 2)
    return float(ordered[low[-1]]) if len(low) else -np.inf, float(ordered[high[0]]) if len(high) else np.inf


def least_squares_slope(
    x: Float[np.ndarray, " points"], y: Float[np.ndarray, "*resamples points"]
) -> Float[np.ndarray, "*resamples"]:
    """Slope of the least-squares line of y on x, for each resample of y; NaN where fewer than two x differ."""
    if len(np.unique(x)) < 2:
        return np.full(y.shape[:-1], np.nan)
    centred = x - x.mean()
    # Sums and no matrix product: the slope of one resample is the same to the last bit among others and alone.
    return np.sum((y - y.mean(-1, keepdims=True)) * centred, axis=-1) / np.sum(centred**2)


def regression(
    terms: Float[np.ndarray, "points terms"], y: Float[np.ndarray, " points"]
) -> list[tuple[float, float, float]]:
    """For each term its coefficient in the least-squares fit of y, with an intercept, and Student's interval of it.

    It takes the residuals for independent and normal: what the terms cannot fit counts as noise. Where points are too
    few to tell, or terms depend on one another, coefficients are NaN and intervals unbounded.
    """
    A = np.column_stack([terms, np.ones(len(y))])
    freedom = len(y) - A.shape[1]
    if freedom < 1 or np.linalg.matrix_rank(A) < A.shape[1] or not np.isfinite(y).all():
        return [(float("nan"), -np.inf, np.inf)] * terms.shape[1]
    coefficients = np.linalg.lstsq(A, y, rcond=None)[0]
    variance = np.sum((y - A @ coefficients) ** 2) / freedom * np.diag(np.linalg.inv(A.T @ A))
    low, high = coefficients - (half := reach(np.sqrt(variance), freedom)), coefficients + half
    return [(float(c), float(a), float(b)) for c, a, b in zip(coefficients[:-1], low[:-1], high[:-1], strict=True)]


def line_slope(x: Float[np.ndarray, " points"], y: Float[np.ndarray, " points"]) -> tuple[float, float, float]:
    """Slope of the least-squares line of y on x and its interval, see `regression`."""
    return regression(np.reshape(x, (-1, 1)), y)[0]


def common_slope(
    x: Float[np.ndarray, " points"], y: Float[np.ndarray, " points"], groups: Int[np.ndarray, " points"]
) -> tuple[float, float, float]:
    """Slope of y on x, with an intercept for every group of points, and its interval, see `regression`."""
    # The intercept of the last group is that of the regression, and others are relative to it.
    relative = np.asarray(groups)[:, None] == np.unique(groups)[:-1]
    return regression(np.column_stack([x, relative]), y)[0]


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
    # Where nothing varies any number of degrees will do.
    freedom = variance**2 / np.sum(variances**2 / (sizes - 1)) if variance > 0 else np.inf
    half = float(reach(np.sqrt(variance), freedom))
    return slope, slope - half, slope + half


def percentile_interval(resampled: Float[np.ndarray, " resamples"]) -> tuple[float, float]:
    """Bootstrap interval from the values of a statistic on resamples of the data.

    Where fewer than `TAIL` resamples lie beyond a quantile, the tail is taken to be that of a normal distribution with
    the last quantile that is known; a statistic that takes fewer than `VALUES` values, or does not vary up to there,
    has no tail to speak of, and the interval is unbounded. So it is where the statistic is not defined (NaN) on a
    larger share of the resamples than the level, by default one in twenty.
    """
    α, undefined = level(), np.isnan(resampled)
    if α == 0 or undefined.mean() > α:
        return -np.inf, np.inf
    values = resampled[~undefined]
    known = max(α, min(2 * TAIL / len(values), COARSEST))
    if known > α and len(np.unique(values.round(DIGITS))) < VALUES:
        return -np.inf, np.inf
    low, centre, high = np.quantile(values, [known / 2, 0.5, 1 - known / 2])
    if known > α:
        stretch = scipy.stats.norm.isf(α / 2) / scipy.stats.norm.isf(known / 2)
        low = centre - stretch * (centre - low) if low < centre else -np.inf
        high = centre + stretch * (high - centre) if high > centre else np.inf
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


def net_share(up: int, down: int, pairs: int) -> tuple[float, float, float, float]:
    """How much more often pairs go up than down, as a share of all pairs; its interval, and the sign test's p-value.

    The interval is Wilson's for the share of those that go up among the pairs that differ, of whose number there is no
    other knowledge than that it is as it is.
    """
    if not up + down:
        return 0.0, 0.0, 0.0, 1.0
    share = (up + down) / pairs
    low, high = (share * (2 * end - 1) for end in wilson(up, up + down))
    return (up - down) / pairs, low, high, float(scipy.stats.binomtest(up, up + down).pvalue)
