"""modern.many-features: rare features are more than dimensions, in pairs and polygons; dense ones are as many.

Models are trained on fresh points at every step. Their losses are then calculated exactly, with weights rounded to
multiples of 2^-20, or, of many features, from a large sample. Beside them stand the exact losses of pairs and of
regular polygons, see theory/modern/many_features.py. Linear models are the control.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.claims.modern.many_features import training
from experiments.claims.modern.many_features.figures import draw
from experiments.claims.modern.many_features.verdicts import OUTPUTS, RECTIFIER, judge
from experiments.ensemble import fields
from experiments.ensemble.cells import hexadecimal
from experiments.ensemble.tracing import Rebuilt, curve_of
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.modern import many_features as theory
from theory.modern import superposition

if TYPE_CHECKING:
    from experiments.claims.modern.many_features.training import Models

__all__ = ["FULL", "KEYS", "SMOKE", "Settings", "draw", "judge", "measure", "rebuild", "work"]

# A cell has a row for each of its features, which count from 0.
KEYS = ("feature",)
# The most features with an exact loss: its time doubles with each of them.
EXACT = 8
# Points of a sampled loss.
SAMPLED = 20_000


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Numbers of features and dimensions, importances I^i, probabilities that a feature is active, and training."""

    output: list[str] = setting(list(OUTPUTS), choices=OUTPUTS)
    n: list[int] = setting([5, 6, 20], low=2, high=64, static=True)
    m: list[int] = setting([2, 3, 5], low=1, high=16, static=True)
    importance: list[float] = setting([0.7, 1.0], low=0.01, high=1.0)
    active: list[float] = setting([0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0], low=0.001, high=1.0)
    restarts: int = setting(24, low=1, high=1_000_000, counts="restart", follows="restarts")
    learning_rate: float = fields.learning_rate(0.03)
    optimizer: str = fields.optimizer("adam")
    steps: int = fields.steps(800)
    schedule: str = fields.schedule("cosine")
    batch: int = setting(256, low=1, high=65_536)
    where: str = setting(
        "(n == 5 and m == 2 or n == 6 and m <= 3 or n == 20 and m == 5) and (importance == 1 or n < 20 and n != 3 * m) "
        "and (output == 'rectifier' or importance < 1)"
    )


SMOKE = {
    "n": [5],
    "m": [2],
    "active": [0.05, 0.3, 1.0],
    "restarts": 4,
    "steps": 400,
}
FULL = {
    "active": [0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0],
    "restarts": 64,
    "steps": 10_000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per feature of each trained model: its length and dimensionality, and what is known of its model."""
    n, m = unit.static("n"), unit.static("m")
    models = training.models(training.trained(unit))
    cells = unit.cells.assign(key=hexadecimal(unit), **_losses(unit, models))
    beside = {pair: _beside(m, n, *pair) for pair in {*zip(cells["active"], cells["importance"], strict=True)}}
    facts = [beside[pair] for pair in zip(cells["active"], cells["importance"], strict=True)]
    cells = cells.assign(**pd.DataFrame(facts, index=cells.index))
    W = models.W
    lengths = (W**2).sum(1)
    # The same lengths, in directions that are drawn.
    drawn = np.array(
        [random_generator(unit.seed, "directions", n, m, *key).normal(size=(m, n)) for key in unit.keys.tolist()]
    )
    drawn *= np.sqrt(lengths[:, None] / (drawn**2).sum(1, keepdims=True))
    rows = cells.loc[cells.index.repeat(n)].reset_index(drop=True)
    return rows.assign(
        feature=np.tile(np.arange(n), len(cells)),
        squared_length=lengths.ravel(),
        dimensionality=np.concatenate([theory.dimensionalities(one) for one in W]),
        drawn_dimensionality=np.concatenate([theory.dimensionalities(one) for one in drawn]),
        angle=np.degrees(np.arctan2(W[:, 1], W[:, 0])).ravel() if m == 2 else np.nan,
    )


def _losses(unit: Unit, models: "Models") -> dict[str, list[float]]:
    """The loss of every model and its standard error, which is 0 where it is exact."""
    n = unit.static("n")
    found = []
    columns = [unit.cells[name].tolist() for name in ("output", "active")]
    for W, b, output, p, importance in zip(*models, *columns, training.importances(unit), strict=True):
        if not np.isfinite(W).all() or not np.isfinite(b).all():
            found.append((np.nan, np.nan))
        elif output != RECTIFIER:
            found.append((theory.linear_loss(W, b, p, importance), 0.0))
        elif n <= EXACT:
            fractions = [[theory.rounded(one) for one in row] for row in [*W.tolist(), b.tolist()]]
            exact = theory.loss(
                fractions[:-1], fractions[-1], Fraction(str(p)), list(map(Fraction, importance.tolist()))
            )
            found.append((float(exact), 0.0))
        else:
            sample = random_generator(unit.seed, "sample", n)
            found.append(theory.sampled_loss(W, b, p, importance, SAMPLED, sample))
    losses, errors = map(list, zip(*found, strict=True))
    return {"loss": losses, "loss_error": errors}


def _beside(m: int, n: int, active: float, base: float) -> dict[str, Any]:
    """What is known without training: the floor of linear models, pairs, and polygons."""
    p, m = Fraction(str(active)), min(m, n)
    importance = [Fraction(str(base)) ** i for i in range(n)]
    most = theory.most_pairs(m, n)
    k = theory.best_pairs(m, p, importance)
    by_integrals = [theory.loss(*theory.pairs(one, m, n, p), p, importance) for one in range(most + 1)]
    borders = [superposition.border(importance[m + one] / importance[m - 1 - one]) for one in range(most)]
    ladder = [
        (fewer > more, fewer == more) == (p < border, p == border)
        for fewer, more, border in zip(by_integrals, by_integrals[1:], borders, strict=False)
    ]
    in_plane = m == 2 and base == 1 and 3 <= n <= EXACT
    corners, polygon = theory.best_polygon(n, p) if in_plane else (0, np.nan)
    return {
        "least_linear_loss": float(theory.least_linear_loss(m, p, importance)),
        "pairs": k,
        "pairs_loss": float(theory.loss_of_pairs(k, m, p, importance)),
        "ladder": all(ladder) and by_integrals[k] == theory.loss_of_pairs(k, m, p, importance),
        "corners": corners,
        "polygon_loss": polygon,
    }


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The model of one row after training again; its last layer is followed by the output's activation."""
    fit = training.trained(unit)
    models = training.models(fit)
    W, b, i = models.W[0], models.b[0], row["feature"]
    values = {"loss": _losses(unit, models)["loss"][0], "squared_length": (W**2).sum(0)[i]}
    return Rebuilt([(W.T, np.zeros(len(W))), (W, b)], curve_of(np.asarray(fit.curve[0])), values)


def work(unit: Unit) -> Work:
    """Updates of all models, each on a batch of points, and their losses."""
    n, m, updates = unit.static("n"), unit.static("m"), float(len(unit.cells) * unit.settings.steps)
    loss = n * n * 2.0**n * 100 if n <= EXACT else 8.0 * SAMPLED * n * m
    return Work(updates, updates * unit.settings.batch * n * (12.0 * m + 30) + len(unit.cells) * loss)
