"""How much a measure of complexity tells about which function a random network computes, beside another measure.

A measure K has one number for each function. Of the distributions on functions in which log2 P(f) is a line in K(f),
one fits the draws best: the one with their mean of K. Its likelihood is that of the draws at one free number, its
slope. So measures are held against each other fairly: each has one number, however finely it tells functions apart. The
difference of two log-likelihoods is a mean over draws (Vuong, Econometrica 57, 1989).

Constant functions are left out. Gates put them together with inputs, as both cost nothing, and Lempel and Ziv's words
do not: by that alone words would tell more, because many random networks are constant."""

import math

import numpy as np
import pandas as pd
import scipy.optimize
from jaxtyping import Float, Int, Num

from experiments.judging.measured import Measured
from experiments.judging.statistics import normal_interval, percent

# What gates are held beside, in words.
BESIDE = {
    "words": "Lempel and Ziv's words of the truth table",
    "balance": "the number of ones, or of zeros where these are fewer",
}
# The column `beside` of rows that count by one measure only.
ALONE = -1
# Slopes beyond this are not looked for: one function would have all of the probability.
STEEPEST = 60.0


def tilt(mean: float, functions: Float[np.ndarray, " numbers"]) -> float:
    """The slope of log2 P in the number of gates with which all functions have this mean number of gates.

    The mean grows with the slope, so there is one, of the exponential family P(f) proportional to 2^(slope · gates).

    Args:
        mean: number of gates; beyond what slopes up to `STEEPEST` give, the end is returned.
        functions: how many functions have 0, 1, 2, ... gates.
    """
    numbers = np.arange(len(functions))

    def excess(slope: float) -> float:
        weights = functions * 2.0 ** (slope * (numbers - (len(numbers) if slope > 0 else 0)))
        return float(weights @ numbers / weights.sum() - mean)

    if excess(-STEEPEST) >= 0:
        return -STEEPEST
    return STEEPEST if excess(STEEPEST) <= 0 else float(scipy.optimize.brentq(excess, -STEEPEST, STEEPEST))


def mean_of_draws(values: np.ndarray, counts: np.ndarray) -> tuple[float, float, int]:
    """Mean of draws, its standard error, and their number."""
    draws = int(counts.sum())
    mean = float(values @ counts / draws)
    return mean, math.sqrt(float((values - mean) ** 2 @ counts) / draws / (draws - 1)), draws


def log_likelihoods(
    numbers: Int[np.ndarray, " groups"], functions: Int[np.ndarray, " groups"], counts: Num[np.ndarray, " groups"]
) -> Float[np.ndarray, " groups"]:
    """log2 P of a function of each group, in the distribution of one slope that fits the draws best.

    Args:
        numbers: of the measure, for each group of functions.
        functions, counts: how many functions are in the group, and how many draws, or in proportion to them.
    """
    of_number = np.bincount(numbers, functions)
    slope = tilt(float(numbers @ counts / counts.sum()), of_number)
    normalizer = np.log2(of_number @ 2.0 ** (slope * np.arange(len(of_number))))
    return slope * numbers - normalizer


def more(rows: pd.DataFrame) -> Measured:
    """By how many bits a draw gates are better than another measure, at the depth where that is least.

    Args:
        rows: of one other measure: numbers of gates, the other's `beside`, and `hidden_layers`.
    """
    of_depth = [_difference(mine) for _, mine in rows.groupby("hidden_layers")]

    def estimate(α: float) -> tuple[float, float, float]:
        ends = [(mean, *normal_interval(mean, error, α / len(of_depth))) for mean, error, _ in of_depth]
        return tuple(np.min(ends, axis=0).tolist())

    how = (
        "The mean over draws of log2 of the ratio of two likelihoods, each of a line with one slope; of all numbers of "
        f"hidden layers the least, with normal intervals that hold together in {percent()}."
    )
    return Measured(estimate, sum(draws for *_, draws in of_depth), how=how)


def told(rows: pd.DataFrame, measure: str) -> float:
    """Bits a draw that a measure tells of draws of one kind: beyond a function that is drawn from all.

    Args:
        rows: of gates beside another measure.
        measure: the column, `number` for the gates and `beside` for the other.
    """
    functions, counts = (rows[name].to_numpy(dtype=int) for name in ("functions", "count"))
    logs = log_likelihoods(rows[measure].to_numpy(dtype=int), functions, counts)
    return float(logs @ counts / counts.sum() + np.log2(functions.sum()))


def _difference(rows: pd.DataFrame) -> tuple[float, float, int]:
    functions, counts = (rows[name].to_numpy(dtype=int) for name in ("functions", "count"))
    gates, other = (log_likelihoods(rows[name].to_numpy(dtype=int), functions, counts) for name in ("number", "beside"))
    return mean_of_draws(gates - other, counts)
