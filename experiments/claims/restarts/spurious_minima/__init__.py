"""restarts.spurious-minima: descent from random weights ends in minima that are not global, but for spare units.

A student of n = k + extra rectifiers learns from k orthonormal ones. The loss over all inputs is known in closed form,
so that nothing is drawn but the start. How a run ended is one of five words:

- diverged: loss or gradient is not finite.
- global: the loss is at most 1e-6, where the lowest spurious minimum known has more than 0.002. Descent never raises
  the loss, so it cannot get there from here. With spare units the rest of the way is long: the minimum is degenerate.
- spurious: else, if the norm of the gradient is at most the bound, 1e-12 by default, and the smallest eigenvalue of the
  Hessian is above 1e-6: a strict local minimum, since rounding changes an eigenvalue by some 1e-14.
- saddle: else, if the norm of the gradient is at most the bound: a saddle, or a degenerate point.
- unfinished: else.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
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
from theory.restarts.teacher_student import GLOBAL_LOSS

__all__ = ["Settings", "draw", "is_stuck", "judge", "measure", "rebuild", "work"]


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Teachers of k units, students of k + extra; steps of a run at most, and the gradient that is short enough."""

    k: list[int] = setting([6, 7, 8, 9, 10, 12, 15, 20], low=4, high=100, static=True)
    extra: list[int] = setting([0, 1, 2], low=0, high=100, static=True)
    restarts: int = setting(1000, low=1, high=10_000_000, counts="restart", follows="restarts")
    steps: int = fields.steps(200_000)
    gradient_bound: float = setting(1e-12, low=1e-30, high=1.0)
    where: str = setting("extra == 0 or k >= 20 or k <= 10")


SMOKE = {
    "k": [6, 7],
    "extra": [0, 1],
    "restarts": 20,
}
FULL = {
    "k": [6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 37],
    "restarts": 4000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per run, from W ~ N(0, I / k) with steps of 5 / n; the eigenvalue is NaN where the end is global."""
    k, settings = unit.static("k"), unit.settings
    n, bound = k + unit.static("extra"), settings.gradient_bound
    points, steps, norms = students.descended(unit.keys, n, k, settings.steps, bound)
    table = unit.cells.assign(
        loss=students.losses(points),
        steps=steps,
        gradient_norm=norms,
        smallest_eigenvalue=np.nan,
        least_angle=[float(teacher_student.least_angle(W)) for W in points],
        key=cells.hexadecimal(unit),
    )
    at_rest = np.flatnonzero((table["loss"] > GLOBAL_LOSS) & (norms <= settings.gradient_bound))
    table.loc[at_rest, "smallest_eigenvalue"] = [float(teacher_student.smallest_eigenvalue(W)) for W in points[at_rest]]
    return table.assign(outcome=outcomes(table, settings.gradient_bound))


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The student of one row again."""
    k = unit.static("k")
    return students.rebuild(unit.keys, k + unit.static("extra"), k, row)


def is_stuck(table: pd.DataFrame) -> pd.Series:
    """Whether a row is of a run that ended in a spurious minimum."""
    return table["outcome"] == "spurious"


def work(unit: Unit) -> Work:
    """Two products of matrices and the angles between all neurons per step; then eigenvalues of Hessians."""
    k = unit.static("k")
    n, runs = k + unit.static("extra"), len(unit.cells)
    steps = runs * min(unit.settings.steps, students.USUAL_STEPS)
    return Work(steps, steps * (4.0 * n * n * k + 40.0 * n * (n + k)) + 10.0 * runs * (n * k) ** 3)
