"""Small tasks for networks with one output, by name: points x and targets y.

- parity: the product of n signs in {-1, 1}; for n = 2 it is XOR, the classical example of local minima.
- random-a, random-b, random-c: boolean functions of n bits, drawn once; half of their outputs are 1.
- majority: of an odd number of bits a threshold function, the negative control: a single unit suffices.
- regression: n half-waves of a sine on 33 equally spaced points of [-1, 1].

A network solves a boolean task if its output has the sign of y at every point. It solves the regression if its mean
squared error is at most a hundredth of the variance of y.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from theory import boolean

BOOLEAN = ("parity", "random-a", "random-b", "random-c", "majority")
REGRESSION = "regression"
TASKS = (*BOOLEAN, REGRESSION)

# Points of the regression.
POINTS = 33
# The regression is solved if the mean squared error is at most this share of the variance of y.
UNEXPLAINED = 0.01


class Task(NamedTuple):
    """Points, targets, and the largest loss of a solution; it is 0 where the signs of the outputs decide.

    The targets are the same for all networks, or there is a row of them for each network. Where a target is a vector,
    there are rows, one for all networks or one for each.
    """

    x: Float[np.ndarray, "points inputs"]
    y: Float[np.ndarray, "*networks_points_outputs"]
    solving_error: float

    @property
    def by_signs(self) -> bool:
        """Whether outputs of the right sign solve the task."""
        return self.solving_error == 0


def make_task(name: str, n: int, rng: np.random.Generator) -> Task:
    """A task.

    Args:
        name: one of `TASKS`.
        n: bits of a boolean task, half-waves of the regression.
        rng: draws the random functions; the other tasks do not use it.

    Raises:
        KeyError: if there is no such task.
    """
    if name == REGRESSION:
        x = np.linspace(-1, 1, POINTS)
        y = np.sin(np.pi * n * (x + 1) / 2)
        return Task(x[:, None], y, UNEXPLAINED * float(np.var(y)))
    if name not in BOOLEAN:
        raise KeyError(f"no task {name!r}; there are {', '.join(TASKS)}")
    truth = boolean.FAMILIES[name.split("-")[0]](n, rng)
    return Task(boolean.signed_inputs(n), 2.0 * truth - 1.0, 0.0)
