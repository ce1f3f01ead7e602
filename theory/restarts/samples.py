"""Samples that networks of several sizes learn: points, targets, and widths at which they can be learned exactly.

All targets have the mean 0 and the mean square 1, so that a loss of 1 is that of a constant.

- boolean: all points of {-1, 1}^n and a balanced function; 2^(n-1) units are enough, one rectifier or, in the limit of
  large weights, logistic unit or tanh for each point of one class (see theory/boolean/construction.py).
- labels: points drawn from N(0, I), targets from N(0, 1): nothing to find but to remember. N units are enough for N
  points, whatever the targets are and for every activation that is no polynomial (Pinkus, Acta Numerica 8, 1999,
  theorem 5.1; cited from memory).
- teacher: the same points, targets of a network of two such units with normal weights, which two units are enough for.

So the least loss there is is 0 at these widths, however many points there are.
"""

import numpy as np
from jaxtyping import Float

from theory import boolean
from theory.restarts.grid import ACTIVATIONS

BOOLEAN, LABELS, TEACHER = "boolean", "labels", "teacher"
SAMPLES = (BOOLEAN, LABELS, TEACHER)
INPUTS, TEACHER_UNITS = 4, 2


def points_of(name: str, points: int, rng: np.random.Generator) -> Float[np.ndarray, "points inputs"]:
    """The points of a sample.

    Raises:
        ValueError: if a boolean one has a number of points that is no power of two.
    """
    if name != BOOLEAN:
        return rng.normal(size=(points, INPUTS))
    if points < 2 or points & (points - 1):
        raise ValueError(f"a boolean function has 2, 4, 8, ... points, not {points}")
    return boolean.signed_inputs(points.bit_length() - 1)


def targets_of(
    name: str, x: Float[np.ndarray, "points inputs"], activation: str, rng: np.random.Generator
) -> Float[np.ndarray, " points"]:
    """Targets drawn for these points; those of a teacher have its activation."""
    if name == BOOLEAN:
        return 2.0 * rng.permutation(np.arange(len(x)) % 2) - 1
    y = rng.normal(size=len(x))
    if name == TEACHER:
        W, b, v = (rng.normal(size=shape) for shape in ((x.shape[1], TEACHER_UNITS), TEACHER_UNITS, TEACHER_UNITS))
        y = ACTIVATIONS[activation](x @ W + b) @ v
    return (y - y.mean()) / y.std()


def enough(name: str, points: int) -> int:
    """Width of one hidden layer at which the least loss is known to be 0."""
    return {BOOLEAN: points // 2, LABELS: points, TEACHER: TEACHER_UNITS}[name]
