"""Boolean functions as Lipschitz functions: the extension, and the number of rectifiers that counting asks for."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
import scipy.optimize

from theory import boolean
from theory.boolean import lipschitz

RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_every_boolean_function_is_a_lipschitz_function_on_the_cube(n):
    assert lipschitz.steepest(n) == 1
    assert lipschitz.misses(n) == 0
    assert np.abs(lipschitz.extensions(n)).max() == lipschitz.PARTS


@pytest.mark.parametrize("p", [1, 2, np.inf])
def test_extensions_are_lipschitz_at_random_points_too_in_every_norm(p):
    vertices = boolean.signed_inputs(4)
    values = RANDOM.choice([-1.0, 1.0], 16)
    x = RANDOM.uniform(-1, 1, (300, 4))

    def extended(x):
        return np.minimum((values + np.abs(x[:, None] - vertices).max(-1)).min(-1), 1)

    np.testing.assert_array_equal(extended(vertices), values)
    f, apart = extended(x), np.linalg.norm(x[:, None] - x, p, axis=-1)
    assert (np.abs(f[:, None] - f) <= apart + 1e-12).all()


def test_an_extension_that_is_too_steep_or_misses_a_value_is_found(monkeypatch):
    right = lipschitz.extensions(2)
    monkeypatch.setattr(lipschitz, "extensions", lambda n: 2 * right)
    assert lipschitz.steepest(2) == 2
    monkeypatch.setattr(lipschitz, "extensions", lambda n: np.roll(right, 1, axis=1))
    assert lipschitz.misses(2) > 0


@pytest.mark.parametrize("n", range(2, 10))
def test_the_bound_is_the_least_width_that_counting_allows(n):
    def fits(k):
        signs = 2 * sum(math.comb(2**n - 1, i) for i in range(k * (n + 1) + 1))
        return boolean.THRESHOLD_FUNCTIONS[n] ** k * signs >= 2**2**n

    k = boolean.least_rectifiers(n)
    assert fits(k)
    assert k == 1 or not fits(k - 1)


@pytest.mark.parametrize("n", range(1, 10))
def test_the_estimate_beyond_holds_where_the_numbers_are_known(n):
    assert boolean.least_rectifiers(n) >= Fraction(2**n - 1, 2 * n * n + n)
    for d in range(1, 8):
        assert boolean.dichotomies(2**n, d + 1) <= 2 * (2**n) ** d


def test_it_is_no_more_than_the_exact_least_width_of_thresholds_asks_for():
    # Two rectifiers make a threshold unit that is right at the vertices.
    for n in range(1, 5):
        assert boolean.least_rectifiers(n) <= 2 * boolean.minimum_widths(n).max()


def test_signs_of_rectifiers_that_are_active_on_given_vertices_are_those_of_a_linear_function():
    """Which signs a linear function can have is asked of linear programs; networks drawn at random have no others."""
    vertices = boolean.signed_inputs(3)
    active = vertices.sum(1) > 0
    features = np.column_stack([active[:, None] * np.column_stack([vertices, np.ones(8)]), np.ones(8)])
    possible = {
        signs
        for signs in itertools.product([-1, 1], repeat=8)
        if scipy.optimize.linprog(
            np.zeros(5), -np.array(signs)[:, None] * features, -np.ones(8), bounds=(None, None)
        ).success
    }
    assert len(possible) <= boolean.dichotomies(8, 3 + 1 + 1)
    seen = set()
    for _ in range(20_000):
        w, b, c, d = RANDOM.normal(size=3), RANDOM.normal(), RANDOM.normal(), RANDOM.normal()
        if ((vertices @ w + b > 0) == active).all():
            seen.add(tuple(np.sign(c * np.maximum(vertices @ w + b, 0) + d).astype(int).tolist()))
    assert len(seen) > 4
    assert seen <= possible
