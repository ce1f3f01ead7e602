"""Ends of runs of restarts.large-networks-get-stuck: which arrived, which are stuck, and which are judged."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from experiments.claims.restarts import _shared as shared
from theory.restarts.samples import BOOLEAN, INPUTS, enough

# A run has arrived if its loss exceeds the least loss by at most this; targets have the variance 1.
NEAR = 1e-6
# A run is at rest if the norm of the gradient is at most this.
AT_REST = 1e-6


def input_count(sample: str, points: int) -> int:
    """Dimension of the points of a sample; it is n for the 2^n points of boolean functions."""
    return points.bit_length() - 1 if sample == BOOLEAN else INPUTS


def series(table: pd.DataFrame) -> Iterator[tuple[tuple, pd.DataFrame]]:
    """The judged rows of all widths, for every sample, number of points and activation, with their ends.

    New columns are `excess`, `arrived`, `stuck`, and `known`: whether the least loss is known. The learning rate of
    each width has the least median loss of training among the first half of the restarts; the second half is judged.
    """
    for (sample, points, activation), rows in table.groupby(["sample", "points", "activation"]):
        judged = []
        for width, mine in rows.groupby("width"):
            known = int(width) >= enough(str(sample), int(points))
            least = 0.0 if known else mine["function"].map(mine.groupby("function")["loss"].min())
            excess = mine["loss"].fillna(np.inf) - least
            arrived = excess <= NEAR
            stuck = ~arrived & np.isfinite(excess) & (mine["gradient_norm"] <= AT_REST)
            facts = mine.assign(excess=excess, arrived=arrived, stuck=stuck, known=known)
            judged.append(shared.judged_at_best_rate(facts, _trained_well))
        yield (sample, points, activation), pd.concat(judged, ignore_index=True)


def _trained_well(rows: pd.DataFrame) -> float:
    return -float(rows["trained_loss"].fillna(np.inf).median())
