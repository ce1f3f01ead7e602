"""Verdicts of sparse-parity: how the power of n grows with the bits of a parity, and with the leap of a function."""

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd

from experiments.judging.measured import Measured
from experiments.judging.rules import above, below, within
from experiments.judging.statistics import (
    DEFAULT_LEVEL,
    combined_interval,
    median_interval,
    percent,
    slope_of_medians,
)
from experiments.judging.verdict import Trial, Verdict, on

TRAINED, FIXED = "trained", "fixed"
# A run has begun to learn when this share of the variance is left, and has learned when that share is.
BEGUN, LEARNED = 0.9, 0.1
# Most of the time is more than half of it.
MOST = 0.5
# The conjectured power is the larger of the leap and 2; powers are the same within half of the step to the next leap.
SMALL_LEAP, SAME = 2, 0.5
# With features that are fixed, hardly any run learns: fewer than this share.
HARDLY = 0.25

TRIAL = Trial(
    source="Barak et al. 2022, arXiv 2207.08799; what has begun and what is learned is ours",
    bears_on=on("barak-power"),
    existence="found by training",
    switches={
        "activation": "rectifier",
        "hidden_layers": 1,
        "bias": True,
        "domain": "plus-minus-one",
        "loss": "squared",
        "optimizer": "sgd",
        "points": "fresh for every update",
        "precision": "float32",
    },
)
ABRUPT = TRIAL.but(bears_on=on("barak-abrupt"))
# The slope of the loss at guessing is that of x_1 x_2, linear in the weights: it is left at an exponential pace.
TWO_BITS = TRIAL.but(bears_on=on("barak-abrupt", role="variant"))
LEAPS = TRIAL.but(
    source="Abbe, Boix-Adsera & Misiakiewicz 2023, arXiv 2302.11055, cited from memory",
    bears_on=on("abbe-leap", role="variant"),
)
CONTROL = TRIAL.but(source="ours", bears_on=on("barak-power", role="control"), switches={"features": "fixed"})


def kinds(table: pd.DataFrame) -> Iterator[tuple[int, int, pd.DataFrame]]:
    """Bits k, leap and runs of every function that networks with trained features learn, by k and then by leap."""
    for (k, leap), rows in table[table["features"] == TRAINED].groupby(["k", "leap"]):
        yield int(k), int(leap), rows


def power(rows: pd.DataFrame, α: float) -> tuple[float, float, float]:
    """The least-squares slope of the logarithm of the median updates on that of n, and its interval."""
    groups = rows.groupby("n")["learned_at"]
    return slope_of_medians(np.log(list(groups.groups)), [np.log(times.to_numpy(float)) for _, times in groups], α)


