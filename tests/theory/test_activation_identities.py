"""Derivatives as polynomials of the values, proved in whole numbers."""

import itertools
from fractions import Fraction

import jax.numpy as jnp
import numpy as np
import pytest

from theory.activation_identities import IDENTITIES, RATIONAL, Rational, satisfies
from theory.activations import ACTIVATIONS, DERIVATIVES

POINTS = np.array([-7.0, -2.5, -1.1, -0.1, 0.1, 0.7, 1.9, 6.0])


def test_identities_are_proved_and_false_ones_refuted():
    assert all(satisfies(RATIONAL[name], IDENTITIES[name]) for name in IDENTITIES)
    logistic, tanh = RATIONAL["logistic"], RATIONAL["tanh"]
    for wrong in ((0, 1, 1), (0, 1, 0), (1, 0, -1), (0, 2, -2), (0, 1, -2)):
        assert not satisfies(logistic, wrong)
    assert not satisfies(tanh, (0, 1, -1))
    # σ = 2/(1 + t) is twice the logistic function: σ' = σ - σ²/2, so 2σ - σ² is its double.
    assert satisfies(Rational((2,), (1, 1), -2), (0, 2, -1))


@pytest.mark.parametrize("name", IDENTITIES)
def test_the_rational_forms_are_the_functions(name):
    p, q, c = RATIONAL[name]
    t = np.exp(c * POINTS)
    value = np.polynomial.polynomial.polyval(t, p) / np.polynomial.polynomial.polyval(t, q)
    np.testing.assert_allclose(ACTIVATIONS[name](jnp.asarray(POINTS)), value, rtol=1e-5)
    g = np.polynomial.polynomial.polyval(value, IDENTITIES[name])
    np.testing.assert_allclose(DERIVATIVES[name](jnp.asarray(POINTS)), g, atol=1e-6)


def holds_at_points(σ: Rational, g: tuple[int, int, int]) -> bool:
    """The same by values: both sides are polynomials of degree 5 at most, so that 8 values of t decide."""
    for t in map(Fraction, range(2, 10)):
        p, q = (sum(c * t**k for k, c in enumerate(one)) for one in (σ.p, σ.q))
        slope_p, slope_q = (sum(k * c * t ** (k - 1) for k, c in enumerate(one) if k) for one in (σ.p, σ.q))
        if σ.c * t * (slope_p * q - p * slope_q) != sum(c * p**k * q ** (2 - k) for k, c in enumerate(g)):
            return False
    return True


def test_coefficients_decide_as_values_do_for_all_small_rational_functions():
    found = 0
    for p, q in itertools.product(itertools.product((-1, 0, 1), repeat=2), repeat=2):
        for c, g in itertools.product((-2, -1), [(0, 1, -1), (0, 2, -2), (1, 0, -1), (0, -1, 1), (0, 0, 1), (0, 1, 0)]):
            σ = Rational(p, q, c)
            assert satisfies(σ, g) == holds_at_points(σ, g)
            found += any(p) and any(q) and satisfies(σ, g)
    assert found > 10


@pytest.mark.parametrize("k", [1, 2, 7])
def test_a_shifted_logistic_function_keeps_the_identity_and_a_steeper_one_needs_its_factor(k):
    # 1 / (1 + k exp(-a)) is the logistic function of a - log k.
    assert satisfies(Rational((1,), (1, k), -1), IDENTITIES["logistic"])
    assert satisfies(Rational((1,), (1, 1), -k), (0, k, -k))
    assert satisfies(Rational((1,), (1, 1), -k), (0, 1, -1)) == (k == 1)
