"""Tables planted for the rules about training on x², see experiments/judging/planting.py."""

import itertools

import numpy as np
import pandas as pd

from experiments.claims.modern import square_trained as square
from experiments.claims.modern.square_trained.verdicts import DEEP, FLAT
from experiments.judging.budgets import RATE
from experiments.judging.planting import Planted, Rng

SETTINGS = square.Settings()
# Change of a rate by one unit of an effect.
SHIFT = 0.12


def runs() -> pd.DataFrame:
    """All restarts at one learning rate, of both shapes and both budgets; every one of them has come near."""
    axes = {"shape": (DEEP, FLAT), "steps": SETTINGS.steps, "restart": range(SETTINGS.restarts)}
    table = pd.DataFrame(itertools.product(*axes.values()), columns=list(axes))
    facts = {"m": 3, "learning_rate": 0.01, "loss": 1e-5, "pieces": 4.0, "neurons": 8.0, "least_error": 0.001}
    return table.assign(**facts, error=0.02, solved=True)


def _hits(effect: float, rng: Rng, number: int) -> np.ndarray:
    return rng.random(number) < RATE + SHIFT * effect


def coming_near(effect: float, rng: Rng) -> pd.DataFrame:
    """64 restarts at two budgets; half of the deep networks come near, and 12 % of all more with each unit. All flat
    ones do.
    """
    table = runs()
    near = (table["shape"] == FLAT) | _hits(effect, rng, len(table))
    return table.assign(solved=near, loss=np.where(near, 1e-5, 1e-3))


def paying(effect: float, rng: Rng) -> pd.DataFrame:
    """64 restarts at two budgets; half of the deep networks err less than the flat ones, 12 % more with each unit."""
    table = runs()
    wins = _hits(effect, rng, len(table))
    return table.assign(error=np.where(table["shape"] == FLAT, 0.02, np.where(wins, 0.01, 0.03)))


RATE_OF_48 = "exact interval of a rate, 48 runs"

PLANTED = {
    "square-trained/found": Planted(square.judge, coming_near, "found/deep", RATE_OF_48, "12 %", kinds=("found/",)),
    "square-trained/pays": Planted(square.judge, paying, "pays/", RATE_OF_48, "12 %"),
}
