"""The error of every gate at every scale of its input weights, measured and predicted."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.depth import _products as products
from experiments.ensemble.tracing import Rebuilt, no_curve
from experiments.plan import Unit, Work
from theory.dense import Layers
from theory.depth.product import Flat, bounds, differences, flat
from theory.depth.scale import UNIT, Errors, predicted

# Points along each side of the grid.
SIDE = 41


def measure(unit: Unit) -> pd.DataFrame:
    """One row per gate and scale: its error, and its two predicted parts."""
    activation, bias, precision = (unit.static(axis) for axis in ("activation", "bias", "precision"))
    model: Errors | None
    gate = _gate(unit)
    if gate is None:
        neurons, model, best_scale = 4, None, np.nan
    else:
        neurons, model = len(gate.v), predicted(gate, activation, _grid(), precision)
        best_scale = model.best_scale
    error = [one for _, one in _networks(unit, gate)]
    columns = {f"model_{name}": float(getattr(model, name, np.nan)) for name in Errors._fields}
    least = float(bounds((1, 1), activation, bias)[0])
    built = {"neurons": float(neurons), "least": least, "built": bool(np.isfinite(best_scale)), "error": error}
    return unit.cells.assign(**built, **columns, best_scale=best_scale)


def _gate(unit: Unit) -> Flat | None:
    """The smallest known gate, if there is one."""
    try:
        return flat((1, 1), unit.static("activation"), unit.static("bias"))
    except ValueError:
        return None


def _networks(unit: Unit, gate: Flat | None) -> Iterator[tuple[Layers, float]]:
    """The gate at every scale, or else four neurons that come near, and its error."""
    activation, precision, x = unit.static("activation"), unit.static("precision"), _grid()
    for scale in 2.0 ** unit.cells["log2_scale"].to_numpy():
        if gate is None:
            yield _least_squares(activation, precision, scale)
        else:
            layers = gate.layers(scale)
            yield layers, products.error(layers, activation, x, precision)


def rebuild(unit: Unit, _: dict[str, Any]) -> Rebuilt:
    """The network of one row again."""
    ((layers, error),) = _networks(unit, _gate(unit))
    return Rebuilt(list(layers), no_curve(), {"error": error})


def _grid() -> np.ndarray:
    axis = np.linspace(-1, 1, SIDE)
    return np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)


def _least_squares(activation: str, precision: str, scale: float) -> tuple[Layers, float]:
    """The four bias-free neurons with the best output weights, and their error."""
    from experiments.ensemble import single

    x, nodes = _grid(), differences(1, "symmetric")[0]
    a = np.stack(np.meshgrid(nodes, nodes), axis=-1).reshape(-1, 2)
    hidden = single.applied(activation, np.asarray(scale * x @ a.T, precision)).astype(float)
    y = x[:, 0] * x[:, 1]
    v = np.linalg.lstsq(hidden, y, rcond=UNIT[precision])[0]
    layers = (scale * a.T, np.zeros(len(a))), (v[:, None], np.zeros(1))
    return layers, float(np.abs(hidden @ v - y).max())


def work(unit: Unit) -> Work:
    """Four neurons at every point of the grid."""
    return Work(0, 100.0 * SIDE**2 * len(unit.cells))
