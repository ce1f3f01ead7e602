"""Widths of networks of one hidden layer that are known to solve a task, by a census or by a construction.

Nothing here is found by training on the task. A boolean task is solved by right signs:

- Threshold units: the least width is known exactly up to four bits (`boolean.minimum_widths`); beyond, parity takes n
  units, and any function as many as the rarer class has inputs (`boolean.construction`).
- Logistic units and tanh: the same number. With large weights they are arbitrarily near to threshold units on finitely
  many points, if pre-activations can be moved away from 0 there; and an output that is not 0 keeps its sign.
- Rectifiers: two for each threshold unit, because a step is the difference of two ramps; one for a threshold function,
  as an output that is not cut off anywhere, [<w, x> + b + c]₊ - c; one for each input u of the rarer class,
  [<x, u> - (n - 1)]₊, which is 1 at u and 0 at all others; n for parity, see `zigzag`.

The regression is solved by a small error. For three half-waves the networks of `SINE` solve it. They were found by
least squares in double precision and are written down with few digits; a test evaluates them.
"""

import functools

import numpy as np
from jaxtyping import Float

from theory import boolean
from theory.restarts.tasks import BOOLEAN, REGRESSION, Task

# Input weights, biases and output weights of each unit, and the bias of the output.
SineUnits = tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...], float]
_TANH: SineUnits = ((-0.775, 2.839, 2.029), (-0.178, -2.565, 0.651), (-15.766, -3.504, -8.379), -2.435)
# The same function: tanh(a) = 2 σ(2a) - 1.
_LOGISTIC: SineUnits = (
    tuple(2 * w for w in _TANH[0]),
    tuple(2 * b for b in _TANH[1]),
    tuple(2 * v for v in _TANH[2]),
    _TANH[3] - sum(_TANH[2]),
)
# Two hills with a kink at the peak, and a valley between them.
_RECTIFIER: SineUnits = ((1.0, -1.0, -1.0, 1.0), (0.65, -0.09, 0.65, -0.09), (-7.12, 3.89, -7.12, 3.89), 8.29)
SINE: dict[str, SineUnits] = {"tanh": _TANH, "logistic": _LOGISTIC, "rectifier": _RECTIFIER}
HALF_WAVES = 3

_census = functools.cache(boolean.minimum_widths)


def known_width(task: Task, name: str, n: int, activation: str) -> int | None:
    """A width at which a network of logistic units, tanh or rectifiers is known to solve a task, or None.

    Args:
        task: its points and targets, for random functions.
        name, n: of the task.
        activation: of the hidden units.
    """
    if name == REGRESSION:
        return len(SINE[activation][0]) if n == HALF_WAVES else None
    assert name in BOOLEAN
    truth = (task.y > 0).astype(np.uint8)
    rarer = boolean.width_needed(truth)
    if n <= boolean.census.LARGEST_N:
        least = int(_census(n)[boolean.pack(truth)])
    else:
        least = min(rarer, n) if name == "parity" else rarer
    # A network has at least one unit, also where a constant is enough.
    least = max(1, least)
    if activation != "rectifier" or least == 1:
        return least
    return min(n if name == "parity" else rarer, rarer, 2 * least)


def zigzag(n: int) -> tuple[Float[np.ndarray, "n n"], Float[np.ndarray, " n"], Float[np.ndarray, " n"], float]:
    """Parity of n signs by n rectifiers: input weights, biases, output weights, and the bias of the output.

    Let s be the number of positive signs. The output is -1 at s = 0 and then rises and falls by 2 in turn, with kinks
    at s = 0, ..., n - 1. So it is 1 for odd s.
    """
    kinks = np.arange(n)
    # s = (Σ x + n) / 2.
    return np.full((n, n), 0.5), n / 2 - kinks, np.where(kinks == 0, 2.0, 4.0 * (-1.0) ** kinks), -1.0
