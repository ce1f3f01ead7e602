"""The range of the logistic function: the proof, what refutes it, and values by a series with a rational remainder."""

import math
from fractions import Fraction

import numpy as np
import pytest

from theory.activation_identities import RATIONAL, Rational
from theory.activation_range import OPEN, PARTS, PROVED, REFUTED, parts, positive


@pytest.mark.parametrize(
    ("coefficients", "expected"),
    [
        ((1,), PROVED),
        ((0, 1), PROVED),
        ((0, 0, 3), PROVED),
        ((0,), REFUTED),
        ((1, -1), REFUTED),
        ((-1, 1), REFUTED),
        # t² - 2t + 1 is 0 at t = 1; t² - t + 1 is positive everywhere, but its coefficients do not show it.
        ((1, -2, 1), REFUTED),
        ((1, -1, 1), OPEN),
    ],
)
def test_a_polynomial_is_positive_by_its_coefficients_or_not_by_a_value(coefficients, expected):
    assert positive(np.array(coefficients)) == expected


def test_the_logistic_function_has_all_parts_and_others_lack_some():
    assert parts(RATIONAL["logistic"]) == dict.fromkeys(PARTS, PROVED)
    tanh = parts(RATIONAL["tanh"])
    assert (tanh["above_zero"], tanh["below_one"], tanh["symmetric"]) == (REFUTED, PROVED, REFUTED)
    # Twice the logistic function is above 1; half of it is not symmetric; its square is closer to 0 on the left.
    assert parts(Rational((2,), (1, 1), -1))["below_one"] == REFUTED
    assert parts(Rational((1,), (2, 2), -1))["symmetric"] == REFUTED
    assert parts(Rational((1,), (1, 2, 1), -1)) == dict.fromkeys(PARTS, PROVED) | {"symmetric": REFUTED}
    with pytest.raises(ValueError, match="denominator"):
        parts(Rational((1,), (1, -1), -1))


def exponential(x: Fraction, terms: int = 60) -> tuple[Fraction, Fraction]:
    """Rational bounds of exp(x) for x >= 0: the series, and Lagrange's remainder with exp(x) <= 3^ceil(x)."""
    series = sum((x**k / math.factorial(k) for k in range(terms)), Fraction(0))
    return series, series + 3 ** math.ceil(x) * x**terms / math.factorial(terms)


@pytest.mark.parametrize("x", [Fraction(0), Fraction(1, 3), Fraction(1), Fraction(5, 2), Fraction(7)])
def test_the_inequalities_hold_for_rational_bounds_of_the_exponential(x):
    low, high = exponential(x)
    assert 0 < low <= high < low * (1 + Fraction(1, 10**9))
    # The logistic function rises with exp(x): these are bounds of σ(x) and of σ(-x) = 1 / (1 + exp(x)).
    right, left = (low / (1 + low), high / (1 + high)), (1 / (1 + high), 1 / (1 + low))
    assert 0 < left[0] <= left[1] <= Fraction(1, 2) <= right[0] <= right[1] < 1
    assert left[1] < 1 / high
    assert 1 - right[0] < 1 / high
    assert left[0] + right[0] <= 1 <= left[1] + right[1]
