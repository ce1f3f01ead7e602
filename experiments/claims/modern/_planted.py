"""Tables planted for the rules about claims of recent years, see experiments/judging/planting.py."""

import numpy as np
import pandas as pd

from experiments.claims.modern import (
    _planted_double_descent,
    _planted_landscapes,
    _planted_many_features,
    _planted_max_margin,
    _planted_mode_connectivity,
    _planted_parity,
    _planted_square,
    _planted_training,
    modular_addition,
)
from experiments.claims.modern.modular_addition import COMPARED, FREE, HALF, MARGIN, TIED
from experiments.judging.planting import Planted, Rng

ADDITION = modular_addition.Settings()
# Draws of a network at the smallest and at a middle p, at default scale.
MANY, SOME = 200, 87
# How accuracies of networks with p units, and of networks with free phases, scatter over draws: seen on seed 101.
SCATTER, GUESSES = 0.08, 0.1


def draws(p: int, times: int, exact: float, number: int, rng: Rng, **columns: object) -> pd.DataFrame:
    """Draws of networks; a share of them is without an error. No bound says anything of them."""
    right = rng.random(number) < exact
    facts = {"p": p, "times": times, "phases": TIED, "width": p * times, "bound": 2.0, "draw": range(number)}
    return pd.DataFrame(
        {**facts, "exact": right, "accuracy": np.where(right, 1.0, 0.9), "lead": np.where(right, 1.0, -1.0), **columns}
    )


def wide(effect: float, rng: Rng) -> pd.DataFrame:
    """87 draws; half of them are without an error, and an eighth of that more with each unit."""
    return draws(23, 8, HALF + 0.0625 * effect, SOME, rng)


def wider(effect: float, rng: Rng) -> pd.DataFrame:
    """200 draws at each of four widths; the share without an error grows by 0.02 for each doubling and unit."""
    parts = [draws(5, times, 0.5 + 0.02 * effect * (np.log2(times) - 1.5), MANY, rng) for times in ADDITION.times]
    return pd.concat(parts, ignore_index=True)


def per_residue(effect: float, rng: Rng) -> pd.DataFrame:
    """Draws at each p, as many as by default; the share without an error grows by 0.03 for each doubling and unit."""
    middle = float(np.mean(np.log2(ADDITION.p)))
    parts = [
        draws(p, COMPARED, 0.5 + 0.03 * effect * (np.log2(p) - middle), min(MANY, 2000 // p), rng) for p in ADDITION.p
    ]
    return pd.concat(parts, ignore_index=True)


def bounded(effect: float, rng: Rng) -> pd.DataFrame:
    """200 draws whose mean share of wrong answers is at the bound, and below it by a standard error for each unit."""
    wrong = 0.3 + SCATTER * (rng.normal(size=MANY) - effect / np.sqrt(MANY))
    return draws(5, 1, 0.5, MANY, rng, accuracy=1 - wrong, bound=0.3)


def guessing(effect: float, rng: Rng) -> pd.DataFrame:
    """200 draws with free phases, right beyond chance by the margin, and by a quarter of it less with each unit."""
    accuracy = 1 / 5 + MARGIN * (1 - effect / 4) + GUESSES * rng.normal(size=MANY)
    free = draws(5, 1, 0.5, MANY, rng, accuracy=accuracy, phases=FREE)
    return pd.concat([draws(5, 1, 0.5, 2, rng), free], ignore_index=True)


PLANTED = {
    **_planted_training.PLANTED,
    **_planted_double_descent.PLANTED,
    **_planted_max_margin.PLANTED,
    **_planted_mode_connectivity.PLANTED,
    **_planted_landscapes.PLANTED,
    **_planted_parity.PLANTED,
    **_planted_square.PLANTED,
    **_planted_many_features.PLANTED,
    "modular-addition/wide": Planted(
        modular_addition.judge, wide, "wide/", "exact interval of a rate near 1/2, 87 draws", "1/16"
    ),
    "modular-addition/wider": Planted(
        modular_addition.judge, wider, "wider/", "Zou and Donner's interval of a slope of rates", "0.02"
    ),
    "modular-addition/per-residue": Planted(
        modular_addition.judge, per_residue, "per-residue", "Zou and Donner's interval of a slope of rates", "0.03"
    ),
    "modular-addition/bound": Planted(
        modular_addition.judge, bounded, "bound", "Student's interval over 200 draws", "a standard error"
    ),
    "modular-addition/free-phases": Planted(
        modular_addition.judge, guessing, "free-phases/", "Student's interval within a margin, 200 draws", "margin / 4"
    ),
}
