"""The error of every gate at every scale of its input weights, measured and predicted."""

import numpy as np
import pandas as pd

from experiments.claims.depth import _products as products
from experiments.plan import Unit, Work
from theory.depth.product import bounds, differences, flat
from theory.depth.scale import UNIT, Errors, predicted

# Points along each side of the grid.
SIDE = 41


def measure(unit: Unit) -> pd.DataFrame:
    """One row per gate and scale: its error, and its two predicted parts."""
    activation, bias, precision = (unit.static(axis) for axis in ("activation", "bias", "precision"))
    x = _grid()
    scales = 2.0 ** unit.cells["log2_scale"].to_numpy()
    model: Errors | None
    try:
        gate = flat((1, 1), activation, bias)
    except ValueError:
        neurons, model, best_scale = 4, None, np.nan
        error = [_least_squares_error(activation, precision, scale) for scale in scales]
    else:
        neurons, model = len(gate.v), predicted(gate, activation, x, precision)
        best_scale = model.best_scale
        error = [products.error(gate.layers(scale), activation, x, precision) for scale in scales]
    columns = {f"model_{name}": float(getattr(model, name, np.nan)) for name in Errors._fields}
    least = float(bounds((1, 1), activation, bias)[0])
    built = {"neurons": float(neurons), "least": least, "built": bool(np.isfinite(best_scale)), "error": error}
    return unit.cells.assign(**built, **columns, best_scale=best_scale)


def _grid() -> np.ndarray:
    axis = np.linspace(-1, 1, SIDE)
    return np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)


def _least_squares_error(activation: str, precision: str, scale: float) -> float:
    """Error of the four bias-free neurons with the best output weights."""
    from experiments.ensemble import single

    x, nodes = _grid(), differences(1, "symmetric")[0]
    a = np.stack(np.meshgrid(nodes, nodes), axis=-1).reshape(-1, 2)
    hidden = single.applied(activation, np.asarray(scale * x @ a.T, precision)).astype(float)
    y = x[:, 0] * x[:, 1]
    return float(np.abs(hidden @ np.linalg.lstsq(hidden, y, rcond=UNIT[precision])[0] - y).max())


def work(unit: Unit) -> Work:
    """Four neurons at every point of the grid."""
    return Work(0, 100.0 * SIDE**2 * len(unit.cells))
