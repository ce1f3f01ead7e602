"""How much alike two predictors are in their errors, beyond what their error rates alone would give.

Two predictors a and b answer the same questions. They agree where both are right or both are wrong, on a share c of
all questions. With error rates e_a and e_b, independent errors would give

    c_0 = (1 - e_a)(1 - e_b) + e_a e_b,    κ = (c - c_0) / (1 - c_0):

1 if they err on the same questions, 0 if their errors are independent (Cohen 1960; of errors: Geirhos, Meding &
Wichmann, NeurIPS 2020). It is not defined where neither errs, or one always and the other never.
"""

import numpy as np
from jaxtyping import Bool, Float


def kappa(
    a: Bool[np.ndarray, "*#predictors questions"], b: Bool[np.ndarray, "*#predictors questions"]
) -> Float[np.ndarray, "..."]:
    """κ of two predictors from where they are wrong; not a number where it is not defined."""
    agree = (a == b).mean(-1)
    of_a, of_b = a.mean(-1), b.mean(-1)
    by_chance = (1 - of_a) * (1 - of_b) + of_a * of_b
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(by_chance < 1, (agree - by_chance) / (1 - by_chance), np.nan)