def difference(rows: pd.DataFrame, lower: pd.DataFrame) -> Measured:
    """How much larger one power is than another.

    The runs of both are independent, see `combined_interval`.
    """

    def estimate(α: float) -> tuple[float, float, float]:
        values, lows, highs = np.array([power(rows, α), power(lower, α)]).T
        if not np.isfinite(values).all():
            return math.nan, -math.inf, math.inf
        return combined_interval(np.array([1.0, -1.0]), values, lows, highs)

    how = (
        "The power is the least-squares slope of the logarithm of the median updates on that of n. The difference "
        f"of two powers has Zou and Donner's {percent()} interval, from those of both, by order statistics of the runs."
    )
    return Measured(estimate, len(rows) + len(lower), how=how)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Powers of parities of k and of more bits, of functions of k bits by their leap, and how abruptly both fall."""
    functions = {(k, leap): rows for k, leap, rows in kinds(table)}
    parities = [k for k, leap in functions if leap == k]
    found = [_grows(k, more, functions) for k, more in pairwise(parities)]
    found += [_abrupt(k, functions[k, k]) for k in parities if k > 1]
    for k in dict.fromkeys(bits for bits, _ in functions):
        leaps = [leap for bits, leap in functions if bits == k]
        found += [_leap(k, leap, more, functions) for leap, more in pairwise(leaps)]
    fixed = table[table["features"] == FIXED]
    return found + [_fixed(rows) for _, rows in fixed.groupby(["k", "leap", "n"])]


def _facts(rows: pd.DataFrame) -> dict:
    return {
        "n": rows["n"],
        "width": rows["units"],
        "batch": rows["batch"],
        "learning_rate": rows["learning_rate"],
        "updates": f"up to {rows['steps'].max():,}",
    }


def _powers(*those: pd.DataFrame) -> str:
    words = [
        f"{value:.2f} [{low:.2f}, {high:.2f}]" for value, low, high in (power(rows, DEFAULT_LEVEL) for rows in those)
    ]
    return f"the powers are {' and '.join(words)}"


def _grows(k: int, more: int, functions: dict[tuple[int, int], pd.DataFrame]) -> Verdict:
    rows, lower = functions[more, more], functions[k, k]
    return TRIAL.verdict(
        f"grows/{k}-to-{more}",
        "The updates that descent needs for the parity of k of n bits are a power of n that grows with k.",
        difference(rows, lower),
        above(0.0),
        prediction=f"power of n for {more} bits - power for {k} bits > 0",
        notes=_powers(lower, rows),
        finding=f"The power of n that parity of {more} bits takes is larger than that of {k} bits by {{measured}}.",
        k=[k, more],
        **_facts(rows),
    )


def _leap(k: int, leap: int, more: int, functions: dict[tuple[int, int], pd.DataFrame]) -> Verdict:
    rows, lower = functions[k, more], functions[k, leap]
    same = more <= SMALL_LEAP
    statement = (
        "Of functions of as many bits, that with the larger leap takes the larger power of n, beyond leaps of 2."
    )
    return LEAPS.verdict(
        f"leap/{k}-bits/{leap}-to-{more}",
        f"Functions of as many bits with leaps of 1 and of {SMALL_LEAP} take the same power of n."
        if same
        else statement,
        difference(rows, lower),
        within(0.0, SAME) if same else above(0.0),
        prediction=f"power of n for a leap of {more} - power for a leap of {leap} "
        + (f"= 0, within {SAME:g}" if same else "> 0"),
        notes=_powers(lower, rows),
        finding=f"Of functions of {k} bits, that with a leap of {more} takes a power of n that is larger than that "
        f"with a leap of {leap} by {{measured}}.",
        k=k,
        leap=[leap, more],
        **_facts(rows),
    )


def plateaus(rows: pd.DataFrame) -> np.ndarray:
    """The share of the time until a run has learned for which its error stays that of guessing."""
    return (rows["begun_at"] / rows["learned_at"]).to_numpy(float)


def _abrupt(k: int, rows: pd.DataFrame) -> Verdict:
    most = rows[rows["n"] == rows["n"].max()]
    learned = most[np.isfinite(most["learned_at"])]
    share = plateaus(learned)
    how = (
        f"Updates until {BEGUN:g} of the variance are left over updates until {LEARNED:g} are, median over the runs "
        f"that learn. {percent()} interval by order statistics."
    )
    return (ABRUPT if k > 2 else TWO_BITS).verdict(
        f"abrupt/{k}",
        "While it learns a parity, a network's error stays that of guessing for most of the time.",
        Measured(lambda α: median_interval(share, α) if len(share) else (math.nan,) * 3, len(share), how=how),
        above(MOST),
        prediction=f"share of the time > {MOST:g}",
        notes=f"{len(learned)} of {len(most)} runs learn",
        finding=f"For a share of {{measured}} of the time until it learns parity of {k} of {most['n'].max()} bits, a "
        "network does no better than guessing.",
        k=k,
        **_facts(most),
    )


def _fixed(rows: pd.DataFrame) -> Verdict:
    learned = np.isfinite(rows["learned_at"])
    return CONTROL.verdict(
        f"fixed-features/{rows['k'].iloc[0]}-bits",
        "A network whose hidden layer stays as it was drawn does not learn a parity with as many updates.",
        Measured.share(learned, "The share of the runs that learn."),
        below(HARDLY),
        prediction=f"share of runs that learn < {HARDLY:g}",
        k=rows["k"],
        leap=rows["leap"],
        **_facts(rows),
    )
