"""Folds: the error against a grid, floors against free lines by linear programming, and counts of neurons."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
import scipy.optimize

from theory.depth.pieces import pieces
from theory.depth.sawtooth import sawtooth
from theory.modern import folds


def outputs(layers, x: np.ndarray) -> np.ndarray:
    z = x[:, None]
    for number, (W, b) in enumerate(layers):
        a = z @ W + b
        z = a if number == len(layers) - 1 else np.maximum(a, 0)
    return z[:, 0]


@pytest.mark.parametrize("m", [1, 2, 3, 5])
def test_folds_are_the_sum_of_triangle_maps_and_meet_the_square_at_dyadic_points(m):
    x = np.arange(2 ** (m + 2) + 1) / 2 ** (m + 2)
    network = folds.folds(m)
    np.testing.assert_array_equal(outputs(network, x), x - sum(sawtooth(s, x) / 4.0**s for s in range(1, m + 1)))
    off = outputs(network, x) - x**2
    np.testing.assert_array_equal(off[::4], 0)
    np.testing.assert_array_equal(off[2::4], 4.0 ** -(m + 1))
    assert folds.error(network) == (Fraction(1, 4 ** (m + 1)), 2**m)
    assert (sum(len(b) for _, b in network[:-1]), len(network) - 1) == (3 * m - 1, m)


def test_other_ratios_and_lower_outputs_are_what_they_say():
    x = np.linspace(0, 1, 257)
    expected = x - sawtooth(1, x) / 8 - sawtooth(2, x) / 64 - 0.125
    np.testing.assert_array_equal(outputs(folds.folds(2, ratio=0.125, lowered=0.125), x), expected)


@pytest.mark.parametrize("layers", [(1, 4, 3, 1), (1, 2, 2, 2, 1), (1, 1)])
def test_the_largest_error_is_that_of_a_fine_grid(layers):
    rng = np.random.default_rng(len(layers))
    network = [
        (rng.normal(size=(n, m)).astype(np.float32), rng.normal(size=m).astype(np.float32) / 2)
        for n, m in itertools.pairwise(layers)
    ]
    exact, count = folds.error(network)
    grid = np.linspace(0, 1, 100_001)
    off = np.abs(outputs([(W.astype(float), b.astype(float)) for W, b in network], grid) - grid**2).max()
    assert off <= float(exact) + 1e-12
    assert float(exact) == pytest.approx(off, abs=1e-4)
    assert count == len(pieces(network, 0.0, 1.0))


def test_the_largest_error_may_lie_within_a_piece():
    # The best line on [0, 1] is off by 1/8 at both ends and in the middle; a lower one is farthest off at the ends.
    line = [(np.array([[1.0]]), np.array([-0.125]))]
    assert folds.error(line) == (Fraction(1, 8), 1)
    assert folds.error([(np.array([[1.0]]), np.array([0.5]))]) == (Fraction(3, 4), 1)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_no_free_lines_on_any_cut_err_by_less(count):
    def least(start: float, end: float) -> float:
        # Chebyshev's line on a grid, by linear programming: minimise t with |α x + β - x²| <= t.
        x = np.linspace(start, end, 41)
        A = np.column_stack([x, np.ones_like(x), -np.ones_like(x)])
        rows = np.concatenate([A, A * [-1, -1, 1]])
        ends = np.concatenate([x**2, -(x**2)])
        return scipy.optimize.linprog([0, 0, 1], rows, ends, bounds=(None, None)).fun

    rng = np.random.default_rng(count)
    cuts = [np.arange(1, count) / count, *np.sort(rng.random((4, count - 1)), axis=1)]
    errors = [max(least(a, b) for a, b in zip([0, *cut], [*cut, 1], strict=True)) for cut in cuts]
    assert errors[0] == pytest.approx(float(folds.best(count)), rel=1e-6)
    assert min(errors) >= float(folds.best(count)) * (1 - 1e-3)


@pytest.mark.parametrize("width", [1, 4, 16])
def test_equal_pieces_in_one_layer_are_best(width):
    network = folds.flat(width)
    assert folds.error(network) == (folds.best(width), width)
    assert len(network[0][1]) == width


def test_as_many_neurons_as_pieces_ask_for():
    assert folds.most_pieces(7, 1) == 8
    # Widths of 3, 2 and 2.
    assert folds.most_pieces(7, 3) == 36
    for layers in (1, 2, 3):
        error = Fraction(1, 4**6)
        number = folds.least_neurons(error, layers)
        assert folds.best(folds.most_pieces(number, layers)) <= error
        assert folds.best(folds.most_pieces(number - 1, layers)) > error
        # The power of 1/ε in the module's docstring lies below.
        assert layers * (8 * float(error)) ** (-1 / (2 * layers)) - layers <= number
    assert folds.least_neurons(folds.best(1024), 1) == 1023
