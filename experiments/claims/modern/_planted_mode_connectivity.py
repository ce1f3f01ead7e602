"""Tables planted for the rules of mode-connectivity, see experiments/judging/planting.py."""

import numpy as np
import pandas as pd

from experiments.claims.modern import mode_connectivity
from experiments.claims.modern.mode_connectivity.verdicts import (
    LIMIT,
    MOST,
    PERMUTED,
    RECTIFIER,
    STARTS,
    TARGETS,
    TEACHER,
)
from experiments.judging.planting import Planted, Rng

SETTINGS = mode_connectivity.Settings()
PAIRS = SETTINGS.pairs
# Widths with units to spare at which all arrangements are tried.
WIDTHS = [3, 4, 6, 8]
# Standard deviation of the logarithm of a barrier over pairs: seen on seed 101.
SPREAD = 1.2


def pairs(best: np.ndarray, **columns: object) -> pd.DataFrame:
    """Pairs of two starts with these barriers after the best arrangement, known exactly, and matched as well."""
    facts = {"task": TEACHER, "activation": RECTIFIER, "group": PERMUTED, "ends": STARTS, "width": 8, "steps": 5000}
    numbers = {"pair": range(len(best)), "best": best, "least": best, "matched": best, "plain": 0.5}
    return pd.DataFrame({**facts, "small": True, "enumerated": True, **numbers, **columns})


def barriers(gone: np.ndarray) -> np.ndarray:
    """Barriers below or above the limit."""
    return np.where(gone, LIMIT / 2, 2 * LIMIT)


def gone(effect: float, rng: Rng) -> pd.DataFrame:
    """40 pairs; half of them have no barrier after the best arrangement, and a tenth of all more with each unit."""
    return pairs(barriers(rng.random(PAIRS) < MOST + effect / 10))


def matching(effect: float, rng: Rng) -> pd.DataFrame:
    """40 pairs without a barrier; matching leaves none in half of them, and in a tenth of all more with each unit."""
    none = np.full(PAIRS, LIMIT / 2)
    return pairs(none, matched=barriers(rng.random(PAIRS) < MOST + effect / 10))


def falling(effect: float, rng: Rng) -> pd.DataFrame:
    """40 pairs at each of four widths; medians stay, and fall by half a power of the width for each unit."""
    parts = [
        pairs(0.05 * np.exp(SPREAD * rng.normal(size=PAIRS)) * (width / 5) ** (-effect / 2), width=width)
        for width in WIDTHS
    ]
    return pd.concat(parts, ignore_index=True)


def two_targets(effect: float, rng: Rng) -> pd.DataFrame:
    """40 networks at each of four widths; a quarter has no barrier to one network alone, with each unit 0.04 more."""
    parts = []
    for width in WIDTHS:
        # Only to the same, only to the other, to both or to neither.
        drawn, alone = rng.random(PAIRS), 0.25 + 0.04 * effect
        same, other = (drawn < alone) | (drawn > 0.75), (drawn >= alone) & (drawn < 0.5) | (drawn > 0.75)
        parts += [pairs(barriers(hits), width=width, ends=ends) for hits, ends in ((same, STARTS), (other, TARGETS))]
    return pd.concat(parts, ignore_index=True)


RATE_OF_40 = "exact interval of a rate, 40 pairs"
PLANTED = {
    "mode-connectivity/gone": Planted(
        mode_connectivity.judge, gone, "gone/", RATE_OF_40, "1/10", kinds=("gone", "matched", "barrier")
    ),
    "mode-connectivity/matching": Planted(mode_connectivity.judge, matching, "matching/", RATE_OF_40, "1/10"),
    "mode-connectivity/falls": Planted(
        mode_connectivity.judge,
        falling,
        "/falls/",
        "order statistics of the medians at four widths",
        "half a power",
        kinds=("falls", "matched-falls"),
    ),
    "mode-connectivity/two-targets": Planted(
        mode_connectivity.judge, two_targets, "two-targets/", "Tango's interval of a net share, 160 networks", "0.08"
    ),
}
