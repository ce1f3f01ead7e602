"""generalisation.functions-hardly-matter: what the functions of neurons explain, beside width, depth, rate and task.

Tasks are drawn at random from worlds that are those of other claims, in small: boolean functions, curves, products,
teacher networks, and questions about pictures of digits; see worlds.py. Every task is trained at every combination of
activation, width, number of hidden layers and learning rate, several times each. The variance of three outcomes is
taken apart, see theory/generalisation/components.py: success, which is to be right at all points, or to explain all but
a hundredth of the variance; the error, in units of the best constant's; and the width that is needed. Intervals are
over tasks. Polynomial units are the exception that a theorem names (Leshno et al. 1993); they are compared with the
others, and have no part in the analysis of variance."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.generalisation import _networks
from experiments.claims.generalisation.functions_hardly_matter.figures import draw
from experiments.claims.generalisation.functions_hardly_matter.verdicts import judge
from experiments.claims.generalisation.functions_hardly_matter.worlds import (
    REGRESSIONS,
    WORLDS,
    Task,
    loss_of,
    points_of,
    size_of,
    task_of,
)
from experiments.ensemble import fields
from experiments.ensemble.cells import hexadecimal
from experiments.ensemble.tracing import Rebuilt, layers_of
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.restarts.tasks import UNEXPLAINED

__all__ = ["Settings", "draw", "judge", "measure", "rebuild", "work"]

ACTIVATIONS = ("rectifier", "tanh", "logistic", "sine", "square", "cube")


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """A crossed design. Repetitions are split in two halves, so that there are two of them at least.

    `n` are the bits of boolean functions, at all of whose inputs they are learned; other worlds have `points`.
    """

    world: list[str] = setting(list(WORLDS), choices=WORLDS, static=True)
    activation: list[str] = setting(list(ACTIVATIONS), choices=(*ACTIVATIONS, "gelu", "softplus", "elu"), static=True)
    layers: list[int] = setting([1, 2], low=1, high=8, static=True)
    width: list[int] = setting([2, 4, 8, 16], low=1, high=4096, static=True)
    learning_rate: list[float] = fields.learning_rate([0.01, 0.1])
    tasks: int = setting(30, low=3, high=100_000, counts="task")
    restarts: int = setting(4, low=2, high=100_000, counts="restart", follows="restarts")
    n: int = setting(5, low=2, high=10)
    points: int = setting(32, low=8, high=1797)
    loss: str = fields.loss("cross-entropy")
    optimizer: str = fields.optimizer("adam")
    steps: int = fields.steps(800)
    # Verdicts over all worlds take as many tasks of each; few boolean functions are beyond the degree of polynomials.
    where: str = setting("world == 'boolean' or task < 10")


SMOKE = {
    "activation": ["rectifier", "tanh", "square"],
    "layers": [1],
    "width": [2, 4],
    "world": ["boolean", "teachers"],
    "tasks": 4,
    "restarts": 2,
    "n": 3,
    "points": 16,
    "steps": 200,
}
FULL = {
    "activation": [*ACTIVATIONS, "gelu", "softplus", "elu"],
    "layers": [1, 2, 3],
    "width": [2, 4, 8, 16, 32],
    "learning_rate": [0.003, 0.01, 0.03, 0.1],
    "tasks": 100,
    "where": "world == 'boolean' or task < 40",
    "steps": 3000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: its error in units of the best constant's, whether it succeeds, and of which task."""
    of_tasks = [_task(unit, number) for number in unit.cells["task"].tolist()]
    outcome = _networks.train(unit, _training(unit, of_tasks))
    errors, solved = _ended(unit, of_tasks, outcome)
    return unit.cells.assign(
        n=unit.settings.n,
        kind=[task.kind for task in of_tasks],
        degree=[task.degree for task in of_tasks],
        loss=outcome.loss,
        error=errors,
        solved=solved,
        steps=outcome.steps,
        diverged=~np.isfinite(outcome.loss),
        key=hexadecimal(unit),
    )


def _task(unit: Unit, number: int) -> Task:
    return task_of(unit.seed, unit.static("world"), unit.settings.n, unit.settings.points, number)


def _ended(unit: Unit, of_tasks: list[Task], outcome: Any) -> tuple[np.ndarray, np.ndarray]:
    """The error of every network over that of the best constant, 1 at most, and whether it succeeds."""
    if unit.static("world") in REGRESSIONS:
        # The best constant has the mean squared error 1.
        loss = np.nan_to_num(outcome.loss, nan=np.inf)
        return np.minimum(np.sqrt(loss), 1.0), loss <= UNEXPLAINED
    constant = np.array([task.constant_error for task in of_tasks])
    return np.minimum(outcome.errors / len(of_tasks[0].y) / constant, 1.0), outcome.errors == 0


def _training(unit: Unit, of_tasks: list[Task]) -> _networks.Training:
    world, settings = unit.static("world"), unit.settings
    return _networks.training(
        unit,
        points_of(unit.seed, world, settings.n, settings.points),
        np.stack([task.y for task in of_tasks]),
        unit.keys,
        unit.cells["learning_rate"].to_numpy(),
        (unit.static("width"),) * unit.static("layers"),
        unit.static("activation"),
        room=_room(unit),
        loss=loss_of(world, settings.loss),
        stop_when_solved=world not in REGRESSIONS,
    )


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again."""
    of_tasks = [_task(unit, int(row["task"]))]
    outcome, curve = _networks.train_again(unit, _training(unit, of_tasks), int(row["steps"]))
    errors, _ = _ended(unit, of_tasks, outcome)
    values = {"loss": outcome.loss[0], "error": errors[0], "steps": outcome.steps[0]}
    return Rebuilt(layers_of(outcome, 0), curve, values)


def _room(unit: Unit) -> tuple[int, ...]:
    """Sizes for which networks of all widths are compiled at once, because that takes longer than training, or ()."""
    from experiments.ensemble.room import DEAD

    _, inputs = size_of(unit.static("world"), unit.settings.n, unit.settings.points)
    inside = [max(unit.settings.width)] * unit.static("layers")
    return (inputs, *inside, 1) if unit.static("activation") in DEAD else ()


def work(unit: Unit) -> Work:
    """All updates of all networks at the largest width, as which they are compiled."""
    settings, width = unit.settings, max(unit.settings.width)
    points, inputs = size_of(unit.static("world"), settings.n, settings.points)
    steps = float(len(unit.cells) * settings.steps)
    weights = width * (inputs + 2) + (unit.static("layers") - 1) * width * (width + 1)
    return Work(steps, steps * 6.0 * points * weights)
