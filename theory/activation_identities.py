"""Derivatives of the logistic function and of tanh as polynomials of their own values, proved with whole numbers.

Both are rational functions σ = p(t) / q(t) of t = exp(c a), so that by the chain rule, with dt/da = c t,

    σ' = c t (p' q - p q') / q²,

and a polynomial g of degree 2 satisfies σ' = g(σ) exactly if c t (p' q - p q') and q² g(p / q) are the same polynomial
in t. For the logistic function t = exp(-a), σ = 1 / (1 + t), and g(σ) = σ (1 - σ); for tanh t = exp(-2a),
σ = (1 - t) / (1 + t), and g(σ) = 1 - σ². Source: the first is the post's, ch. III.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.polynomial import polynomial


class Rational(NamedTuple):
    """σ = p(t) / q(t) with t = exp(c a); coefficients of p and q are whole numbers, the constant first."""

    p: tuple[int, ...]
    q: tuple[int, ...]
    c: int


RATIONAL = {"logistic": Rational((1,), (1, 1), -1), "tanh": Rational((1, -1), (1, 1), -2)}
# g, the constant first: σ - σ² and 1 - σ².
IDENTITIES = {"logistic": (0, 1, -1), "tanh": (1, 0, -1)}


def satisfies(σ: Rational, g: Sequence[int]) -> bool:
    """Whether σ' = g_0 + g_1 σ + g_2 σ² for every a, by comparing coefficients."""
    p, q = np.array(σ.p), np.array(σ.q)
    slope = polynomial.polysub(
        polynomial.polymul(polynomial.polyder(p), q), polynomial.polymul(p, polynomial.polyder(q))
    )
    left = polynomial.polymul([0, σ.c], slope)
    terms = [polynomial.polymul(q, q), polynomial.polymul(p, q), polynomial.polymul(p, p)]
    right = sum((g_k * np.pad(term, (0, 8 - len(term))) for g_k, term in zip(g, terms, strict=True)), np.zeros(8))
    return bool((np.pad(left, (0, 8 - len(left))) == right).all())
