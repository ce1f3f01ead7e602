"""restarts.best-of-k: one run succeeds with rate p, so the best of k runs fails with probability (1 - p)^k.

Every task, width and activation is trained from many initial weights. The success rate gives the number of restarts
that are needed. Disjoint groups of k runs test the formula.
"""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from experiments.claims.restarts import _shared as shared
from experiments.claims.restarts import _students as students
from experiments.claims.restarts._shared import TEACHER
from experiments.claims.restarts.best_of_k.figures import draw
from experiments.claims.restarts.best_of_k.verdicts import judge
from experiments.ensemble import cells, fields
from experiments.ensemble.tracing import Rebuilt
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.restarts.known_widths import known_width
from theory.restarts.tasks import TASKS

__all__ = ["Settings", "draw", "judge", "measure", "rebuild", "work"]


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained and how; `n` is bits of a boolean task, half-waves of the regression, units of the teacher.

    A student of the teacher has `width` rectifiers and its own loss, see theory/restarts/teacher_student.py. The
    settings of activation, loss, optimiser and learning rate do not apply to it.
    """

    task: list[str] = setting(["parity", "random-a", "regression", TEACHER], choices=(*TASKS, TEACHER), static=True)
    n: list[int] = setting([2, 3, 4, 8, 12], low=1, high=100, static=True)
    width: list[int] = setting([1, 2, 3, 4, 6, 8, 12, 16], low=1, high=10_000, static=True)
    activation: list[str] = setting(
        ["logistic", "tanh", "rectifier"], choices=("logistic", "tanh", "rectifier"), static=True
    )
    learning_rate: list[float] = fields.learning_rate([0.1])
    restarts: int = setting(1000, low=2, high=10_000_000, counts="restart", follows="restarts")
    loss: str = fields.loss("squared")
    optimizer: str = fields.optimizer("sgd")
    schedule: str = fields.schedule("constant")
    steps: int = fields.steps(5000)
    where: str = setting(
        "task == 'teacher-student' and n >= 8 and width == n and activation == 'rectifier'"
        " or n < 8 and width <= 4 * n and (task == 'parity' or task == 'random-a' and n > 2"
        " or task == 'regression' and n == 3)"
    )


SMOKE = {
    "n": [2],
    "width": [2, 4],
    "activation": ["tanh"],
    "restarts": 20,
    "steps": 500,
}
FULL = {
    "restarts": 4000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per restart: see `cells.train`, and for the teacher's students `shared.teach`.

    `known` is a width at which a network that solves the task is known to exist, or 0.
    """
    name, n = unit.static("task"), unit.static("n")
    if name == TEACHER:
        return shared.teach(unit).assign(known=n)
    task = shared.task_of(unit)
    rows = cells.train(unit, task, shared.program_of(unit, task))[0]
    return rows.assign(known=known_width(task, name, n, unit.static("activation")) or 0)


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again."""
    if unit.static("task") == TEACHER:
        return shared.teach_again(unit)
    task = shared.task_of(unit)
    return cells.rebuild(unit, task, shared.program_of(unit, task), row)


def work(unit: Unit) -> Work:
    """All updates of all networks, as if no run ended early."""
    if unit.static("task") == TEACHER:
        return Work(0, len(unit.cells) * students.USUAL_STEPS * 100.0 * unit.static("n") ** 2)
    return Work(*shared.network_steps(unit, unit.settings.steps))
