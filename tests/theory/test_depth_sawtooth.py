"""The triangle map composed, deep and shallow."""

from fractions import Fraction

import numpy as np
import pytest

from tests.theory.test_depth_pieces import outputs
from theory.depth.groups import neurons
from theory.depth.pieces import bound, count, pieces
from theory.depth.sawtooth import deep, sawtooth, shallow, zigzags


def composed(k: int, x: Fraction) -> Fraction:
    """T^k(x) by composing the triangle map, in fractions."""
    for _ in range(k):
        x = 2 * x if x <= Fraction(1, 2) else 2 - 2 * x
    return x


@pytest.mark.parametrize("k", [1, 2, 3, 6])
@pytest.mark.parametrize(("build", "expected"), [(deep, lambda k: 2 * k), (shallow, lambda k: 2**k)])
def test_sawtooth_networks_are_the_composed_triangle(k, build, expected):
    layers, x = build(k), np.arange(2 ** (k + 3) + 1) / 2.0 ** (k + 3)
    exact = [float(composed(k, Fraction(one))) for one in x.tolist()]
    assert outputs(layers, x).tolist() == exact == sawtooth(k, x).tolist()
    assert neurons(layers) == expected(k)
    assert count(layers, 0.0, 1.0) == 2**k


def test_kinks_of_the_sawtooth_are_where_they_should_be():
    assert [piece.start for piece in pieces(deep(3), 0.0, 1.0)] == [Fraction(i, 8) for i in range(8)]
    slopes = [outputs(deep(3), np.array([float(p.inside()) + d for d in (0, 1e-3)])) for p in pieces(deep(3), 0.0, 1.0)]
    assert [round(float(np.diff(one)[0] / 1e-3)) for one in slopes] == [8, -8] * 4


@pytest.mark.parametrize("layers", [1, 2, 3, 4])
def test_zigzags_attain_the_bound_and_no_more_is_possible(layers):
    assert count(zigzags(layers)) == 4**layers == bound([3] * layers)


def test_the_saw_is_symmetric_and_is_the_saw_before_it_after_one_more_fold():
    x = np.linspace(0, 1, 257)
    fold = np.where(x < 0.5, 2 * x, 2 - 2 * x)
    np.testing.assert_array_equal(sawtooth(1, x), fold)
    for k in range(2, 6):
        np.testing.assert_array_equal(sawtooth(k, x), sawtooth(k - 1, fold))
        np.testing.assert_array_equal(sawtooth(k, 1 - x), sawtooth(k, x))
    # Its mean over a period is one half.
    assert sawtooth(4, (np.arange(64) + 0.5) / 64).mean() == 0.5


@pytest.mark.parametrize("k", [1, 3, 5])
def test_depth_takes_two_units_for_each_fold_and_one_layer_as_many_as_there_are_pieces(k):
    assert [b.size for _, b in deep(k)] == [2] * k + [1]
    assert [b.size for _, b in shallow(k)] == [2**k, 1]
    # The slopes of all pieces: each rectifier adds its change.
    slopes = np.cumsum(shallow(k)[1][0][:, 0])
    np.testing.assert_array_equal(slopes, 2.0**k * (-1.0) ** np.arange(2**k))


def test_one_zigzag_has_the_slopes_and_values_of_its_four_pieces():
    x = np.array([-0.5, 0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 2.5])
    expected = np.array([1.0, 0.0, 0.5, 1.0, 0.5, 0.0, 0.5, 1.0])
    np.testing.assert_array_equal(outputs(zigzags(1), x), expected)
    assert [b.size for _, b in zigzags(3)] == [3, 3, 3, 1]
