"""How much of what is measured a factor explains, in a crossed design of tasks drawn at random.

y[t, c_1, ..., c_k] is the expectation of what is measured of task t at the levels c_j of k fixed factors, each
combination once. Levels are weighted alike. With V the variance of y over all tasks and combinations,

    total share of a factor  = E[variance of y over the levels of the factor, all else fixed] / V,
    main share of a factor   = variance over its levels of the mean of y over tasks and all other factors / V.

These are Sobol's total and first-order indices. The first counts all interactions with the factor, the second none. All
of them are estimated without bias from runs: two halves of the repetitions have independent noise, so that products of
one with the other have none in the mean; and products of two tasks know what holds over tasks that were not drawn.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float

Halves = tuple[Float[np.ndarray, "tasks *levels"], Float[np.ndarray, "tasks *levels"]]


def task_product(a: Float[np.ndarray, "tasks *levels"], b: Float[np.ndarray, "tasks *levels"]) -> float:
    """Mean over pairs of two different tasks of the mean product of their values."""
    tasks = len(a)
    a, b = a.reshape(tasks, -1), b.reshape(tasks, -1)
    return float((a.sum(0) @ b.sum(0) - np.sum(a * b)) / (tasks * (tasks - 1) * a.shape[1]))


def variance(halves: Halves) -> float:
    """V: the mean square of y less the square of its mean, of tasks that were drawn."""
    first, second = halves
    means = [half.reshape(len(half), -1).mean(1) for half in halves]
    return float(np.mean(first * second)) - task_product(means[0][:, None], means[1][:, None])


def within(halves: Halves, axis: int) -> float:
    """E[variance of y over the levels of one fixed factor, all else fixed]; `axis` 1 is the first factor."""
    first, second = (half - half.mean(axis, keepdims=True) for half in halves)
    return float(np.mean(first * second))


def between_tasks(halves: Halves) -> float:
    """E[variance of y over tasks, all else fixed]."""
    first, second = (half - half.mean(0) for half in halves)
    return float(np.mean(first * second)) * len(first) / (len(first) - 1)


def main_effect(halves: Halves, axis: int) -> float:
    """Variance over a factor's levels of the mean of y over all tasks, drawn or not, and over the other factors."""
    others = tuple(i for i in range(1, halves[0].ndim) if i != axis)
    effects = [half.mean(others) for half in halves]
    return task_product(*(effect - effect.mean(1, keepdims=True) for effect in effects))


def total_share(halves: Halves, axis: int) -> float:
    """Total share of a fixed factor, or of the tasks for axis 0; not a number where nothing varies."""
    part = within(halves, axis) if axis else between_tasks(halves)
    return _share(part, variance(halves))


def main_share(halves: Halves, axis: int) -> float:
    """Main share of a fixed factor."""
    return _share(main_effect(halves, axis), variance(halves))


def jackknife(statistic: Callable[[Halves], float], halves: Halves) -> Float[np.ndarray, " tasks"]:
    """Pseudo-values of a statistic, one a task: their mean is its value less its bias, their spread that of the value.

    Tukey's: tasks times the statistic of all, less (tasks - 1) times that of all but one.
    """
    tasks = len(halves[0])
    less = [statistic((np.delete(halves[0], t, 0), np.delete(halves[1], t, 0))) for t in range(tasks)]
    return tasks * statistic(halves) - (tasks - 1) * np.array(less)


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else float("nan")
