"""Students of a teacher: n rectifiers descend on the closed-form loss of theory/restarts/teacher_student.py.

In float64, from W ~ N(0, I / k) with steps of 5 / n, which is the published 5 / k where n = k.
"""

import functools
import math
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float, Int, UInt32

from experiments.ensemble.tracing import Rebuilt, descended_again
from theory.restarts import teacher_student
from theory.restarts.teacher_student import GLOBAL_LOSS

# At each of these norms of the gradient, students on their way to the global minimum stop; the others go on.
SORTED_OUT = (1e-3, 1e-4, 1e-5, 1e-6)
# After this number of steps, all but a few in a hundred are at rest. It only serves to estimate work.
USUAL_STEPS = 4000
# Hessians that are made at once have at most this number of entries together, if it is not one Hessian: they are larger
# than a cache.
HESSIANS = 1 << 17


def descended(
    keys: UInt32[np.ndarray, "students 2"], n: int, k: int, steps: int, gradient_bound: float
) -> tuple[Float[np.ndarray, "students n k"], Int[np.ndarray, " students"], Float[np.ndarray, " students"]]:
    """Weights, steps and norms of the gradient at the ends of students.

    A student stops early if its loss shows that it is on its way to the global minimum: descent never raises the loss.
    With spare units this minimum is degenerate and the rest of the way is long. The others go on until the gradient is
    within the bound.

    Args:
        keys: keys of the random numbers for the initial weights.
        n, k: units of a student and of the teacher.
        steps: largest number of steps between two of the norms of `SORTED_OUT`.
        gradient_bound: largest norm of the gradient of a student at rest.
    """
    from experiments.ensemble import descent

    starts = descent.normal_points(keys, (n, k)) / np.sqrt(k)
    descend = functools.partial(descent.descend, teacher_student.gradient, step_size=5 / n, steps=steps)
    points, made, norms = starts, np.zeros(len(starts), int), np.full(len(starts), np.inf)
    on = np.arange(len(starts))
    for bound in (*(bound for bound in SORTED_OUT if bound > gradient_bound), gradient_bound):
        if len(on):
            points[on], steps_now, norms[on] = descend(points[on], gradient_bound=bound)
            made[on] += steps_now
            loss = losses(points[on])
            # Students near the same minimum take about as many steps, so they sit in a chunk together.
            order = np.argsort(loss, kind="stable")
            # A student that ran out of steps stops here.
            on = on[order][((loss > GLOBAL_LOSS) & (norms[on] <= bound))[order]]
    return points, made, norms


def losses(points: Float[np.ndarray, "students n k"]) -> Float[np.ndarray, " students"]:
    """The loss of each student."""
    # The loss of a diverged student may overflow.
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(teacher_student.loss(points))


def smallest_eigenvalues(points: Float[np.ndarray, "students n k"]) -> Float[np.ndarray, " students"]:
    """The smallest eigenvalue of the Hessian of each student."""
    some = max(1, HESSIANS // math.prod(points.shape[1:]) ** 2)
    parts = [teacher_student.smallest_eigenvalue(points[i : i + some]) for i in range(0, len(points), some)]
    return np.concatenate([np.zeros(0), *parts])


def rebuild(key: UInt32[np.ndarray, "1 2"], n: int, k: int, row: dict[str, Any]) -> Rebuilt:
    """The student of a row, trained again for every point of its curve."""
    from experiments.ensemble import descent

    start = descent.normal_points(key, (n, k)) / np.sqrt(k)
    times, (points, *_) = descended_again(teacher_student.gradient, start, 5 / n, int(row["steps"]))
    curve = pd.DataFrame({"updates": times, "loss": losses(points)})
    return Rebuilt([(points[-1].T, np.zeros(n))], curve, {"loss": curve["loss"].iloc[-1]})
