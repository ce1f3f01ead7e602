"""How fast a width that is reached grows with the dimension d, over the dimensions that were measured.

A handful of dimensions cannot tell the law of growth. From d = 2 to 5 the width 20 + d^4 is nearer to an exponential
than to any power: a rule that chose between the two by the better fit called it exponential in most cases. The data can
tell a slope: that of log2(width) on d, in bits per dimension, or that of log2(width) on log2(d), the mean power. It is
the slope of the least-squares line through the mean logarithms, so it exists even if widths follow no line. Targets
vary, or runs if a family has one target only. They are drawn anew for every d, and the interval over them is Student's
and Welch's.

A width that was not reached is *censored*: it is above the largest width tried, and nothing else is known. Its lower
bound replaces it for the lower end of the interval, and its upper bound, infinity, for the upper end. Below the mean
dimension a larger width makes the slope smaller, so there the two bounds change places. Each end is wrong at most as
often as if all widths were known, because the mean of lower bounds is below the mean.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from experiments.judging.statistics import DEFAULT_LEVEL, slope_of_means


class Bounds(NamedTuple):
    """Lower and upper bounds of widths, or of their logarithms; both are equal if the width is known."""

    low: Float[np.ndarray, " targets"]
    high: Float[np.ndarray, " targets"]


def growth(
    x: Float[np.ndarray, " dimensions"], y: Sequence[Bounds], α: float = DEFAULT_LEVEL
) -> tuple[float, float, float]:
    """Slope of the mean of y on x, and its interval.

    Args:
        x: for every dimension, d or its logarithm.
        y: for every dimension, bounds of the logarithms, one for each target.
        α: level of the interval.

    Returns:
        The slope, and both ends of its interval. Lower bounds replace unknown widths in the slope. So the slope is a
        lower bound if only widths above the mean dimension are unknown.
    """
    # At the mean dimension the choice of the bound does not matter: the finite one is taken.
    below, above = x < x.mean(), x > x.mean()
    least = [one.high if left else one.low for one, left in zip(y, below, strict=True)]
    most = [one.high if right else one.low for one, right in zip(y, above, strict=True)]
    slope = slope_of_means(x, [one.low for one in y], α)[0]
    return slope, slope_of_means(x, least, α)[1], slope_of_means(x, most, α)[2]
