"""modern.double-descent: the risk of least squares peaks where there are as many features as samples, by a formula.

Of 100 standard normal features the first p are seen, with 40 samples. The fit is the least squares solution of least
norm. Its excess risk is exact for each draw of samples, because features are independent: no test points are needed.
Formulas are in theory/modern/double_descent.py: the mean, and the distribution, from which medians follow where the
mean is infinite. Coefficients are all equal, or 1/j: then the best features come first. Ridge regression with the best
penalty, on the same samples, is the control that has no peak.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.claims.modern.double_descent.figures import draw
from experiments.claims.modern.double_descent.verdicts import FEATURES, NOISE, SAMPLES, judge
from experiments.ensemble.cells import hexadecimal
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.modern import double_descent as theory

__all__ = ["FULL", "SMOKE", "Settings", "draw", "judge", "measure", "work"]

# Draws that are in memory at once, each with as many normal numbers as its samples have.
AT_ONCE = 1000


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Numbers p of features that are seen, what their coefficients are, and draws of samples for each."""

    p: list[int] = setting([4, 10, 20, 30, 39, 40, 41, 50, 60, 80, 100], low=1, high=FEATURES, static=True)
    signal: list[str] = setting(list(theory.SIGNALS), choices=theory.SIGNALS, static=True)
    draws: int = setting(1000, low=2, high=1_000_000, counts="draw")


SMOKE = {
    "p": [4, 20, 40, 80, 100],
    "draws": 20,
}
FULL = {
    "p": [1, 2, 4, 6, 8, 10, 15, 20, 25, 30, 35, 39, 40, 41, 45, 50, 55, 60, 70, 80, 90, 100],
    "draws": 10_000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per draw of samples: the excess risk of least squares and of ridge, and what formulas say."""
    task = theory.task(unit.static("signal"), FEATURES, SAMPLES, unit.static("p"), NOISE)
    parts = np.array_split(unit.keys, -(-len(unit.cells) // AT_ONCE))
    risks = np.concatenate([_risks(unit.static("signal"), task, keys) for keys in parts])
    return unit.cells.assign(
        risk=risks[:, 0],
        ridge=risks[:, 1],
        mean=theory.mean_risk(task),
        median=theory.median_risk(task),
        key=hexadecimal(unit),
    )


def _risks(signal: str, task: theory.Task, keys: np.ndarray) -> np.ndarray:
    """Excess risks of least squares and ridge, a row for each key."""
    from experiments.ensemble.descent import normal_points

    normals = normal_points(keys, (SAMPLES, FEATURES + 1))
    β = theory.coefficients(signal, FEATURES)
    y = normals[:, :, :-1] @ β + NOISE**0.5 * normals[:, :, -1]
    X = normals[:, :, : task.p]
    fits = theory.least_norm(X, y), theory.ridge(X, y, theory.best_penalty(task))
    return np.stack([task.unseen + ((fit - β[: task.p]) ** 2).sum(1) for fit in fits], axis=1)


def work(unit: Unit) -> Work:
    """Normal numbers, and a decomposition and a system of equations for each draw."""
    p = unit.static("p")
    return Work(0, len(unit.cells) * SAMPLES * (100.0 * FEATURES + 10 * p * min(p, SAMPLES) + SAMPLES**2))
