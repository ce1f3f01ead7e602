"""Intervals, slopes and corrections. No rate or slope leaves this house without them."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

import numpy as np
import scipy.stats
from jaxtyping import Float, Int

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


def normal_quantile() -> float:
    """How many standard errors a normal interval extends to either side."""
    return float(scipy.stats.norm.isf(level() / 2))


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Wilson's score interval for a success rate."""
    if level() == 0:
        return 0.0, 1.0
    interval = scipy.stats.binomtest(int(successes), int(trials)).proportion_ci(1 - level(), method="wilson")
    return interval.low, interval.high


def normal_interval(mean: float, standard_error: float) -> tuple[float, float]:
    """Interval for a mean of many independent draws, from its standard error."""
    half = normal_quantile() * standard_error if standard_error > 0 or level() == 0 else 0.0
    return mean - half, mean + half


def least_squares_slope(
    x: Float[np.ndarray, " points"], y: Float[np.ndarray, "*resamples points"]
) -> Float[np.ndarray, "*resamples"]:
    """Slope of the least-squares line of y on x, for each resample of y; NaN where fewer than two x differ."""
    if len(np.unique(x)) < 2:
        return np.full(y.shape[:-1], np.nan)
    centred = x - x.mean()
    # Sums and no matrix product: the slope of one resample is the same to the last bit among others and alone.
    return np.sum((y - y.mean(-1, keepdims=True)) * centred, axis=-1) / np.sum(centred**2)


def percentile_interval(resampled: Float[np.ndarray, " resamples"], freedom: int | None = None) -> tuple[float, float]:
    """Bootstrap interval from the values of a statistic on resamples of the data.

    Where fewer than `TAIL` resamples lie beyond a quantile, the tail is taken to be that of a normal distribution with
    the last quantile that is known; a statistic that takes fewer than `VALUES` values, or does not vary up to there,
    has no tail to speak of, and the interval is unbounded. So it is where the statistic is not defined (NaN) on a
    larger share of the resamples than the level, by default one in twenty.

    Args:
        resampled: its values.
        freedom: degrees of freedom of the noise, if it was estimated from residuals that are few: tails are those of
            Student's distribution then.
    """
    α, undefined = level(), np.isnan(resampled)
    if α == 0 or undefined.mean() > α:
        return -np.inf, np.inf
    values = resampled[~undefined]
    known = max(α, min(2 * TAIL / len(values), COARSEST))
    if known > α and len(np.unique(values.round(DIGITS))) < VALUES:
        return -np.inf, np.inf
    low, centre, high = np.quantile(values, [known / 2, 0.5, 1 - known / 2])
    if known > α or freedom is not None:
        tail = scipy.stats.norm if freedom is None else scipy.stats.t(freedom)
        stretch = tail.isf(α / 2) / scipy.stats.norm.isf(known / 2)
        low = centre - stretch * (centre - low) if low < centre or known == α else -np.inf
        high = centre + stretch * (high - centre) if high > centre or known == α else np.inf
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
