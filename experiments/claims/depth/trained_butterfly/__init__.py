"""depth.trained-butterfly: does training find the butterflies of a transform from random weights?

Products of log2 N butterfly layers with complex weights minimise the mean squared difference between their matrix and a
target, as in Dao et al. 2019 (arXiv 1903.05895). Their experiments also learn the order of the inputs; here it is
given. Some targets can be reached by butterflies and others cannot. For the latter theory/depth/butterfly.py has a
floor, and no error may be below it: training cannot find what does not exist.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.claims.depth.trained_butterfly.figures import draw
from experiments.claims.depth.trained_butterfly.verdicts import FOUND, LARGEST_PERMUTED, judge
from experiments.ensemble import fields
from experiments.ensemble.cells import hexadecimal
from experiments.ensemble.tracing import Rebuilt, curve_of
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.depth import butterfly

if TYPE_CHECKING:
    from experiments.ensemble.fitting import Fit

__all__ = ["FULL", "SMOKE", "Settings", "draw", "judge", "measure", "rebuild", "work"]


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Sizes, targets, orders of the inputs, and learning rates; `steps`: budgets, see judging/budgets.py."""

    # Powers of two.
    N: list[int] = setting([4, 8, 16, 32, 64], low=4, high=4096, such_that="4096 % N == 0", static=True)
    target: list[str] = setting(
        ["fourier", "hadamard", "random"], choices=("fourier", "hadamard", "random"), static=True
    )
    order: list[str] = setting(list(butterfly.ORDERS), choices=tuple(butterfly.ORDERS), static=True)
    learning_rate: list[float] = fields.learning_rate([0.03, 0.3])
    restarts: int = setting(16, low=1, high=1_000_000, counts="restart", follows="restarts")
    optimizer: str = fields.optimizer("adam")
    schedule: str = fields.schedule("cosine")
    steps: list[int] = fields.steps([500, 1000], static=True)
    # A random matrix needs only one order: all are alike.
    where: str = setting("target != 'random' or order == 'own'")


SMOKE = {
    "N": [8],
    "learning_rate": [0.1],
    "restarts": 2,
    "steps": [150, 300],
}
FULL = {
    "N": [4, 8, 16, 32, 64, 128, 256, 512, 1024],
    "learning_rate": [0.003, 0.01, 0.03, 0.1, 0.3],
    "restarts": 50,
    "steps": [1500, 3000],
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per run: loss, root mean square error, whether the target is found, and its floor."""
    loss = _fit(unit).loss
    N, order = unit.static("N"), butterfly.ORDERS[unit.static("order")](unit.static("N"))
    T = butterfly.target(unit.static("target"), N)
    return unit.cells.assign(
        loss=loss,
        error=np.sqrt(loss),
        solved=np.sqrt(loss) <= FOUND,
        steps=unit.static("steps"),
        floor=float(butterfly.floor(T, order)),
        floor_of_all_orders=butterfly.floor_of_all_orders(T) if N <= LARGEST_PERMUTED else np.nan,
        key=hexadecimal(unit),
    )


def _fit(unit: Unit) -> "Fit":
    from experiments.ensemble import fitting

    N, settings = unit.static("N"), unit.settings
    T = butterfly.target(unit.static("target"), N)[butterfly.ORDERS[unit.static("order")](N)]
    shape = (N.bit_length() - 1, N // 2, 2, 2, 2)
    # Weights have mean square 1/2: then rows of the product have a norm of about 1, like those of the target.
    starts = np.array([np.random.default_rng(key).normal(0, 0.5, shape) for key in unit.keys.tolist()])
    return fitting.fit(
        butterfly.loss,
        starts,
        unit.cells["learning_rate"].to_numpy(),
        np.array([T.real, T.imag], float),
        unit.static("steps"),
        settings.optimizer,
        settings.schedule,
    )


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The layers of one run again, between real neurons: first all real parts, then all imaginary parts."""
    fit, order = _fit(unit), butterfly.ORDERS[unit.static("order")](unit.static("N"))
    F = fit.points[0][..., 0] + 1j * fit.points[0][..., 1]
    matrices = [butterfly.layer_matrix(weights, layer) for layer, weights in enumerate(F)]
    matrices[0] = matrices[0][np.argsort(order)]
    layers = [(np.block([[W.real, W.imag], [-W.imag, W.real]]), np.zeros(2 * len(W))) for W in matrices]
    losses = np.append(fit.curve[0], fit.loss[0])
    return Rebuilt(layers, curve_of(losses), {"loss": fit.loss[0]})


def work(unit: Unit) -> Work:
    """Every step takes N unit vectors forward and backward through all layers; a complex product is four real ones."""
    N, steps = unit.static("N"), len(unit.cells) * unit.static("steps")
    return Work(steps, steps * 3.0 * 16.0 * N**2 * np.log2(N))
