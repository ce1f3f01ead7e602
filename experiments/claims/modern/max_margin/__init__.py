"""modern.max-margin: descent on the logistic loss tends to the largest margin, with an angle that falls as 1/log t.

Points in few dimensions, drawn so that a hyperplane separates them. No number of steps that can be counted is large on
a logarithmic scale. So gradient flow is followed in s = log t, where it is a smooth equation, up to t = e^300. Gradient
descent is made step by step as well, to see that it is where the flow is at the same time. The separator of largest
margin is found by trying all sets of support vectors; formulas are in theory/modern/max_margin.py. A loss whose tail is
a power is the control: its direction tends elsewhere.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.modern.max_margin.figures import draw
from experiments.claims.modern.max_margin.verdicts import DESCENT, FLOW, LAST, LOGISTIC, LOSSES, POINTS, SHIFT, judge
from experiments.ensemble.cells import hexadecimal
from experiments.ensemble.tracing import CURVE_OF_DESCENT, Rebuilt, times_of_curve
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.modern import max_margin as theory

__all__ = ["FULL", "KEYS", "SMOKE", "Settings", "draw", "judge", "measure", "rebuild", "work"]

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

    z, loss = _points(unit), unit.static("tail")
    w, α = theory.separator(z)
    facts = unit.cells.assign(
        supports=theory.supports(α).sum(1),
        constant=theory.constant(z, w, α) if loss == LOGISTIC else np.nan,
        key=hexadecimal(unit),
        steps=unit.settings.steps,
        cell=range(len(z)),
    )
    ways = [(FLOW, *one) for one in zip(LOG_TIMES, descent.flow(z, loss, LOG_TIMES).swapaxes(0, 1), strict=True)]
    ways.append((DESCENT, COMPARED, _descended(unit, z, unit.settings.steps)))
    parts = [facts.assign(way=way, log_time=log_time, **_compared(z, found, w)) for way, log_time, found in ways]
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


def _descended(unit: Unit, z: np.ndarray, steps: int) -> np.ndarray:
    """Weights after some of the steps of gradient descent."""
    from experiments.claims.modern.max_margin import descent

    return descent.descend(z, unit.static("tail"), np.exp(COMPARED) / unit.settings.steps, steps)


def _compared(z: np.ndarray, found: np.ndarray, best: np.ndarray) -> dict[str, np.ndarray]:
    return {"angle": theory.angle(found, best), "margin": _margin(z, found, best)}


def _margin(z: np.ndarray, w: np.ndarray, best: np.ndarray) -> np.ndarray:
    """The margin of w, over the largest."""
    margins = np.einsum("spd,sd->sp", z, w).min(1)
    return margins / np.linalg.norm(w, axis=1) * np.linalg.norm(best, axis=1)


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The weights of one row again, those of a single unit; updates of the flow are its steps in log t."""
    from experiments.claims.modern.max_margin import descent

    z, loss = _points(unit), unit.static("tail")
    if row["way"] == FLOW:
        looks = LOG_TIMES.index(row["log_time"]) + 1
        times = np.cumsum(descent.steps_between(LOG_TIMES))[:looks].tolist()
        w = descent.flow(z, loss, LOG_TIMES)[0, :looks]
    else:
        times = times_of_curve(unit.settings.steps, CURVE_OF_DESCENT)
        w = np.concatenate([_descended(unit, z, steps) for steps in times])
    values = _compared(z, w[-1:], theory.separator(z)[0])
    curve = pd.DataFrame({"updates": times, "loss": descent.losses(z[0], w, loss)})
    return Rebuilt([(w[-1][:, None], np.zeros(1))], curve, {name: value[0] for name, value in values.items()})


def work(unit: Unit) -> Work:
    """Steps of the flow and of descent, and all sets of support vectors."""
    d, steps = unit.static("dimensions"), unit.settings.steps + 4 * 50 * (LAST + 8)
    return Work(len(unit.cells) * steps, len(unit.cells) * (steps * POINTS * (4.0 * d + 30) + 40.0 * POINTS**d * d**2))
