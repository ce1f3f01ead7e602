"""restarts.spurious-minima: descent from random weights ends in minima that are not global, without spare units.

A student of n = k + extra rectifiers learns from k orthonormal ones. The loss over all inputs is known in closed form,
so only the initial weights are drawn. The end of a run is the first of five words that applies:

- diverged: loss or gradient is not finite.
- global: the loss is at most 1e-6. The lowest known spurious minimum has more than 0.002, and descent never raises the
  loss. With spare units the rest of the way is long, because the minimum is degenerate.
- spurious: the norm of the gradient is at most the bound, 1e-12 by default, and the smallest eigenvalue of the Hessian
  is above 1e-6. This is a strict local minimum, since rounding changes an eigenvalue by some 1e-14.
- saddle: the norm of the gradient is at most the bound. This is a saddle or a degenerate point.
- unfinished: every other run.

The last part of the way, from a gradient of norm 1e-6, would take most of the steps. It is made with longer ones where
a strict minimum is so near that descent would end there too, see `_students.descended`.
"""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from experiments.claims.restarts import _students as students
from experiments.claims.restarts.spurious_minima.ends import outcomes
from experiments.claims.restarts.spurious_minima.figures import draw
from experiments.claims.restarts.spurious_minima.verdicts import judge
from experiments.ensemble import cells, fields
from experiments.ensemble.tracing import Rebuilt
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.restarts import teacher_student

__all__ = ["Settings", "draw", "is_stuck", "judge", "measure", "rebuild", "work"]


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Teachers of k units, students of k + extra units, steps of a run at most, and the gradient of a run at rest."""

    k: list[int] = setting([6, 7, 8, 9, 10, 12, 14, 15, 16, 18, 20, 30], low=4, high=100, static=True)
    extra: list[int] = setting([0, 1, 2], low=0, high=100, static=True)
    restarts: int = setting(1000, low=1, high=10_000_000, counts="restart", follows="restarts")
    steps: int = fields.steps(200_000)
    gradient_bound: float = setting(1e-12, low=1e-30, high=1.0)
    # Published are students with one spare unit up to k = 19. At k = 30 a run takes seven times as long as at k = 20.
    where: str = setting("k <= 10 or k == 20 or k < 20 and extra <= 1 or extra == 0 and restart < 200")


SMOKE = {
    "k": [6, 7],
    "extra": [0, 1],
    "restarts": 20,
}
FULL = {
    "k": [6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 25, 30, 37],
    "restarts": 4000,
    "where": "extra <= 1 or k >= 20 or k <= 10",
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per run, from W ~ N(0, I / k) with steps of 5 / n; the eigenvalue is NaN for global ends."""
    k, settings = unit.static("k"), unit.settings
    ended = students.descended(unit.keys, k + unit.static("extra"), k, settings.steps, settings.gradient_bound)
    table = unit.cells.assign(
        loss=students.losses(ended.points),
        steps=ended.steps,
        gradient_norm=ended.gradient_norm,
        smallest_eigenvalue=ended.smallest_eigenvalue,
        least_angle=teacher_student.least_angle(ended.points),
        key=cells.hexadecimal(unit),
    )
    return table.assign(outcome=outcomes(table, settings.gradient_bound))


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The student of one row again."""
    k, settings = unit.static("k"), unit.settings
    return students.rebuild(unit.keys, k + unit.static("extra"), k, settings.steps, settings.gradient_bound)


def is_stuck(table: pd.DataFrame) -> pd.Series:
    """Whether the run of each row ended in a spurious minimum."""
    return table["outcome"] == "spurious"


def work(unit: Unit) -> Work:
    """Two products of matrices and the angles between all neurons per step, and eigenvalues of Hessians."""
    k = unit.static("k")
    n, runs = k + unit.static("extra"), len(unit.cells)
    steps = runs * min(unit.settings.steps, students.USUAL_STEPS)
    return Work(steps, steps * (4.0 * n * n * k + 40.0 * n * (n + k)) + 10.0 * runs * (n * k) ** 3)
