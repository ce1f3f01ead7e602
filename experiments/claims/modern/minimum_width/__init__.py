"""modern.minimum-width: rectifier networks of width 2 cannot follow a certain curve in the plane; width 3 can.

The curve has two loops that enclose each other's crossing. From this follows a floor under every network of width 2,
however deep, see theory/modern/plane_curves.py: crossings and windings are calculated exactly. A network of width 3 is
built. Trained networks of several widths stand beside both, with their largest errors as exact fractions. A curve
without crossings is the control: a network of width 2 is this curve.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.modern.minimum_width import training
from experiments.claims.modern.minimum_width.figures import draw
from experiments.claims.modern.minimum_width.verdicts import (
    BEND,
    BUILT,
    CURVES,
    DRAWN,
    ENOUGH,
    KNOWN,
    LOCKED,
    NARROW,
    POINTS,
    TRAINED,
    WAYS,
    judge,
)
from experiments.ensemble import fields
from experiments.ensemble.cells import hexadecimal
from experiments.ensemble.tracing import Rebuilt, curve_of, no_curve
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.dense import Layers
from theory.modern import plane_curves as theory

__all__ = ["FULL", "SMOKE", "Settings", "draw", "judge", "measure", "rebuild", "work"]


# Corners of drawn curves are whole numbers up to this, as those of the others are.
LARGEST = 4
# The networks that are built: one for each known curve, and many of the width that is enough.
_BUILT = (
    f"(curve == '{DRAWN}' and width == {ENOUGH} or restart == 0 and (curve == '{LOCKED}' and width == {ENOUGH} or "
    f"curve == '{BEND}' and width == {NARROW}))"
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Where networks are from, the curves, and the hidden layers and widths of those that are trained."""

    way: list[str] = setting(list(WAYS), choices=WAYS, static=True)
    curve: list[str] = setting(list(CURVES), choices=CURVES, static=True)
    layers: list[int] = setting([4], low=1, high=16, static=True)
    width: list[int] = setting([NARROW, ENOUGH, 4, 8], low=1, high=64, static=True)
    restarts: int = setting(48, low=1, high=1_000_000, counts="restart", follows="restarts")
    learning_rate: float = fields.learning_rate(0.01)
    optimizer: str = fields.optimizer("adam")
    steps: int = fields.steps(6000)
    schedule: str = fields.schedule("cosine")
    where: str = setting(f"way == '{TRAINED}' and curve == '{LOCKED}' or way == '{BUILT}' and layers == 4 and {_BUILT}")


SMOKE = {
    "width": [2, 3],
    "restarts": 2,
    "steps": 50,
    "where": f"way == '{TRAINED}' and curve == '{LOCKED}' and width == {NARROW} or way == '{BUILT}' and {_BUILT}",
}
FULL = {
    "layers": [2, 4, 8],
    "restarts": 200,
    "steps": 20_000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: its largest error, and the floor under all networks of width 2 on its curve."""
    corners = _corners(unit)
    if unit.static("way") == BUILT:
        networks, loss = [_built(unit, one) for one in corners], np.full(len(corners), np.nan)
    else:
        found = training.trained(unit)
        networks = [training.layers_of(unit, parameters) for parameters in np.asarray(found.points)]
        loss = np.asarray(found.loss)
    return unit.cells.assign(
        hidden_layers=[len(layers) - 1 for layers in networks],
        error=[_error(*pair) for pair in zip(networks, corners, strict=True)],
        floor=[theory.floor(one) for one in corners],
        loss=loss,
        key=hexadecimal(unit),
    )


def _corners(unit: Unit) -> list[theory.Corners]:
    """The corners of the curve of every cell."""
    curve = unit.static("curve")
    if curve in KNOWN:
        return [KNOWN[curve]] * len(unit.cells)
    draws = [np.random.default_rng(key) for key in unit.keys.tolist()]
    return [rng.integers(-LARGEST, LARGEST + 1, theory.LOCKED.shape) for rng in draws]


def _built(unit: Unit, corners: theory.Corners) -> Layers:
    return theory.three_wide(corners) if unit.static("width") == ENOUGH else theory.two_wide()


def _error(layers: Layers, corners: theory.Corners) -> float:
    """The largest distance; not a number for a network that diverged."""
    if not all(np.isfinite(part).all() for layer in layers for part in layer):
        return math.nan
    return math.sqrt(theory.squared_error(layers, corners))


def rebuild(unit: Unit, _: dict[str, Any]) -> Rebuilt:
    """The network of one row again, trained again if it was."""
    (corners,) = _corners(unit)
    if unit.static("way") == BUILT:
        layers = _built(unit, corners)
        return Rebuilt(list(layers), no_curve(), {"error": _error(layers, corners)})
    found = training.trained(unit)
    layers, losses = training.layers_of(unit, np.asarray(found.points)[0]), np.append(found.curve[0], found.loss[0])
    return Rebuilt(list(layers), curve_of(losses), {"loss": losses[-1], "error": _error(layers, corners)})


def work(unit: Unit) -> Work:
    """Updates of all networks, forward and backward, and fractions for their pieces."""
    from theory.network import parameter_count

    weights, networks = float(parameter_count(training.sizes(unit))), len(unit.cells)
    updates = float(networks * unit.settings.steps) if unit.static("way") == TRAINED else 0.0
    return Work(updates, updates * 20 * weights * POINTS + networks * weights * 1e5)
