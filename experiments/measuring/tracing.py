"""A network of a table trained once more, alone, with its loss on the way: what every `rebuild` begins with."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from jaxtyping import Float

from experiments.plan import Unit
from experiments.rows import times_of_curve

if TYPE_CHECKING:
    from experiments.ensemble import Members, Outcome, Program

# Points of a loss curve.
CURVE = 200


def trained_again(
    unit: Unit, program: "Program", x: Float[np.ndarray, "points inputs"], members: "Members", steps: int
) -> tuple["Outcome", pd.DataFrame]:
    """The network of a unit with one cell.

    Args:
        unit: the one cell, with the layout and chunk that the row was made with.
        program, x, members: as they were then.
        steps: updates that the row says were made.

    Returns:
        The outcome, of one member, and the loss after numbers of updates: columns updates, loss.
    """
    from experiments import ensemble

    times = times_of_curve(steps, CURVE)
    outcome, losses = ensemble.trace(program, x, members, unit.engine.layout, unit.engine.chunk, times)
    return outcome, pd.DataFrame({"updates": times, "loss": losses[:, 0]})


def input_scale(unit: Unit) -> float:
    """What the inputs of a unit's networks are multiplied by: a static axis of some claims, else 1.

    The larger, the more units of the first network have their kink, or their steep part, among the points.
    """
    return unit.static("input_scale") if "input_scale" in unit.cells else 1.0


def layers_of(outcome: "Outcome", i: int, scale: float = 1.0) -> list[tuple[np.ndarray, np.ndarray]]:
    """(W, b) of the layers of the i-th network, for inputs that are not multiplied by the scale."""
    (W, b), *others = [(np.asarray(W[i]), np.asarray(b[i])) for W, b in outcome.network]
    return [(W if scale == 1 else scale * W.astype(float), b), *others]
