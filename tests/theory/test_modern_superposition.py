"""Superposition: exact losses against quadrature, both ways to store features, and the border."""

from fractions import Fraction

import numpy as np
import pytest
import scipy.optimize

from theory.modern import superposition

ONE, ZERO = Fraction(1), Fraction(0)


def by_quadrature(w, b, p: float, importance: float) -> float:
    """The loss on a fine grid of midpoints of the unit square."""
    x = (np.arange(1500) + 0.5) / 1500

    def of_one(own: float, other: float, bias: float) -> float:
        def off(x, y):
            return np.mean((x - np.maximum(own * (own * x + other * y) + bias, 0)) ** 2)

        parts = off(0.0, 0.0), off(x, 0.0) + off(0.0, x), off(x[:, None], x[None])
        return (1 - p) ** 2 * parts[0] + p * (1 - p) * parts[1] + p**2 * parts[2]

    return of_one(w[0], w[1], b[0]) + importance * of_one(w[1], w[0], b[1])


def exactly(w, b, p: Fraction, importance: Fraction) -> Fraction:
    return superposition.loss((Fraction(w[0]), Fraction(w[1])), (Fraction(b[0]), Fraction(b[1])), p, importance)


@pytest.mark.parametrize("seed", range(6))
def test_losses_are_those_of_a_fine_grid(seed):
    rng = np.random.default_rng(seed)
    w, b, (p, importance) = rng.normal(size=2), rng.normal(size=2) / 2, rng.random(2)
    exact = exactly(w.tolist(), b.tolist(), Fraction(p), Fraction(importance))
    assert float(exact) == pytest.approx(by_quadrature(w, b, p, importance), rel=1e-5)


@pytest.mark.parametrize("w", [(0, 0), (1, 0), (0, 1), (1, 1), (-1, 1), (2, -1)])
@pytest.mark.parametrize("b", [(0, 0), (-1, 1), (1, -1), (-0.5, 0.5)])
def test_corners_and_edges_where_units_are_at_zero_are_no_matter(w, b):
    exact = exactly(w, b, Fraction(1, 3), Fraction(1, 2))
    assert float(exact) == pytest.approx(by_quadrature(w, b, 1 / 3, 1 / 2), abs=1e-6)


@pytest.mark.parametrize("importance", [Fraction(1, 5), Fraction(2, 5), ONE])
def test_both_ways_and_their_border(importance):
    border = superposition.border(importance)
    for p in (border / 2, border, (1 + border) / 2):
        alone, both = superposition.alone(p, importance), superposition.superposed(p, importance)
        assert superposition.loss((ONE, ZERO), (ZERO, p / 2), p, importance) == alone
        assert superposition.loss((ONE, -ONE), (ZERO, ZERO), p, importance) == both
        assert (both < alone, both == alone) == (p < border, p == border)
    assert superposition.border(ONE) == Fraction(4, 7)


def test_no_linear_model_is_better_than_one_feature_alone():
    # Over squared weights, as the module has it, from many starts.
    for importance in (0.2, 0.8):

        def loss(w: np.ndarray, importance: float = importance) -> float:
            a, c = w**2
            return (a - 1) ** 2 + a * c + importance * ((c - 1) ** 2 + a * c)

        starts = np.random.default_rng(0).normal(size=(10, 2))
        ends = [scipy.optimize.minimize(loss, start, tol=1e-12) for start in starts]
        best = min(ends, key=lambda one: one.fun)
        assert best.fun == pytest.approx(importance)
        assert best.x**2 == pytest.approx([1, 0], abs=1e-4)
