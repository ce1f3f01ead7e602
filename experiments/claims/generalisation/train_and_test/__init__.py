"""generalisation.train-and-test: networks that are right on all their examples, asked about the rest of the world.

The world is all of {-1, 1}^n, so that the error on the rest is exact. A training set is a share of it. For every
training set, functions and the random ones among them are drawn anew, and intervals are over these pairs of set and
function. A network stops at the first update after which it is right on all examples; one that never is, is left out
and counted. Random labels are the control: whatever is learned, the expected error on the rest is exactly 1/2.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.claims.generalisation import _networks
from experiments.claims.generalisation.train_and_test.figures import draw
from experiments.claims.generalisation.train_and_test.verdicts import judge
from experiments.ensemble import fields
from experiments.ensemble.cells import hexadecimal
from experiments.ensemble.tracing import Rebuilt, layers_of
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory import boolean
from theory.generalisation import tasks

if TYPE_CHECKING:
    from experiments.ensemble import TrainingOutcome

__all__ = ["FULL", "SMOKE", "Settings", "draw", "is_stuck", "judge", "measure", "rebuild", "work"]


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Functions, shares of the world that are examples, and networks; of several `n` the largest is judged.

    A `set` is a training set with a function of every family, drawn for it; restarts begin from other weights.
    """

    family: list[str] = setting(list(tasks.FAMILIES), choices=tuple(tasks.FAMILIES))
    n: list[int] = setting([6, 10], low=2, high=12, static=True)
    share: list[float] = setting([0.25, 0.5, 0.75], low=0.001, high=0.999, static=True)
    activation: list[str] = setting(["rectifier", "tanh"], choices=("logistic", "tanh", "rectifier"), static=True)
    width: int = setting(128, low=1, high=100_000)
    sets: int = setting(40, low=2, high=100_000, counts="set")
    restarts: int = setting(1, low=1, high=100_000, counts="restart", follows="restarts")
    learning_rate: float = fields.learning_rate(0.01)
    loss: str = fields.loss("cross-entropy")
    optimizer: str = fields.optimizer("adam")
    steps: int = fields.steps(3000)


SMOKE = {"n": [4], "share": [0.5], "activation": ["rectifier"], "width": 32, "sets": 3, "steps": 500}
FULL = {
    "n": [6, 8, 10],
    "share": [0.125, 0.25, 0.5, 0.75, 0.9],
    "width": 256,
    "sets": 120,
    "steps": 10_000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: errors on its examples and on the rest, and that of the better constant on the rest."""
    return pd.concat([_of_one_set(unit, rows) for _, rows in unit.cells.groupby("set", sort=False)]).sort_index()


def _of_one_set(unit: Unit, cells: pd.DataFrame) -> pd.DataFrame:
    """Networks that share a training set, one a row."""
    what, truths, seen = _training(unit, cells)
    outcome, unseen = _networks.train(unit, what), tasks.rest(unit.static("n"), seen)
    return cells.assign(
        width=unit.settings.width,
        examples=len(seen),
        loss=outcome.loss,
        errors=outcome.errors,
        learned=outcome.errors == 0,
        steps=outcome.steps,
        rest_error=_rest_error(unit, outcome, truths, unseen),
        constant_error=tasks.constant_error(truths == 1, unseen),
        key=np.array(hexadecimal(unit))[cells.index],
    )


def _training(unit: Unit, cells: pd.DataFrame) -> tuple[_networks.Training, np.ndarray, np.ndarray]:
    """Networks that share a training set, the truth table of each, and which inputs are examples."""
    n, share, number = unit.static("n"), unit.static("share"), int(cells["set"].iloc[0])
    seen = tasks.examples(n, share, random_generator(unit.seed, "examples", n, share, number))
    truths = np.stack([truth_of(unit.seed, family, n, number) for family in cells["family"]])
    what = _networks.training(
        unit,
        boolean.signed_inputs(n).astype(float)[seen],
        2.0 * truths[:, seen] - 1,
        unit.keys[cells.index],
        np.full(len(cells), unit.settings.learning_rate),
        (unit.settings.width,),
        unit.static("activation"),
    )
    return what, truths, seen


def _rest_error(unit: Unit, outcome: "TrainingOutcome", truths: np.ndarray, unseen: np.ndarray) -> np.ndarray:
    from experiments.ensemble.outputs import outputs

    x = boolean.signed_inputs(unit.static("n")).astype(float)
    answers = outputs(outcome.network, x, unit.static("activation")) > 0
    return tasks.error_on_rest(answers, truths == 1, unseen)


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again."""
    what, truths, seen = _training(unit, unit.cells)
    outcome, curve = _networks.train_again(unit, what, int(row["steps"]))
    values = {name: getattr(outcome, name)[0] for name in ("loss", "errors", "steps")}
    rest = _rest_error(unit, outcome, truths, tasks.rest(unit.static("n"), seen))
    return Rebuilt(layers_of(outcome, 0), curve, values | {"rest_error": rest[0]})


def is_stuck(table: pd.DataFrame) -> pd.Series:
    """Whether a network is not right on all its examples."""
    return ~table["learned"]


def truth_of(seed: int, family: str, n: int, number: int) -> boolean.functions.Truth:
    """The function of a family that goes with a training set: the same for every share, activation and restart."""
    return tasks.FAMILIES[family](n, random_generator(seed, "function", family, n, number))


def work(unit: Unit) -> Work:
    """All updates of all networks, forward and backward, as if a third of all were needed."""
    n, settings = unit.static("n"), unit.settings
    steps = len(unit.cells) * settings.steps / 3
    return Work(steps, steps * 6.0 * unit.static("share") * 2**n * settings.width * (n + 2))
