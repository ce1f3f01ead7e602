"""Tables planted for the rules of rate, dimension and fixed-basis; `_planted.py` hands them on.

Tables of training have two budgets that differ by chance alone; those of rate also have two settings of training. So
three things are on trial: the choice of the setting, the extension of the interval, and the interval.
"""

import itertools
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.approximation import dimension, fixed_basis, rate
from experiments.claims.approximation._ways import WAYS
from experiments.claims.approximation.dimension.verdicts import BITS, PROOF, RANDOM
from experiments.claims.approximation.rate.verdicts import BARRON, MARGIN, SMOOTH
from experiments.judging.planting import Planted, Rng
from theory.approximation import fixed_bases, targets

FUNCTIONS, HALF = 6, 3
BUDGETS = (500, 1000)
LEVEL = 0.5


def _rows(**axes: Any) -> pd.DataFrame:
    """One row for every combination of the axes; the smaller budget has half of the functions."""
    table = pd.DataFrame(list(itertools.product(*axes.values())), columns=list(axes))
    return table[(table["steps"] == max(BUDGETS)) | (table["function"] < HALF)].reset_index(drop=True)


def _of_functions(table: pd.DataFrame, values: np.ndarray) -> np.ndarray:
    """For every row the value of its function."""
    return values[table["function"].to_numpy()]


def _errors(slope: float, spread: float, d: int, activation: str, rng: Rng) -> pd.DataFrame:
    """Errors of training: every function has its own power of the width; the noise is skewed upwards."""
    table = _rows(width=(4, 8, 16, 32, 64, 128), input_scale=(1.0, 4.0), function=range(FUNCTIONS), steps=BUDGETS)
    powers = _of_functions(table, slope + spread * rng.normal(size=FUNCTIONS))
    level = _of_functions(table, rng.normal(size=FUNCTIONS))
    noise = 0.1 * rng.standard_exponential(len(table))
    facts = {"family": "ridges", "d": d, "activation": activation, "learning_rate": 0.03, "restart": 0, "points": 4096}
    unknown = dict.fromkeys(("construction_error", "random_error", "norm"), np.nan)
    error = np.exp(level + powers * np.log(table["width"]) + noise)
    return table.assign(error=error, deviation=1.0, **unknown, **facts)


def slopes(effect: float, rng: Rng) -> pd.DataFrame:
    """Errors of six functions at six widths, with two settings of training and two budgets; four functions are judged.
    Their powers of the width have a standard deviation of 0.1 and a mean of -1/2, less 0.1 for each unit.
    """
    return _errors(BARRON - 0.1 * effect, 0.1, 4, "tanh", rng)


def smooth_slopes(effect: float, rng: Rng) -> pd.DataFrame:
    """Errors of six functions at six widths, with two settings of training and two budgets; four functions are judged.
    Their powers of the width have a standard deviation of 0.05. Their mean is at the border of the margin about -2, and
    nearer to -2 by 0.06 for each unit.
    """
    return _errors(SMOOTH + MARGIN - 0.06 * effect, 0.05, 1, "rectifier", rng)


def _reached(table: pd.DataFrame, needed: np.ndarray, column: str, rng: Rng) -> pd.DataFrame:
    """Errors that fall as a power of the width, with some noise; they reach the level at the widths needed."""
    ways = dict.fromkeys((*WAYS, PROOF), np.nan)
    error = LEVEL * (needed / table["width"]) ** 0.4 * np.exp(0.03 * rng.normal(size=len(table)))
    facts = {"activation": "rectifier", "input_scale": 1.0, "learning_rate": 0.03, "restart": 0, "points": 8192}
    return table.assign(**(ways | {column: error}), relative_error=LEVEL, **facts)


def _by_dimension(table: pd.DataFrame, spread: float, rng: Rng) -> np.ndarray:
    """For every row a skewed random number that its function and dimension share."""
    drawn = {(d, f): spread * (rng.standard_exponential() - 1) for d in table["d"].unique() for f in range(FUNCTIONS)}
    return np.array([drawn[pair] for pair in zip(table["d"], table["function"], strict=True)])


