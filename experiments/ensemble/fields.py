"""How networks are trained, as fields of a claim's settings: the one place for what is allowed.

A claim gives its own default. A list makes the field an axis of its sweep, a single value a constant.
"""

from typing import Any

from experiments.settings import setting

# Every one of them is a direction of `optimizers`, which cannot be asked here: it imports JAX.
OPTIMIZERS = ("adam", "sgd", "momentum", "rms", "amsgrad", "lion", "yogi", "radam", "adadelta")
SCHEDULES = ("constant", "linear", "cosine")
LOSSES = ("cross-entropy", "squared")


def optimizer(default: str | list[str], static: bool = False) -> Any:
    """The optimiser, by its name in optax."""
    return setting(default, choices=OPTIMIZERS, static=static)


def schedule(default: str | list[str], static: bool = False) -> Any:
    """How the learning rate falls over the updates."""
    return setting(default, choices=SCHEDULES, static=static)


def loss(default: str) -> Any:
    """The loss that is descended."""
    return setting(default, choices=LOSSES)


def learning_rate(default: float | list[float]) -> Any:
    """The step size, before the schedule and the optimiser."""
    return setting(default, low=1e-9, high=1000.0)


def batch(default: int | list[int], static: bool = False) -> Any:
    """Points per update, drawn anew for each; 0 for all of them."""
    return setting(default, low=0, high=65_536, static=static)


def steps(default: int | list[int], static: bool = False, low: int = 1) -> Any:
    """Updates of every network."""
    return setting(default, low=low, high=1_000_000_000, static=static)
