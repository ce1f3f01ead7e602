"""modern.minimum-width-on-average: width 2 comes as near as asked to every curve in the plane in the mean, width 1 not.

In the largest error no rectifier network of width 2 follows the locked loops of modern.minimum-width. Here networks of
width 2 are built that follow them, and curves that are drawn, as near as asked on average: in L^p, for p = 1, 2 and 4.
All errors are exact fractions, see theory/modern/zigzag.py and theory/modern/broken_lines.py. They stand beside what no
network of so few layers, and none of width 1, can do, see theory/modern/mean_floors.py.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.modern.minimum_width_on_average.figures import draw
from experiments.claims.modern.minimum_width_on_average.verdicts import CURVES, DRAWN, LOCKED, POWERS, SHARPEST, judge
from experiments.ensemble.cells import hexadecimal
from experiments.ensemble.tracing import Rebuilt, no_curve
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.dense import Layers
from theory.modern import broken_lines, mean_floors, plane_curves, zigzag

__all__ = ["FULL", "SMOKE", "Settings", "draw", "judge", "measure", "rebuild", "work"]


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """The curves, the columns of a network, and how fast it is from one to another: for 2^-sharpness of a step."""

    curve: list[str] = setting(list(CURVES), choices=CURVES)
    columns: list[int] = setting([8, 16, 32, 64], low=1, high=256, such_that="256 % columns == 0")
    sharpness: list[int] = setting([4, 12, SHARPEST], low=0, high=28)
    restarts: int = setting(8, low=1, high=1_000_000, counts="restart", follows="restarts")
    where: str = setting(
        f"curve == '{LOCKED}' and restart == 0 or curve == '{DRAWN}' and columns <= 16 and sharpness == {SHARPEST}"
    )


SMOKE = {
    "columns": [16, 32],
    "sharpness": [SHARPEST],
    "restarts": 2,
}
FULL = {
    "columns": [8, 16, 32, 64, 128],
    "sharpness": [0, 4, 8, 12, 16, SHARPEST],
    "restarts": 100,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: its errors, whether the bounds of the proof hold, and floors under other networks."""
    cells = zip(_curves(unit), unit.cells["columns"].tolist(), unit.cells["sharpness"].tolist(), strict=True)
    return unit.cells.assign(
        **pd.DataFrame([_examined(*cell) for cell in cells], index=unit.cells.index), key=hexadecimal(unit)
    )


def _curves(unit: Unit) -> list[plane_curves.Corners]:
    """The corners of the curve of every cell."""
    shape, reach = plane_curves.LOCKED.shape, zigzag.REACH
    return [
        plane_curves.LOCKED if curve == LOCKED else np.random.default_rng(key).integers(-reach, reach + 1, shape)
        for curve, key in zip(unit.cells["curve"], unit.keys.tolist(), strict=True)
    ]


def _examined(corners: plane_curves.Corners, columns: int, sharpness: int) -> dict[str, Any]:
    layers = zigzag.network(corners, columns, sharpness)
    off = _off(layers, corners)
    powers = {p: broken_lines.mean_power(off, p) for p in POWERS}
    hidden = len(layers) - 1
    return {
        "width": max(len(b) for _, b in layers[:-1]),
        "hidden_layers": hidden,
        "largest": float(broken_lines.largest_square(off)) ** 0.5,
        **{f"error_{p}": float(power) ** (1 / p) for p, power in powers.items()},
        # As fractions, so that no rounding hides a difference.
        **{f"kept_{p}": power <= zigzag.bound(columns, sharpness, p) for p, power in powers.items()},
        **{f"floor_{p}": mean_floors.of_layers(corners, hidden, p) for p in POWERS},
        "floor_largest": plane_curves.floor(corners),
        "floor_width_1": mean_floors.of_width_1(corners),
        "error_width_1": float(broken_lines.mean_power(_off(mean_floors.straight(corners), corners), 2)) ** 0.5,
    }


def _off(layers: Layers, corners: plane_curves.Corners) -> broken_lines.Line:
    return broken_lines.difference(broken_lines.line(layers), broken_lines.through(corners))


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again; it was not trained."""
    (corners,), columns, sharpness = _curves(unit), int(row["columns"]), int(row["sharpness"])
    values = _examined(corners, columns, sharpness)
    kept = {name: value for name, value in values.items() if name.startswith(("error", "largest"))}
    return Rebuilt(list(zigzag.network(corners, columns, sharpness)), no_curve(), kept)


def work(unit: Unit) -> Work:
    """Whole numbers for every bend and layer, and fractions for every bend."""
    columns = unit.cells["columns"].astype(float)
    return Work(0, float((columns**2 * 3e5 + columns * 3e7).sum()))
