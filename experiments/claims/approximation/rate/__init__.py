"""approximation.rate: how the error of one hidden layer falls with its width, on paper and as found.

Three ways to m hidden units are compared on the same targets, see theory/approximation/targets.py: directions drawn
from the target's own Fourier transform, as Barron's proof does (construction), directions drawn without looking at the
target (random features), and training. The output layer is always fitted by least squares, which is a convex problem.

Barron's Theorem 1 is about the *best* units, so that it is held against those drawn as in its proof, and beside it,
as a sentence of our own, against training. Units drawn without looking at the target are a fixed basis; another
theorem is about those, see approximation.fixed-basis.
"""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from experiments.claims.approximation import _ways as ways
from experiments.claims.approximation._ways import UNITS
from experiments.claims.approximation.rate import figures
from experiments.claims.approximation.rate.verdicts import judge
from experiments.drawing.style import Drawing
from experiments.ensemble import fields
from experiments.ensemble.tracing import Rebuilt
from experiments.judging.budgets import by_budget
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.approximation import targets

__all__ = ["FULL", "SMOKE", "Settings", "draw", "is_stuck", "judge", "measure", "rebuild", "work"]


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained and how.

    `function` numbers the targets of a family, or the runs if it has one target only. `points` points are fitted, and
    the same number of other points judges. `batch` is the number of points per update, 0 for all. Training sees inputs
    multiplied by `input_scale`.
    """

    family: list[str] = setting(["ridges", "gaussian"], choices=tuple(targets.FAMILIES), static=True)
    d: list[int] = setting([1, 4], low=1, high=16, static=True)
    width: list[int] = setting([4, 8, 16, 32, 64, 128], low=2, high=2000, static=True)
    activation: list[str] = setting(["rectifier", "tanh"], choices=tuple(UNITS), static=True)
    input_scale: list[float] = setting([1.0, 4.0], low=0.001, high=1000.0, static=True)
    learning_rate: list[float] = fields.learning_rate([0.03])
    functions: int = setting(6, low=1, high=1000, counts="function")
    # Functions are varied, not runs.
    restarts: int = setting(1, low=1, high=100_000, counts="restart", follows="restarts")
    optimizer: str = fields.optimizer("adam")
    schedule: str = fields.schedule("linear")
    batch: int = fields.batch(128)
    steps: list[int] = fields.steps([500, 1000], static=True)
    points: int = setting(4096, low=100, high=10_000_000)
    where: str = setting("(d > 1 or family == 'ridges') and (steps == 1000 or function < 3)")


SMOKE = {
    "family": ["ridges"],
    "d": [1],
    "width": [4, 16],
    "activation": ["rectifier"],
    "input_scale": [2.0],
    "functions": 2,
    "steps": [50, 100],
    "points": 512,
    "where": "d > 1 or family == 'ridges'",
}
FULL = {
    "learning_rate": [0.003, 0.01, 0.03],
    "functions": 12,
    "steps": [10_000, 20_000],
    "points": 16_384,
    "where": "(d > 1 or family == 'ridges') and (steps == 20000 or function < 6)",
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per trained network, with the errors of the other two ways, see `ways.measure`."""
    return ways.measure(unit)


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again, its output layer fitted."""
    return ways.rebuild(unit, row)


def is_stuck(table: pd.DataFrame) -> pd.Series:
    """Whether training did no better than random features."""
    return ways.is_stuck(table)


def work(unit: Unit) -> Work:
    """All updates of all networks and the fits of their output layers."""
    return ways.work(unit)


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Error against width, a panel for each family, d and activation: bound and all three ways."""
    return figures.draw(by_budget(table)[0])
