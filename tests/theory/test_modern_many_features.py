"""Many features: exact losses against samples, linear models against Eckart and Young, pairs, polygons."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
import scipy.optimize

from theory.modern import many_features as theory
from theory.modern import superposition

ONE, ZERO = Fraction(1), Fraction(0)


def fractions(numbers) -> list:
    return [[theory.rounded(one) for one in row] for row in np.atleast_2d(numbers).tolist()]


def exactly(W, b, p, importance) -> float:
    return float(theory.loss(fractions(W), fractions(b)[0], Fraction(p), [Fraction(one) for one in importance]))


def plainly_sampled(W, b, p, importance, points, rng) -> tuple[float, float]:
    """The loss and its standard error from draws of features as they are, and no strata."""
    x = rng.random((points, len(b))) * (rng.random((points, len(b))) < p)
    losses = (x - np.maximum(x @ W.T @ W + b, 0)) ** 2 @ importance
    return losses.mean(), losses.std() / math.sqrt(points)


@pytest.mark.parametrize(("n", "m", "p"), [(2, 1, 0.3), (4, 2, 1.0), (5, 2, 0.25), (6, 3, 0.5), (3, 5, 0.1)])
def test_exact_losses_are_those_of_samples(n, m, p):
    rng = np.random.default_rng(n)
    W, b, importance = 0.8 * rng.normal(size=(m, n)), 0.4 * rng.normal(size=n), 0.5 ** np.arange(n)
    exact = exactly(W, b, p, importance)
    mean, error = plainly_sampled(W, b, p, importance, 400_000, rng)
    assert error < 0.02 * exact
    assert abs(exact - mean) < 4 * error
    mean, error = theory.sampled_loss(W, b, p, importance, 100_000, rng)
    assert error < 0.02 * exact
    assert abs(exact - mean) < 4 * error


@pytest.mark.parametrize("seed", range(4))
def test_two_features_in_one_dimension_are_the_case_of_superposition(seed):
    rng = np.random.default_rng(seed)
    w, b = (tuple(fractions(scale * rng.normal(size=2))[0]) for scale in (1, 0.5))
    p, importance = Fraction(int(rng.integers(1, 10)), 10), Fraction(2, 5)
    assert theory.loss([w], b, p, [ONE, importance]) == superposition.loss(w, b, p, importance)


def test_slopes_of_0_and_tiny_ones_are_as_good_as_equal():
    b, p = [ZERO, Fraction(1, 4), Fraction(-1, 4)], Fraction(1, 3)
    without = theory.loss([[ONE, ZERO, ZERO]], b, p, [ONE] * 3)
    tiny = theory.loss([[ONE, Fraction(1, 2**60), ZERO]], b, p, [ONE] * 3)
    assert without == (p / 3 - p / 3) + (p / 3 - 2 * p / 8 + Fraction(1, 16)) + p / 3
    assert 0 < abs(tiny - without) < Fraction(1, 2**55)


def test_the_error_of_a_sample_is_as_large_as_it_says():
    rng = np.random.default_rng(3)
    W, b, importance = rng.normal(size=(2, 5)), 0.3 * rng.normal(size=5), np.ones(5)
    exact = exactly(W, b, 0.2, importance)
    z = []
    for _ in range(200):
        mean, error = theory.sampled_loss(W, b, 0.2, importance, 500, rng)
        z.append((mean - exact) / error)
    assert 0.8 < np.std(z) < 1.25
    assert abs(np.mean(z)) < 0.3


def test_a_model_that_is_never_at_0_is_a_linear_one():
    rng = np.random.default_rng(4)
    W, b = np.array([np.array(row, float) for row in fractions(rng.normal(size=(2, 4)))]), np.full(4, 64.0)
    importance = 0.5 ** np.arange(4)
    assert theory.linear_loss(W, b, 0.3, importance) == pytest.approx(exactly(W, b, "3/10", importance), rel=1e-12)


@pytest.mark.parametrize("m", [1, 2, 3])
def test_no_linear_model_is_below_the_floor_and_the_most_important_features_have_it(m):
    n, p, base = 4, Fraction(1, 5), Fraction(7, 10)
    importance = [base**i for i in range(n)]
    floor = theory.least_linear_loss(m, p, importance)
    # Eckart and Young: the squares of the singular values that a matrix of rank m cannot have.
    singular = np.linalg.svd(np.diag(np.sqrt(np.array(importance, float))), compute_uv=False)
    assert float(floor) == pytest.approx(float(superposition.variance(p)) * (singular[m:] ** 2).sum())

    def loss(θ: np.ndarray) -> float:
        return theory.linear_loss(θ[: m * n].reshape(m, n), θ[m * n :], float(p), np.array(importance, float))

    starts = np.random.default_rng(m).normal(size=(8, m * n + n))
    ends = [scipy.optimize.minimize(loss, start, tol=1e-12) for start in starts]
    assert min(end.fun for end in ends) == pytest.approx(float(floor), rel=1e-6)
    best = min(ends, key=lambda end: end.fun).x[: m * n].reshape(m, n)
    np.testing.assert_allclose((best**2).sum(0), np.arange(n) < m, atol=1e-2)


@pytest.mark.parametrize("p", [Fraction(1, 20), Fraction(2, 5), Fraction(4, 7), ONE])
@pytest.mark.parametrize(("n", "m", "base"), [(5, 2, Fraction(7, 10)), (6, 3, ONE), (4, 3, Fraction(1, 2))])
def test_pairs_have_their_losses_and_no_other_choice_of_pairs_is_better(n, m, base, p):
    importance = [base**i for i in range(n)]
    cost, v = p**2 / 6, superposition.variance(p)
    losses, others = [], []
    for k in range(theory.most_pairs(m, n) + 1):
        W, b = theory.pairs(k, m, n, p)
        losses.append(theory.loss(W, b, p, importance))
        assert losses[k] == theory.loss_of_pairs(k, m, p, importance)
        others += [
            cost * sum(importance[i] for i in paired) + v * (sum(importance) - sum(importance[i] for i in kept))
            for kept in itertools.combinations(range(n), m + k)
            for paired in itertools.combinations(kept, 2 * k)
        ]
    assert losses[theory.best_pairs(m, p, importance)] == min(losses) == min(others)


def test_one_more_pair_pays_below_its_border_only():
    base, n, m = Fraction(7, 10), 6, 3
    importance = [base**i for i in range(n)]
    for k in range(3):
        border = superposition.border(base ** (2 * k + 1))
        for p, sign in ((border * Fraction(99, 100), 1), (border, 0), (border * Fraction(101, 100), -1)):
            gain = theory.loss_of_pairs(k, m, p, importance) - theory.loss_of_pairs(k + 1, m, p, importance)
            assert (gain > 0, gain < 0) == (sign > 0, sign < 0)
    # Rare features are all kept, dense ones are as many as dimensions.
    assert [theory.best_pairs(m, p, importance) for p in (Fraction(1, 50), Fraction(3, 10), ONE)] == [3, 2, 0]


def regular(k: int, n: int, size: float) -> np.ndarray:
    angles = 2 * np.pi * np.arange(n) / k
    return math.sqrt(size) * np.array([np.cos(angles), np.sin(angles)]) * (np.arange(n) < k)


@pytest.mark.parametrize(("k", "p"), [(3, 1.0), (4, 0.3), (5, 0.1), (6, 0.02)])
def test_polygons_have_their_loss_and_none_of_a_grid_has_less(k, p):
    best = theory.polygon(k, Fraction(str(p)))
    assert exactly(regular(k, k, best.size), [best.bias] * k, str(p), [1] * k) == pytest.approx(best.loss, rel=1e-5)
    sizes, biases = np.linspace(0.2, 2.2, 9), np.linspace(-0.8, 0.6, 8)
    grid = [exactly(regular(k, k, size), [bias] * k, str(p), [1] * k) for size in sizes for bias in biases]
    assert best.loss <= min(grid)


def test_the_best_polygon_has_more_corners_the_rarer_features_are():
    assert [theory.best_polygon(5, Fraction(p))[0] for p in ("1", "0.3", "0.1")] == [3, 4, 5]
    # Two pairs are a square of size 1 without a bias, which the best one improves.
    p = Fraction(3, 10)
    assert theory.best_polygon(5, p)[1] < float(theory.loss_of_pairs(2, 2, p, [ONE] * 5))


def test_dense_and_equal_features_lose_less_in_a_triangle_than_in_any_linear_model():
    best = theory.polygon(3, ONE)
    loss = exactly(regular(3, 5, best.size), [best.bias] * 3 + [0.5] * 2, "1", [1] * 5)
    assert loss < 0.9995 * theory.least_linear_loss(2, ONE, [ONE] * 5)


def test_another_optimiser_finds_the_pentagon():
    n, p, rng = 5, 0.1, np.random.default_rng(5)
    strata = [
        (math.comb(n, k) * p**k * (1 - p) ** (n - k), rng.random((2000, n)) * (rng.random((2000, n)).argsort(1) < k))
        for k in range(n + 1)
    ]
    x = np.concatenate([points for _, points in strata])
    weights = np.concatenate([np.full(2000, share / 2000) for share, _ in strata])

    def loss(θ: np.ndarray) -> tuple[float, np.ndarray]:
        W, b = θ[: 2 * n].reshape(2, n), θ[2 * n :]
        u = x @ W.T @ W + b
        off = np.maximum(u, 0) - x
        slope = 2 * weights[:, None] * off * (u > 0)
        to_W = W @ (x.T @ slope + slope.T @ x)
        return float(weights @ (off**2).sum(1)), np.append(to_W.ravel(), slope.sum(0))

    starts = rng.normal(size=(8, 3 * n)) * np.repeat([0.7, 0.1], [2 * n, n])
    ends = [scipy.optimize.minimize(loss, start, jac=True, method="L-BFGS-B") for start in starts]
    best = min(ends, key=lambda end: end.fun).x
    W = best[: 2 * n].reshape(2, n)
    found = exactly(W, best[2 * n :], str(p), [1] * n)
    known = theory.polygon(5, Fraction("0.1")).loss
    assert known * 0.9999 < found < known * 1.01
    np.testing.assert_allclose(theory.dimensionalities(W), 2 / 5, atol=0.02)


def test_dimensionalities_are_those_of_polytopes():
    tetrahedron = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]).T / math.sqrt(3)
    square = np.array([[1, -1, 0, 0], [0, 0, 1, -1]])
    for W, value in ((np.eye(3), 1), (square, 1 / 2), (regular(5, 5, 1.3), 2 / 5), (tetrahedron, 3 / 4)):
        rotation, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(len(W), len(W))))
        np.testing.assert_allclose(theory.dimensionalities(rotation @ W), value)
    np.testing.assert_allclose(theory.dimensionalities(regular(3, 5, 1.0)), [2 / 3] * 3 + [0, 0], atol=1e-12)
    W = np.random.default_rng(1).normal(size=(3, 7))
    assert theory.dimensionalities(W).sum() <= 3
