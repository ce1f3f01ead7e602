"""The kinds of end points of training runs.

A point θ is *stationary* if the gradient of the loss L vanishes there. The Hessian H then says, as far as it can,
whether it is a local minimum. All eigenvalues are positive: a strict minimum. One is negative: a saddle. None is
negative, but some are zero: nothing is certain, and the point is called a weak minimum. A run can be stuck in two
further ways. On a *plateau* units saturate and the gradient fades while the parameters grow without end: a minimum at
infinity. And where the kink of a rectifier lies on a point of the data, the loss has no gradient but may have a
minimum: the gradient that is calculated there is that of one side, and says nothing about the other.

The literature contradicts itself on whether XOR has local minima, because it defines them differently (Hamey 1998;
Sprinkhuizen-Kuyper & Boers 1999). So the definition used here is written out, with its tolerances: `DEFINITION`.
"""

import numpy as np
from jaxtyping import Bool, Float

GLOBAL, STRICT, WEAK, SADDLE = "global minimum", "strict local minimum", "weak local minimum", "saddle"
PLATEAU, DEAD, KINK, UNFINISHED, DIVERGED = "plateau", "dead rectifiers", "kink", "unfinished", "diverged"
KINDS = (GLOBAL, STRICT, WEAK, DEAD, KINK, PLATEAU, SADDLE, UNFINISHED, DIVERGED)
LOCAL_MINIMA = (STRICT, WEAK, DEAD)

# The largest loss that counts as 0: the rounding of float64 is smaller.
SOLVED = 1e-10
# The largest norm of a gradient that counts as 0 after polishing in float64.
STATIONARY = 1e-9
# The largest norm of a gradient on a plateau, where it fades but never vanishes.
FADED = 1e-5
# A slope below this share of the largest one counts as saturated.
SATURATED = 1e-4
# An eigenvalue below this share of the largest one counts as 0: it is lost in rounding.
FLAT = 1e-7
# The largest distance of a pre-activation from 0 that counts as on the kink.
ON_A_KINK = 1e-6

DEFINITION = (
    "after polishing in float64, L the mean squared error, g its gradient, eigenvalues those of its Hessian, the first "
    f"that holds of {DIVERGED}: L is no finite number; {GLOBAL}: L <= {SOLVED:g}; {KINK}: a "
    f"hidden rectifier's pre-activation on some point is within {ON_A_KINK:g} of 0; {SADDLE}: |g| <= {STATIONARY:g} "
    f"and an eigenvalue below -{FLAT:g} times the largest; {STRICT}: |g| <= {STATIONARY:g} and all eigenvalues above "
    f"{FLAT:g} times the largest; {PLATEAU}: |g| <= {FADED:g} and the slope of a hidden logistic or tanh unit on some "
    f"point is below {SATURATED:g} of its largest; {DEAD}: |g| <= {STATIONARY:g} and a hidden rectifier is 0 on every "
    f"point; {WEAK}: |g| <= {STATIONARY:g}; {UNFINISHED}: everything else"
)


def kinds(
    loss: Float[np.ndarray, " points"],
    gradient_norm: Float[np.ndarray, " points"],
    smallest: Float[np.ndarray, " points"],
    largest: Float[np.ndarray, " points"],
    dead: Bool[np.ndarray, " points"],
    saturated: Bool[np.ndarray, " points"],
    on_a_kink: Bool[np.ndarray, " points"],
) -> list[str]:
    """The kind of each of many polished points, by `DEFINITION`.

    Args:
        loss: L.
        gradient_norm: Euclidean norm of its gradient.
        smallest, largest: eigenvalues of the Hessian.
        dead: whether a hidden rectifier is zero on every point of the data.
        saturated: whether a hidden logistic or tanh unit has next to no slope on one of them.
        on_a_kink: whether a hidden rectifier's kink lies on one of them.
    """
    stationary, tolerance = gradient_norm <= STATIONARY, FLAT * np.maximum(largest, 0)
    # The first condition that holds names the point.
    names = {
        DIVERGED: ~np.isfinite(loss),
        GLOBAL: loss <= SOLVED,
        # Before everything that is read off derivatives: there are none here, and those that were calculated are those
        # of one side. A unit that is 0 on every point but touches one can be woken, and the loss may fall that way.
        KINK: on_a_kink,
        SADDLE: stationary & (smallest < -tolerance),
        STRICT: stationary & (smallest > tolerance),
        PLATEAU: (gradient_norm <= FADED) & saturated,
        DEAD: stationary & dead,
        WEAK: stationary,
    }
    return np.select(list(names.values()), list(names), UNFINISHED).tolist()
