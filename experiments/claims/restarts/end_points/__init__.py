"""restarts.end-points: what "stuck" is: local minimum, saddle, plateau, dead rectifiers, or merely unfinished.

Plain gradient descent trains the runs. Then damped Newton steps with the exact Hessian polish them in float64, see
`theory.restarts.landscape.polish`. Loss, gradient and Hessian say what kind of point each run ends at. The post says
that a stuck network is one that any small change makes worse.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.restarts import _shared as shared
from experiments.claims.restarts.end_points.figures import draw
from experiments.claims.restarts.end_points.verdicts import judge
from experiments.ensemble import cells, fields
from experiments.ensemble.tracing import Rebuilt
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.restarts.kinds import GLOBAL
from theory.restarts.tasks import TASKS, Task

__all__ = ["Settings", "draw", "is_stuck", "judge", "measure", "rebuild", "work"]

# Most points arrive within this number of polishing steps. It only serves to estimate work.
USUAL_POLISHING = 30


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained, and how long it is polished. Every network is wide enough for a loss of zero."""

    task: list[str] = setting(["parity"], choices=TASKS, static=True)
    n: list[int] = setting([2, 3], low=1, high=6, static=True)
    width: list[int] = setting([2, 3, 4, 6], low=1, high=30, static=True)
    activation: list[str] = setting(
        ["logistic", "tanh", "rectifier"], choices=("logistic", "tanh", "rectifier"), static=True
    )
    learning_rate: list[float] = fields.learning_rate([0.1])
    restarts: int = setting(1000, low=2, high=10_000_000, counts="restart", follows="restarts")
    optimizer: str = fields.optimizer("sgd")
    steps: int = fields.steps(5000)
    polishing: int = setting(1000, low=1, high=100_000)
    where: str = setting("width >= n and (width < 6 or n > 2)")


SMOKE = {
    "n": [2],
    "width": [2],
    "restarts": 20,
    "steps": 500,
}
FULL = {
    "restarts": 4000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per restart: where training left it, where polishing ended, and the kind of that point."""
    from experiments.ensemble import polishing

    task = shared.task_of(unit)
    program = _program(unit, task)
    rows, outcome = cells.train(unit, task, program)
    points, names = polishing.polished(program, task.x, task.y, outcome.network, unit.settings.polishing)
    trained = rows.rename(columns={"loss": "trained_loss"})
    return trained.assign(
        kind=names,
        loss=points.loss,
        gradient_norm=points.gradient_norm,
        smallest_eigenvalue=points.smallest,
        largest_eigenvalue=points.largest,
        largest_parameter=np.abs(points.parameters).max(1),
    )


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again, as training left it."""
    task = shared.task_of(unit)
    rebuilt = cells.rebuild(unit, task, _program(unit, task), row)
    return rebuilt._replace(values={"trained_loss": rebuilt.values["loss"]})


def is_stuck(table: pd.DataFrame) -> pd.Series:
    """Whether the network of each row did not reach a global minimum."""
    return table["kind"] != GLOBAL


def _program(unit: Unit, task: Task) -> Any:
    return shared.program_of(unit, task, loss="squared", stop_when_solved=False)


def work(unit: Unit) -> Work:
    """All updates, and a Hessian with its eigenvectors for every step of polishing."""
    from theory import network

    steps, operations = shared.network_steps(unit, unit.settings.steps)
    parameters = network.parameter_count((unit.static("n"), unit.static("width"), 1))
    polishing = min(unit.settings.polishing, USUAL_POLISHING)
    return Work(steps, operations + len(unit.cells) * polishing * 30.0 * parameters**3)
