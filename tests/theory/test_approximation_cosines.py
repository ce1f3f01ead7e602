"""Means of functions as ridge cosines: kernel, reach, coefficients and bound, against quadrature and enumeration."""

import itertools
from math import cos, pi, sqrt

import numpy as np
import pytest
import scipy.integrate
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.approximation import cosines, features, space, targets
from theory.approximation.construction import CONSTRUCTIONS

FAMILIES = st.sampled_from(list(targets.FAMILIES))
SEEDS = st.integers(0, 2**32)


def kernel_at(t: np.ndarray, order: int) -> np.ndarray:
    return 1 + 2 * np.cos(np.multiply.outer(t, np.arange(1, order + 1))) @ cosines.kernel(order)[1:]


@pytest.mark.parametrize("order", [1, 2, 5, 40])
def test_the_kernel_is_positive_and_the_closest_to_a_point(order):
    ρ = cosines.kernel(order)
    a = np.sin(np.arange(1, order + 2) * pi / (order + 2))
    assert ρ == pytest.approx(np.correlate(a, a, "full")[order:] / (a @ a))
    # Of all positive kernels none has a larger first coefficient (Fejér).
    assert ρ[1] == pytest.approx(cos(pi / (order + 2)))
    assert kernel_at(np.linspace(-pi, pi, 10_001), order).min() > -1e-9


@pytest.mark.parametrize("order", [1, 2, 5, 40])
def test_the_reach_bounds_the_mean_square_of_the_shift_and_is_not_wasteful(order):
    density = lambda t: float(kernel_at(np.array([t]), order)[0]) / (2 * pi)  # noqa: E731
    square = 2 * scipy.integrate.quad(lambda t: t**2 * density(t), 0, pi, limit=500)[0]
    exact = 2 / pi * sqrt(square)
    assert exact <= cosines.reach(order) <= 1.2 * exact
    assert cosines.reach(400) * 402 == pytest.approx(2, rel=0.05)


def direct_mean(value, d: int, order: int, x: np.ndarray) -> float:
    """The mean at one point as a weighted sum over all points of the circle on every axis."""
    count = 2 * (order + 1)
    angles = (np.arange(count) + 0.5) * 2 * pi / count
    folded = 2 / pi * np.minimum(angles, 2 * pi - angles) - 1
    weights = [kernel_at(pi * (x[j] + 1) / 2 - angles, order) / count for j in range(d)]
    total = 0.0
    for at in itertools.product(range(count), repeat=d):
        total += np.prod([weights[j][i] for j, i in enumerate(at)]) * value(folded[list(at)][None])[0]
    return total


def test_the_reach_is_the_mean_of_what_bounds_the_square_of_an_angle():
    # θ² <= 2 (1 - cos θ) + (π²/4 - 1) (1 - cos θ)², with equality at π, averaged with the kernel by quadrature.
    θ = 2 * pi * np.arange(4000) / 4000
    bound = 2 * (1 - np.cos(θ)) + (pi**2 / 4 - 1) * (1 - np.cos(θ)) ** 2
    assert (bound >= np.minimum(θ, 2 * pi - θ) ** 2 - 1e-12).all()
    for order in (1, 2, 7, 30):
        ρ = cosines.kernel(order)
        density = 1 + 2 * sum(ρ[k] * np.cos(k * θ) for k in range(1, order + 1))
        assert cosines.reach(order) == pytest.approx(2 / pi * np.sqrt((density * bound).mean()), rel=1e-9)


@pytest.mark.parametrize(("d", "order"), [(1, 1), (1, 6), (2, 1), (2, 4), (3, 2)])
@pytest.mark.parametrize("family", list(targets.FAMILIES))
def test_the_mean_is_the_weighted_sum_of_values_that_its_proof_speaks_of(family, d, order):
    target = targets.FAMILIES[family](d, np.random.default_rng(order))
    x = targets.points_of_cube(d, 2, np.random.default_rng(1))
    mean = cosines.mean(target.value, d, order)
    assert mean.of(x) == pytest.approx([direct_mean(target.value, d, order, one) for one in x], abs=1e-10)


def test_with_many_samples_coefficients_are_the_integrals():
    target, samples = targets.ridges(2, np.random.default_rng(0)), 400
    axis = cosines.sample_points(samples)
    x = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1)
    c = cosines.coefficients(target.value(x.reshape(-1, 2)).reshape(samples, samples))
    for k in ((0, 0), (1, 0), (2, 3)):
        integrand = lambda s, t, k=k: (  # noqa: E731
            target.value(np.array([[2 * t / pi - 1, 2 * s / pi - 1]]))[0] * cos(k[0] * t) * cos(k[1] * s)
        )
        integral = scipy.integrate.dblquad(integrand, 0, pi, 0, pi, epsabs=1e-6)[0] / pi**2
        # The even extension has kinks, so that sums over samples err by their inverse square.
        assert c[k] == pytest.approx(integral * 2 ** np.count_nonzero(k), abs=20 / samples**2)


@given(FAMILIES, st.integers(1, 3), st.integers(1, 5), SEEDS)
@settings(max_examples=60)
def test_the_mean_keeps_its_bound(family, d, order, seed):
    rng = np.random.default_rng(seed)
    target = targets.FAMILIES[family](d, rng)
    x = np.concatenate([targets.points_of_cube(d, 500, rng), rng.choice([-1.0, 0.0, 1.0], (20, d))])
    error = np.abs(cosines.mean(target.value, d, order).of(x) - target.value(x)).max()
    assert error <= target.modulus(sqrt(d) * cosines.reach(order)) + 1e-12


def test_the_bound_of_the_mean_is_not_wasteful_and_constants_stay():
    # |x| at its kink errs by the mean absolute shift.
    error = abs(cosines.mean(lambda x: np.abs(x[:, 0]), 1, 49).of(np.zeros((1, 1)))[0])
    assert 0.7 * cosines.reach(49) < error <= cosines.reach(49)
    constant = cosines.mean(lambda x: np.full(len(x), 3.0), 2, 4)
    assert constant.constant == pytest.approx(3)
    assert len(constant.amplitudes) == 0
    layers = space.build(constant, CONSTRUCTIONS["steps"], [])
    assert features.outputs(layers, np.zeros((2, 2)), "logistic") == pytest.approx([3, 3])
    assert space.bound(constant, CONSTRUCTIONS["steps"], []) == 0
