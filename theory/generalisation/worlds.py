"""Worlds of tasks: points, and targets at them, drawn at random as other claims draw theirs.

- boolean: functions of n bits, of kinds that differ (see `tasks.random_task`), at all 2^n points of {-1, 1}^n.
- curves: targets of approximation on the cube [-1, 1]^3 that are drawn: sums of ridges, and pyramids.
- products: monomials of numbers of [-1, 1], of degree 2 and more in at least two of them: compositions, as in depth.
- teachers: networks of three hidden units and random weights at normal points, as in restarts. The activation is drawn
  too, so that none has all teachers of its own kind.

Values of the last three are scaled to mean 0 and variance 1 over the points: the best constant has the error 1.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float

from theory.approximation import targets

Rng = np.random.Generator
Points = Float[np.ndarray, "points inputs"]
Values = Float[np.ndarray, " points"]

# Numbers that a curve, a product or a teacher is of.
INPUTS = 3
# Largest exponent of a number in a product.
LARGEST_EXPONENT = 2
TEACHER_UNITS = 3
TEACHERS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "rectifier": lambda a: np.maximum(a, 0),
    "tanh": np.tanh,
    "logistic": lambda a: 1 / (1 + np.exp(-a)),
    "sine": np.sin,
}


def _of_cube(count: int, rng: Rng) -> Points:
    return rng.uniform(-1, 1, (count, INPUTS))


def curve(x: Points, rng: Rng) -> tuple[str, Values]:
    """The family of a target of approximation, and its values."""
    families = [name for name in targets.FAMILIES if name not in targets.DRAW_NOTHING]
    family = str(rng.choice(families))
    return family, targets.FAMILIES[family](x.shape[1], rng).value(x)


def product(x: Points, rng: Rng) -> tuple[str, Values]:
    """The exponents of a monomial, and its values."""
    exponents = np.zeros(x.shape[1], int)
    while np.count_nonzero(exponents) < 2:
        exponents = rng.integers(0, LARGEST_EXPONENT + 1, size=(x.shape[1],))
    return " ".join(map(str, exponents)), (x**exponents).prod(1)


def teacher(x: Points, rng: Rng) -> tuple[str, Values]:
    """The activation of a teacher with standard normal weights and biases, and its outputs."""
    activation = str(rng.choice(list(TEACHERS)))
    outputs = np.zeros(len(x))
    # Rectifiers may all be 0 at all points: such a teacher teaches nothing.
    while outputs.std() == 0:
        W, b = rng.normal(size=(x.shape[1], TEACHER_UNITS)), rng.normal(size=TEACHER_UNITS)
        outputs = TEACHERS[activation](x @ W + b) @ rng.normal(size=TEACHER_UNITS)
    return activation, outputs


# How points are drawn, and how a task is: its kind, and its values at the points.
REGRESSIONS: dict[str, tuple[Callable[[int, Rng], Points], Callable[[Points, Rng], tuple[str, Values]]]] = {
    "curves": (_of_cube, curve),
    "products": (_of_cube, product),
    "teachers": (lambda count, rng: rng.normal(size=(count, INPUTS)), teacher),
}


def standardized(values: Values) -> Values:
    """Values less their mean, over their standard deviation.

    Raises:
        ValueError: if all are equal.
    """
    deviation = values.std()
    if deviation == 0:
        raise ValueError("values that are all equal have no scale")
    return (values - values.mean()) / deviation
