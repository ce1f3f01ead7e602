"""Fields of a claim's settings that say how networks are trained: the one place for the values that are allowed.

A claim gives its own default. A list makes the field an axis of its sweep, a single value a constant.
"""

from typing import Any

from experiments.settings import setting

# The names of directions in `optimizers`. They are repeated here because that module imports JAX.
OPTIMIZERS = ("adam", "sgd", "momentum", "rms", "amsgrad", "lion", "yogi", "radam", "adadelta")
SCHEDULES = ("constant", "linear", "cosine")
LOSSES = ("cross-entropy", "squared")


def optimizer(default: str | list[str], static: bool = False) -> Any:
    """The optimiser, by its name in optax."""
    return setting(default, choices=OPTIMIZERS, static=static)


def schedule(default: str | list[str], static: bool = False) -> Any:
    """The schedule: how the learning rate falls over the updates."""
    return setting(default, choices=SCHEDULES, static=static)


def loss(default: str) -> Any:
    """The loss that is descended."""
    return setting(default, choices=LOSSES)


def learning_rate(default: float | list[float]) -> Any:
    """The step size, before the schedule and the optimiser."""
    return setting(default, low=1e-9, high=1000.0)


def batch(default: int | list[int], static: bool = False) -> Any:
    """Points per update, drawn anew for each update; 0 means all points."""
    return setting(default, low=0, high=65_536, static=static)


def steps(default: int | list[int], static: bool = False, low: int = 1) -> Any:
    """The number of updates of every network."""
    return setting(default, low=low, high=1_000_000_000, static=static)
