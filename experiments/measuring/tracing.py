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


def layers_of(outcome: "Outcome", i: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """(W, b) of the layers of the i-th network, in the precision it was trained in."""
    return [(np.asarray(W[i]), np.asarray(b[i])) for W, b in outcome.network]
