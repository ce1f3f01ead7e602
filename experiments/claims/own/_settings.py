"""Shared by the claims of one's own network: the settings. The help of `try` shows them, and loads nothing else."""

from dataclasses import dataclass

from experiments.ensemble import fields
from experiments.settings import ClaimSettings, setting
from theory.boolean.functions import FAMILIES
from theory.restarts.tasks import REGRESSION

DATA = "data"
TASKS = (*FAMILIES, REGRESSION, DATA)
# Values of a bit, by the names of `inputs`.
BITS = {"01": (0.0, 1.0), "signs": (-1.0, 1.0)}


@dataclass(kw_only=True)
class Trained(ClaimSettings):
    """A network, its task, and how it is trained. Every list is an axis: all its values are tried.

    `sizes` are inputs, widths of the hidden layers, and 1 output; for a file with several targets as many as it has,
    and for classes one for each. `scale` multiplies the initial weights.
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
    """Every update takes this share of all parameters, times the step size, from them; `try optimizer=adamw` is adam
    with 0.01 unless another is given."""
    unexplained: float = setting(0.01, low=1e-12, high=1.0)
    """A regression is solved if its mean squared error is at most this share of the variance of y."""
    data: str = setting("")
    """The path and the digest of a CSV file, for the task data; `try data=FILE` writes both."""
