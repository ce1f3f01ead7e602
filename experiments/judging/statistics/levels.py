"""The level of an interval, how far it reaches, and the correction of many p-values at once."""

from typing import Any

import numpy as np
import scipy  # and no submodule: loading scipy.stats takes half a second, most commands never use it
from jaxtyping import Float
from numpy.typing import ArrayLike

# The usual level in the field: confidence 95 %.
DEFAULT_LEVEL = 0.05


def percent(α: float = DEFAULT_LEVEL) -> str:
    """The confidence of intervals at a level in words, such as 95 %."""
    return f"{100 * (1 - α):.6g} %"


def reach(standard_error: ArrayLike, freedom: ArrayLike = np.inf, α: float = DEFAULT_LEVEL) -> Any:
    """How far an interval extends to either side of an estimate.

    Args:
        standard_error: of the estimate.
        freedom: degrees of freedom of the standard error, for Student's interval; without them it is the normal one.
    """
    # At level 0 an interval is unbounded, even around a quantity that does not vary.
    return np.inf if α == 0 else scipy.stats.t.isf(α / 2, freedom) * np.asarray(standard_error)


def holm(p_values: Float[np.ndarray, " tests"]) -> Float[np.ndarray, " tests"]:
    """p-values adjusted by Holm's step-down method.

    Whoever rejects all adjusted p-values below a level makes a false rejection at most with that probability.
    """
    order = np.argsort(p_values)
    scaled = np.asarray(p_values)[order] * np.arange(len(order), 0, -1)
    adjusted = np.empty_like(scaled)
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return adjusted
