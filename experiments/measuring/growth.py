"""By which law a width grows with the dimension d, from flat to exponential, decided by slopes with intervals.

An exponential is a straight line of log2(width) against d, a power a straight line against log2(d). Fitted side by
side, log2(width) = constant + β d + p log2(d), the one that is not needed has a coefficient of 0.
"""

from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Float

from experiments.statistics import regression

# Powers of d that growth stays below, either way.
FLAT, SUBLINEAR = 0.5, 1.0
RULE = (
    f"flat if the power of d, fitted alone, lies with its 95 % interval within ±{FLAT:g}; sublinear if within "
    f"±{SUBLINEAR:g}; else exponential if d beside log2(d) has a coefficient above 0 in log2(width), with its "
    "interval: faster than every power of d; else polynomial if log2(d) beside d has one: slower than every "
    "exponential; else undecided"
)
Law = Literal["flat", "sublinear", "polynomial", "exponential", "undecided"]
SLOW = ("flat", "sublinear", "polynomial")
Slope = tuple[float, float, float]


class Growth(NamedTuple):
    """A law, and the slopes that decide it, each with its interval.

    Attributes:
        law: see `RULE`.
        rate, power: of log2(width) on d alone, and on log2(d) alone.
        beside_power, beside_rate: on d and on log2(d), both in one fit.
    """

    law: Law
    rate: Slope
    power: Slope
    beside_power: Slope
    beside_rate: Slope

    def words(self) -> str:
        """The law and its slopes."""
        slopes = {
            "bits per dimension": self.rate,
            "power of d": self.power,
            "bits per dimension beside a power": self.beside_power,
            "power beside bits per dimension": self.beside_rate,
        }
        listed = (f"{name} {value:.2f} [{low:.2f}, {high:.2f}]" for name, (value, low, high) in slopes.items())
        return f"{self.law}: {', '.join(listed)}"


def growth(d: Float[np.ndarray, " points"], width: Float[np.ndarray, " points"], reached: bool = True) -> Growth:
    """The law of a width.

    Args:
        d, width: points of the curve, several for a d if there are several targets.
        reached: false if some widths are bounds from below, for which no slow growth follows.
    """
    log_d, log_width = np.log2(d), np.log2(width)
    (rate,), (power,) = regression(d[:, None], log_width), regression(log_d[:, None], log_width)
    beside_power, beside_rate = regression(np.column_stack([d, log_d]), log_width)
    largest = max(-power[1], power[2])
    law: Law = "undecided"
    if reached and largest < SUBLINEAR:
        law = "flat" if largest < FLAT else "sublinear"
    elif beside_power[1] > 0:
        law = "exponential"
    elif reached and beside_rate[1] > 0:
        law = "polynomial"
    return Growth(law, rate, power, beside_power, beside_rate)
