"""Intervals, slopes and corrections. No rate or slope leaves this house without them.

Every interval is one at a level α, with the confidence 1 - α: by default the house's. At α = 0 it is all there is.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import scipy.stats
from jaxtyping import Float, Int
from numpy.typing import ArrayLike

DEFAULT_LEVEL = 0.05

# Resamples that must lie in each tail for a quantile to be read off them.
TAIL = 10
COARSEST = 0.3
# The least number of different values of a statistic, and the digits that tell them apart, for its tails to go on
# beyond the resamples.
VALUES, DIGITS = 50, 12
# So often medians are drawn for the interval of a slope.
MEDIANS = 4000
# What varies by less than this share of its size is taken to be constant but for rounding.
ROUNDING = 1e-13
# An end of an interval that is sought by halving is exact to the last bits of a float64.
HALVINGS = 60


def percent(α: float = DEFAULT_LEVEL) -> str:
    """The confidence of intervals at a level in words, such as 95 %."""
    return f"{100 * (1 - α):.6g} %"


def reach(standard_error: ArrayLike, freedom: ArrayLike = np.inf, α: float = DEFAULT_LEVEL) -> Any:
    """How far an interval extends to either side of an estimate.

    Args:
        standard_error: of the estimate.
        freedom: degrees of freedom of the standard error, for Student's interval; without them it is the normal one.
    """
    # At level 0 an interval is all there is, even around what does not vary.
    return np.inf if α == 0 else scipy.stats.t.isf(α / 2, freedom) * np.asarray(standard_error)


def wilson(successes: int, trials: int, α: float = DEFAULT_LEVEL) -> tuple[float, float]:
    """Wilson's score interval for a success rate; all of [0, 1] without a trial.

    Raises:
        ValueError: if the counts are not whole, or more successes than trials.
    """
    return _binomial_interval(successes, trials, "wilson", α)


def exact_interval(successes: int, trials: int, α: float = DEFAULT_LEVEL) -> tuple[float, float]:
    """Clopper and Pearson's interval for a success rate, for rare successes; all of [0, 1] without a trial.

    It errs at most as often as it says at every rate, where Wilson's does so on average over rates; it is wider.

    Raises:
        ValueError: if the counts are not whole, or more successes than trials.
    """
    return _binomial_interval(successes, trials, "exact", α)


def _binomial_interval(successes: int, trials: int, method: str, α: float) -> tuple[float, float]:
    if int(successes) != successes or int(trials) != trials or not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes in {trials} trials: give whole numbers with 0 <= successes <= trials")
    if α == 0 or trials == 0:
        return 0.0, 1.0
    interval = scipy.stats.binomtest(int(successes), int(trials)).proportion_ci(1 - α, method=method)
    return interval.low, interval.high


def clustered_interval(
    successes: Int[np.ndarray, " clusters"], trials: Int[np.ndarray, " clusters"], α: float = DEFAULT_LEVEL
) -> tuple[float, float]:
    """Interval for a success rate where trials come in clusters, such as runs on functions that were drawn.

    Korn and Graubard's (Survey Methodology 24, 1998): Clopper and Pearson's for as many independent trials as have the
    variance that is seen between clusters, fewer for the uncertainty of that variance. Where no cluster differs from
    another, because all trials succeed or all fail, the variance is not known, and clusters count as one trial each.
    Of fewer than two clusters nothing is known.

    Raises:
        ValueError: if a cluster has no trial, or more successes than trials.
    """
    successes, trials = np.asarray(successes, float), np.asarray(trials, float)
    if np.any(trials < 1) or np.any(successes < 0) or np.any(successes > trials):
        raise ValueError("every cluster needs a trial, and 0 <= successes <= trials")
    clusters, total = len(trials), trials.sum()
    if clusters < 2 or α == 0:
        return 0.0, 1.0
    rate = successes.sum() / total
    variance = clusters / (clusters - 1) * np.sum((successes - rate * trials) ** 2) / total**2
    independent = float(clusters)
    if 0 < rate < 1:
        # The t quantiles are Korn and Graubard's correction for the degrees of freedom of the variance.
        known = (reach(1.0, total - 1, α) / reach(1.0, clusters - 1, α)) ** 2
        independent = total if variance == 0 else min(float(rate * (1 - rate) / variance * known), total)
    hits = rate * independent
    low = scipy.stats.beta.ppf(α / 2, hits, independent - hits + 1) if hits > 0 else 0.0
    high = scipy.stats.beta.isf(α / 2, hits + 1, independent - hits) if hits < independent else 1.0
    return float(low), float(high)


def combined_rates_interval(
    weights: Float[np.ndarray, " rates"],
    successes: Int[np.ndarray, " rates"],
    trials: Int[np.ndarray, " rates"],
    interval: Callable[[int, int, float], tuple[float, float]] = wilson,
    α: float = DEFAULT_LEVEL,
) -> tuple[float, float, float]:
    """A weighted sum of independent success rates, such as a difference or a slope, and its interval.

    Of a difference it is Newcombe's (Statistics in Medicine 17, 1998, method 10); Zou and Donner (Statistics in
    Medicine 27, 2008) have it for any sum: the distances from each rate to the end of its Wilson interval that counts,
    times the weights, are added as standard deviations are. A rate of 0 or 1 is not taken for certain. Where rates near
    0 or 1 have unequally many trials it errs twice as often to one side as it says with Wilson's `interval`, and not
    with `exact_interval`.
    """
    weights, rates = np.asarray(weights, float), np.asarray(successes, float) / np.asarray(trials)
    ends = np.array([interval(*pair, α) for pair in zip(successes, trials, strict=True)])
    value, down, up = float(weights @ rates), rates - ends[:, 0], ends[:, 1] - rates
    lower = np.linalg.norm(weights * np.where(weights > 0, down, up))
    upper = np.linalg.norm(weights * np.where(weights > 0, up, down))
    if α == 0:
        return value, -np.inf, np.inf
    return value, value - float(lower), value + float(upper)


def slope_of_rates(
    x: Float[np.ndarray, " rates"],
    successes: Int[np.ndarray, " rates"],
    trials: Int[np.ndarray, " rates"],
    interval: Callable[[int, int, float], tuple[float, float]] = wilson,
    α: float = DEFAULT_LEVEL,
) -> tuple[float, float, float]:
    """Least-squares slope of success rates on x and its interval, see `combined_rates_interval`.

    Where fewer than two x differ the slope is unknown.
    """
    x = np.asarray(x, float)
    if len(np.unique(x)) < 2:
        return float("nan"), -np.inf, np.inf
    centred = x - x.mean()
    return combined_rates_interval(centred / np.sum(centred**2), successes, trials, interval, α)


def normal_interval(mean: float, standard_error: float, α: float = DEFAULT_LEVEL) -> tuple[float, float]:
    """Interval for a mean of many independent draws, from its standard error."""
    half = float(reach(standard_error, α=α))
    return mean - half, mean + half


def mean_interval(values: Float[np.ndarray, " samples"], α: float = DEFAULT_LEVEL) -> tuple[float, float, float]:
    """Mean of independent numbers and Student's interval for it, unbounded for fewer than two of them.

    For handfuls: their resamples are too much alike for a bootstrap to be wide enough.
    """
    mean = float(np.mean(values)) if len(values) else np.nan
    if len(values) < 2:
        return mean, -np.inf, np.inf
    half = float(reach(scipy.stats.sem(values), len(values) - 1, α))
    return mean, mean - half, mean + half


def median_interval(values: Float[np.ndarray, " samples"], α: float = DEFAULT_LEVEL) -> tuple[float, float, float]:
    """Median of independent numbers, infinite ones among them, and its interval, see `quantile_interval`."""
    if not len(values):
        return np.nan, -np.inf, np.inf
    ordered, n = np.sort(values), len(values)
    lower, upper = ordered[(n - 1) // 2], ordered[n // 2]
    return float(lower if lower == upper else (lower + upper) / 2), *quantile_interval(values, 0.5, α)


def quantile_interval(
    values: Float[np.ndarray, " samples"], share: float, α: float = DEFAULT_LEVEL
) -> tuple[float, float]:
    """Interval for the quantile below which a share of a distribution lies, from the order statistics of draws.

    The number of draws below the true quantile is binomial whatever the distribution is, so the interval errs at most
    as often as it says. Where the draws are too few for that, an end is infinite.
    """
    if α == 0:
        return -np.inf, np.inf
    ordered, n = np.sort(values), len(values)
    below = scipy.stats.binom.cdf(np.arange(n), n, share)
    # The (l + 1)-th least is above the quantile if at most l draws are below that, the (u + 1)-th below it if more than
    # u are.
    above = scipy.stats.binom.sf(np.arange(n), n, share)
    low, high = np.flatnonzero(below <= α / 2), np.flatnonzero(above <= α / 2)
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
    terms: Float[np.ndarray, "points terms"], y: Float[np.ndarray, " points"], α: float = DEFAULT_LEVEL
) -> list[tuple[float, float, float]]:
    """For each term its coefficient in the least-squares fit of y, with an intercept, and Student's interval of it.

    It takes the residuals for independent and normal: what the terms cannot fit counts as noise. Where points are too
    few to tell, or terms depend on one another, coefficients are NaN and intervals unbounded.
    """
    undetermined = [(float("nan"), -np.inf, np.inf)] * terms.shape[1]
    if not len(y) or not np.isfinite(y).all() or not np.isfinite(terms).all():
        return undetermined
    # Centred and scaled, a term that is large and hardly varies is told apart from the intercept.
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
    half = float(reach(np.sqrt(variance), freedom, α))
    return slope, slope - half, slope + half


def slope_of_medians(
    x: Float[np.ndarray, " samples"], samples: Sequence[Float[np.ndarray, " _"]], α: float = DEFAULT_LEVEL
) -> tuple[float, float, float]:
    """Least-squares slope of the medians of some samples on x, and its interval; values may be infinite.

    Of a value that is censored, such as the error of a run that has diverged, it is only said that it is among the
    largest: it is given as infinite. The number of draws below a true median is binomial whatever their distribution
    is. A number drawn from that binomial distribution names the two order statistics between which the median may be,
    as in `quantile_interval`. This is done for every sample, many times; the ends are quantiles of the slopes, which
    take of the two order statistics the one that makes the interval wider.

    For a single median it would be exact. A slope errs less often than is said, but more often where the draws have a
    gap at the median for several x that pull to one side. Where fewer than two x differ, or a sample is empty, the
    slope is unknown; it is NaN where infinite medians pull to both sides.
    """
    x = np.asarray(x, float)
    if len(np.unique(x)) < 2 or not all(map(len, samples)):
        return float("nan"), -np.inf, np.inf
    weights = (x - x.mean()) / np.sum((x - x.mean()) ** 2)
    # What has no weight may be infinite.
    pulling = [(weight, sample) for weight, sample in zip(weights.tolist(), samples, strict=True) if weight]
    rng, slope, lows, highs = np.random.default_rng(0), 0.0, np.zeros(MEDIANS), np.zeros(MEDIANS)
    with np.errstate(invalid="ignore"):
        for weight, sample in pulling:
            slope += weight * median_interval(sample)[0]
            ordered = np.concatenate([[-np.inf], np.sort(sample), [np.inf]])
            below = rng.binomial(len(sample), 0.5, MEDIANS)
            ends = weight * ordered[below], weight * ordered[below + 1]
            lows, highs = lows + np.minimum(*ends), highs + np.maximum(*ends)
    # Infinite to both sides, a slope may be anything.
    low, _ = percentile_interval(np.where(np.isnan(lows), -np.inf, lows), α)
    _, high = percentile_interval(np.where(np.isnan(highs), np.inf, highs), α)
    return slope, low, high


def percentile_interval(resampled: Float[np.ndarray, " resamples"], α: float = DEFAULT_LEVEL) -> tuple[float, float]:
    """Bootstrap interval from the values of a statistic on resamples of the data; values may be infinite.

    A statistic that takes fewer than `VALUES` values has no distribution to speak of, at any level: handfuls of data,
    or what is read off a ladder, resample to the same few numbers however little they tell. The interval is unbounded
    then, and also where the statistic is not defined (NaN) on a larger share of the resamples than the level, by
    default one in twenty.

    Where fewer than `TAIL` resamples lie beyond a quantile, the tail is taken to be that of a normal distribution with
    the last quantile that is known, and unbounded where the statistic does not vary up to there.
    """
    undefined = np.isnan(resampled)
    if α == 0 or undefined.mean() > α:
        return -np.inf, np.inf
    values = resampled[~undefined]
    if len(np.unique(values.round(DIGITS))) < VALUES:
        return -np.inf, np.inf
    known = max(α, min(2 * TAIL / len(values), COARSEST))
    # Values that were seen, not values between them: between a finite and an infinite one there is none.
    low, high = np.quantile(values, known / 2, method="lower"), np.quantile(values, 1 - known / 2, method="higher")
    if known > α:
        centre, stretch = np.median(values), scipy.stats.norm.isf(α / 2) / scipy.stats.norm.isf(known / 2)
        low = centre - stretch * (centre - low) if -np.inf < low < centre < np.inf else -np.inf
        high = centre + stretch * (high - centre) if -np.inf < centre < high < np.inf else np.inf
    return float(low), float(high)


def holm(p_values: Float[np.ndarray, " tests"]) -> Float[np.ndarray, " tests"]:
    """p-values adjusted by Holm's step-down method: rejecting those below a level keeps the family's error below it."""
    order = np.argsort(p_values)
    scaled = np.asarray(p_values)[order] * np.arange(len(order), 0, -1)
    adjusted = np.empty_like(scaled)
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return adjusted


def net_share(up: int, down: int, pairs: int, α: float = DEFAULT_LEVEL) -> tuple[float, float, float, float]:
    """How much more often pairs go up than down, as a share of all pairs; its interval, and the sign test's p-value.

    The interval is Tango's score interval for paired shares (Statistics in Medicine 17, 1998): it holds every share θ
    at which the score (up - down - pairs·θ) / √(pairs·(2q + θ(1 - θ))) is within the normal quantiles. q is the
    likeliest share of pairs that go down, given that those that go up are θ more; it solves a q² + b q + c = 0 with
    a = 2 pairs, b = (2 pairs - up + down)θ - up - down, c = -down·θ(1 - θ). That numbers of pairs which go up and down
    are drawn, and not given, is part of it.
    """
    share = (up - down) / pairs
    p_value = float(scipy.stats.binomtest(up, up + down).pvalue) if up + down else 1.0
    if α == 0:
        return share, -1.0, 1.0, p_value
    z2 = float(reach(1.0, α=α)) ** 2

    def holds(θ: float) -> bool:
        b, c = (2 * pairs - up + down) * θ - up - down, -down * θ * (1 - θ)
        q = (np.sqrt(max(b**2 - 8 * pairs * c, 0.0)) - b) / (4 * pairs)
        return bool((up - down - pairs * θ) ** 2 <= z2 * pairs * (2 * q + θ * (1 - θ)))

    return share, _last(holds, share, -1.0), _last(holds, share, 1.0), p_value


def _last(holds: Callable[[float], bool], inside: float, outside: float) -> float:
    """The last number, on the way from one that is inside, for which something holds; found by halving."""
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if holds(middle) else (inside, middle)
    return inside
