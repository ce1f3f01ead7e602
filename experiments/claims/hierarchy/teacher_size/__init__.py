"""hierarchy.teacher-size: whether the examples that a student needs follow the size of its teacher, or its own.

Teachers are networks of `made` threshold units, or rectifiers, with random weights. Students of one hidden layer, from
narrow to much wider than any teacher, are trained on some of the 2^n inputs. How many examples make them right on most
of the others? Buzaglo et al. prove it of students drawn at random from those that are right on all examples, with
quantised weights; students here are trained, which is a variant.
"""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from experiments.claims.hierarchy import _generators as generators_of
from experiments.claims.hierarchy.teacher_size.figures import draw
from experiments.claims.hierarchy.teacher_size.verdicts import judge
from experiments.ensemble import fields
from experiments.ensemble.tracing import Rebuilt
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting

__all__ = ["FULL", "SMOKE", "Settings", "draw", "judge", "measure", "rebuild", "work"]


FAMILIES = ("units", "rectifiers")


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained, and how: teachers of `made` units, students of `width`, `examples` of the 2^n inputs.

    `family` is that of the teacher, in `theory.hierarchy.generators`: threshold units, or rectifiers.
    """

    family: list[str] = setting(list(FAMILIES), choices=FAMILIES)
    made: list[int] = setting([1, 2, 4, 8], low=1, high=64)
    role: list[str] = setting(list(generators_of.ROLES), choices=generators_of.ROLES)
    width: list[int] = setting([16, 64, 256], low=1, high=10_000, static=True)
    examples: list[int] = setting([16, 32, 64, 128, 256, 512, 768], low=1, high=2**16, static=True)
    functions: int = setting(10, low=1, high=100_000, counts="function", follows="restarts")
    n: int = setting(10, low=2, high=16)
    activation: str = setting("rectifier", choices=("rectifier", "tanh"))
    learning_rate: float = fields.learning_rate(0.01)
    loss: str = fields.loss("cross-entropy")
    optimizer: str = fields.optimizer("adam")
    schedule: str = fields.schedule("constant")
    steps: int = fields.steps(500)
    # The control is trained once: at one width, and for one size of teacher.
    where: str = setting("role == 'made' or width == 64 and made == 1")


SMOKE = {
    "made": [1, 2],
    "width": [4, 8],
    "examples": [8, 12],
    "functions": 2,
    "n": 4,
    "steps": 100,
    "where": "role == 'made' or width == 8 and made == 1",
}
FULL = {
    "made": [1, 2, 4, 8, 16],
    "width": [32, 128, 512],
    "examples": [16, 32, 64, 128, 256, 512, 1024, 2048, 3072, 3584],
    "functions": 30,
    "n": 12,
    "steps": 4000,
}
# Narrow students are compiled as this wide: dead units cost less than another program.
LEAST_ROOM = 64


def measure(unit: Unit) -> pd.DataFrame:
    """One row per student: errors on its examples, and the share of the rest that it answers wrongly."""
    table = generators_of.trained(unit, unit.cells["family"].tolist(), _room(unit))
    return table.assign(n=unit.settings.n, updates=unit.settings.steps, learning_rate=unit.settings.learning_rate)


def _room(unit: Unit) -> tuple[int, ...]:
    """The sizes as which students are compiled."""
    return (unit.settings.n, max(unit.static("width"), LEAST_ROOM), 1)


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The student of one row again."""
    return generators_of.rebuild(unit, row["family"], row, _room(unit))


def work(unit: Unit) -> Work:
    """All updates of all students, forward and backward."""
    network_steps = len(unit.cells) * unit.settings.steps
    weights = unit.static("width") * (unit.settings.n + 2)
    return Work(network_steps, network_steps * 6.0 * unit.static("examples") * weights)
