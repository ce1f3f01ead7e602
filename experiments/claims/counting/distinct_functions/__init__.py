"""counting.distinct-functions: how many boolean functions all settings of a small network give.

A network n-m-1 with W weights and biases of k levels has k^W settings. All of them are counted, exactly, by
`theory.counting.settings`: how many functions of n bits there are among them, and how many settings give each. So it is
known how far the number of functions stays behind the number of settings, how it grows with W log2 k, and which
functions have many settings. One tanh unit with levels ±1 gives the two constants only: |tanh| < 1 never outweighs a
bias of 1. So its second unit adds more functions than its weights have settings.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.claims.counting.distinct_functions.figures import draw
from experiments.claims.counting.distinct_functions.verdicts import judge
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.boolean.functions import FAMILIES, pack
from theory.counting import settings as counting
from theory.counting.bounds import dichotomies

__all__ = ["FULL", "SMOKE", "Settings", "draw", "judge", "measure", "work"]

LEVELS = {"-1, 1": (-1, 1), "-1, 0, 1": (-1, 0, 1), "-2 to 2": (-2, -1, 0, 1, 2)}


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Bits, hidden units, and what a weight or a bias may be."""

    n: list[int] = setting([2, 3, 4, 5, 6], low=1, high=6, static=True)
    m: list[int] = setting([1, 2, 3], low=1, high=4, static=True)
    levels: list[str] = setting(list(LEVELS), choices=tuple(LEVELS), static=True)
    activation: list[str] = setting(
        ["threshold", "rectifier", "tanh"], choices=("threshold", "rectifier", "tanh"), static=True
    )
    # Larger ones take minutes: sums of three terms for each of 2^n inputs. Beyond 5 bits tanh of sums of weights up to
    # 2 is too near to 1 for float64 to decide.
    where: str = setting(
        "levels == '-1, 1' and n + m <= 8 or levels == '-1, 0, 1' and n * m <= 10 and n + m <= 7 "
        "or levels == '-2 to 2' and n * m <= 6 and n <= 5"
    )


SMOKE = {"n": [2, 3], "m": [1, 2]}
FULL = {
    "where": "n * m <= 12 and n + m <= 8 and (levels != '-2 to 2' or n * m <= 8 and n <= 5)",
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: settings, functions, and the settings of some functions."""
    n, m, levels = unit.static("n"), unit.static("m"), LEVELS[unit.static("levels")]
    found = counting.functions(n, m, levels, unit.static("activation"))
    W = counting.weights(n, m)
    unused = np.random.default_rng(0)
    return unit.cells.assign(
        weights=W,
        k=len(levels),
        log2_settings=W * math.log2(len(levels)),
        functions=len(found.functions),
        log2_possible=float(2**n),
        log2_dichotomies=dichotomies(n, m),
        parity_share=found.of(pack(FAMILIES["parity"](n, unused))) / len(levels) ** W,
        zero_share=found.of(0) / len(levels) ** W,
    )


def work(unit: Unit) -> Work:
    """Sums of products for all inputs; of hidden units at most k^(n + 1) differ."""
    n, m, k = unit.static("n"), unit.static("m"), len(LEVELS[unit.static("levels")])
    terms = min(k ** (n + 2), 8.0 * 4.0**n)
    return Work(0, 5.0 * 2**n * k * terms**m / math.factorial(m))