def _pyramids(effect: float, column: str, rng: Rng) -> pd.DataFrame:
    widths = (2, 4, 8, 16, 32, 64, 256, 1024)
    table = _rows(d=(1, 2, 3, 4, 5), width=widths, function=range(FUNCTIONS), steps=BUDGETS)
    table = table[(table["width"] <= 256) | (table["d"] >= 4)].reset_index(drop=True)
    # At the border widths go from 90 to 700. A steeper line begins lower, and a flatter one ends lower.
    bits = BITS + 0.15 * effect
    line = np.log2(700) + bits * (table["d"] - 5) if effect > 0 else np.log2(700 / 8) + bits * (table["d"] - 2)
    needed = 2 ** (line + _by_dimension(table, 0.4, rng))
    return _reached(table, needed.to_numpy(), column, rng).assign(family="pyramids", norm=np.nan, deviation=1.0)


def doubling(effect: float, rng: Rng) -> pd.DataFrame:
    """Errors of random features for six functions in every dimension from 1 to 5, at up to eight widths. The width at
    which they reach the level grows by 1 bit per dimension, and 0.15 more for each unit. A width above the largest one
    tried is not seen: at the border, this is so for about a third of the functions at d = 5.
    """
    return _pyramids(effect, RANDOM, rng)


def doubling_trained(effect: float, rng: Rng) -> pd.DataFrame:
    """As for random features, but of training with two budgets: widths grow by 1 bit per dimension, and 0.15 more for
    each unit.
    """
    return _pyramids(effect, "error", rng)


def _power(family: str, effect: float, rng: Rng) -> pd.DataFrame:
    widths = (2, 4, 8, 16, 32, 64, 256)
    table = _rows(d=(1, 2, 3, 4, 5, 8), width=widths, function=range(FUNCTIONS), steps=BUDGETS)
    norm = 10 * np.sqrt(table["d"]) * np.exp(_by_dimension(table, 0.2 if family == "ridges" else 0.0, rng))
    bound = targets.barron_units(norm.to_numpy(), np.full(len(norm), LEVEL))
    needed = bound / 500 * np.exp(_by_dimension(table, 0.25, rng)) * table["d"].to_numpy(float) ** (-0.2 * effect)
    return _reached(table, needed, "error", rng).assign(family=family, norm=norm, deviation=1.0)


def power_of_functions(effect: float, rng: Rng) -> pd.DataFrame:
    """Errors of training for six functions in each of six dimensions, at seven widths and two budgets. The width at
    which they reach the level is a fraction of Barron's bound for the function, which varies, times d^-0.2 for each
    unit.
    """
    return _power("ridges", effect, rng)


def power_of_runs(effect: float, rng: Rng) -> pd.DataFrame:
    """Errors of six runs on one function in each of six dimensions, at seven widths and two budgets. The width at which
    they reach the level is a fraction of Barron's bound, times d^-0.2 for each unit.
    """
    return _power("gaussian", effect, rng)


def fixed_units(effect: float, rng: Rng) -> pd.DataFrame:
    """Worst errors of ten sets of units at five widths: powers of the width, -1/2 and 0.05 more for each unit."""
    d, widths, draws = 4, np.array(fixed_basis.Settings().width), fixed_basis.Settings().draws
    power = fixed_basis.BARRON + 0.05 * effect
    table = pd.DataFrame(list(itertools.product(widths, range(draws))), columns=["width", "draw"])
    worst = table["width"] ** power * np.exp(0.1 * rng.standard_exponential(len(table)))
    floors = {width: fixed_bases.floor(d, width).error for width in widths.tolist()}
    facts = {"d": d, "activation": "tanh", "length": 4, "points": 4096, "adaptive": 0.01}
    return table.assign(worst=worst, floor=table["width"].map(floors), **facts)


STUDENT, WELCH = "Student's interval of a mean slope, 4 functions", "Welch's interval of a slope of means, 6 functions"
PLANTED = {
    "rate/slope": Planted(rate.judge, slopes, "slope", STUDENT, "a power of 0.1"),
    "rate/smooth": Planted(rate.judge, smooth_slopes, "smooth", f"{STUDENT}, within a margin", "a power of 0.06"),
    "dimension/pyramids/random-features": Planted(
        dimension.judge, doubling, "random-features", f"{WELCH}, censored", "0.15 bits"
    ),
    "dimension/pyramids": Planted(dimension.judge, doubling_trained, "pyramids", f"{WELCH}, censored", "0.15 bits"),
    "dimension/ridges": Planted(dimension.judge, power_of_functions, "ridges", WELCH, "a power of 0.2"),
    "dimension/gaussian": Planted(dimension.judge, power_of_runs, "gaussian", f"{WELCH}, of one", "a power of 0.2"),
    "fixed-basis/slower": Planted(
        fixed_basis.judge, fixed_units, "slower", "Student's interval of a mean slope, 10 draws", "a power of 0.05"
    ),
}
