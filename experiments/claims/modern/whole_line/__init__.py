"""modern.whole-line: without a compact domain sin is out of reach; every network is at least 1 away from it somewhere.

Networks are drawn, trained on sin on [-2π, 2π], or built. For each a certificate in fractions names places of the line,
at one of which the network is at least 1 away from sin, see theory/modern/whole_line.py. Two hypotheses are switched on
beside it: the same networks approximate sin on [-2π, 2π], and what is sin there and 0 elsewhere on the whole line.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import expit

from experiments.claims.modern.whole_line.figures import draw
from experiments.claims.modern.whole_line.verdicts import BUILT, DRAWN, FAR, GRID, POINTS, TRAINED, WAYS, judge
from experiments.ensemble import fields
from experiments.ensemble.cells import hexadecimal, program_with
from experiments.ensemble.tracing import Rebuilt, layers_of, no_curve, trained_again
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.approximation.construction import rectify
from theory.dense import Layers
from theory.modern import whole_line as theory
from theory.modern.whole_line import ACTIVATIONS, EDGE, LOGISTIC, RECTIFIER, TANH

if TYPE_CHECKING:
    from experiments.ensemble import Members, Program

__all__ = ["FULL", "SMOKE", "Settings", "draw", "judge", "measure", "rebuild", "work"]

ON_HOST = {RECTIFIER: rectify, LOGISTIC: expit, TANH: np.tanh}


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Where networks are from, their activations, hidden layers and widths, and how they are trained."""

    way: list[str] = setting(list(WAYS), choices=WAYS, static=True)
    activation: list[str] = setting(list(ACTIVATIONS), choices=ACTIVATIONS, static=True)
    layers: list[int] = setting([1, 3], low=1, high=8, static=True)
    width: list[int] = setting([8, 32, 128], low=2, high=1024, static=True)
    restarts: int = setting(12, low=1, high=1_000_000, counts="restart", follows="restarts")
    learning_rate: float = fields.learning_rate(0.01)
    optimizer: str = fields.optimizer("adam")
    steps: int = fields.steps(4000)
    schedule: str = fields.schedule("cosine")
    where: str = setting("width <= 32 and way != 'built' or layers == 1 and way == 'built' and restart == 0")


SMOKE = {
    "layers": [1],
    "width": [8, 128],
    "restarts": 2,
    "steps": 300,
    "where": "width == 8 and way == 'drawn' or width == 8 and way == 'trained' and activation == 'tanh' "
    "or way == 'built' and restart == 0",
}
FULL = {
    "layers": [1, 2, 3],
    "width": [8, 32, 128, 512],
    "restarts": 100,
    "steps": 20_000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: its error on [-2π, 2π], a certified error on the line, where, and that of the window."""
    networks, loss = _networks(unit)
    activation = unit.static("activation")
    return unit.cells.assign(
        **pd.DataFrame([_examined(one, activation) for one in networks], index=unit.cells.index),
        bound=theory.vanishing_bound(activation, unit.static("width")) if unit.static("way") == BUILT else np.nan,
        loss=loss,
        key=hexadecimal(unit),
    )


def _networks(unit: Unit) -> tuple[list[Layers], Any]:
    """The networks of a unit, for inputs x of the line, and their losses if they were trained."""
    if unit.static("way") == BUILT:
        return [theory.vanishing(unit.static("activation"), unit.static("width"))] * len(unit.cells), np.nan
    if unit.static("way") == DRAWN:
        return _drawn(unit), np.nan
    from experiments import ensemble

    outcome = ensemble.train_ensemble(_program(unit), _x(), _members(unit), unit.engine.layout, unit.engine.chunk)
    return [layers_of(outcome, i, 1 / EDGE) for i in range(len(unit.cells))], outcome.loss


def _examined(layers: Layers, activation: str) -> dict[str, float]:
    x = np.linspace(-EDGE, EDGE, GRID)
    line = np.linspace(-FAR, FAR, 3 * GRID)
    if not all(np.isfinite(part).all() for layer in layers for part in layer):
        return dict.fromkeys(("inside", "on_line", "place", "window"), np.nan)
    found = theory.certificate(layers, activation)
    return {
        "inside": float(np.abs(outputs(layers, activation, x) - np.sin(x)).max()),
        "on_line": float(found.error),
        "place": float(found.places[-1]),
        "window": float(np.abs(outputs(layers, activation, line) - theory.window(line)).max()),
    }


def outputs(layers: Layers, activation: str, x: np.ndarray) -> np.ndarray:
    """Outputs at points of the line, in float64."""
    z = x[:, None]
    for W, b in layers[:-1]:
        z = ON_HOST[activation](z @ np.asarray(W, float) + np.asarray(b, float))
    W, b = layers[-1]
    return (z @ np.asarray(W, float) + np.asarray(b, float))[:, 0]


def _sizes(unit: Unit) -> tuple[int, ...]:
    return (1, *[unit.static("width")] * unit.static("layers"), 1)


def _drawn(unit: Unit) -> list[Layers]:
    from theory.network import WEIGHT_VARIANCE, from_normals, parameter_count

    sizes, variance = _sizes(unit), WEIGHT_VARIANCE[unit.static("activation")]
    normals = [np.random.default_rng(key).normal(size=parameter_count(sizes)) for key in unit.keys.tolist()]
    networks = [from_normals(one, sizes, variance) for one in normals]
    return [tuple((np.asarray(W), np.asarray(b)) for W, b in network) for network in networks]


def _x() -> np.ndarray:
    return np.linspace(-1, 1, POINTS)[:, None]


def _program(unit: Unit) -> "Program":
    return program_with(unit, sizes=_sizes(unit), loss="squared", stop_when_solved=False)


def _members(unit: Unit) -> "Members":
    from experiments import ensemble

    targets = np.broadcast_to(np.sin(EDGE * _x()[:, 0]), (len(unit.cells), POINTS))
    return ensemble.Members(unit.keys, targets, np.full(len(unit.cells), unit.settings.learning_rate))


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again, trained again if it was; for inputs x of the line."""
    activation = unit.static("activation")
    if unit.static("way") != TRAINED:
        (layers,), _ = _networks(unit)
        return Rebuilt([(W, b) for W, b in layers], no_curve(), _examined(layers, activation))
    outcome, curve = trained_again(unit, _program(unit), _x(), _members(unit), unit.settings.steps)
    layers = layers_of(outcome, 0, 1 / EDGE)
    return Rebuilt(layers, curve, {"loss": outcome.loss[0], **_examined(layers, activation)})


def work(unit: Unit) -> Work:
    """Updates if there is training, and fractions for every weight."""
    from theory.network import parameter_count

    weights, networks = float(parameter_count(_sizes(unit))), len(unit.cells)
    updates = float(networks * unit.settings.steps) if unit.static("way") == TRAINED else 0.0
    return Work(updates, updates * 6 * weights * POINTS + networks * (weights * GRID * 10 + weights * 3e4))
