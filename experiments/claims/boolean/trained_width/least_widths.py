"""The width at which half of all runs succeed, in bits, and its growth, with intervals from the likelihood.

At each n the success rate is assumed to be logistic in log2 of the width, with its own midpoint and steepness:

    p(w) = 1 / (1 + exp(-s (log2 w - μ))),    2^μ the width at which half of all runs succeed.

A width is at least 1, so midpoints below 0 count as 0. The deviance of μ compares the best curve with this midpoint to
the best curve of all, by the likelihood of the counts of successes. A statistic Σ c_n μ_n, such as the slope of the
least-squares line, has the least deviance Σ d_n(μ_n) over all μ that give its value. Its interval holds the values with
a deviance up to the squared quantile of Student's distribution. The interval takes account of

- the tried widths: if rates jump from 0 to 1 between two widths, every midpoint between them fits. Beyond the widest,
  and for runs that always succeed, every midpoint fits that the counts do not exclude;
- the functions: runs on one drawn function resemble each other. The deviance is divided by the design effect: the
  variance of the area above the success curve between functions, over its variance if runs were independent. If no
  rate varies at all, all runs on one function count as one;
- the estimated variance: Student's distribution has the degrees of freedom of Welch and Satterthwaite. Each n brings
  one less than its clusters, or two less than its widths if that is less, as for a line through them;
- few runs: one network in each setting excludes improbable midpoints only.

If each n has one function, only runs vary: the slope is that of the line through the widths for these functions.
"""

import functools
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from experiments.judging.statistics import DEFAULT_LEVEL, reach

# Logits per doubling of the width, from nearly flat to a jump.
STEEPNESS = np.geomspace(0.5, 500.0, 80)
# Distance of midpoints in bits: far less than a step of the ladder of widths.
SPACING = 0.02
# Midpoints begin this number of bits below a width of 1.
BELOW = 3.0
# Midpoints end this number of bits beyond the widest network.
BEYOND = 6.0
# Lagrange multipliers: weights of a bit against the deviance, in the search for ends of intervals.
MULTIPLIERS = np.append(0.0, np.geomspace(1e-1, 1e5, 80))


class SuccessCurve(NamedTuple):
    """Successes at one number of bits.

    Attributes:
        n: number of bits.
        widths: tried widths, ascending.
        rates: success rate of every cluster, a function or a run, at each width.
        runs: number of runs for each of these rates.
    """

    n: int
    widths: Int[np.ndarray, " widths"]
    rates: Float[np.ndarray, "clusters widths"]
    runs: int


class Midpoints(NamedTuple):
    """Midpoints in bits, from 0 on, and the deviance of each.

    Attributes:
        clusters: their number.
        freedom: degrees of freedom of this curve, 0 if there is one cluster.
    """

    bits: Float[np.ndarray, " midpoints"]
    deviance: Float[np.ndarray, " midpoints"]
    clusters: int
    freedom: int

    def typical(self) -> float:
        """The mean over midpoints, weighted by their likelihood."""
        return float(np.average(self.bits, weights=np.exp(-self.deviance / 2)))


def midpoints(curve: SuccessCurve) -> Midpoints:
    """The deviance of every midpoint of a curve."""
    μ, logits, failing = _curves(tuple(curve.widths.tolist()))
    clusters = len(curve.rates)
    # log p = logit - log(1 + e^logit), log(1 - p) = -log(1 + e^logit).
    likelihood = clusters * curve.runs * (logits @ curve.rates.mean(0) - failing).max(0)
    deviance = 2 * (likelihood.max() - likelihood) / design_effect(curve)
    below = μ < SPACING / 2
    deviance = np.append(deviance[below].min(), deviance[~below])
    freedom = min(clusters - 1, max(1, len(curve.widths) - 2))
    return Midpoints(np.append(0.0, μ[~below]), deviance, clusters, freedom)


@functools.lru_cache(maxsize=64)
def _curves(widths: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Midpoints; for every steepness and midpoint the logits at all widths; and the sum of log(1 + e^logit)."""
    bits = np.log2(widths)
    μ = np.arange(-BELOW, bits[-1] + BEYOND, SPACING)
    # Beyond 30 logits a rate is 0 or 1 for any feasible number of runs.
    logits = np.clip(STEEPNESS[:, None, None] * (bits - μ[:, None]), -30.0, 30.0)
    return μ, logits, np.log1p(np.exp(logits)).sum(-1)


def design_effect(curve: SuccessCurve) -> float:
    """Variance of the area above the curve between clusters over that by runs alone; at least 1."""
    if curve.runs == 1 or len(curve.rates) < 2:
        return 1.0
    weights = np.gradient(np.log2(curve.widths)) if len(curve.widths) > 1 else np.ones(1)
    rate = curve.rates.mean(0)
    of_runs = float(weights**2 @ (rate * (1 - rate))) / curve.runs
    if of_runs == 0:
        return float(curve.runs)
    return max(1.0, float(np.var(curve.rates @ weights, ddof=1)) / of_runs)


def combined(
    found: list[Midpoints], factors: Float[np.ndarray, " curves"], α: float = DEFAULT_LEVEL
) -> tuple[float, float, float]:
    """Σ factor · midpoint over some curves: its typical value and its interval.

    The interval is unbounded if a curve has fewer than two clusters: one cluster says nothing of the spread.
    """
    value = float(sum(factor * one.typical() for one, factor in zip(found, factors, strict=True)))
    freedoms = np.array([one.freedom for one in found])
    if freedoms.min() < 1:
        return value, -np.inf, np.inf
    freedom = np.sum(factors**2) ** 2 / np.sum(factors**4 / freedoms)
    most = float(reach(1.0, freedom, α)) ** 2
    low, high = (sign * _end(found, sign * factors, most) for sign in (-1, 1))
    return value, low, high


def _end(found: list[Midpoints], factors: Float[np.ndarray, " curves"], most: float) -> float:
    """The largest Σ factor · midpoint with a summed deviance of at most `most`; infinite if all large ones fit a curve.

    Each λ of `MULTIPLIERS` gives the largest sum for its deviance: the maximum of λ Σ factor · midpoint - deviance,
    which separates into one maximum per curve. Between two λ the sum is interpolated linearly.
    """
    if any(factor > 0 and one.deviance[-1] <= most for one, factor in zip(found, factors.tolist(), strict=True)):
        return np.inf
    sums = deviances = np.zeros(len(MULTIPLIERS))
    for one, factor in zip(found, factors.tolist(), strict=True):
        best = np.argmax(MULTIPLIERS[:, None] * factor * one.bits - one.deviance, axis=1)
        sums, deviances = sums + factor * one.bits[best], deviances + one.deviance[best]
    return float(np.interp(most, deviances, sums))


def slope(
    found: list[Midpoints], n: Int[np.ndarray, " curves"], α: float = DEFAULT_LEVEL
) -> tuple[float, float, float]:
    """Slope of the least-squares line of the midpoints on n and its interval; NaN for fewer than two n."""
    if len(n) < 2:
        return float("nan"), -np.inf, np.inf
    centred = n - np.mean(n)
    return combined(found, centred / np.sum(centred**2), α)
