"""Derivatives of activations, each against something independent, and where they vanish."""

from math import factorial

import jax
import numpy as np
import pytest
from scipy.special import erf, expit

from theory.activations import ACTIVATIONS
from theory.depth.taylor import DERIVATIVES, derivatives, tanh_polynomial, vanishes, vanishing_bias

ON_HOST = {
    "exponential": np.exp,
    "gelu": lambda a: a * (1 + erf(a / np.sqrt(2))) / 2,
    "logistic": expit,
    "silu": lambda a: a * expit(a),
    "sine": np.sin,
    "softplus": lambda a: np.logaddexp(0, a),
    "tanh": np.tanh,
}

IN_THE_PLANE = ON_HOST | {
    "logistic": lambda z: 1 / (1 + np.exp(-z)),
    "silu": lambda z: z / (1 + np.exp(-z)),
    "softplus": lambda z: np.log(1 + np.exp(z)),
}


@pytest.mark.parametrize("activation", DERIVATIVES)
@pytest.mark.parametrize("b", [0.0, -1.3, 0.7])
def test_derivatives_are_those_of_cauchys_integral(activation, b):
    # All of these are analytic within a distance of π/2 of the real line.
    circle = np.exp(2j * np.pi * np.arange(128) / 128)
    values = IN_THE_PLANE[activation](b + circle)
    expected = [factorial(k) * np.mean(values / circle**k).real for k in range(9)]
    np.testing.assert_allclose(derivatives(activation, b, 8), expected, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("activation", DERIVATIVES)
def test_activations_on_the_device_are_those_on_the_host(activation):
    a = np.linspace(-4, 4, 41)
    np.testing.assert_allclose(
        ACTIVATIONS[activation](jax.numpy.asarray(a)), ON_HOST[activation](a), rtol=1e-5, atol=1e-6
    )


def test_derivatives_of_tanh_at_0_are_the_tangent_numbers():
    # OEIS A000182 with signs.
    assert [tanh_polynomial(k)[0] for k in range(1, 12, 2)] == [1, -2, 16, -272, 7936, -353792]
    assert all(tanh_polynomial(k)[0] == 0 for k in range(0, 20, 2))


def test_where_derivatives_vanish():
    assert vanishing_bias("sine", 1) == pytest.approx(np.pi / 2) or vanishing_bias("sine", 1) == pytest.approx(
        -np.pi / 2
    )
    assert vanishing_bias("gelu", 1) == pytest.approx(-0.7517915)
    assert vanishing_bias("silu", 1) == pytest.approx(-1.2784645)
    assert vanishing_bias("tanh", 2) == 0.0
    assert [vanishing_bias(name, 1) for name in ("exponential", "tanh", "logistic", "softplus")] == [None] * 4
    assert vanishes("softplus", 0.0, 3)
    assert not vanishes("tanh", 0.0, 1)
