"""Intervals, slopes and corrections. The harness reports no rate and no slope without an interval.

Every interval has a level α and the confidence 1 - α; by default α is `DEFAULT_LEVEL`. At α = 0 it is unbounded: it
contains every value that is possible.
"""

from experiments.judging.statistics.averages import (
    mean_interval,
    median_interval,
    normal_interval,
    percentile_interval,
    quantile_interval,
)
from experiments.judging.statistics.combined import combined_interval
from experiments.judging.statistics.levels import DEFAULT_LEVEL, holm, percent, reach
from experiments.judging.statistics.rates import (
    clustered_interval,
    combined_rates_interval,
    exact_interval,
    net_share,
    slope_of_rates,
    wilson,
)
from experiments.judging.statistics.slopes import (
    least_squares_slope,
    line_slope,
    regression,
    slope_of_means,
    slope_of_medians,
)

__all__ = [
    "DEFAULT_LEVEL",
    "clustered_interval",
    "combined_interval",
    "combined_rates_interval",
    "exact_interval",
    "holm",
    "least_squares_slope",
    "line_slope",
    "mean_interval",
    "median_interval",
    "net_share",
    "normal_interval",
    "percent",
    "percentile_interval",
    "quantile_interval",
    "reach",
    "regression",
    "slope_of_means",
    "slope_of_medians",
    "slope_of_rates",
    "wilson",
]
