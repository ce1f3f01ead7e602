"""approximation.optimum: the theorem says that a good network exists; does training find it?

Networks have one input and rectifiers. The errors of all networks of a width have an exact floor: the best
piecewise-linear fit with as many pieces. A network near the floor is known, see theory/approximation/piecewise.py.
Networks of the same width are trained from many initial weights, with kinks near each other or spread out, and finished
by second-order steps. These steps may fit the training points by leaps between them, so they are kept only if they help
on a second set of points. Errors are measured on a third set. Two budgets separate what training cannot find from what
it has not found yet.
"""

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.approximation import _curves as curves
from experiments.claims.approximation.optimum.broken_lines import (
    DRAWN_WIDTH,
    as_text,
    negligible,
    random_rectifiers,
    references,
    second_order,
)
from experiments.claims.approximation.optimum.figures import draw
from experiments.claims.approximation.optimum.verdicts import FOUND, judge
from experiments.ensemble import fields
from experiments.ensemble.tracing import Rebuilt
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.approximation.construction import rectify
from theory.approximation.curves import CURVES, grid, midpoints

__all__ = ["FULL", "SMOKE", "Settings", "draw", "is_stuck", "judge", "measure", "rebuild", "work"]

# Errors of random features that are remembered: more than the targets times restarts of one width.
REMEMBERED = 4096


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained and how.

    Networks train on the midpoints of `train_points` equal intervals. Errors are measured on a grid of `points` points
    with both ends. Second-order steps in float64 may take `finish` evaluations for every thousand of the `steps`; they
    are checked on the midpoints of twice as many intervals. Training sees inputs multiplied by `input_scale`: at a
    larger scale, more units of the initial network have their kink among the inputs.
    """

    target: list[str] = setting(["sine", "bump", "ramp", "root"], choices=tuple(CURVES))
    width: list[int] = setting([2, 4, 8, 16, 32], low=1, high=200, static=True)
    optimizer: list[str] = fields.optimizer(["adam", "sgd"], static=True)
    input_scale: list[float] = setting([1.0, 4.0], low=0.001, high=1000.0, static=True)
    learning_rate: list[float] = fields.learning_rate([0.01, 0.1])
    restarts: int = setting(32, low=2, high=1_000_000, counts="restart", follows="restarts")
    steps: list[int] = fields.steps([2500, 5000], static=True)
    schedule: str = fields.schedule("cosine")
    finish: int = setting(40, low=1, high=100_000)
    train_points: int = setting(256, low=2, high=1_000_000)
    points: int = setting(1001, low=2, high=5000)
    where: str = setting("steps == 5000 or restart < 16")


SMOKE = {
    "target": ["sine"],
    "width": [4, 8],
    "optimizer": ["adam"],
    "input_scale": [4.0],
    "learning_rate": [0.03],
    "restarts": 4,
    "steps": [150, 300],
    "train_points": 64,
    "points": 201,
    "where": "",
}


FULL = {
    "learning_rate": [0.003, 0.01, 0.03, 0.1],
    "restarts": 64,
    "steps": [10_000, 20_000],
    "where": "",
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: training loss, errors on the grid as trained and when finished, and their references."""
    width, outcome = unit.static("width"), curves.train(unit, "rectifier", unit.static("optimizer"))
    rows, networks = curves.measured(unit, outcome, _finish(unit))
    faced = [references(target, width, unit.settings.points)._asdict() for target in unit.cells["target"]]
    # Networks are written down for the figure alone, so at one width only.
    text = [as_text(layers) if width == DRAWN_WIDTH else "" for layers in networks]
    return rows.assign(random_rms=_random_errors(unit), network=text, **pd.DataFrame(faced, index=rows.index))


def _random_errors(unit: Unit) -> list[float]:
    """Errors of random features, see `_random_error`."""
    settings, cells = unit.settings, unit.cells
    grids = (settings.train_points, settings.points)
    pairs = zip(cells["target"], cells["restart"].tolist(), strict=True)
    return [_random_error(unit.seed, target, unit.static("width"), restart, *grids) for target, restart in pairs]


@functools.lru_cache(maxsize=REMEMBERED)
def _random_error(seed: int, target: str, width: int, restart: int, train_points: int, points: int) -> float:
    """Error with random kinks and a fitted output layer; it is the same for every way to train, and computed once."""
    rng = random_generator(seed, "random kinks", width, restart)
    layers = random_rectifiers(midpoints(train_points), CURVES[target], width, rng)
    return curves.errors_of(layers, CURVES[target], grid(points), rectify)["rms"]


def _finish(unit: Unit) -> curves.Finish:
    return curves.Finish(rectify, functools.partial(second_order, _evaluations(unit)))


def _evaluations(unit: Unit) -> int:
    return max(1, unit.settings.finish * unit.static("steps") // 1000)


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again, finished."""
    return curves.rebuild(unit, "rectifier", unit.static("optimizer"), _finish(unit), row)


def is_stuck(table: pd.DataFrame) -> pd.Series:
    """Whether the error of a network is above `FOUND` times that of the known one."""
    none = [negligible(*pair) for pair in zip(table["target"], table["floor"], strict=True)]
    return ~(table["rms"] <= FOUND * np.maximum(table["reachable"], none))


def work(unit: Unit) -> Work:
    """All updates, and second-order steps, which cost about one factorisation of the Jacobian each."""
    settings, width = unit.settings, unit.static("width")
    updates = len(unit.cells) * unit.static("steps")
    finish = len(unit.cells) * _evaluations(unit) * settings.train_points * 4.0 * (2 * width + 1) ** 2
    return Work(updates, updates * settings.train_points * 18.0 * width + finish)
