"""Training a network for every cell of a unit, one row for each, and training any of them again.

The cells of a unit share every static axis, so that one program trains all of their networks.
"""

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.ensemble.tracing import Rebuilt, layers_of, trained_again
from experiments.plan import Unit
from theory.restarts.tasks import Task

if TYPE_CHECKING:
    from experiments.ensemble import Members, Program, TrainingOutcome


def program_with(unit: Unit, **differences: Any) -> "Program":
    """How the networks of a unit are trained, by its settings and axes; `differences` have the last word."""
    from experiments import ensemble

    fields = {field.name for field in dataclasses.fields(ensemble.Program)}
    constants = {
        name: value for name, value in vars(unit.settings).items() if name in fields and type(value) is not list
    }
    axes = {name: unit.static(name) for name in unit.cells if name in fields}
    return ensemble.Program(**{"precision": unit.precision, **constants, **axes, **differences})


def train(unit: Unit, task: Task, program: "Program") -> tuple[pd.DataFrame, "TrainingOutcome"]:
    """Trains a network for every cell.

    Returns:
        The cells with the end of each training: loss, errors (wrong signs), solved, steps, diverged, and the key of its
        random numbers in 16 hexadecimal digits. And the networks.
    """
    from experiments import ensemble

    outcome = ensemble.train_ensemble(program, task.x, members_of(unit, task), unit.engine.layout, unit.engine.chunk)
    finite = np.isfinite(outcome.loss)
    solved = (outcome.errors == 0) if task.by_signs else (outcome.loss <= task.solving_error)
    rows = unit.cells.assign(
        loss=outcome.loss,
        errors=outcome.errors,
        solved=solved & finite,
        steps=outcome.steps,
        diverged=~finite,
        key=hexadecimal(unit),
    )
    return rows, outcome


def members_of(unit: Unit, task: Task) -> "Members":
    """What differs between the networks of a unit: their keys, targets and learning rates."""
    from experiments import ensemble

    targets = np.broadcast_to(task.y, (len(unit.cells), len(task.x), *task.y.shape[2:]))
    return ensemble.Members(unit.keys, targets, unit.cells["learning_rate"].to_numpy())


def rebuild(unit: Unit, task: Task, program: "Program", row: dict[str, Any]) -> Rebuilt:
    """Trains the network of a unit with one cell again, and records its loss on the way.

    Args:
        unit: the one cell, with the layout and chunk that the row was made with.
        task, program: as `train` had them.
        row: its row of the table.
    """
    outcome, curve = trained_again(unit, program, task.x, members_of(unit, task), int(row["steps"]))
    return Rebuilt(
        layers_of(outcome, 0), curve, {"loss": outcome.loss[0], "errors": outcome.errors[0], "steps": outcome.steps[0]}
    )


def hexadecimal(unit: Unit) -> list[str]:
    """The key of every cell's random numbers in 16 hexadecimal digits."""
    return [f"{first:08x}{second:08x}" for first, second in unit.keys.tolist()]
