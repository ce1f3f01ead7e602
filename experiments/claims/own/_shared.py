"""Shared by the claims of one's own network: the task and the program of a unit."""

from typing import TYPE_CHECKING, Any

from experiments.claims.own._data import checked_task
from experiments.ensemble.cells import program_with
from experiments.plan import Unit, Work
from theory.restarts.tasks import Task

if TYPE_CHECKING:
    from experiments.ensemble import Program

# What the losses are called where a network has several outputs: squared is for vectors, cross-entropy for classes.
OF_SEVERAL = {"squared": "squared-distance", "cross-entropy": "softmax"}


def sizes_of(unit: Unit) -> tuple[int, ...]:
    """Inputs, widths of hidden layers, and outputs of a unit's networks."""
    return tuple(map(int, unit.static("sizes").split()))


def task_of(unit: Unit) -> Task:
    """The points that a unit's networks are trained on."""
    names = ("task", "inputs", "output", "objective", "batch")
    settings, axes = unit.settings, {name: unit.static(name) for name in names}
    return checked_task(sizes_of(unit), **axes, unexplained=settings.unexplained, data=settings.data)


def program_of(unit: Unit, task: Task, **differences: Any) -> "Program":
    """How a unit's networks are trained; those of a task of two answers stop when every answer is right."""
    variance = unit.static("scale") ** 2
    sizes, objective = sizes_of(unit), unit.static("objective")
    own = {"sizes": sizes, "loss": objective if sizes[-1] == 1 else OF_SEVERAL[objective], "initial_variance": variance}
    own |= {"stop_when_solved": task.by_signs}
    return program_with(unit, **{**own, **differences})


def work(unit: Unit) -> Work:
    """All updates of all networks, as if none were solved early."""
    from theory import network

    network_steps = len(unit.cells) * unit.settings.steps
    points = len(task_of(unit).x)
    return Work(network_steps, network_steps * points * 6.0 * network.parameter_count(sizes_of(unit)))
