"""depth.hidden-products: how many neurons that multiply does the product of two small matrices need?

A bilinear network has r hidden products (u·A)(v·B) and linear outputs. Alternating least squares and gradients search
for it from random weights, for 2x2 by 2x2 matrices with r = 5 to 9 and for 2x3 by 3x2 with r = 9 to 13; see
theory/depth/decomposition.py. What is found is polished, because networks of 10 products come as near as one likes to
2x3 by 3x2 without ever being exact. A network with 7 products is then brought to whole weights and checked in integers.
Networks that are built, not found, are in depth.few-products.
"""

import collections
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.depth.hidden_products.figures import draw
from experiments.claims.depth.hidden_products.verdicts import METHODS, judge
from experiments.ensemble import fields
from experiments.ensemble.cells import hexadecimal
from experiments.ensemble.tracing import Rebuilt, curve_of
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.depth import decomposition, schemes
from theory.depth.decomposition import EXACT, NEARLY_SOLVED
from theory.depth.schemes import PRODUCTS, Scheme

__all__ = ["FULL", "SMOKE", "Settings", "draw", "judge", "measure", "rebuild", "work"]

# Standard deviation of the initial weights of each method.
START = {"least-squares": 1.0, "adam": 0.5}


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """The product of matrices, hidden products r, the method of the search, and its length."""

    product: list[str] = setting(list(PRODUCTS), choices=tuple(PRODUCTS), static=True)
    r: list[int] = setting([5, 6, 7, 8, 9, 10, 11, 12, 13], low=1, high=64, static=True)
    method: list[str] = setting(list(METHODS), choices=METHODS, static=True)
    restarts: int = setting(200, low=1, high=10_000_000, counts="restart", follows="restarts")
    iterations: int = setting(1000, low=2, high=10_000_000)
    """Rounds of alternating least squares; its penalty falls during all of them."""
    steps: int = fields.steps(3000)
    """Updates of Adam; its learning rate falls to 0 as a cosine."""
    learning_rate: float = fields.learning_rate(0.1)
    # Two products fewer than are needed, and two more.
    where: str = setting("(product == '2x2-2x2' and r <= 9) or (product == '2x3-3x2' and r >= 9)")


SMOKE = {
    "r": [6, 7, 10, 11],
    "restarts": 20,
    "iterations": 300,
    "steps": 500,
}
FULL = {
    "restarts": 2000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per run: the residual of Brent's equations, after polishing too, and whether it became whole numbers."""
    parts, _ = _search(unit)
    residual = schemes.residual(parts)
    near, polished = residual <= NEARLY_SOLVED, residual.copy()
    if near.any():
        polished[near] = schemes.residual(decomposition.polished(parts.some(near)))
    whole = [decomposition.rounded(parts.some(run)) if some else None for run, some in enumerate(near)]
    return unit.cells.assign(
        loss=_loss(parts),
        residual=residual,
        polished=polished,
        largest_weight=np.max([np.abs(part).max((1, 2)) for part in parts], 0),
        solved=polished <= EXACT,
        exact=[one is not None for one in whole],
        steps=_updates(unit),
        key=hexadecimal(unit),
    )


def _search(unit: Unit) -> tuple[Scheme, np.ndarray]:
    """Final schemes of the runs of a unit, and their losses after each update."""
    r, method = unit.static("r"), unit.static("method")
    T = schemes.product_tensor(PRODUCTS[unit.static("product")]).astype(float)
    starts = np.array([_start(key, r, T.shape) for key in unit.keys.tolist()]) * START[method]
    if method == "adam":
        from experiments.ensemble import fitting

        rates = np.full(len(starts), unit.settings.learning_rate)
        fit = fitting.fit(decomposition.loss, starts, rates, T, unit.settings.steps)
        return decomposition.parts(fit.points, T.shape), np.column_stack([fit.curve, fit.loss])
    start = decomposition.parts(starts, T.shape)
    losses, last = [_loss(start)], collections.deque[Scheme](maxlen=1)
    for now in decomposition.alternating_least_squares(start, unit.settings.iterations):
        losses.append(_loss(now))
        last.append(now)
    return last[0], np.array(losses).T


def _start(key: int, r: int, entries: tuple[int, ...]) -> np.ndarray:
    """Normal weights U, V and W of one run, side by side."""
    rng = np.random.default_rng(key)
    return np.concatenate([rng.standard_normal((r, columns)) for columns in entries], axis=1)


def _loss(parts: Scheme) -> np.ndarray:
    return schemes.residual(parts) ** 2 / math.prod(parts.shape.entries)


def _updates(unit: Unit) -> int:
    return unit.settings.steps if unit.static("method") == "adam" else unit.settings.iterations


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """One run again: the layers are U and V, beside each other, and W, after the products."""
    parts, losses = _search(unit)
    return Rebuilt(parts.some(0).layers(), curve_of(losses[0]), {"loss": _loss(parts)[0]})


def work(unit: Unit) -> Work:
    """Equations of r terms for Adam; three systems of r equations for every round of least squares."""
    r, updates = unit.static("r"), len(unit.cells) * _updates(unit)
    entries = PRODUCTS[unit.static("product")].entries
    equations = math.prod(entries)
    each = (
        6.0 * equations * r
        if unit.static("method") == "adam"
        else 3.0 * r**3 + 2.0 * r * (sum(entries) * r + equations)
    )
    return Work(updates, updates * each)
