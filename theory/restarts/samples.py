"""Samples that networks of several sizes learn: points, targets, and widths at which they can be learned exactly.

All targets have the mean 0 and the mean square 1, so a constant has the loss 1.

- boolean: all points of {-1, 1}^n and a balanced function. 2^(n-1) units are enough: one rectifier for each point of
  one class, or one logistic or tanh unit in the limit of large weights (see theory/boolean/construction.py).
- labels: points drawn from N(0, I) and targets from N(0, 1): they can only be remembered. N units are enough for N
  points, for all targets and for every activation that is not a polynomial (Pinkus, Acta Numerica 8, 1999, theorem 5.1;
  cited from memory).
- teacher: the same points, and targets of a network of two units with normal weights. Two units are enough.

So the least loss is 0 at these widths, for any number of points.
"""

import numpy as np
from jaxtyping import Float

from theory import boolean
from theory.restarts.grid import ACTIVATIONS

BOOLEAN, LABELS, TEACHER = "boolean", "labels", "teacher"
SAMPLES = (BOOLEAN, LABELS, TEACHER)
# Dimension of the points of labels and teacher.
INPUTS = 4
# Units of the teacher.
TEACHER_UNITS = 2


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
