"""The width at which half of all runs succeed, in bits, and how it grows: what its likelihood does not exclude.

At each n the success rate is taken to be logistic in log2 of the width, with a midpoint and a steepness of its own:

    p(w) = 1 / (1 + exp(-s (log2 w - μ))),    2^μ the width at which half of all runs succeed.

A width is at least 1, so that midpoints below 0 count as 0. For every μ the deviance says how much worse than the best
curve the best curve with this midpoint fits the counts of successes. A statistic Σ c_n μ_n, such as the slope of the
least-squares line, has the deviance Σ d_n(μ_n), at the μ that make it least; its interval holds the values with a
deviance up to the squared quantile of Student's distribution. So an interval knows

- its ladder: where rates jump from 0 to 1 between two widths that were tried, every midpoint between them fits, and
  beyond the widest, or for runs that always succeed, all that are not excluded;
- its functions: where they were drawn, runs on one function resemble each other. The deviance is divided by the design
  effect: by how much the area above the success curve varies more between functions than independent runs would make
  it. Where no rate varies at all, runs on one function count as one;
- what was estimated beside it: Student's distribution has the degrees of freedom of Welch and Satterthwaite, where each
  n brings one less than its clusters, or two less than its widths, if that is less, as a line through them would;
- what few runs can say: one network in each setting excludes what would be improbable, and no more.

Where each n has one function, runs vary alone: the slope is that of the line through what these functions need.
"""

import functools
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from experiments.judging.statistics import DEFAULT_LEVEL, reach

# Logits for each doubling of the width, from nearly flat to a jump.
STEEPNESS = np.geomspace(0.5, 500.0, 80)
# Distance of midpoints in bits, and how many bits below a width of 1 and beyond the widest they go.
SPACING, BELOW, BEYOND = 0.02, 3.0, 6.0
# How much a bit more weighs against the deviance, where ends of intervals are sought.
MULTIPLIERS = np.append(0.0, np.geomspace(1e-1, 1e5, 80))


class Curve(NamedTuple):
    """Successes at one number of bits.

    Attributes:
        n: number of bits.
        widths: that were tried, ascending.
        rates: success rate of every cluster at each width: of a function, or of a run.
        runs: behind each of these rates.
    """

    n: int
    widths: Int[np.ndarray, " widths"]
    rates: Float[np.ndarray, "clusters widths"]
    runs: int


class Midpoints(NamedTuple):
    """Midpoints in bits, from 0 on, and the deviance of each.

    Attributes:
        clusters: how many there are.
        freedom: degrees of freedom that this curve brings, 0 if there is one cluster.
    """

    bits: Float[np.ndarray, " midpoints"]
    deviance: Float[np.ndarray, " midpoints"]
    clusters: int
    freedom: int

    def typical(self) -> float:
        """The mean over midpoints, each weighed by its likelihood."""
        return float(np.average(self.bits, weights=np.exp(-self.deviance / 2)))


def midpoints(curve: Curve) -> Midpoints:
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
    # Beyond 30 logits a rate is 0 or 1 for as many runs as anybody makes.
    logits = np.clip(STEEPNESS[:, None, None] * (bits - μ[:, None]), -30.0, 30.0)
    return μ, logits, np.log1p(np.exp(logits)).sum(-1)


def design_effect(curve: Curve) -> float:
    """How many times more the area above the curve varies between clusters than by runs alone; at least 1."""
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

    Where a curve has fewer than two clusters the interval is unbounded: of a spread one of them says nothing.
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

    Each λ of `MULTIPLIERS` gives the largest sum for its deviance, the maximum of λ Σ factor · midpoint - deviance,
    which is sought for each curve by itself. Between them the interval is a chord, so that it is never too short by
    more than the multipliers are apart.
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
