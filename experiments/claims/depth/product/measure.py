"""Neurons and errors of every network that multiplies n numbers."""

from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.depth import _products as products
from experiments.ensemble.tracing import Rebuilt, no_curve
from experiments.errors import UserError
from experiments.plan import Unit, Work, random_generator

# Every network is evaluated at this many points or more.
FEWEST_POINTS = 16
# Neurons times points are at most this: a large network is evaluated at fewer points.
NEURONS_TIMES_POINTS = 1 << 22
# Neurons of the largest network that is made again: its weights are written as text.
LARGEST_WRITTEN = 1 << 14


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: neurons promised, proved necessary and built; its least error, and the predicted one."""
    activation, bias = unit.static("activation"), unit.static("bias")
    rows = []
    for n, layers in zip(unit.cells["n"].tolist(), unit.cells["layers"].tolist(), strict=True):
        count, grouping = products.smallest(n, layers, activation, bias)
        least, possible = float(products.bounds_of(n, activation, bias)[0]), bool(np.isfinite(count))
        row: dict[str, Any] = {"promised": 2.0**n, "least": least, "possible": possible}
        if possible:
            row["groups"] = "; ".join(" ".join(map(str, layer.sizes)) for layer in grouping)
            row |= products.best(grouping, activation, bias, _points(unit, n, count))
        rows.append(row)
    columns = ["promised", "least", "possible", "neurons", "groups", "predicted", "error"]
    return pd.concat([unit.cells, pd.DataFrame(rows).reindex(columns=columns)], axis=1)


def _points(unit: Unit, n: int, count: float) -> np.ndarray | None:
    """Where a network of so many neurons is evaluated, if it is."""
    if count > unit.settings.evaluated:
        return None
    few = max(FEWEST_POINTS, min(unit.settings.points, int(NEURONS_TIMES_POINTS / count)))
    return products.points(n, few, random_generator(unit.seed, "product", n))


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again, at the scale with the least error.

    Raises:
        UserError: if there is no network, or it is too large to be written.
    """
    activation, bias, n = unit.static("activation"), unit.static("bias"), int(row["n"])
    count, grouping = products.smallest(n, int(row["layers"]), activation, bias)
    if not count <= LARGEST_WRITTEN:
        raise UserError(f"this row has no network of at most {LARGEST_WRITTEN:,} neurons")
    layers, facts = products.best_network(grouping, activation, bias, _points(unit, n, count))
    return Rebuilt([(np.asarray(W), np.asarray(b)) for W, b in layers], no_curve(), facts)


def work(unit: Unit) -> Work:
    """The flat networks are by far the largest."""
    sizes = 2.0 ** unit.cells.loc[unit.cells["layers"] == 1, "n"]
    return Work(0, 200.0 * len(unit.cells) + float(sizes.sum()) * 3 * 50.0 * unit.settings.points)
