"""Tables planted for the rules of optimum and narrow; `_planted.py` hands them on.

Every table has two budgets that differ by chance alone, so the interval at the larger one decides.
"""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import scipy.stats

from experiments.claims.approximation import narrow, optimum
from experiments.claims.approximation.optimum import fair_runs
from experiments.claims.approximation.optimum.verdicts import MARGIN
from experiments.judging.budgets import RATE
from experiments.judging.planting import Planted, Rng
from theory.approximation.narrow import FLOOR

# Runs of every setting with all updates, and with half of them; runs with all updates that are judged.
RUNS, RUNS_BEFORE, JUDGED = 32, 16, 24
# Runs of every setting of narrow.
NARROW_RUNS = 48
WIDTHS = (2, 4, 8, 16, 32)
# Logarithms of errors have this scale, and Student's t distribution with this number of degrees of freedom.
SPREAD, FREEDOM = 0.3, 3
# An effect of 1 is this change of a success rate.
SHIFT = 0.12
# The share of runs that diverge, by width.
DIVERGED = {2: 0.0, 4: 0.0, 8: 0.0, 16: 0.1, 32: 0.2}


def _rows(**axes: Any) -> pd.DataFrame:
    """One row for every combination of the axes."""
    return pd.DataFrame(list(itertools.product(*axes.values())), columns=list(axes))


def _errors(logarithms: Callable[[pd.DataFrame], Any]) -> pd.DataFrame:
    """Runs of one target and optimizer, from natural logarithms of error over floor; the floor is reachable."""
    table = _rows(
        width=WIDTHS, learning_rate=(0.01, 0.1), input_scale=(1.0, 4.0), steps=(2500, 5000), restart=range(RUNS)
    )
    table = table[(table["steps"] == 5000) | (table["restart"] < RUNS_BEFORE)]
    best = 0.3 * (table["width"] + 1.0) ** -2
    rms = best * np.exp(logarithms(table))
    facts = dict.fromkeys(("floor", "reachable", "asymptote"), best) | dict.fromkeys(("interpolant", "bound"), 9 * best)
    names = {"target": "sine", "optimizer": "adam"}
    return table.assign(rms=rms, trained_rms=2 * rms, **facts, **names)


def gaps(effect: float, rng: Rng) -> pd.DataFrame:
    """32 runs of each of four settings at five widths, 24 of them judged, and 16 with half of the updates. The median
    of the best of four is twice the error of the best network, divided by 1.3 for each unit, and at least that error.
    Logarithms of errors are skewed upwards, as the absolute value of Student's t with 3 degrees of freedom.
    """
    share = 1 - 2 ** (-1 / fair_runs.tries(JUDGED))
    quantile = scipy.stats.t.ppf((1 + share) / 2, FREEDOM)
    centre = np.log(optimum.FOUND) - effect * np.log(1.3) - SPREAD * quantile
    return _errors(lambda table: np.maximum(centre + SPREAD * np.abs(rng.standard_t(FREEDOM, len(table))), 0.0))


def growing_gaps(effect: float, rng: Rng) -> pd.DataFrame:
    """32 runs of each of four settings at five widths, 24 of them judged, and 16 with half of the updates. A tenth of
    the runs diverges at 16 units, a fifth at 32. The median over all runs of error over the best network's error grows
    as a power of the width, 0.25 less 0.15 for each unit. Logarithms of errors are skewed upwards, as an exponential
    distribution.
    """
    slope = MARGIN - 0.15 * effect

    def logarithms(table: pd.DataFrame) -> np.ndarray:
        share = table["width"].map(DIVERGED).to_numpy()
        # The number of runs that do not diverge and are below the median of all.
        median = scipy.stats.expon.ppf(0.5 / (1 - share))
        errors = 2 + slope * np.log(table["width"]) + 0.5 * (rng.standard_exponential(len(table)) - median)
        return np.where(rng.random(len(table)) < share, np.nan, errors)

    return _errors(logarithms)


def _narrow(d: int, success: float, collapsed: Callable[[pd.Series], Any], rng: Rng) -> pd.DataFrame:
    """Runs of width d + 1 at the sizes of the claim."""
    table = _rows(
        depth=(1, 2, 4, 8, 16), learning_rate=(0.003, 0.01, 0.03), steps=(400, 800), restart=range(NARROW_RUNS)
    )
    least = table["steps"] == 800
    table = table[(least & (table["restart"] < 8)) | ((table["depth"] <= 4) & (least | (table["restart"] < 32)))]
    error = np.where(rng.random(len(table)) < success, 0.5, 1.0) * FLOOR
    dies = rng.random(len(table)) < np.clip(collapsed(table["depth"]), 0, 1)
    return table.assign(d=d, spare=1, error=error, collapsed=dies, construction_error=np.nan)


def found(effect: float, rng: Rng) -> pd.DataFrame:
    """Runs of width d + 1 at five depths, three learning rates and two budgets: 48 of each setting, 36 of them judged,
    with at most four layers. A share of 0.5, and 0.12 more for each unit, finds a network better than any of width d.
    """
    return _narrow(2, float(np.clip(RATE + SHIFT * effect, 0, 1)), lambda depth: 0.3, rng)


def collapsing(effect: float, rng: Rng) -> pd.DataFrame:
    """144 runs of width d + 1 for each of one, two and four layers, 24 for each of eight and sixteen. A share of 0.1
    collapses at four layers. Each doubling of the layers adds 0.08 to the share for each unit.
    """
    return _narrow(2, 0.5, lambda depth: 0.1 + 0.08 * effect * (np.log2(depth) - 2), rng)


PLANTED = {
    "optimum/gap": Planted(
        optimum.judge, gaps, "gap/", "order statistics of the best of 4, 24 runs", "a factor of 1.3"
    ),
    "optimum/gap-growth": Planted(
        optimum.judge, growing_gaps, "gap-growth", "order statistics of a slope of medians", "a power of 0.15"
    ),
    "narrow/found": Planted(narrow.judge, found, "wider/found", "exact interval of a rate, 36 runs", f"{SHIFT:g}"),
    "narrow/deeper-collapses": Planted(
        narrow.judge, collapsing, "deeper-collapses", "Zou and Donner's interval of a slope of rates", "0.08"
    ),
}
