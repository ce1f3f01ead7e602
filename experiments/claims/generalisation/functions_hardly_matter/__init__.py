"""generalisation.functions-hardly-matter: what the functions of neurons explain, beside width, depth, rate and task.

Tasks are boolean functions, drawn at random from kinds that differ; every task is trained at every combination of
activation, width, number of hidden layers and learning rate, several times each. The variance of three outcomes is
taken apart, see theory/generalisation/components.py: whether a run is right on all inputs, the share of inputs that it
gets wrong, and the width that is needed. Intervals are over tasks. Polynomial units are the exception that a theorem
names (Leshno et al. 1993); they are compared with the others, and have no part in the analysis of variance.
"""

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.generalisation import _networks
from experiments.claims.generalisation.functions_hardly_matter.figures import draw
from experiments.claims.generalisation.functions_hardly_matter.verdicts import judge
from experiments.ensemble import fields
from experiments.ensemble.cells import hexadecimal
from experiments.ensemble.tracing import Rebuilt, layers_of
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory import boolean
from theory.generalisation import sign_degree, tasks

__all__ = ["Settings", "draw", "judge", "measure", "rebuild", "work"]

ACTIVATIONS = ("rectifier", "tanh", "logistic", "sine", "square", "cube")


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """A crossed design. Repetitions are split in two halves, so that there are two of them at least."""

    activation: list[str] = setting(list(ACTIVATIONS), choices=(*ACTIVATIONS, "gelu", "softplus", "elu"), static=True)
    layers: list[int] = setting([1, 2], low=1, high=8, static=True)
    width: list[int] = setting([2, 4, 8, 16], low=1, high=4096, static=True)
    learning_rate: list[float] = fields.learning_rate([0.01, 0.1])
    tasks: int = setting(30, low=3, high=100_000, counts="task")
    restarts: int = setting(4, low=2, high=100_000, counts="restart", follows="restarts")
    n: int = setting(5, low=2, high=10)
    loss: str = fields.loss("cross-entropy")
    optimizer: str = fields.optimizer("adam")
    steps: int = fields.steps(800)


SMOKE = {
    "activation": ["rectifier", "tanh", "square"],
    "layers": [1],
    "width": [2, 4],
    "tasks": 4,
    "restarts": 2,
    "n": 3,
    "steps": 200,
}
FULL = {
    "activation": [*ACTIVATIONS, "gelu", "softplus", "elu"],
    "layers": [1, 2, 3],
    "width": [2, 4, 8, 16, 32],
    "learning_rate": [0.003, 0.01, 0.03, 0.1],
    "tasks": 200,
    "restarts": 8,
    "steps": 3000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: its task, the share of all inputs that it gets wrong, and whether it is none."""
    of_tasks = [task_of(unit.seed, unit.settings.n, number) for number in unit.cells["task"].tolist()]
    what = _training(unit, [truth for _, truth, _ in of_tasks])
    outcome = _networks.train(unit, what)
    return unit.cells.assign(
        n=unit.settings.n,
        kind=[kind for kind, _, _ in of_tasks],
        degree=[degree for _, _, degree in of_tasks],
        loss=outcome.loss,
        error=outcome.errors / len(what.x),
        solved=outcome.errors == 0,
        steps=outcome.steps,
        diverged=~np.isfinite(outcome.loss),
        key=hexadecimal(unit),
    )


def _training(unit: Unit, truths: list[boolean.functions.Truth]) -> _networks.Training:
    return _networks.training(
        unit,
        boolean.signed_inputs(unit.settings.n).astype(float),
        np.stack([2.0 * truth - 1 for truth in truths]),
        unit.keys,
        unit.cells["learning_rate"].to_numpy(),
        (unit.static("width"),) * unit.static("layers"),
        unit.static("activation"),
        room=_room(unit),
    )


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again."""
    what = _training(unit, [task_of(unit.seed, unit.settings.n, int(row["task"]))[1]])
    outcome, curve = _networks.train_again(unit, what, int(row["steps"]))
    values = {"loss": outcome.loss[0], "error": outcome.errors[0] / len(what.x), "steps": outcome.steps[0]}
    return Rebuilt(layers_of(outcome, 0), curve, values)


def _room(unit: Unit) -> tuple[int, ...]:
    """Sizes for which networks of all widths are compiled at once, because that takes longer than training, or ()."""
    from experiments.ensemble.room import DEAD

    inside = [max(unit.settings.width)] * unit.static("layers")
    return (unit.settings.n, *inside, 1) if unit.static("activation") in DEAD else ()


@functools.cache
def task_of(seed: int, n: int, number: int) -> tuple[str, boolean.functions.Truth, int]:
    """The numbered task, the same for all networks: its kind, its truth table and its threshold degree."""
    kind, truth = tasks.random_task(n, random_generator(seed, "task", n, number))
    return kind, truth, sign_degree.threshold_degree(truth)


def work(unit: Unit) -> Work:
    """All updates of all networks at the largest width, as which they are compiled."""
    settings, width = unit.settings, max(unit.settings.width)
    steps = float(len(unit.cells) * settings.steps)
    weights = width * (settings.n + 2) + (unit.static("layers") - 1) * width * (width + 1)
    return Work(steps, steps * 6.0 * 2**settings.n * weights)
