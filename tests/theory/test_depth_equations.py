"""Equations that hold for every flat product: bounds by hand, solutions from the bound on, and none below."""

from fractions import Fraction
from itertools import product as grid_of
from math import factorial, prod

import numpy as np
import pytest

from theory.depth.equations import (
    CHOICES,
    all_directions,
    degrees,
    directions,
    eliminate,
    least_neurons,
    moments,
    multi_indices,
    rank,
    solvable,
)
from theory.depth.product import flat

MONOMIALS = [(1, 1), (1, 1, 1), (2, 1), (2, 2), (3, 1), (1, 1, 1, 1)]


@pytest.mark.parametrize("exponents", MONOMIALS)
@pytest.mark.parametrize("switch", ["all", "not 0", "highest"])
def test_taylor_equations_have_solutions_from_the_bound_on_and_not_below(exponents, switch):
    N, n, least = sum(exponents), len(exponents), least_neurons(exponents, switch)
    rng = np.random.default_rng(3)
    for choice in CHOICES:
        a = directions(choice, n, least - 1, rng)
        assert len(a) == least - 1
        assert not solvable(*moments(a, exponents, degrees(N, switch)))
    bias = {"all": "none", "not 0": "output", "highest": "none"}[switch]
    enough = flat(exponents, "exponential", bias).a.astype(int)
    assert solvable(*moments(enough, exponents, degrees(N, switch)))


def test_a_degree_that_asks_for_nothing_lets_half_of_the_neurons_do():
    # Planted falsehood for the bound of 2^n: without the equations of degree n - 1 half of the signs suffice.
    half = np.array([s for s in grid_of((-1, 1), repeat=4) if s[0] == 1])
    assert solvable(*moments(half, (1, 1, 1, 1), [0, 1, 2, 4]))
    assert not solvable(*moments(half, (1, 1, 1, 1), [0, 1, 2, 3, 4]))


def test_no_three_small_directions_multiply_two_numbers_and_some_four_do():
    tried = list(all_directions(2, 3, 1))
    assert len(tried) == 165
    assert not any(solvable(*moments(a, (1, 1), range(3))) for a in tried)
    assert any(solvable(*moments(a, (1, 1), range(3))) for a in all_directions(2, 4, 1))


def test_elimination_agrees_with_fractions_and_with_floats():
    rng = np.random.default_rng(4)
    for _ in range(50):
        rows = rng.integers(-3, 4, (rng.integers(1, 5), 4))
        rows[-1] = rows[0] * 2
        right = rng.integers(-3, 4, 4) if rng.random() < 0.5 else rng.integers(-2, 3, len(rows)) @ rows
        found, rest = eliminate(rows, right)
        assert found == np.linalg.matrix_rank(rows.astype(float)) == rank(rows)
        together = np.linalg.matrix_rank(np.vstack([rows, right]).astype(float))
        assert (together == found) == (not rest.any())


def test_moments_are_powers_and_indices_are_complete():
    assert sorted(multi_indices(3, 2)) == [(0, 0, 2), (0, 1, 1), (0, 2, 0), (1, 0, 1), (1, 1, 0), (2, 0, 0)]
    rows, right = moments(np.array([[2, 3]]), (1, 1), range(3))
    assert sorted(rows[0].tolist()) == [1, 2, 3, 4, 6, 9]
    assert rows[0][right.astype(bool)].tolist() == [6]


def test_output_weights_of_the_construction_solve_the_equations():
    for exponents in MONOMIALS:
        layer = flat(exponents, "exponential", "none")
        rows, right = moments(layer.a.astype(int), exponents, range(sum(exponents) + 1))
        c = [Fraction(float(v)).limit_denominator(10**6) for v in layer.v / prod(factorial(r) for r in exponents)]
        assert [sum(one * row for one, row in zip(c, column, strict=True)) for column in rows.T] == right.tolist()


# Bounds by hand, and the degrees of the equations that prove them.
BOUNDS = {
    (1, 1): (4, 3, 2),
    (1, 1, 1): (8, 7, 4),
    (2, 1): (6, 5, 3),
    (3, 1): (8, 7, 4),
    (2, 2): (9, 8, 3),
    (3, 2): (12, 11, 4),
    (2, 1, 1): (12, 11, 6),
}


@pytest.mark.parametrize("exponents", BOUNDS)
def test_bounds_by_hand(exponents):
    assert tuple(least_neurons(exponents, switch) for switch in ("all", "not 0", "highest")) == BOUNDS[exponents]
    N = sum(exponents)
    found = [list(degrees(N, switch)) for switch in ("all", "not 0", "highest")]
    assert found == [list(range(N + 1)), list(range(1, N + 1)), [N]]


def test_weights_that_move_do_with_no_fewer_neurons_if_all_degrees_count():
    # The rank of the matrix Σ v w^(β + r - γ) is at most the number of neurons, and it becomes that of [β = γ].
    for exponents in [(1, 1), (2, 1), (1, 1, 1)]:
        layer, λ = flat(exponents, "exponential", "none"), 1e-3
        v, w = layer.v * λ**-layer.order / prod(factorial(r) for r in exponents), λ * layer.a
        below = list(grid_of(*(range(r + 1) for r in exponents)))
        matrix = [[v @ np.prod(w ** (np.array(β) + exponents - γ), axis=1) for γ in below] for β in below]
        np.testing.assert_allclose(matrix, np.eye(len(below)), atol=0.01)


def least_together(monomials: list[tuple[int, ...]]) -> int:
    """Fewest neurons for all of these monomials of the same inputs at once: the number of β below any of them.

    Bias-free, all derivatives non-zero, fixed directions.
    """
    return len({β for r in monomials for β in grid_of(*(range(one + 1) for one in r))})


def test_monomials_together_take_what_is_below_any_of_them():
    assert least_together([(1, 1)]) == 4
    assert least_together([(2, 0), (1, 1)]) == 5
    assert least_together([(1, 1, 0, 0), (0, 0, 1, 1)]) == 7
    # No four of {-2, ..., 2}² make x² and xy at once; the five below do.
    kept, both = range(3), [(2, 0), (1, 1)]

    def make_all(a: np.ndarray) -> bool:
        return all(solvable(*moments(a, r, kept)) for r in both)

    assert make_all(np.array([[0, 0], [1, 0], [2, 0], [0, 1], [1, 1]]))
    assert not any(make_all(a) for a in all_directions(2, 4, 1))
