"""approximation.dimension: the width at which a fixed relative error is reached, against the dimension of the input.

Targets with a bounded Barron norm need no more units than Barron's bound, a power of d. A target that is only
Lipschitz, here a pyramid of random sign in every orthant, has 2^d independent pieces, one for each orthant. Three ways
to get m units are those of approximation.rate. The fourth is counted, not built: the brute-force proof, which
guarantees the error everywhere. A width that is reached is an upper bound of the width that is needed. A lower bound is
known only for units that do not depend on the target, see theory/approximation/fixed_bases.py.

Growth is measured over the dimensions of the sweep and says nothing about others, see widths.py and growth.py.
"""

import functools
from dataclasses import dataclass
from typing import Any

import pandas as pd

from experiments.claims.approximation import _ways as ways
from experiments.claims.approximation.dimension.figures import draw
from experiments.claims.approximation.dimension.verdicts import LIPSCHITZ, judge
from experiments.ensemble import fields
from experiments.ensemble.tracing import Rebuilt
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.approximation import counting, targets
from theory.approximation.construction import CONSTRUCTIONS

__all__ = ["FULL", "SMOKE", "Settings", "draw", "is_stuck", "judge", "measure", "rebuild", "work"]

# The construction on a line that the proof uses; a tanh unit is a stretched logistic unit.
CONSTRUCTION = {"rectifier": "interpolant", "tanh": "steps"}


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained and how, see `rate.Settings`; `relative_error` is over the target's standard deviation."""

    family: list[str] = setting(
        ["ridges", "gaussian", LIPSCHITZ], choices=("ridges", "gaussian", LIPSCHITZ), static=True
    )
    d: list[int] = setting([1, 2, 3, 4, 5, 8], low=1, high=16, static=True)
    width: list[int] = setting([2, 4, 8, 16, 32, 64, 256, 1024], low=2, high=4000, static=True)
    activation: list[str] = setting(["rectifier"], choices=tuple(ways.UNITS), static=True)
    input_scale: list[float] = setting([1.0], low=0.001, high=1000.0, static=True)
    learning_rate: list[float] = fields.learning_rate([0.03])
    functions: int = setting(6, low=1, high=1000, counts="function")
    # Functions are varied, not runs.
    restarts: int = setting(1, low=1, high=100_000, counts="restart", follows="restarts")
    relative_error: float = setting(0.5, low=0.001, high=0.999)
    optimizer: str = fields.optimizer("adam")
    schedule: str = fields.schedule("linear")
    batch: int = fields.batch(128)
    steps: list[int] = fields.steps([500, 1000], static=True)
    points: int = setting(8192, low=100, high=10_000_000)
    # Half of the budget shows the effect of more updates; a smaller number of functions is enough for that.
    where: str = setting(
        "(d > 1 or width <= 16) and (d <= 5 or family != 'pyramids') and (width <= 256 or d >= 4 and "
        "family == 'pyramids') and (steps == 1000 or d > 1 and function < 3)"
    )


SMOKE = {
    "family": ["gaussian", "pyramids"],
    "d": [1, 2],
    "width": [8, 16],
    "functions": 2,
    "steps": [50, 100],
    "points": 512,
    "where": (
        "(d > 1 or width <= 16) and (d <= 5 or family != 'pyramids') and (width <= 256 or d >= 4 and "
        "family == 'pyramids')"
    ),
}


FULL = {
    "d": [1, 2, 3, 4, 6, 8, 12, 16],
    "width": [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048],
    "functions": 12,
    "steps": [10_000, 20_000],
    "points": 65_536,
    "where": "(d <= 8 or family != 'pyramids') and (steps == 20000 or function < 6)",
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per trained network, see `ways.measure`, with the required relative error.

    `proof_width` is the number of units for which the brute-force proof guarantees this error in the sup norm.
    """
    names, level = [unit.static(axis) for axis in ("family", "d", "activation")], unit.settings.relative_error
    proof = {number: proof_width(unit.seed, *names, number, level) for number in set(unit.cells["function"].tolist())}
    rows = ways.measure(unit)
    return rows.assign(relative_error=level, proof_width=rows["function"].map(proof))


@functools.cache
def proof_width(seed: int, family: str, d: int, activation: str, function: int, level: float) -> float:
    """Units that the proof needs for a numbered target of a run; training uses the same target."""
    target = targets.FAMILIES[family](d, random_generator(seed, "target", family, d, function))
    kind = CONSTRUCTIONS[CONSTRUCTION[activation]]
    return float(counting.needed_by(target, d, kind, level * target.deviation).neurons)


def work(unit: Unit) -> Work:
    """As for the rate."""
    return ways.work(unit)


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again, its output layer fitted."""
    return ways.rebuild(unit, row)


def is_stuck(table: pd.DataFrame) -> pd.Series:
    """Whether training did no better than random features."""
    return ways.is_stuck(table)
