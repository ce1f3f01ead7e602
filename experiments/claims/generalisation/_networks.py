"""Networks that are trained on some points and asked about others, many at once, and again alone."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Float, UInt32

from experiments.ensemble.cells import program_with
from experiments.ensemble.tracing import trained_again
from experiments.plan import Unit

if TYPE_CHECKING:
    from experiments.ensemble import Members, Program, TrainingOutcome


class Training(NamedTuple):
    """What the engine is handed: how networks are trained, on which points, and which networks they are."""

    program: "Program"
    x: Float[np.ndarray, "points inputs"]
    members: "Members"


def training(
    unit: Unit,
    x: Float[np.ndarray, "points inputs"],
    targets: Float[np.ndarray, "members points"],
    keys: UInt32[np.ndarray, "members 2"],
    learning_rates: Float[np.ndarray, " members"],
    hidden: tuple[int, ...],
    activation: str,
    **program: Any,
) -> Training:
    """Networks with one output on the same points; the sign of the output is the answer.

    Args:
        unit: its settings say by what loss, optimiser and number of steps.
        x, targets, keys, learning_rates: see `ensemble.Members`; targets are -1 and 1.
        hidden: widths of the hidden layers.
        activation: of the hidden units.
        program: what else the program has, such as its batch.
    """
    from experiments import ensemble

    how = program_with(unit, sizes=(x.shape[1], *hidden, 1), activation=activation, **program)
    return Training(how, x, ensemble.Members(keys, targets, learning_rates))


def train(unit: Unit, what: Training) -> "TrainingOutcome":
    """Trains all of them."""
    from experiments import ensemble

    return ensemble.train_ensemble(what.program, what.x, what.members, unit.engine.layout, unit.engine.chunk)


def train_again(unit: Unit, what: Training, steps: int) -> tuple["TrainingOutcome", pd.DataFrame]:
    """The few that belong to one row again, and the losses of the first after numbers of updates up to `steps`."""
    return trained_again(unit, what.program, what.x, what.members, steps)
