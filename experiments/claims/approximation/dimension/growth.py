"""How fast a width that is reached grows with the dimension d: over the dimensions that were measured, and no farther.

A handful of dimensions cannot tell by which law a width grows. From d = 2 to 5 the width 20 + d^4 is nearer to an
exponential than to any power, and a rule that chose between powers and exponentials by the better fit called the first
one exponential in most of all cases. What the data can tell is a slope: of log2(width) on d, in bits per dimension, or
of log2(width) on log2(d), the mean power, over these dimensions. It is the slope of the least-squares line through the
mean logarithms, so that widths which follow no line have one as well. What varies are the targets, or, where a family
has one target only, the runs: they are drawn for every d anew, and the interval is Student's and Welch's over them.

A width that was not reached is *censored*: it is above the largest that was tried, and nothing else is known of it. Its
bound from below takes its place where the lower end of the interval is sought, and its bound from above, infinity,
where the upper end is. At dimensions below the mean one a larger width makes the slope smaller, so that they change
places. Either end errs at most as often as it would if all widths were known, for the mean of bounds from below
is below the mean.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from experiments.judging.statistics import DEFAULT_LEVEL, slope_of_means


class Bounds(NamedTuple):
    """Between what widths lie, or their logarithms: twice the same where they are known."""

    low: Float[np.ndarray, " targets"]
    high: Float[np.ndarray, " targets"]


def growth(
    x: Float[np.ndarray, " dimensions"], y: Sequence[Bounds], α: float = DEFAULT_LEVEL
) -> tuple[float, float, float]:
    """Slope of the mean of y on x, and its interval.

    Args:
        x: a number for every dimension, d or its logarithm.
        y: for every dimension bounds of the logarithms, one for each target.
        α: level of the interval.

    Returns:
        The slope with bounds from below in place of what is not known, so that it is one from below itself where only
        widths above the mean dimension are not; then both ends of the interval.
    """
    # At the mean dimension itself either bound will do, so the finite one.
    below, above = x < x.mean(), x > x.mean()
    least = [one.high if left else one.low for one, left in zip(y, below, strict=True)]
    most = [one.high if right else one.low for one, right in zip(y, above, strict=True)]
    slope = slope_of_means(x, [one.low for one in y], α)[0]
    return slope, slope_of_means(x, least, α)[1], slope_of_means(x, most, α)[2]
