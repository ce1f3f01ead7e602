"""Networks that are trained on some points and asked about others, many at once."""

from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float, UInt32

from experiments.ensemble.cells import program_with
from experiments.plan import Unit

if TYPE_CHECKING:
    from experiments.ensemble import Outcome


def train(
    unit: Unit,
    x: Float[np.ndarray, "points inputs"],
    targets: Float[np.ndarray, "members points"],
    keys: UInt32[np.ndarray, "members 2"],
    learning_rates: Float[np.ndarray, " members"],
    hidden: tuple[int, ...],
    activation: str,
    **program: Any,
) -> "Outcome":
    """Networks with one output, whose sign is the answer, trained on the same points.

    Args:
        unit: its settings say by what loss, optimiser and number of steps.
        x, targets, keys, learning_rates: see `ensemble.Members`; targets are -1 and 1.
        hidden: widths of the hidden layers.
        activation: of the hidden units.
        program: what else the program has, such as its batch.
    """
    from experiments import ensemble

    how = program_with(unit, sizes=(x.shape[1], *hidden, 1), activation=activation, **program)
    members = ensemble.Members(keys, targets, learning_rates)
    return ensemble.train_ensemble(how, x, members, unit.engine.layout, unit.engine.chunk)
