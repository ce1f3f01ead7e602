"""modern.edge-of-stability: training makes a network sharper until it is at the edge 2 (1 + β) / η, and no sharper.

Small networks of tanh units learn random signs by full-batch gradient descent. Their sharpness is the largest
eigenvalue of the exact Hessian, see theory/modern/stability.py. The axis `edge` is 2 (1 + β) / η: the step η follows
from it and from the momentum β. Every restart has its own points, targets and initial weights, and shares them among
all steps, momenta and batches. Small batches are a switch. Steps so small that training ends below the edge are the
control: they show that sharpness is not of the size of the edge by itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.claims.modern.edge_of_stability.figures import draw
from experiments.claims.modern.edge_of_stability.verdicts import CONTROL_EDGE, judge
from experiments.ensemble import fields
from experiments.ensemble.cells import hexadecimal
from experiments.ensemble.tracing import Rebuilt, curve_of
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.modern import stability

if TYPE_CHECKING:
    from experiments.claims.modern.edge_of_stability.descent import Networks, Seen

__all__ = ["FULL", "KEYS", "SMOKE", "Settings", "draw", "judge", "measure", "rebuild", "work"]

KEYS = ("updates",)
# Inputs of every network, standard normal.
INPUTS = 4


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Edges, momenta, batches (0 for all points), and what is trained: layers of `width` tanh units.

    Sharpness is looked at after every `every` of `steps` updates.
    """

    edge: list[float] = setting([5.0, 8.0, CONTROL_EDGE], low=0.01, high=10_000.0)
    momentum: list[float] = setting([0.0, 0.5, 0.9], low=0.0, high=0.999)
    batch: list[int] = fields.batch([0, 8, 2], static=True)
    # As many as let a unanimous share above 3/4 survive Holm's correction over a thousand verdicts.
    restarts: int = setting(48, low=2, high=1_000_000, counts="restart", follows="restarts")
    points: int = setting(64, low=1, high=10_000)
    width: int = setting(8, low=1, high=1000)
    layers: int = setting(2, low=1, high=20)
    steps: int = fields.steps(3000)
    every: int = setting(150, low=1, high=1_000_000)
    where: str = setting("batch == 0 and (edge < 100 or momentum == 0) or momentum == 0 and edge == 8")


SMOKE = {
    "edge": [8.0, CONTROL_EDGE],
    "momentum": [0.0],
    "batch": [0, 2],
    "restarts": 3,
    "steps": 400,
    "every": 50,
}
FULL = {
    "edge": [5.0, 8.0, 12.0, 20.0, CONTROL_EDGE],
    "batch": [0, 16, 8, 4, 2],
    "restarts": 200,
    "steps": 20_000,
    "every": 500,
}


def sizes_of(settings: Settings) -> tuple[int, ...]:
    """Inputs, hidden widths, and 1 output."""
    return (INPUTS, *[settings.width] * settings.layers, 1)


def measure(unit: Unit) -> pd.DataFrame:
    """One row for each look at each network: its sharpness over the edge, and its loss."""
    settings = unit.settings
    cells = unit.cells.assign(
        points=settings.points, width=settings.width, layers=settings.layers, key=hexadecimal(unit)
    )
    parts = [
        cells.assign(updates=one.updates, ratio=one.sharpness / cells["edge"], loss=one.loss, cell=range(len(cells)))
        for one in _seen(unit, settings.steps)
    ]
    return pd.concat(parts).sort_values(["cell", "updates"]).drop(columns="cell").reset_index(drop=True)


def _seen(unit: Unit, steps: int) -> Iterator["Seen"]:
    """The networks before training, and at every look up to this number of updates."""
    from experiments.claims.modern.edge_of_stability import descent

    settings = unit.settings
    looks = steps // settings.every
    return descent.follow(_networks(unit), sizes_of(settings), unit.static("batch"), settings.every, looks)


def _networks(unit: Unit) -> "Networks":
    from experiments.claims.modern.edge_of_stability.descent import Networks

    settings, sizes = unit.settings, sizes_of(unit.settings)
    drawn = []
    for restart in unit.cells["restart"].tolist():
        rng = random_generator(unit.seed, "network", restart)
        x, y = rng.normal(size=(settings.points, INPUTS)), rng.choice([-1.0, 1.0], settings.points)
        drawn.append((stability.initial(sizes, rng), x, y))
    θ, x, y = (np.array(part) for part in zip(*drawn, strict=True))
    momentum = unit.cells["momentum"].to_numpy(float)
    # The edge as a function of the step is its own inverse.
    step = stability.edge(unit.cells["edge"].to_numpy(float), momentum)
    return Networks(θ, np.zeros_like(θ), x, y, step, momentum, unit.keys)


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again, as it was after the updates of the row."""
    seen = list(_seen(unit, int(row["updates"])))
    curve = curve_of(np.array([one.loss[0] for one in seen]), np.array([one.updates for one in seen]))
    last = seen[-1]
    ratio = last.sharpness[0] / unit.cells["edge"].iloc[0]
    return Rebuilt(stability.layers(last.θ[0], sizes_of(unit.settings)), curve, {"ratio": ratio, "loss": last.loss[0]})


def work(unit: Unit) -> Work:
    """All updates, forward and backward, and a Hessian now and then."""
    settings, weights = unit.settings, stability.parameters(sizes_of(unit.settings))
    updates = float(len(unit.cells) * settings.steps)
    looks = updates / settings.every
    return Work(
        updates, updates * 6 * weights * settings.points + looks * (12 * settings.points + 10 * weights) * weights**2
    )
