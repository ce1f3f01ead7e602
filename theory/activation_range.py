"""The logistic function lies between 0 and 1, near 0 for small and near 1 for large inputs: for every real number.

A function σ = p(t) / q(t) of t = exp(c a), see `theory.activation_identities`, is defined for every t > 0. So
statements about every real a are statements about polynomials for every t > 0, provided that q > 0 there:

    0 < σ                 if p > 0,
    σ < 1                 if q - p > 0,
    σ < 1 / t             if q - t p > 0,
    σ(a) + σ(-a) = 1      if p(t) q(1/t) + p(1/t) q(t) = q(t) q(1/t), as polynomials after a product with a power of t.

A polynomial with no negative coefficient, and with one that is positive, is positive for every t > 0. For the logistic
function t = exp(-a) and σ = 1 / (1 + t): q - p = t and q - t p = 1. Hence σ(a) < exp(a), and by the symmetry
1 - σ(a) < exp(-a): the function is closer to 0 than ε for a <= log ε, and closer to 1 than ε for a >= -log ε.
Source: the sentence is the post's, ch. III; the proof is ours.
"""

from fractions import Fraction

import numpy as np
from jaxtyping import Num
from numpy.polynomial import polynomial

from theory.activation_identities import Rational

PROVED, REFUTED, OPEN = "proved", "refuted", "open"
# The parts of the sentence, by the names of `parts`.
PARTS = ("above_zero", "below_one", "below_exponential", "symmetric")
# Where a counter-example is sought: t = 1/8, ..., 1/2, 1, 2, ..., 8, on both sides of a = 0, which is t = 1.
TRIED = tuple(Fraction(2) ** k for k in range(-3, 4))


def positive(coefficients: Num[np.ndarray, " terms"]) -> str:
    """Whether a polynomial is positive for every t > 0: proved by its coefficients, refuted by a value, or open.

    Args:
        coefficients: whole numbers, the constant first.
    """
    c = coefficients.astype(int).tolist()
    if min(c) >= 0 and max(c) > 0:
        return PROVED
    values = [sum(one * t**power for power, one in enumerate(c)) for t in TRIED]
    return REFUTED if min(values) <= 0 else OPEN


def parts(σ: Rational) -> dict[str, str]:
    """Whether σ is above 0, below 1, below 1/t, and symmetric about 1/2, for every real number: see `PARTS`.

    Raises:
        ValueError: if the denominator is not seen to be positive, so that nothing follows.
    """
    p, q = np.array(σ.p), np.array(σ.q)
    if positive(q) != PROVED:
        raise ValueError(f"the denominator {σ.q} has a coefficient that is not positive")
    found = (
        positive(p),
        positive(polynomial.polysub(q, p)),
        positive(polynomial.polysub(q, polynomial.polymul([0, 1], p))),
        PROVED if _symmetric(σ) else REFUTED,
    )
    return dict(zip(PARTS, found, strict=True))


def _symmetric(σ: Rational) -> bool:
    """Whether σ(a) + σ(-a) = 1: two rational functions of t are equal only if their polynomials are."""
    size = max(len(σ.p), len(σ.q))
    p, q = (np.array([*c, *[0] * (size - len(c))]) for c in (σ.p, σ.q))
    # t^(size - 1) p(1/t) has the coefficients of p in reverse.
    left = np.convolve(p, q[::-1]) + np.convolve(p[::-1], q)
    return bool((left == np.convolve(q, q[::-1])).all())
