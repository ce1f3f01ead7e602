"""depth.neurons-to-accuracy: neurons that training needs to multiply n numbers, flat and log2 n layers deep.

On paper one hidden layer takes 2^n neurons, and a tree of gates, log2 n layers deep, takes 4(n - 1). Here both forms
are trained; hidden layers halve like the levels of the tree. For each relative error in `LEVELS`, the least number of
neurons that reaches it is read off. Its growth, as a power of n, is compared with n². This does not say whether the
number is above n².
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.depth import _depths as depths
from experiments.claims.depth.neurons_to_accuracy.figures import draw
from experiments.claims.depth.neurons_to_accuracy.verdicts import DOMAINS, FORMS, LEVELS, judge
from experiments.ensemble import cells, fields
from experiments.ensemble.tracing import Rebuilt
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.depth.targets import product_of

__all__ = ["FULL", "SMOKE", "Settings", "draw", "judge", "measure", "rebuild", "work"]


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained and how.

    `width` is that of the first hidden layer. Networks train on `points` points; as many other points choose, and as
    many others judge. `steps`: budgets of updates, see judging/budgets.py.
    """

    domain: list[str] = setting(["positive", "signed"], choices=tuple(DOMAINS), static=True)
    n: list[int] = setting([2, 3, 4, 5, 6, 7, 8], low=2, high=64, static=True)
    form: list[str] = setting(list(FORMS), choices=FORMS, static=True)
    width: list[int] = setting([1, 2, 4, 8, 16, 32, 64, 128, 256], low=1, high=100_000, static=True)
    activation: list[str] = setting(["tanh"], choices=("tanh", "rectifier"), static=True)
    learning_rate: list[float] = fields.learning_rate([0.01, 0.03, 0.1])
    restarts: int = setting(2, low=1, high=100_000, counts="restart", follows="restarts")
    optimizer: str = fields.optimizer("adam")
    schedule: str = fields.schedule("linear")
    batch: int = fields.batch(64)
    steps: list[int] = fields.steps([2000, 4000], static=True)
    points: int = setting(8192, low=100, high=10_000_000)
    # For two numbers both forms have one hidden layer. Deep networks broke down at the largest rate; one layer was
    # never best at the smallest. Training multiplied at most five numbers with signs.
    where: str = setting(
        "(form == 'flat' and learning_rate > 0.02 or form == 'deep' and n > 2 and width <= 64 and learning_rate < 0.1)"
        " and (domain == 'positive' or n <= 6)"
    )


SMOKE = {
    "domain": ["positive"],
    "n": [2, 3],
    "width": [4, 16],
    "learning_rate": [0.03],
    "batch": 0,
    "steps": [50, 100],
    "points": 256,
}


FULL = {
    "width": [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
    "activation": ["tanh", "rectifier"],
    "learning_rate": [0.003, 0.01, 0.03, 0.1],
    "restarts": 5,
    "steps": [15_000, 30_000],
    "points": 16_384,
    "where": "form == 'flat' or n > 2 and width <= 256",
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per trained network, see `depths.fit`.

    Relative errors are on the points that choose (`validation_error`) and on those that judge (`error`).
    """
    regression, activation = _regression(unit), unit.static("activation")
    rows, networks = depths.fit(unit, regression, _program(unit, regression))
    validation, error = (
        regression.relative_errors(networks, activation, _points(unit, what)) for what in ("validation", "test")
    )
    solved = error <= LEVELS[-1]
    return rows.assign(validation_error=validation, error=error, solved=solved, depth=_depth(unit))


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again."""
    regression = _regression(unit)
    return depths.rebuild(unit, regression, _program(unit, regression), row)


def _regression(unit: Unit) -> depths.Regression:
    return depths.Regression([_target(unit)] * len(unit.cells), _points(unit, "train"))


def _target(unit: Unit) -> Any:
    return product_of(unit.static("n"), *DOMAINS[unit.static("domain")])


def _points(unit: Unit, what: str) -> np.ndarray:
    rng = random_generator(unit.seed, "neurons", unit.static("domain"), unit.static("n"), what)
    return _target(unit).points(unit.settings.points, rng)


def _depth(unit: Unit) -> int:
    return 1 if unit.static("form") == "flat" else (unit.static("n") - 1).bit_length()


def _sizes(unit: Unit) -> tuple[int, ...]:
    from theory.depth.budget import halved_widths

    return unit.static("n"), *halved_widths(unit.static("width"), _depth(unit)), 1


def _program(unit: Unit, regression: depths.Regression) -> Any:
    room = depths.room(unit.static("n"), unit.static("width"), _depth(unit), halved=True)
    return cells.program_with(unit, sizes=_sizes(unit), room=room, loss="squared", stop_when_solved=False)


def work(unit: Unit) -> Work:
    """All updates of all networks, forward and backward."""
    from theory.network import parameter_count

    steps, batch = len(unit.cells) * unit.static("steps"), unit.settings.batch or unit.settings.points
    return Work(steps, steps * 6.0 * batch * parameter_count(_sizes(unit)))
