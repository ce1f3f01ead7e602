"""Shared by the claims of one's own network: the settings, the task and the program of a unit."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from experiments.claims.own._data import BITS, TASKS, points_of
from experiments.ensemble import fields
from experiments.ensemble.cells import program_with
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.restarts.tasks import Task

if TYPE_CHECKING:
    from experiments.ensemble import Program


@dataclass(kw_only=True)
class Trained(ClaimSettings):
    """A network, its task, and how it is trained. Every list is an axis: all its values are tried.

    `sizes` are inputs, widths of the hidden layers, and 1 output. `scale` multiplies the initial weights.
    """

    task: list[str] = setting(["parity"], choices=TASKS, static=True)
    sizes: list[str] = setting(["2 4 1"], low=1, high=100_000, static=True)
    inputs: list[str] = setting(["01"], choices=tuple(BITS), static=True)
    activation: list[str] = fields.activation(["logistic"], static=True)
    output: list[str] = fields.output(["logistic"], static=True)
    objective: list[str] = fields.loss(["squared"], static=True)
    """The loss that is descended; `loss` is a column of what is measured."""
    optimizer: list[str] = fields.optimizer(["sgd"], static=True)
    schedule: list[str] = fields.schedule(["constant"], static=True)
    batch: list[int] = fields.batch([0], static=True)
    initial: list[str] = fields.initial(["fan-in"], static=True)
    scale: list[float] = setting([1.0], low=1e-6, high=1e6, static=True)
    learning_rate: list[float] = fields.learning_rate([0.1])
    steps: int = fields.steps(5000)
    weight_decay: float = setting(0.0, low=0.0, high=1e3)
    unexplained: float = setting(0.01, low=0.0, high=1.0)
    """A regression is solved if its mean squared error is at most this share of the variance of y."""
    data: str = setting("")
    """The path and the digest of a CSV file, for the task data; `try data=FILE` writes both."""


def sizes_of(unit: Unit) -> tuple[int, ...]:
    """Inputs, widths of hidden layers, and output of a unit's networks."""
    return tuple(map(int, unit.static("sizes").split()))


def task_of(unit: Unit) -> Task:
    """The points that a unit's networks are trained on."""
    settings, axes = unit.settings, {name: unit.static(name) for name in ("task", "inputs", "output")}
    return points_of(
        axes["task"], sizes_of(unit)[0], axes["inputs"], axes["output"], settings.unexplained, settings.data
    )


def program_of(unit: Unit, task: Task, **differences: Any) -> "Program":
    """How a unit's networks are trained; those of a task of two answers stop when every answer is right."""
    variance = unit.static("scale") ** 2
    own = {"sizes": sizes_of(unit), "loss": unit.static("objective"), "initial_variance": variance}
    own |= {"stop_when_solved": task.by_signs}
    return program_with(unit, **{**own, **differences})


def work(unit: Unit) -> Work:
    """All updates of all networks, as if none were solved early."""
    from theory import network

    network_steps = len(unit.cells) * unit.settings.steps
    points = len(task_of(unit).x)
    return Work(network_steps, network_steps * points * 6.0 * network.parameter_count(sizes_of(unit)))
