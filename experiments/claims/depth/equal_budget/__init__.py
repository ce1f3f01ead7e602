"""depth.equal-budget: at equal numbers of parameters, which depth gets closest to a target, as found by training?

Networks of 1 to 6 hidden layers with equal numbers of parameters learn compositions of small functions, and controls
that are no compositions, see theory/depth/targets.py. If a network that equals the target is known, deep or of one
hidden layer, it is built and measured too: what is representable is kept apart from what training finds.

Depth has an advantage in what is representable only if no network of one hidden layer within the budget equals the
target. So each sawtooth has a budget between the parameters of the composition and those of one layer. Parity has no
such budget, because one layer takes fewer parameters than a tree: it is a control.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.depth import _depths as depths
from experiments.claims.depth.equal_budget.figures import draw
from experiments.claims.depth.equal_budget.verdicts import FOUND, judge
from experiments.ensemble import cells, fields
from experiments.ensemble.tracing import Rebuilt
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.dense import Layers
from theory.depth.targets import TARGETS, DomainTarget

__all__ = ["FULL", "SMOKE", "Settings", "draw", "judge", "measure", "rebuild", "work"]

# Points that choose the learning rate and depth, and points that judge.
JUDGED = ("validation", "test")


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained and how.

    `budget` is the wanted number of parameters. Networks train on `points` points; as many other points choose the
    learning rate, and as many others judge. `batch`: points per update; `steps`: updates, see judging/budgets.py.
    """

    target: list[str] = setting(list(TARGETS), choices=tuple(TARGETS), static=True)
    depth: list[int] = setting([1, 2, 3, 5], low=1, high=64, static=True)
    activation: list[str] = setting(["tanh", "rectifier"], choices=("tanh", "rectifier"), static=True)
    budget: list[int] = setting([20, 64, 400], low=10, high=1_000_000, static=True)
    learning_rate: list[float] = fields.learning_rate([0.01, 0.03, 0.1])
    restarts: int = setting(12, low=4, high=100_000, counts="restart", follows="restarts")
    optimizer: str = fields.optimizer("adam")
    schedule: str = fields.schedule("linear")
    batch: int = fields.batch(64)
    steps: list[int] = fields.steps([1500, 3000], static=True)
    points: int = setting(8192, low=256, high=10_000_000)
    # Several hidden layers break down at the rates at which one layer learns best. One layer of 8 or 32 rectifiers
    # equals a sawtooth with 25 or 97 parameters; the compositions have 19 and 31.
    where: str = setting(
        "(depth == 1 and learning_rate > 0.02 or depth > 1 and learning_rate < 0.05)"
        " and (activation == 'tanh' and budget >= 97 and target not in ('sawtooth-8', 'sawtooth-32')"
        " or activation == 'rectifier' and (target == 'parity' and budget >= 97"
        " or target == 'sawtooth-8' and budget < 25 or target == 'sawtooth-32' and budget > 31 and budget < 97))"
    )


SMOKE = {
    "target": ["tree"],
    "depth": [1, 2],
    "budget": [321],
    "learning_rate": [0.03],
    "restarts": 4,
    "batch": 0,
    "steps": [50, 100],
    "points": 256,
}


FULL = {
    "depth": [1, 2, 3, 4, 5, 6],
    "budget": [20, 64, 100, 400, 1600],
    "learning_rate": [0.003, 0.01, 0.03, 0.1],
    "restarts": 24,
    "steps": [15_000, 30_000],
    "points": 16_384,
    "where": (
        "budget >= 97 or activation == 'rectifier' and (target == 'sawtooth-8' or budget == 64 and "
        "target == 'sawtooth-32')"
    ),
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per trained network, see `depths.fit`.

    Relative errors are on the points that choose (`validation_error`) and on those that judge (`error`). Columns
    `construction_...` describe the deep network of this activation that equals the target, if it is known; columns
    `flat_...` the network of one hidden layer, and whether it is the smallest.
    """
    regression, activation = _regression(unit), unit.static("activation")
    rows, networks = depths.fit(unit, regression, _program(unit, regression))
    validation, error = (
        regression.relative_errors(networks, activation, _points(unit, regression.targets[0], what)) for what in JUDGED
    )
    known = [_construction(unit, target) for target in regression.targets]
    flat = [_flat(unit, target) for target in regression.targets]
    widths = "-".join(str(len(b)) for _, b in networks[0][:-1])
    rows = rows.assign(widths=widths, validation_error=validation, error=error, solved=error <= FOUND)
    rows[["construction_depth", "construction_parameters", "construction_error"]] = known
    rows[["flat_parameters", "flat_error", "flat_is_least"]] = flat
    return rows


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again."""
    regression = _regression(unit)
    return depths.rebuild(unit, regression, _program(unit, regression), row)


def _regression(unit: Unit) -> depths.Regression:
    """Random targets are drawn for each restart; every depth and way of training shares them."""
    name, numbers = unit.static("target"), unit.cells["restart"].tolist()
    drawn = {i: TARGETS[name](random_generator(unit.seed, "depth", name, i)) for i in set(numbers)}
    targets = [drawn[i] for i in numbers]
    return depths.Regression(targets, _points(unit, targets[0], "train"))


def _points(unit: Unit, target: DomainTarget, what: str) -> np.ndarray:
    return target.points(unit.settings.points, random_generator(unit.seed, "depth", "points", what))


def _program(unit: Unit, regression: depths.Regression) -> Any:
    from theory.depth.budget import hidden_widths

    inputs, depth, budget = regression.x.shape[1], unit.static("depth"), unit.static("budget")
    sizes = (inputs, *hidden_widths(inputs, depth, budget), 1)
    return cells.program_with(unit, sizes=sizes, loss="squared", stop_when_solved=False)


def _construction(unit: Unit, target: DomainTarget) -> tuple[float, float, float]:
    """Hidden layers, parameters and relative error of the network that equals the target; NaN if none is known."""
    activation = unit.static("activation")
    if target.construction is None or target.activation != activation:
        return np.nan, np.nan, np.nan
    layers = target.construction
    return len(layers) - 1, depths.parameters(layers), _error_of(unit, target, layers)


def _flat(unit: Unit, target: DomainTarget) -> tuple[float, float, float]:
    """Parameters and relative error of the one-layer network that equals the target, and 1 if it is the smallest."""
    layers = target.flat.get(unit.static("activation"))
    if layers is None:
        return np.nan, np.nan, np.nan
    return depths.parameters(layers), _error_of(unit, target, layers), float(target.flat_is_least)


def _error_of(unit: Unit, target: DomainTarget, layers: Layers) -> float:
    """Relative error on the points that judge."""
    points = _points(unit, target, JUDGED[-1])
    regression = depths.Regression([target], points, standard=False)
    return float(regression.relative_errors([layers], unit.static("activation"), points)[0])


def work(unit: Unit) -> Work:
    """All updates of all networks, forward and backward."""
    steps, batch = len(unit.cells) * unit.static("steps"), unit.settings.batch or unit.settings.points
    return Work(steps, steps * 6.0 * batch * unit.static("budget"))
