"""depth.width-and-depth: the product of 20 numbers, learned at every width and depth, beside a published heat map.

Rolnick & Tegmark (1705.05502, Fig. 2) trained tanh networks by AdaDelta on the product of 20 numbers from U[0, 2].
Their heat map shows the mean absolute error and the number of neurons that should suffice, but prints no numbers. The
product is nearly always about 0 and has the mean 1, so a constant already has an error of 0.9995. Errors are given over
that of the best constant, the median. Half of the points that judge are drawn where the product is large, and all are
weighted (theory/depth/uniform_products.py): otherwise a mean would rest on a handful of points.

The formula counts the neurons of the first hidden layer; later layers need fewer. A network *meets* it if each of its
layers, which are equally wide here, has at least that number. Networks are trained with several numbers of updates. A
failure of training contradicts only if more updates no longer change anything.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.depth import _depths as depths
from experiments.claims.depth.width_and_depth.figures import draw
from experiments.claims.depth.width_and_depth.verdicts import APPROXIMATED, judge
from experiments.ensemble import cells, fields
from experiments.ensemble.tracing import Rebuilt
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.dense import Layers
from theory.depth.targets import product_of
from theory.depth.uniform_products import (
    constant_absolute_error,
    median_of_product,
    weighted_points,
)

__all__ = ["FULL", "SMOKE", "Settings", "draw", "judge", "measure", "rebuild", "work"]


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained and how: networks train on `points` points; `judges` others choose, and as many others judge."""

    width: list[int] = setting([4, 8, 16, 32, 64, 128], low=1, high=10_000, static=True)
    depth: list[int] = setting([1, 2, 3, 4, 6], low=1, high=64, static=True)
    activation: list[str] = setting(["tanh"], choices=("tanh", "rectifier"), static=True)
    learning_rate: list[float] = fields.learning_rate([1.0])
    updates: list[int] = setting([900, 2700], low=1, high=100_000_000, static=True)
    # Fewer updates are run only for networks that meet the formula for 20 numbers, or nearly.
    where: str = setting("updates == 2700 or (width >= 64 and depth > 1)")
    restarts: int = setting(2, low=1, high=100_000, counts="restart", follows="restarts")
    n: int = setting(20, low=1, high=200)
    optimizer: str = fields.optimizer("adadelta")
    schedule: str = fields.schedule("constant")
    batch: int = fields.batch(64)
    points: int = setting(16_384, low=100, high=100_000_000)
    judges: int = setting(32_768, low=100, high=10_000_000)


SMOKE = {
    "width": [8, 32],
    "depth": [1],
    "updates": [50],
    "batch": 0,
    "points": 256,
    "judges": 1024,
    "where": "",
}


FULL = {
    "width": [2, 4, 8, 16, 32, 64, 128, 256],
    "depth": [1, 2, 3, 4, 5, 6, 8],
    "activation": ["tanh", "rectifier"],
    "learning_rate": [0.1, 1.0],
    "updates": [10_000, 30_000, 100_000],
    "restarts": 10,
    "points": 262_144,
    "judges": 65_536,
    "where": "updates == 100000 or (width >= 64 and depth > 1)",
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per trained network, see `depths.fit`.

    Mean absolute errors over that of the median are on the points that choose (`validation_error`) and on those that
    judge (`error`, with its standard error `deviation`).
    """
    regression, activation = _regression(unit), unit.static("activation")
    rows, networks = depths.fit(unit, regression, _program(unit))
    validation, _ = _over_constant(unit, regression, networks, activation, "validation")
    error, deviation = _over_constant(unit, regression, networks, activation, "test")
    rows = rows.assign(validation_error=validation, error=error, deviation=deviation, solved=error <= APPROXIMATED)
    return rows.assign(n=unit.settings.n, batch=unit.settings.batch)


def _over_constant(
    unit: Unit, regression: depths.Regression, networks: list[Layers], activation: str, what: str
) -> tuple[np.ndarray, np.ndarray]:
    """For every network its mean absolute error over the median's, and the standard error of this ratio.

    The median's error is known exactly. Only the difference of the two is a mean over points; it varies little.
    """
    rng = random_generator(unit.seed, "width and depth", what)
    x, weights = weighted_points(unit.settings.n, unit.settings.judges, rng)
    truth = regression.targets[0].value(x)
    by_constant = np.abs(truth - median_of_product(unit.settings.n))
    missed = weights * (np.abs(regression.answers(networks, activation, x) - truth) - by_constant)
    exact = constant_absolute_error(unit.settings.n)
    ratio, deviation = 1 + missed.mean(1) / exact, missed.std(1, ddof=1) / np.sqrt(len(x)) / exact
    return np.nan_to_num(ratio, nan=np.inf), np.nan_to_num(deviation, nan=np.inf)


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again."""
    return depths.rebuild(unit, _regression(unit), _program(unit), row)


def _regression(unit: Unit) -> depths.Regression:
    target = product_of(unit.settings.n, 0.0, 2.0)
    points = target.points(unit.settings.points, random_generator(unit.seed, "width and depth", "train"))
    return depths.Regression([target] * len(unit.cells), points, standard=False)


def _sizes(unit: Unit) -> tuple[int, ...]:
    return unit.settings.n, *[unit.static("width")] * unit.static("depth"), 1


def _program(unit: Unit) -> Any:
    room = depths.room(unit.settings.n, unit.static("width"), unit.static("depth"), halved=False)
    trained: dict[str, Any] = {"steps": unit.static("updates"), "loss": "absolute", "stop_when_solved": False}
    return cells.program_with(unit, sizes=_sizes(unit), room=room, **trained)


def work(unit: Unit) -> Work:
    """All updates of all networks, forward and backward."""
    from theory.network import parameter_count

    steps, batch = len(unit.cells) * unit.static("updates"), unit.settings.batch or unit.settings.points
    return Work(steps, steps * 6.0 * batch * parameter_count(_sizes(unit)))
