"""hierarchy.generator-size: how wide a network and how many examples functions need that a few random steps made.

Functions of `made` steps, and the same truth tables in random order, are trained twice. On all inputs, by networks of
several widths: which is the least width that succeeds? And on a part of them, by wide networks: from how many examples
on are at most `BOUND` of the *other* inputs answered wrongly? The rest of the domain is counted whole, so its error is
exact. The exact least widths of all small functions are in hierarchy.generator-census.
"""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from experiments.claims.hierarchy import _generators as generators_of
from experiments.claims.hierarchy.generator_size.figures import draw
from experiments.claims.hierarchy.generator_size.verdicts import judge
from experiments.ensemble import fields
from experiments.ensemble.tracing import Rebuilt
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting

__all__ = ["FULL", "SMOKE", "Settings", "draw", "judge", "measure", "rebuild", "work"]

FAMILIES = ("gates", "polynomial", "grammar")


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained, and how.

    `made`: steps of the generator. Networks of `width` units see `examples` of the 2^n inputs; the widest alone are
    trained on fewer than all.
    """

    family: list[str] = setting(list(FAMILIES), choices=FAMILIES)
    made: list[int] = setting([1, 2, 3, 4, 8, 16], low=1, high=64)
    role: list[str] = setting(list(generators_of.ROLES), choices=generators_of.ROLES)
    width: list[int] = setting([1, 2, 4, 8, 16, 32, 64], low=1, high=10_000, static=True)
    examples: list[int] = setting([8, 16, 32, 64, 128, 192, 256], low=1, high=2**16, static=True)
    functions: int = setting(10, low=1, high=100_000, counts="function", follows="restarts")
    n: int = setting(8, low=2, high=16)
    activation: str = setting("rectifier", choices=("rectifier", "tanh"))
    learning_rate: float = fields.learning_rate(0.03)
    loss: str = fields.loss("cross-entropy")
    optimizer: str = fields.optimizer("adam")
    schedule: str = fields.schedule("constant")
    steps: int = fields.steps(1000)
    # Eight inputs have three levels of pairs.
    where: str = setting(
        "(examples == 256 or width == 64) and (family == 'grammar' and made <= 3 or family != 'grammar' and made != 3)"
    )


SMOKE = {
    "family": ["gates"],
    "made": [1, 4],
    "width": [2, 8],
    "examples": [8, 16],
    "functions": 2,
    "n": 4,
    "steps": 200,
    "where": "examples == 16 or width == 8",
}
FULL = {
    "made": [1, 2, 3, 4, 8, 16, 32],
    "width": [1, 2, 4, 8, 16, 32, 64, 128, 256],
    "examples": [8, 16, 32, 64, 128, 256, 512, 768, 896, 1024],
    "functions": 50,
    "n": 10,
    "steps": 4000,
    "where": (
        "(examples == 1024 or width == 256) and "
        "(family == 'grammar' and made <= 3 or family != 'grammar' and made != 3)"
    ),
}
# Small networks are compiled as these: dead units cost less than another program.
ROOMS = (4, 16, 64)


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: errors on its examples, and the share of the rest that it answers wrongly."""
    table = generators_of.trained(unit, unit.cells["family"].tolist(), _room(unit))
    return table.assign(n=unit.settings.n, updates=unit.settings.steps, learning_rate=unit.settings.learning_rate)


def _room(unit: Unit) -> tuple[int, ...]:
    """The sizes as which networks are compiled."""
    width = unit.static("width")
    return (unit.settings.n, next((room for room in ROOMS if width <= room), width), 1)


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again."""
    return generators_of.rebuild(unit, row["family"], row, _room(unit))


def work(unit: Unit) -> Work:
    """All updates of all networks, forward and backward, as if none were solved early."""
    network_steps = len(unit.cells) * unit.settings.steps
    weights = unit.static("width") * (unit.settings.n + 2)
    return Work(network_steps, network_steps * 6.0 * unit.static("examples") * weights)
