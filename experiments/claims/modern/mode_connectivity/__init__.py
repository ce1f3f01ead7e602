"""modern.mode-connectivity: two trained networks lie on a straight line without a barrier, once units may be permuted.

Networks of one hidden layer are trained in pairs, from independent starts, see theory/modern/connectivity.py for the
barrier between them. At small widths every arrangement of the hidden units is tried, so that the least barrier is
known; at large ones weights are matched, as people do. A signed group of arrangements, where the activation is odd, is
a switch. A network and a shuffled copy of it, and two networks that learned different things, are the controls.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.modern.mode_connectivity import training
from experiments.claims.modern.mode_connectivity.figures import draw
from experiments.claims.modern.mode_connectivity.verdicts import (
    ACTIVATIONS,
    COARSE,
    COPY,
    FINE,
    GROUPS,
    ODD,
    SIGNED,
    SMALL,
    STARTS,
    TARGETS,
    TASKS,
    judge,
)
from experiments.ensemble import fields
from experiments.ensemble.cells import hexadecimal
from experiments.ensemble.tracing import Rebuilt
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.modern import connectivity as theory
from theory.modern.connectivity import Pair, Shallow

__all__ = ["FULL", "KEYS", "SMOKE", "Settings", "draw", "judge", "measure", "rebuild", "work"]

KEYS = ("ends", "group")


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Tasks, activations, widths, and pairs of networks. The learning rate is divided by the width.

    All arrangements are tried where there are at most `largest_group` of them.
    """

    task: list[str] = setting(list(TASKS), choices=TASKS, static=True)
    activation: list[str] = setting(list(ACTIVATIONS), choices=ACTIVATIONS, static=True)
    width: list[int] = setting([2, 3, 4, 6, 8, 256], low=2, high=4096, static=True)
    pairs: int = setting(40, low=2, high=1_000_000, counts="pair", follows="restarts")
    largest_group: int = setting(50_000, low=1, high=20_000_000)
    learning_rate: float = fields.learning_rate(0.05)
    optimizer: str = fields.optimizer("momentum")
    steps: int = fields.steps(5000)
    schedule: str = fields.schedule("constant")
    where: str = setting("width <= 8 or pair < 24")


SMOKE = {
    "task": ["XOR"],
    "width": [3, 4],
    "pairs": 6,
    "steps": 1000,
}
FULL = {
    "width": [2, 3, 4, 5, 6, 7, 8, 9, 16, 64, 256, 1024],
    "pairs": 400,
    "largest_group": 700_000,
    "steps": 50_000,
    "where": "width <= 16 or pair < 100",
}


def measure(unit: Unit) -> pd.DataFrame:
    """A row for each pair, kind of ends and group: its barriers as it is, matched, and at its best if that is known."""
    drawn = training.draw(unit)
    networks, losses = training.trained(unit, drawn)
    facts = unit.cells.assign(key=hexadecimal(unit), steps=unit.settings.steps, cell=range(len(losses)))
    groups = [group for group in GROUPS if group != SIGNED or unit.static("activation") in ODD]
    parts = []
    for group in groups:
        for ends, (which, pairs) in _pairs(networks, losses, drawn, group).items():
            rows = facts.assign(ends=ends, group=group, first_loss=losses[:, 0], second_loss=losses[:, which])
            rows["small"] = (losses[:, [0, which]] <= SMALL).all(1)
            parts.append(rows.join(_barriers(unit, pairs, rows["small"].to_numpy(), group)))
    return pd.concat(parts).sort_values("cell", kind="stable").drop(columns="cell").reset_index(drop=True)


def _pairs(networks: Shallow, losses: np.ndarray, drawn: training.Drawn, group: str) -> dict[str, tuple[int, Pair]]:
    """For each kind of ends the place of the second network among those of a cell, and the pairs."""
    from experiments.claims.modern.mode_connectivity import searches

    first, second, *others = (Shallow(networks.units[:, i], networks.c[:, i]) for i in range(losses.shape[1]))
    y, m = drawn.y[:, 0], drawn.shuffle.shape[1]
    shuffle = drawn.shuffle + m * drawn.flips if group == SIGNED else drawn.shuffle
    found = {
        STARTS: (1, Pair(first, second, y, y)),
        COPY: (0, searches.arranged(Pair(first, first, y, y), shuffle)),
    }
    for other in others:
        found[TARGETS] = (2, Pair(first, other, y, drawn.y[:, 2]))
    return found


def _barriers(unit: Unit, pairs: Pair, small: np.ndarray, group: str) -> pd.DataFrame:
    """Columns plain, matched, best, least and enumerated; barriers of pairs with a large loss are not known."""
    from experiments.claims.modern.mode_connectivity import searches

    activation, m, signs = unit.static("activation"), unit.static("width"), group == SIGNED
    x = training.inputs(unit.static("task"))
    found: dict[str, Any] = dict.fromkeys(("plain", "matched", "best", "least"), np.nan)
    enumerated = theory.group_size(m, signs) <= unit.settings.largest_group
    frame = pd.DataFrame({**found, "enumerated": enumerated}, index=unit.cells.index)
    if small.any():
        import jax

        some = jax.tree.map(lambda leaf: leaf[small], pairs)
        found["plain"] = searches.barriers(some, x, activation)
        found["matched"] = searches.barriers(searches.arranged(some, searches.matchings(some, signs)), x, activation)
        if enumerated:
            found["least"], π = searches.best(some, x, activation, signs)
            found["best"] = searches.barriers(searches.arranged(some, π), x, activation)
        frame.loc[small, list(found)] = np.column_stack([np.broadcast_to(one, small.sum()) for one in found.values()])
    return frame


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """Both networks of one row again, side by side as one network of two outputs; its loss is the mean of theirs."""
    drawn = training.draw(unit)
    networks, losses, times, curve = training.trained_again(unit, drawn)
    which, pair = _pairs(networks, losses, drawn, row["group"])[row["ends"]]
    ends = losses[0, [0, which]]
    barriers = _barriers(unit, pair, np.array([(ends <= SMALL).all()]), row["group"])
    values = {"first_loss": ends[0], "second_loss": ends[1], **barriers.iloc[0].to_dict()}
    loss = curve[:, [0, which]].mean(1)
    return Rebuilt(_side_by_side(pair), pd.DataFrame({"updates": times, "loss": loss}), values)


def _side_by_side(pair: Pair) -> list[tuple[np.ndarray, np.ndarray]]:
    """(W, b) of the layers of a network whose two outputs are those of a pair of networks."""
    units = np.concatenate([pair.first.units[0], pair.second.units[0]])
    m = len(units) // 2
    outputs = np.zeros((2 * m, 2))
    outputs[:m, 0], outputs[m:, 1] = units[:m, -1], units[m:, -1]
    return [(units[:, :-2].T, units[:, -2]), (outputs, np.array([pair.first.c[0], pair.second.c[0]]))]


def work(unit: Unit) -> Work:
    """Updates of three networks for every cell, and the products of all arrangements on a grid."""
    m, x = unit.static("width"), training.SIDE**2
    updates = float(training.NETWORKS[unit.static("task")] * len(unit.cells) * unit.settings.steps)
    sizes = [theory.group_size(m, signs) for signs in (False, unit.static("activation") in ODD)]
    tried = sum(size for size in sizes if size <= unit.settings.largest_group)
    return Work(
        updates, updates * 24.0 * m * x + 3.0 * len(unit.cells) * (tried * 2.0 * COARSE * x + 4.0 * FINE * 20 * m * x)
    )
