"""modern.sparse-parity: the updates that descent needs to learn a function of k of n bits grow as a power of n.

For the parity of k bits the power grows with k. A function that climbs to k bits in smaller leaps is learned sooner,
see theory/modern/leaps.py: leaps divide k, and a leap of k is the parity. Points are fresh for every update, so that
samples are updates times the batch. Runs that have not learned when the updates end are censored. Networks whose hidden
layer stays as it was drawn are the control: they show that the features have to be learned.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.claims.modern.sparse_parity.figures import draw
from experiments.claims.modern.sparse_parity.verdicts import BEGUN, FIXED, LEARNED, TRAINED, judge
from experiments.ensemble import fields
from experiments.ensemble.cells import hexadecimal
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting

__all__ = ["FULL", "SMOKE", "Settings", "draw", "judge", "measure", "work"]


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Bits n of the input, bits k of the function, its leap, and whether the hidden layer is trained."""

    n: list[int] = setting([8, 12, 16, 24], low=2, high=512, static=True)
    k: list[int] = setting([2, 3, 4], low=1, high=8)
    leap: list[int] = setting([1, 2, 3, 4], low=1, high=8)
    features: list[str] = setting([TRAINED, FIXED], choices=(TRAINED, FIXED))
    restarts: int = setting(40, low=2, high=1_000_000, counts="restart", follows="restarts")
    units: int = setting(64, low=1, high=100_000)
    batch: int = setting(32, low=1, high=65_536)
    learning_rate: float = fields.learning_rate(0.05)
    steps: int = fields.steps(20_000)
    every: int = setting(10, low=1, high=1_000_000)
    where: str = setting("k <= n and k % leap == 0 and (features == 'trained' or leap == 3 and n == 16)")


SMOKE = {
    "n": [6, 8],
    "k": [2],
    "features": [TRAINED],
    "restarts": 4,
    "steps": 1000,
    "where": "k % leap == 0",
}
FULL = {
    "n": [8, 12, 16, 24, 32, 48],
    "restarts": 200,
    "steps": 200_000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: updates until its error begins to fall, and until it has learned; infinite if never."""
    from experiments.claims.modern.sparse_parity import training
    from theory.modern import leaps

    settings, cells = unit.settings, unit.cells
    constants = {name: getattr(settings, name) for name in ("units", "batch", "learning_rate", "steps")}
    how = training.Settings(n=unit.static("n"), begun=BEGUN, learned=LEARNED, every=settings.every, **constants)
    functions = zip(cells["k"].tolist(), cells["leap"].tolist(), strict=True)
    coefficients = np.array([leaps.coefficients(k, leap) for k, leap in functions], np.float32)
    members = training.Members(unit.keys, coefficients, (cells["features"] == TRAINED).to_numpy())
    begun, learned = (np.where(time > 0, time, np.inf) for time in training.train(members, how))
    return cells.assign(begun_at=begun, learned_at=learned, **constants, key=hexadecimal(unit))


def work(unit: Unit) -> Work:
    """All updates, if every run needs them: a product of matrices forward and one backward, and the looks."""
    settings, rows = unit.settings, len(unit.cells) * unit.settings.steps
    return Work(
        float(rows), float(rows) * (4 * settings.batch + 512 / settings.every) * settings.units * unit.static("n")
    )
