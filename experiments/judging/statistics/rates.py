"""Success rates: their intervals, their weighted sums, and shares of pairs."""

import functools
from collections.abc import Callable

import numpy as np
import scipy  # and no submodule: loading scipy.stats takes half a second, most commands never use it
from jaxtyping import Float, Int

from experiments.judging.statistics.combined import combined_interval
from experiments.judging.statistics.levels import DEFAULT_LEVEL, reach

# Halvings that find an end of an interval: a float64 has 53 bits, and more halvings change nothing.
HALVINGS = 60


def wilson(successes: int, trials: int, α: float = DEFAULT_LEVEL) -> tuple[float, float]:
    """Wilson's score interval for a success rate. Without a trial it is all of [0, 1].

    Raises:
        ValueError: if a count is not a whole number, or there are more successes than trials.
    """
    return _binomial_interval(successes, trials, "wilson", α)


def exact_interval(successes: int, trials: int, α: float = DEFAULT_LEVEL) -> tuple[float, float]:
    """Clopper and Pearson's interval for a success rate. Without a trial it is all of [0, 1].

    It misses the true rate with a probability of at most α at every rate; Wilson's does so on average over rates. So it
    is wider, and the one to use where successes are rare.

    Raises:
        ValueError: if a count is not a whole number, or there are more successes than trials.
    """
    return _binomial_interval(successes, trials, "exact", α)


@functools.lru_cache(maxsize=10_000)
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
    """Interval for a success rate where trials come in clusters, such as several runs on each function that was drawn.

    It is Korn and Graubard's interval (Survey Methodology 24, 1998): Clopper and Pearson's for the effective number of
    independent trials. That number follows from the variance between clusters, and is reduced because this variance is
    itself estimated. Where all trials succeed or all fail, the variance is unknown, and a cluster counts as one trial.
    With fewer than two clusters the interval is all of [0, 1].

    Raises:
        ValueError: if a cluster has no trial, or has more successes than trials.
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

    It is that of `combined_interval`, which for a difference is Newcombe's (Statistics in Medicine 17, 1998, method
    10). A rate of 0 or 1 is not taken for certain.

    Where rates near 0 or 1 have unequal numbers of trials, Wilson's `interval` misses the truth on one side twice as
    often as the level says; `exact_interval` does not.
    """
    weights, rates = np.asarray(weights, float), np.asarray(successes, float) / np.asarray(trials)
    ends = np.array([interval(*pair, α) for pair in zip(successes, trials, strict=True)])
    value, low, high = combined_interval(weights, rates, ends[:, 0], ends[:, 1])
    return (value, -np.inf, np.inf) if α == 0 else (value, low, high)


def slope_of_rates(
    x: Float[np.ndarray, " rates"],
    successes: Int[np.ndarray, " rates"],
    trials: Int[np.ndarray, " rates"],
    interval: Callable[[int, int, float], tuple[float, float]] = wilson,
    α: float = DEFAULT_LEVEL,
) -> tuple[float, float, float]:
    """Least-squares slope of success rates on x and its interval, see `combined_rates_interval`.

    The slope is unknown (NaN, with an unbounded interval) where all x are equal.
    """
    x = np.asarray(x, float)
    if len(np.unique(x)) < 2:
        return float("nan"), -np.inf, np.inf
    centred = x - x.mean()
    return combined_rates_interval(centred / np.sum(centred**2), successes, trials, interval, α)


def net_share(up: int, down: int, pairs: int, α: float = DEFAULT_LEVEL) -> tuple[float, float, float, float]:
    """How much more often pairs go up than down, as a share of all pairs; its interval, and the sign test's p-value.

    The interval is Tango's score interval for paired shares (Statistics in Medicine 17, 1998). It contains every share
    θ at which the score (up - down - pairs·θ) / √(pairs·(2q + θ(1 - θ))) is within the normal quantiles. Here q is the
    likeliest share of pairs that go down if the share that goes up is q + θ. It solves a q² + b q + c = 0 with
    a = 2 pairs, b = (2 pairs - up + down)θ - up - down, c = -down·θ(1 - θ). The interval allows for both numbers, of
    pairs that go up and of pairs that go down, being random.
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
    """The last number from `inside` towards `outside` for which `holds` is true; found by halving."""
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if holds(middle) else (inside, middle)
    return inside
