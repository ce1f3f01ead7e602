"""modern.sparse-parity: the updates that descent needs to learn a function of k of n bits grow as a power of n.

For the parity of k bits the power grows with k. A function that climbs to k bits in smaller leaps is learned sooner,
see theory/modern/leaps.py: leaps divide k, and a leap of k is the parity. Points are fresh for every update, so that
samples are updates times the batch. Runs that have not learned when the updates end are censored. Networks whose hidden
layer stays as it was drawn are the control: they show that the features have to be learned.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.claims.modern.sparse_parity.figures import draw
from experiments.claims.modern.sparse_parity.verdicts import BEGUN, FIXED, LEARNED, TRAINED, judge
from experiments.ensemble import fields
from experiments.ensemble.cells import hexadecimal
from experiments.ensemble.tracing import Rebuilt, curve_of
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting

if TYPE_CHECKING:
    from experiments.claims.modern.sparse_parity.training import Trained

__all__ = ["FULL", "SMOKE", "Settings", "draw", "judge", "measure", "rebuild", "work"]

# Settings that are the same for all networks, and stand in the table.
CONSTANTS = ("units", "batch", "learning_rate", "steps")


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
    return unit.cells.assign(**_times(_trained(unit)), **_constants(unit), key=hexadecimal(unit))


def _constants(unit: Unit) -> dict[str, Any]:
    return {name: getattr(unit.settings, name) for name in CONSTANTS}


def _trained(unit: Unit, looks_kept: bool = False) -> "Trained":
    from experiments.claims.modern.sparse_parity import training
    from theory.modern import leaps

    cells, every = unit.cells, unit.settings.every
    how = training.Settings(n=unit.static("n"), begun=BEGUN, learned=LEARNED, every=every, **_constants(unit))
    functions = zip(cells["k"].tolist(), cells["leap"].tolist(), strict=True)
    coefficients = np.array([leaps.coefficients(k, leap) for k, leap in functions], np.float32)
    members = training.Members(unit.keys, coefficients, (cells["features"] == TRAINED).to_numpy())
    return training.train(members, how, looks_kept)


def _times(trained: "Trained") -> dict[str, np.ndarray]:
    begun, learned = (np.where(time > 0, time, np.inf) for time in trained.times)
    return {"begun_at": begun, "learned_at": learned}


def rebuild(unit: Unit, _: dict[str, Any]) -> Rebuilt:
    """The network of one row again, as it was when it had learned, or when the updates ended.

    Its loss is the error on fresh points, as a share of the variance.
    """
    trained, every = _trained(unit, looks_kept=True), unit.settings.every
    W, b, a, c = (np.asarray(part[0]) for part in trained.network)
    looks = int(trained.times.learned[0]) // every or trained.left.shape[1]
    curve = curve_of(np.asarray(trained.left[0, :looks]), every * np.arange(1, looks + 1))
    values = {name: times[0] for name, times in _times(trained).items()}
    return Rebuilt([(W.T, b), (a[:, None], c[None])], curve, values)


def work(unit: Unit) -> Work:
    """All updates, if every run needs them: a product of matrices forward and one backward, and the looks."""
    settings, rows = unit.settings, len(unit.cells) * unit.settings.steps
    return Work(
        float(rows), float(rows) * (4 * settings.batch + 512 / settings.every) * settings.units * unit.static("n")
    )
