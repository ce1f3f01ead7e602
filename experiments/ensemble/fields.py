"""Fields of a claim's settings that say how networks are trained: the one place for the values that are allowed.

A claim gives its own default. A list makes the field an axis of its sweep, a single value a constant.
"""

from typing import Any

from experiments.settings import setting

# The names of directions in `optimizers`. They are repeated here because that module imports JAX.
OPTIMIZERS = ("adam", "sgd", "momentum", "rms", "amsgrad", "lion", "yogi", "radam", "adadelta")
SCHEDULES = ("constant", "linear", "cosine")
LOSSES = ("cross-entropy", "squared")
# The keys of `network.WEIGHT_VARIANCE`, of `initial.INITIALS` and of `program.MIDDLE`, for the same reason.
ACTIVATIONS = (
    *("identity", "rectifier", "leaky-rectifier", "elu", "gelu", "silu", "softplus", "tanh", "hard-tanh", "logistic"),
    *("sine", "square", "cube"),
)
INITIALS = ("fan-in", "normal", "uniform", "he", "he-uniform", "glorot", "glorot-normal", "lecun", "pytorch")
OUTPUTS = ("identity", "tanh", "logistic")


def optimizer(default: str | list[str], static: bool = False) -> Any:
    """The optimiser, by its name in optax."""
    return setting(default, choices=OPTIMIZERS, static=static, about=optimizer.__doc__)


def schedule(default: str | list[str], static: bool = False) -> Any:
    """The schedule: how the learning rate falls over the updates."""
    return setting(default, choices=SCHEDULES, static=static, about=schedule.__doc__)


def loss(default: str | list[str], static: bool = False) -> Any:
    """The loss that is descended."""
    return setting(default, choices=LOSSES, static=static, about=loss.__doc__)


def activation(default: str | list[str], static: bool = False) -> Any:
    """The activation function of the hidden layers."""
    return setting(default, choices=ACTIVATIONS, static=static, about=activation.__doc__)


def output(default: str | list[str], static: bool = False) -> Any:
    """The activation function of the output."""
    return setting(default, choices=OUTPUTS, static=static, about=output.__doc__)


def initial(default: str | list[str], static: bool = False) -> Any:
    """The distribution of initial weights."""
    return setting(default, choices=INITIALS, static=static, about=initial.__doc__)


def learning_rate(default: float | list[float]) -> Any:
    """The step size, before the schedule and the optimiser."""
    return setting(default, low=1e-9, high=1000.0, about=learning_rate.__doc__)


def batch(default: int | list[int], static: bool = False) -> Any:
    """Points per update, drawn anew for each update; 0 means all points."""
    return setting(default, low=0, high=65_536, static=static, about=batch.__doc__)


def steps(default: int | list[int], static: bool = False, low: int = 1) -> Any:
    """The number of updates of every network."""
    return setting(default, low=low, high=1_000_000_000, static=static, about=steps.__doc__)
