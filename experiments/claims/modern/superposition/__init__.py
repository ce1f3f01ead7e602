"""modern.superposition: two features share one dimension if they are rare enough; without a rectifier they never do.

Losses of both ways to store two features are exact, and so is the border between them, see
theory/modern/superposition.py. Models are trained beside it, on the population loss by a quadrature. Their losses are
then calculated exactly. Linear models are the control.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.claims.modern.superposition import training
from experiments.claims.modern.superposition.figures import draw
from experiments.claims.modern.superposition.training import NODES
from experiments.claims.modern.superposition.verdicts import OUTPUTS, RECTIFIER, judge
from experiments.ensemble import fields
from experiments.ensemble.cells import hexadecimal
from experiments.ensemble.tracing import Rebuilt, curve_of
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.modern import superposition as theory

if TYPE_CHECKING:
    from experiments.ensemble.fitting import Fit

__all__ = ["FULL", "SMOKE", "Settings", "draw", "judge", "measure", "rebuild", "work"]


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Outputs, importances of the second feature beside 1, probabilities that a feature is active, and training."""

    output: list[str] = setting(list(OUTPUTS), choices=OUTPUTS, static=True)
    importance: list[float] = setting([0.2, 0.4, 0.8], low=0.01, high=0.99)
    active: list[float] = setting(
        [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8, 0.9], low=0.001, high=1.0
    )
    restarts: int = setting(16, low=1, high=1_000_000, counts="restart", follows="restarts")
    learning_rate: float = fields.learning_rate(0.03)
    optimizer: str = fields.optimizer("adam")
    steps: int = fields.steps(1000)
    schedule: str = fields.schedule("cosine")


SMOKE = {
    "importance": [0.4],
    "active": [0.2, 0.4, 0.8],
    "restarts": 4,
    "steps": 200,
}
FULL = {
    "importance": [0.1, 0.2, 0.4, 0.6, 0.8],
    "active": [0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8, 0.9, 1.0],
    "restarts": 100,
    "steps": 5000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per trained model: its weights, its loss, and the losses of both ways, exactly; the border."""
    fit, cells = training.trained(unit), unit.cells
    w = np.asarray(fit.points)[:, :2]
    facts = [_facts_of(*pair) for pair in zip(cells["active"].tolist(), cells["importance"].tolist(), strict=True)]
    return cells.assign(
        **pd.DataFrame(facts, index=cells.index),
        stored_first=w[:, 0] ** 2,
        stored_second=w[:, 1] ** 2,
        opposite=w[:, 0] * w[:, 1] < 0,
        loss=_losses(unit, fit),
        key=hexadecimal(unit),
    )


def _facts_of(active: float, importance: float) -> dict[str, Any]:
    """Losses of one feature alone and of both superposed, which of them is better, and the border."""
    p, other = Fraction(str(active)), Fraction(str(importance))
    alone, both, border = theory.alone(p, other), theory.superposed(p, other), theory.border(other)
    zero, one = Fraction(0), Fraction(1)
    by_integrals = [
        theory.loss((one, zero), (zero, p / 2), p, other),
        theory.loss((one, -one), (zero, zero), p, other),
    ]
    return {
        "alone": float(alone),
        "superposed": float(both),
        "border": float(border),
        # By integrals over the parts of the unit square, which know nothing of the formulas.
        "gain": float(by_integrals[0] - by_integrals[1]),
        "below": bool(p < border),
        "at_border": bool(p == border),
    }


def _losses(unit: Unit, fit: "Fit") -> np.ndarray:
    """Exact losses with a rectifier; without it the quadrature is exact already."""
    losses = np.array(fit.loss)
    if unit.static("output") == RECTIFIER:
        for i, point in enumerate(np.asarray(fit.points)):
            if np.isfinite(point).all():
                w, b = [(Fraction(one), Fraction(two)) for one, two in point[:4].reshape(2, 2).tolist()]
                p, importance = (Fraction(str(unit.cells[name].iloc[i])) for name in ("active", "importance"))
                losses[i] = float(theory.loss(w, b, p, importance))
    return losses


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The model of one row after training again; its last layer is followed by the output's activation."""
    fit = training.trained(unit)
    w, b = np.asarray(fit.points)[0, :2], np.asarray(fit.points)[0, 2:4]
    losses = np.append(fit.curve[0], fit.loss[0])
    layers = [(w[:, None], np.zeros(1)), (w[None], b)]
    return Rebuilt(layers, curve_of(losses), {"loss": _losses(unit, fit)[0], "stored_first": w[0] ** 2})


def work(unit: Unit) -> Work:
    """Updates of all models, each on a quadrature over two features, and exact losses."""
    updates = float(len(unit.cells) * unit.settings.steps)
    return Work(updates, updates * 40 * (NODES + 1) ** 2 + len(unit.cells) * 1e7)
