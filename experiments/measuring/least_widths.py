"""The width from which training succeeds, on a logarithmic scale, and how it grows with the number of bits.

Say that a run at width w succeeds with probability p(w), which does not fall with the width, and read p as the
distribution of a whole number W, the width that a run needs: P(W <= w) = p(w). What is estimated is the mean of log2 W
in bits, in short the needed width,

    M = E log2 W = Σ_{w >= 1} (1 - p(w)) log2((w + 1) / w),

the area above the success curve. It is linear in the success rates, so that its estimate has no bias, however steep
the curve is. Three things are not known, and each widens the interval:

- Between widths that were tried p lies between its values there. This bounds M from below and from above, and both
  bounds are linear as well; an interval reaches from that of the lower one to that of the upper one.
- Rates vary with the functions that were drawn and with the runs. Clusters (the functions that were drawn; runs, if
  there is one function only) are independent, so the variance of a sum of means follows from theirs, with the degrees
  of freedom of Welch and Satterthwaite. Where clusters agree they hide what so few of them cannot show: their variance
  is taken to be at least that of independent rates with one more success and one more failure, as Laplace has it.
- Beyond the widest p is not known. There M is that of W or one more than the widest, whichever is less, and nothing is
  decided where more than `TOLERATED` of the runs fail at the widest.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from experiments.statistics import reach

# Of the runs at the widest, so many may fail.
TOLERATED = 0.05

Rates = Float[np.ndarray, "clusters widths"]


class Curve(NamedTuple):
    """Success rates at one number of bits.

    Attributes:
        n: number of bits.
        widths: that were tried, ascending.
        rates: success rate of every cluster at each width.
    """

    n: int
    widths: Int[np.ndarray, " widths"]
    rates: Rates

    def is_censored(self) -> bool:
        """Whether too many runs fail at the widest."""
        return bool(self.rates[:, -1].mean() < 1 - TOLERATED)


def bounds(widths: Int[np.ndarray, " widths"]) -> tuple[Float[np.ndarray, " widths"], Float[np.ndarray, " widths"]]:
    """What a failure at each width counts for, in bits, if widths between are as good as the next one, or as the last.

    The bound from above has log2 of the first width beside them: below it nobody has tried.
    """
    w = np.asarray(widths, float)
    return np.log2((w + 1) / np.append(1.0, w[:-1] + 1)), np.log2(np.append(w[1:], w[-1] + 1) / w)


def needed(curves: list[Curve], factors: Float[np.ndarray, " curves"]) -> tuple[float, float, float]:
    """Σ factor · M over some curves: its estimate, half-way between its bounds, and its interval.

    Where a curve has fewer than two clusters the interval is unbounded: of a spread one of them says nothing.
    """
    low, high = (_bound(curves, factors, upper) for upper in (False, True))
    return (low[0] + high[0]) / 2, low[0] - low[1], high[0] + high[1]


def _bound(curves: list[Curve], factors: Float[np.ndarray, " curves"], upper: bool) -> tuple[float, float]:
    """One bound of the sum, and how far its interval reaches."""
    total, variances, freedoms = 0.0, [], []
    for (_, widths, rates), factor in zip(curves, factors.tolist(), strict=True):
        # A bound from above takes the lower bound of what is subtracted.
        above = upper == (factor > 0)
        weights = bounds(widths)[above]
        total += factor * (float((1 - rates).mean(0) @ weights) + above * float(np.log2(widths[0])))
        variances.append(factor**2 * _variance(rates, weights))
        freedoms.append(len(rates) - 1)
    if min(freedoms) < 1:
        return total, np.inf
    variance = sum(variances)
    freedom = variance**2 / sum(one**2 / f for one, f in zip(variances, freedoms, strict=True)) if variance else np.inf
    return total, float(reach(np.sqrt(variance), freedom))


def _variance(rates: Rates, weights: Float[np.ndarray, " widths"]) -> float:
    """Of the mean over clusters."""
    clusters = len(rates)
    seen = np.var(rates @ weights, ddof=1) if clusters > 1 else 0.0
    smoothed = (clusters * rates.mean(0) + 1) / (clusters + 2)
    return float(max(seen, np.sum(weights**2 * smoothed * (1 - smoothed))) / clusters)


def slope(curves: list[Curve]) -> tuple[float, float, float]:
    """Slope of the least-squares line of the needed width, in bits, on n, and its interval, see `needed`.

    It is the slope over these n: that they do not lie on a line is no error of it. NaN and unbounded where n are fewer
    than two, and unbounded where runs fail at the widest, see `Curve.is_censored`.
    """
    n = np.array([curve.n for curve in curves], float)
    if len(n) < 2:
        return float("nan"), -np.inf, np.inf
    centred = n - n.mean()
    estimate, low, high = needed(curves, centred / np.sum(centred**2))
    return (estimate, -np.inf, np.inf) if any(curve.is_censored() for curve in curves) else (estimate, low, high)
