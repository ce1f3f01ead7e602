"""Functions of neurons over any numbers."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.functions import IDENTITY, RATIONAL, RECTIFIER, Function, polynomial


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=5), st.fractions(-3, 3, max_denominator=20))
def test_polynomials_and_their_derivatives(coefficients, a):
    σ = polynomial(coefficients)
    assert σ.derivative is not None
    assert σ.σ(a) == sum(c * a**k for k, c in enumerate(coefficients))
    assert σ.derivative(a) == sum(k * c * a ** (k - 1) for k, c in enumerate(coefficients) if k)


def test_the_rectifier_is_exact_in_fractions():
    half = Fraction(1, 2)
    assert [RECTIFIER.σ(a) for a in (-half, 0 * half, half)] == [0, 0, half]
    assert [RECTIFIER.derivative(a) for a in (-half, 0 * half, half)] == [0, 0, 1]  # type: ignore[misc]


def slope(function: Function, a: Any) -> Any:
    """The derivative that a function has beside it."""
    assert function.derivative is not None
    return function.derivative(a)


def test_the_identity_and_constants_have_the_derivatives_of_calculus():
    a = Fraction(-3, 7)
    assert (IDENTITY.σ(a), slope(IDENTITY, a)) == (a, 1)
    constant = polynomial((5,))
    assert (constant.σ(a), slope(constant, a)) == (5, 0)
    # Over arrays a derivative of 1 has the shape of its argument.
    np.testing.assert_array_equal(slope(IDENTITY, np.zeros(3)), np.ones(3))


@pytest.mark.parametrize("name", list(RATIONAL))
def test_a_derivative_is_the_limit_of_exact_differences(name):
    function, h = RATIONAL[name], Fraction(1, 10**6)
    for a in (Fraction(-5, 3), Fraction(1, 4), Fraction(2)):
        central = (function.σ(a + h) - function.σ(a - h)) / (2 * h)
        # Of a polynomial of degree 3 the central difference misses h² exactly.
        assert central - slope(function, a) == (h**2 if name == "cube" else 0)
        assert isinstance(function.σ(a), Fraction)


def test_the_rectifier_at_its_kink_is_zero_on_both_counts():
    assert (RECTIFIER.σ(0), slope(RECTIFIER, 0)) == (0, 0)
    assert (RECTIFIER.σ(Fraction(-1, 9)), slope(RECTIFIER, Fraction(1, 9))) == (0, 1)


def test_a_polynomial_has_its_own_name_and_adds_up_its_terms():
    function = polynomial((1, -2, 0, 3), "mine")
    assert function.name == "mine"
    assert function.σ(2) == 1 - 4 + 24
    assert slope(function, 2) == -2 + 36
