"""modern.square-trained: does training find networks that fold, or anything as good, and does depth pay in training?

Networks of the shape of m folds, see modern.square-by-folds, and of one hidden layer with as many rectifiers are
trained on x². The largest error on [0, 1] of each of them is an exact fraction, and so is the least error that its
pieces allow. What a shape can do is known: secants of 2^m pieces for m folds, secants of n pieces for n rectifiers in
one layer. A run has come near to that if it errs by at most ten times as much.

A failure of training says something about depth only if the same training finds the flat network.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.claims.modern.square_trained.figures import draw
from experiments.claims.modern.square_trained.verdicts import (
    DEEP,
    NEAR,
    POINTS_PER_PIECE,
    SHAPES,
    judge,
    secants,
)
from experiments.ensemble import fields
from experiments.ensemble.cells import hexadecimal, program_with
from experiments.ensemble.tracing import Rebuilt, layers_of, trained_again
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.dense import Layers
from theory.modern import folds as theory

if TYPE_CHECKING:
    from experiments.ensemble import Members, Program

__all__ = ["FULL", "SMOKE", "Settings", "draw", "judge", "measure", "rebuild", "work"]


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Numbers m of folds that a network could make, shapes, learning rates, and budgets of updates."""

    m: list[int] = setting([2, 3, 4], low=2, high=8, static=True)
    shape: list[str] = setting(list(SHAPES), choices=SHAPES, static=True)
    learning_rate: list[float] = fields.learning_rate([0.003, 0.01, 0.03])
    restarts: int = setting(64, low=4, high=1_000_000, counts="restart", follows="restarts")
    optimizer: str = fields.optimizer("adam")
    steps: list[int] = fields.steps([10_000, 20_000], static=True)
    schedule: str = fields.schedule("cosine")


SMOKE = {
    "m": [2],
    "learning_rate": [0.01],
    "restarts": 4,
    "steps": [200],
}
FULL = {
    "m": [2, 3, 4, 5, 6],
    "learning_rate": [0.001, 0.003, 0.01],
    "restarts": 400,
    "steps": [40_000, 80_000],
}


def sizes_of(m: int, shape: str) -> tuple[int, ...]:
    """Inputs, hidden units of each layer, and outputs: 3 m - 1 rectifiers, in m layers or in one."""
    return (1, 2, *[3] * (m - 1), 1) if shape == DEEP else (1, 3 * m - 1, 1)


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: its largest error, whether it is near that of secants, its pieces, and their floor."""
    from experiments import ensemble

    m, shape = unit.static("m"), unit.static("shape")
    outcome = ensemble.train_ensemble(_program(unit), _x(m), _members(unit), unit.engine.layout, unit.engine.chunk)
    found = [_examined(layers_of(outcome, i)) for i in range(len(unit.cells))]
    error = np.array([one["error"] for one in found])
    return unit.cells.assign(
        **pd.DataFrame(found, index=unit.cells.index),
        neurons=float(3 * m - 1),
        solved=error <= NEAR * secants(m, shape),
        loss=outcome.loss,
        steps=outcome.steps,
        key=hexadecimal(unit),
    )


def _examined(layers: Layers) -> dict[str, Any]:
    """Largest error, pieces, and the least error that so many pieces allow; unknown if the network diverged."""
    if not all(np.isfinite(part).all() for layer in layers for part in layer):
        return {"error": np.inf, "pieces": np.nan, "least_error": 0.0}
    error, pieces = theory.error(_of_unit_interval(layers))
    return {"error": float(error), "pieces": float(pieces), "least_error": float(theory.best(pieces))}


def _of_unit_interval(layers: Layers) -> Layers:
    """A network for x, from one that was trained on 2 x - 1."""
    (W, b), *others = layers
    return (2 * np.asarray(W, float), np.asarray(b, float) - np.asarray(W, float)[0]), *others


def _x(m: int) -> np.ndarray:
    return np.linspace(-1, 1, POINTS_PER_PIECE * 2**m + 1)[:, None]


def _program(unit: Unit) -> "Program":
    return program_with(
        unit,
        sizes=sizes_of(unit.static("m"), unit.static("shape")),
        activation="rectifier",
        loss="squared",
        stop_when_solved=False,
    )


def _members(unit: Unit) -> "Members":
    from experiments import ensemble

    x = (_x(unit.static("m"))[:, 0] + 1) / 2
    targets = np.broadcast_to(x**2, (len(unit.cells), len(x)))
    return ensemble.Members(unit.keys, targets, unit.cells["learning_rate"].to_numpy())


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row after training again, for inputs from 0 to 1."""
    outcome, curve = trained_again(unit, _program(unit), _x(unit.static("m")), _members(unit), int(row["steps"]))
    layers = layers_of(outcome, 0)
    return Rebuilt(list(_of_unit_interval(layers)), curve, {"loss": outcome.loss[0], **_examined(layers)})


def work(unit: Unit) -> Work:
    """All updates, each on all points, and fractions for the pieces of every network."""
    from theory.network import parameter_count

    m, updates = unit.static("m"), float(len(unit.cells) * unit.static("steps"))
    weights = parameter_count(sizes_of(m, unit.static("shape")))
    return Work(updates, updates * 6.0 * weights * POINTS_PER_PIECE * 2**m + len(unit.cells) * 3e6 * m)
