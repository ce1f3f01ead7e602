"""The kinds of end points of training runs.

A point θ is *stationary* if the gradient of the loss L vanishes there. The Hessian H then says, as far as it can,
whether it is a local minimum. All eigenvalues are positive: a strict minimum. One is negative: a saddle. None is
negative, but some are zero: nothing is certain, and the point is called a weak minimum. A run can be stuck in two
further ways. On a *plateau* units saturate and the gradient fades while the parameters grow without end: a minimum at
infinity. And where the kink of a rectifier lies on a point of the data, the loss has no gradient but may have a
minimum: the gradient that is calculated there is that of one side, and says nothing about the other.

The literature contradicts itself on whether XOR has local minima, because definitions differ (Hamey 1998;
Sprinkhuizen-Kuyper & Boers 1999). So the definition of this module is written out with its tolerances: `DEFINITION`.
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
    "after polishing in float64, L is the mean squared error, g its gradient, and eigenvalues are those of its "
    f"Hessian; a point has the first kind that applies; {DIVERGED}: L is not finite; {GLOBAL}: L <= {SOLVED:g}; "
    f"{KINK}: a hidden rectifier's pre-activation on some point is within {ON_A_KINK:g} of 0; {SADDLE}: |g| <= "
    f"{STATIONARY:g} and an eigenvalue below -{FLAT:g} times the largest; {STRICT}: |g| <= {STATIONARY:g} and all "
    f"eigenvalues above {FLAT:g} times the largest; {PLATEAU}: |g| <= {FADED:g} and the slope of a hidden logistic or "
    f"tanh unit on some point is below {SATURATED:g} of its largest; {DEAD}: |g| <= {STATIONARY:g} and a hidden "
    f"rectifier is 0 on every point; {WEAK}: |g| <= {STATIONARY:g}; {UNFINISHED}: everything else"
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
        saturated: whether a hidden logistic or tanh unit is saturated on a point of the data.
        on_a_kink: whether a hidden rectifier's kink lies on a point of the data.
    """
    stationary, tolerance = gradient_norm <= STATIONARY, FLAT * np.maximum(largest, 0)
    # The first condition that holds names the point.
    names = {
        DIVERGED: ~np.isfinite(loss),
        GLOBAL: loss <= SOLVED,
        # Kinks come before all kinds that use derivatives: at a kink only derivatives of one side are calculated. A
        # unit that is 0 on every point but touches a point can become active, and the loss may then fall.
        KINK: on_a_kink,
        SADDLE: stationary & (smallest < -tolerance),
        STRICT: stationary & (smallest > tolerance),
        PLATEAU: (gradient_norm <= FADED) & saturated,
        DEAD: stationary & dead,
        WEAK: stationary,
    }
    return np.select(list(names.values()), list(names), UNFINISHED).tolist()
