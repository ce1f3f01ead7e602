import functools
import itertools
from fractions import Fraction

import jax
import numpy as np
import pytest

from theory.modern import stability


def iterate(step: Fraction, momentum: Fraction, eigenvalues: list[Fraction], t: int) -> list[Fraction]:
    return next(itertools.islice(stability.descent(step, momentum, eigenvalues), t, None))


def test_plain_descent_multiplies_every_direction_by_its_own_factor():
    η, values = Fraction(1, 7), [Fraction(3), Fraction(14), Fraction(20)]
    assert iterate(η, Fraction(0), values, 9) == [(1 - η * λ) ** 9 for λ in values]


def test_with_momentum_it_is_the_recurrence_of_the_characteristic_polynomial():
    η, β, λ = Fraction(1, 5), Fraction(2, 3), Fraction(4)
    before, now = Fraction(1), 1 - η * λ
    for t in range(1, 8):
        assert iterate(η, β, [λ], t) == [now]
        before, now = now, (1 + β - η * λ) * now - β * before


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
def test_roots_leave_the_unit_circle_at_the_edge(momentum):
    for λ in (0.3, 2.0, 17.0):
        η = stability.edge(λ, momentum)
        # The edge as a function of the step is its own inverse.
        assert stability.edge(η, momentum) == pytest.approx(λ)
        assert stability.spectral_radius(0.999 * η, momentum, λ) < 1
        assert stability.spectral_radius(η, momentum, λ) == pytest.approx(1)
        assert stability.spectral_radius(1.001 * η, momentum, λ) > 1


def test_at_the_edge_exactly_nothing_grows_or_falls():
    η = stability.edge(Fraction(10), Fraction(0))
    assert iterate(η, Fraction(0), [Fraction(10)], 1000) == [1]
    assert iterate(η, Fraction(0), [Fraction(10)], 1001) == [-1]


def data(inputs: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(6, inputs)), rng.normal(size=6)


def test_outputs_and_loss_are_those_of_a_network_written_out():
    sizes = (2, 3, 1)
    x, y = data(2)
    θ = np.random.default_rng(1).normal(size=stability.parameters(sizes))
    W, b, v, c = θ[:6].reshape(2, 3), θ[6:9], θ[9:12], θ[12]
    z = np.array([sum(v[j] * np.tanh(sum(p[i] * W[i, j] for i in range(2)) + b[j]) for j in range(3)) + c for p in x])
    with jax.enable_x64(True):
        np.testing.assert_allclose(stability.output(θ, x, sizes), z, rtol=1e-12)
        assert float(stability.loss(θ, x, y, sizes)) == pytest.approx(np.mean((z - y) ** 2) / 2, rel=1e-12)


def test_the_hessian_of_a_linear_unit_is_the_second_moment_of_its_inputs():
    x, y = data(2)
    with jax.enable_x64(True):
        H = stability.hessian(np.zeros(3), x, y, (2, 1))
    ones = np.column_stack([x, np.ones(6)])
    np.testing.assert_allclose(H, ones.T @ ones / 6, rtol=1e-12)


def test_the_hessian_is_that_of_finite_differences():
    sizes, h = (2, 3, 2, 1), 1e-5
    x, y = data(2)
    θ = stability.initial(sizes, np.random.default_rng(2))
    with jax.enable_x64(True):
        # Compiled as a whole: operation by operation it takes twenty times as long.
        slope = jax.jit(jax.grad(functools.partial(stability.loss, sizes=sizes)))
        rows = [
            (np.asarray(slope(θ + h * e, x, y)) - np.asarray(slope(θ - h * e, x, y))) / (2 * h) for e in np.eye(len(θ))
        ]
        H = jax.jit(functools.partial(stability.hessian, sizes=sizes))(θ, x, y)
        np.testing.assert_allclose(H, rows, atol=1e-8)


def test_initial_weights_have_the_variance_of_their_inputs_and_no_biases():
    θ = stability.initial((50, 40, 1), np.random.default_rng(3))
    assert len(θ) == stability.parameters((50, 40, 1)) == 51 * 40 + 41
    assert np.var(θ[:2000]) == pytest.approx(1 / 50, rel=0.1)
    assert not θ[2000:2040].any()
