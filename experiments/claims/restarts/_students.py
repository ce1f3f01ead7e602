"""Students of a teacher: n rectifiers descend on the closed-form loss of theory/restarts/teacher_student.py.

In float64, from W ~ N(0, I / k) with steps of 5 / n, which is the published 5 / k where n = k.
"""

import math
from typing import NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Float, Int, UInt32

from experiments.ensemble.tracing import Rebuilt, descended_again
from theory.restarts import teacher_student
from theory.restarts.teacher_student import GLOBAL_LOSS, STRICT

# At each of these norms of the gradient, students on their way to the global minimum stop; the others go on.
SORTED_OUT = (1e-3, 1e-4, 1e-5, 1e-6)
# Most students settle in about fifty steps. Where the Hessian's smallest eigenvalue is 0.0004, at k = 20, they take up
# to two thousand, and descent takes 150,000. Where no strict minimum is near, more steps lead nowhere.
STEPS_TO_SETTLE = 5000
# The largest distance from a student to the minimum where it settles. Weights of the teacher have the length 1.
NEAR = 1e-2
# After this number of steps, all but a few in a hundred are at rest. It only serves to estimate work.
USUAL_STEPS = 4000
# Hessians that are made at once have at most this number of entries together, if it is not one Hessian: they are larger
# than a cache.
HESSIANS = 1 << 17


class Ended(NamedTuple):
    """The ends of students.

    Attributes:
        points: weights.
        descents: steps of descent.
        steps: these, and the steps that `settle` took.
        gradient_norm: norm of the gradient.
        smallest_eigenvalue: of the Hessian of a student at rest that is not on its way to the global minimum, else NaN.
    """

    points: Float[np.ndarray, "students n k"]
    descents: Int[np.ndarray, " students"]
    steps: Int[np.ndarray, " students"]
    gradient_norm: Float[np.ndarray, " students"]
    smallest_eigenvalue: Float[np.ndarray, " students"]


def descended(keys: UInt32[np.ndarray, "students 2"], n: int, k: int, steps: int, gradient_bound: float) -> Ended:
    """Students at their ends.

    A student stops early if its loss shows that it is on its way to the global minimum: descent never raises the loss.
    With spare units this minimum is degenerate and the rest of the way is long. The others go on until the gradient is
    within the bound: from the last norm of `SORTED_OUT` by `settle`, if that leads to a strict minimum so near that
    descent would have ended there too, else by descent.

    Args:
        keys: keys of the random numbers for the initial weights.
        n, k: units of a student and of the teacher.
        steps: largest number of steps between two of the norms of `SORTED_OUT`.
        gradient_bound: largest norm of the gradient of a student at rest.
    """
    starts, count = _starts(keys, n, k), len(keys)
    made = np.zeros(count, int)
    ended = Ended(starts, made, made.copy(), np.full(count, np.inf), np.full(count, np.nan))
    on = np.arange(count)
    for bound in (bound for bound in SORTED_OUT if bound > gradient_bound):
        on = _descend(ended, on, steps, bound)
    if gradient_bound < SORTED_OUT[-1]:
        on = _settle(ended, on, gradient_bound)
    _descend(ended, on, steps, gradient_bound)
    left = np.isnan(ended.smallest_eigenvalue) & (ended.gradient_norm <= gradient_bound)
    at_rest = np.flatnonzero(left & (losses(ended.points) > GLOBAL_LOSS))
    ended.smallest_eigenvalue[at_rest] = smallest_eigenvalues(ended.points[at_rest])
    return ended


def _starts(keys: UInt32[np.ndarray, "students 2"], n: int, k: int) -> Float[np.ndarray, "students n k"]:
    from experiments.ensemble import descent

    return descent.normal_points(keys, (n, k)) / np.sqrt(k)


def _descend(ended: Ended, on: Int[np.ndarray, " on"], steps: int, bound: float) -> Int[np.ndarray, " still_on"]:
    """Moves some students, in place, by descent until the gradient is within a bound; who goes on."""
    from experiments.ensemble import descent

    if not len(on):
        return on
    points, made, norms = descent.descend(
        teacher_student.gradient,
        ended.points[on],
        step_size=_step_size(ended.points),
        steps=steps,
        gradient_bound=bound,
    )
    ended.points[on], ended.gradient_norm[on] = points, norms
    ended.descents[on] += made
    ended.steps[on] += made
    loss = losses(points)
    # Students near the same minimum take about as many steps, so they sit in a chunk together.
    order = np.argsort(loss, kind="stable")
    # A student that ran out of steps stops here.
    return on[order][((loss > GLOBAL_LOSS) & (norms <= bound))[order]]


def _settle(ended: Ended, on: Int[np.ndarray, " on"], bound: float) -> Int[np.ndarray, " still_on"]:
    """Moves students, in place, to the minimum that is near, if there is one; the numbers of the others, which stay.

    Where the Hessian has no smaller eigenvalue than λ on the way, a point with a gradient of norm g is at most g / λ
    from the minimum, and descent with short steps ends there as well. λ is looked at where the student ends, and twice
    the distance is allowed.
    """
    from experiments.ensemble import descent

    if not len(on):
        return on
    before, norms = ended.points[on], ended.gradient_norm[on]
    points, made, after = descent.settle(teacher_student.gradient, before, _step_size(before), STEPS_TO_SETTLE, bound)
    moved = np.linalg.norm((points - before).reshape(len(on), -1), axis=1)
    near = np.flatnonzero((after <= bound) & (moved <= NEAR))
    smallest = smallest_eigenvalues(points[near])
    same = (smallest > STRICT) & (moved[near] * smallest <= 2 * norms[near])
    kept, mine = near[same], on[near[same]]
    ended.points[mine], ended.gradient_norm[mine], ended.smallest_eigenvalue[mine] = (
        points[kept],
        after[kept],
        smallest[same],
    )
    ended.steps[mine] += made[kept]
    return np.delete(on, kept)


def _step_size(points: Float[np.ndarray, "students n k"]) -> float:
    return 5 / points.shape[1]


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


def rebuild(key: UInt32[np.ndarray, "1 2"], n: int, k: int, steps: int, gradient_bound: float) -> Rebuilt:
    """The student of a row again, see `descended`; its curve is that of descent, and the end."""
    ended = descended(key, n, k, steps, gradient_bound)
    start = _starts(key, n, k)
    times, (points, *_) = descended_again(teacher_student.gradient, start, _step_size(start), int(ended.descents[0]))
    curve = pd.DataFrame({"updates": times, "loss": losses(points)})
    (end,), (loss,), (made,) = ended.points, losses(ended.points), ended.steps
    if made > ended.descents[0]:
        curve.loc[len(curve)] = made, loss
    return Rebuilt([(end.T, np.zeros(n))], curve, {"loss": loss, "steps": made})
