"""modern.max-margin: descent on the logistic loss tends to the largest margin, with an angle that falls as 1/log t.

Points in few dimensions, drawn so that a hyperplane separates them. No number of steps that can be counted is large on
a logarithmic scale. So gradient flow is followed in s = log t, where it is a smooth equation, up to t = e^300. Gradient
descent is made step by step as well, to see that it is where the flow is at the same time. The separator of largest
margin is found by trying all sets of support vectors; formulas are in theory/modern/max_margin.py. A loss whose tail is
a power is the control: its direction tends elsewhere.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.claims.modern.max_margin.figures import draw
from experiments.claims.modern.max_margin.verdicts import DESCENT, FLOW, LAST, LOGISTIC, LOSSES, POINTS, SHIFT, judge
from experiments.ensemble.cells import hexadecimal
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.modern import max_margin as theory

__all__ = ["FULL", "KEYS", "SMOKE", "Settings", "draw", "judge", "measure", "work"]

KEYS = ("way", "log_time")
# log t at which the flow is looked at, with that of the last step of descent.
COMPARED = 9.2
LOG_TIMES = [3.0, 5.0, COMPARED, 20.0, 30.0, 42.0, 60.0, 84.0, 120.0, 170.0, 240.0, LAST]


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Dimensions, tails of losses, sets of points, and steps of gradient descent, which reach e^9.2 together."""

    dimensions: list[int] = setting([2, 3], low=2, high=4, static=True)
    tail: list[str] = setting(list(LOSSES), choices=LOSSES, static=True)
    sets: int = setting(100, low=2, high=1_000_000, counts="draw")
    steps: int = setting(100_000, low=100_000, high=100_000_000)


SMOKE = {
    "dimensions": [2],
    "sets": 8,
}
FULL = {
    "dimensions": [2, 3, 4],
    "sets": 1000,
    "steps": 1_000_000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """A row for each set of points and each time: the angle to the separator of largest margin, and the margin."""
    from experiments.claims.modern.max_margin import descent

    z, loss, settings = _points(unit), unit.static("tail"), unit.settings
    w, α = theory.separator(z)
    facts = unit.cells.assign(
        supports=theory.supports(α).sum(1),
        constant=theory.constant(z, w, α) if loss == LOGISTIC else np.nan,
        key=hexadecimal(unit),
        steps=settings.steps,
        cell=range(len(z)),
    )
    ways = [(FLOW, *one) for one in zip(LOG_TIMES, descent.flow(z, loss, LOG_TIMES).swapaxes(0, 1), strict=True)]
    ways.append((DESCENT, COMPARED, descent.descend(z, loss, np.exp(COMPARED) / settings.steps, settings.steps)))
    parts = [
        facts.assign(way=way, log_time=log_time, angle=theory.angle(found, w), margin=_margin(z, found, w))
        for way, log_time, found in ways
    ]
    return pd.concat(parts).sort_values("cell", kind="stable").drop(columns="cell").reset_index(drop=True)


def _points(unit: Unit) -> np.ndarray:
    """Label times input: normal points on the right side of a random hyperplane, moved away from it."""
    d, drawn = unit.static("dimensions"), []
    for number in unit.cells["draw"].tolist():
        rng = random_generator(unit.seed, "points", d, number)
        normal, x = rng.normal(size=d), rng.normal(size=(POINTS, d))
        normal /= np.linalg.norm(normal)
        drawn.append(x * np.sign(x @ normal)[:, None] + SHIFT * normal)
    return np.array(drawn)


def _margin(z: np.ndarray, w: np.ndarray, best: np.ndarray) -> np.ndarray:
    """The margin of w, over the largest."""
    margins = np.einsum("spd,sd->sp", z, w).min(1)
    return margins / np.linalg.norm(w, axis=1) * np.linalg.norm(best, axis=1)


def work(unit: Unit) -> Work:
    """Steps of the flow and of descent, and all sets of support vectors."""
    d, steps = unit.static("dimensions"), unit.settings.steps + 4 * 50 * (LAST + 8)
    return Work(len(unit.cells) * steps, len(unit.cells) * (steps * POINTS * (4.0 * d + 30) + 40.0 * POINTS**d * d**2))
