"""Shared by the claims about restarts: the same training from many initial weights, one row per network.

A *setting* is a task, a shape of network and a way to train it. Its restarts differ in their initial weights alone.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.claims.restarts import _students as students
from experiments.ensemble.cells import hexadecimal, program_with
from experiments.ensemble.powers import least_power
from experiments.ensemble.tracing import Rebuilt
from experiments.plan import Unit, random_generator
from theory.restarts.tasks import BOOLEAN, POINTS, Task, make_task
from theory.restarts.teacher_student import GLOBAL_LOSS

if TYPE_CHECKING:
    from experiments.ensemble import Program

# Networks are compiled for a width that is a power of two and at least this: a compilation takes as long as the
# training of thousands of networks.
SMALLEST_ROOM = 4

# The name of the task of students of a teacher, see `students`.
TEACHER = "teacher-student"
# Students of a teacher end when the norm of the gradient is at most this: float64 cannot make it much smaller.
GRADIENT_BOUND = 1e-12
# Students of a teacher make at most this number of steps; nearly all need a few thousand.
MOST_STEPS = 200_000


def task_name(task: str, n: int) -> str:
    """XOR, or a task with its n, in words."""
    return "XOR" if (task, n) == ("parity", 2) else f"{task} {n}"


def task_in_words(task: str, n: int) -> str:
    """A task with its n, for a sentence."""
    if task == "regression":
        return f"a sine of {n} half-waves"
    if task == TEACHER:
        return f"a teacher of {n} units"
    if task.startswith("random-"):
        return f"a random function of {n} bits"
    return "XOR" if (task, n) == ("parity", 2) else f"{task} of {n} bits"


def task_of(unit: Unit) -> Task:
    """The task of a unit; its axes `task` and `n` are static.

    A drawn function has a name and is the same in every run. Verdicts on it have intervals over restarts alone, so two
    runs with other seeds must not differ in the function.
    """
    name, n = unit.static("task"), unit.static("n")
    return make_task(name, n, random_generator(0, "task", name, n))


def program_of(unit: Unit, task: Task, **differences: Any) -> "Program":
    """How the networks of a unit are trained.

    Sizes come from the axes `width` and, if there is one, `layers`; networks of several widths share a program.
    `activation`, `optimizer`, `steps` and so on come from the unit's settings and axes, and `differences` replace them.
    Members of boolean tasks stop when they are right on every point.
    """
    hidden = unit.static("layers") if "layers" in unit.cells else 1
    inputs, width = task.x.shape[1], unit.static("width")
    room = max(SMALLEST_ROOM, least_power(2, width))
    sizes: dict[str, Any] = {"sizes": (inputs, *[width] * hidden, 1), "room": (inputs, *[room] * hidden, 1)}
    return program_with(unit, **{"stop_when_solved": task.by_signs, **sizes, **differences})


def teach(unit: Unit) -> pd.DataFrame:
    """Trains a student of n units for every cell, see `students`.

    Returns:
        The cells with loss, errors (1 if the loss is not that of a global minimum), solved, steps, diverged and key.
    """
    n = unit.static("n")
    ended = students.descended(unit.keys, unit.static("width"), n, MOST_STEPS, GRADIENT_BOUND)
    loss = students.losses(ended.points)
    solved = loss <= GLOBAL_LOSS
    return unit.cells.assign(
        loss=loss,
        errors=(~solved).astype(np.int32),
        solved=solved,
        steps=ended.steps,
        diverged=~np.isfinite(loss),
        key=hexadecimal(unit),
    )


def teach_again(unit: Unit) -> Rebuilt:
    """The student of a unit with one cell again."""
    return students.rebuild(unit.keys, unit.static("width"), unit.static("n"), MOST_STEPS, GRADIENT_BOUND)


def network_steps(unit: Unit, steps: int) -> tuple[float, float]:
    """Upper bounds of network-steps and operations, for a number of updates of every cell."""
    from theory import network

    task, hidden = unit.static("task"), unit.static("layers") if "layers" in unit.cells else 1
    inputs, points = (unit.static("n"), 2 ** unit.static("n")) if task in BOOLEAN else (1, POINTS)
    parameters = network.parameter_count((inputs, *[unit.static("width")] * hidden, 1))
    return len(unit.cells) * steps, len(unit.cells) * steps * points * 6.0 * parameters


def at_best_rate(rows: pd.DataFrame, better: Callable[[pd.DataFrame], float]) -> pd.DataFrame:
    """The rows at the learning rate for which `better(rows)` is largest."""
    return max((group for _, group in rows.groupby("learning_rate")), key=better)


def judged_at_best_rate(rows: pd.DataFrame, better: Callable[[pd.DataFrame], float]) -> pd.DataFrame:
    """The judged rows: those at the learning rate for which `better(rows)` is largest over the other restarts.

    The first half of the restarts chooses and the second half is judged, so that a lucky choice does not judge itself.
    With one learning rate nothing is chosen, and all rows are judged.
    """
    if rows["learning_rate"].nunique() == 1:
        return rows
    first = rows["restart"] <= rows["restart"].max() // 2
    best = at_best_rate(rows[first], better)["learning_rate"].iloc[0]
    return rows[~first & (rows["learning_rate"] == best)]


def success_rate(rows: pd.DataFrame) -> float:
    """Share of the rows that are solved."""
    return float(rows["solved"].mean())
