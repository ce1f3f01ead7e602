"""The zigzag of width 2: against a zigzag that is drawn by hand, float64 on a grid, and its bound on drawn curves."""

import itertools
from fractions import Fraction

import numpy as np
import pytest

from tests.theory.rectifiers import outputs
from theory.modern import broken_lines, plane_curves, zigzag

LOCKED = plane_curves.LOCKED
# Two pieces that leave no column between -4 and 4 out.
SHORT = np.array([(-4, 0), (4, 3), (4, -2)])


def drawn(seed: int, count: int = 8) -> np.ndarray:
    return np.random.default_rng(seed).integers(-4, 5, (count + 1, 2))


def off(corners, columns: int, sharpness: int) -> broken_lines.Line:
    network = zigzag.network(corners, columns, sharpness)
    return broken_lines.difference(broken_lines.line(network), broken_lines.through(corners))


@pytest.mark.parametrize(("corners", "columns", "sharpness"), [(SHORT, 4, 1), (LOCKED, 8, 3), (drawn(1), 2, 0)])
def test_a_network_is_the_zigzag_at_the_times_of_its_code(corners, columns, sharpness):
    line = broken_lines.line(zigzag.network(corners, columns, sharpness))
    s = zigzag.times_on_zigzag(corners, columns, sharpness)
    # The zigzag by its corners: up each column, and down to the next.
    ends = [(9 * c + rest, c, height) for c in range(columns + 1) for rest, height in ((0, 0), (8, 8))]
    when, column, height = np.array(ends, float).T
    times = np.unique(np.append(np.linspace(0, 1, 4001), [float(time) for time in line.times]))
    code = np.interp(times, [float(time) for time in s.times], s.places[:, 0].astype(float))
    expected = np.stack([-4 + 8 / columns * np.interp(code, when, column), np.interp(code, when, height) - 4], axis=1)
    found = [np.interp(times, [float(one) for one in line.times], row.astype(float)) for row in line.places.T]
    np.testing.assert_allclose(np.stack(found, axis=1), expected, atol=1e-6)
    np.testing.assert_allclose(outputs(zigzag.network(corners, columns, sharpness), times), expected, atol=1e-6)


@pytest.mark.parametrize("corners", [LOCKED, drawn(2), drawn(3)])
def test_outside_of_fast_parts_the_height_is_exact_and_the_column_is_near(corners):
    columns, sharpness = 8, 6
    away = off(corners, columns, sharpness)
    width = Fraction(8, columns)
    assert max(abs(away.places[:, 0])) <= 19 * width / 32
    pieces = zip(itertools.pairwise(away.times), itertools.pairwise(away.places), strict=True)
    wrong = sum((end - start for (start, end), (a, b) in pieces if a[1] or b[1]), Fraction(0))
    assert 0 < wrong <= Fraction(1, 2**sharpness)
    assert max(abs(away.places[:, 1])) <= 8


def test_every_layer_is_of_width_2_and_their_number_is_that_of_the_proof():
    for corners, columns in ((LOCKED, 8), (LOCKED, 16), (drawn(4), 8), (SHORT, 32)):
        network = zigzag.network(corners, columns, 5)
        assert {W.shape[1] for W, _ in network} == {2}
        assert [W.shape[0] for W, _ in network] == [1] + [2] * (len(network) - 1)
        pieces = len(zigzag.times_on_zigzag(corners, columns, 5).times) - 1
        assert len(network) - 1 == pieces + 2 * columns
        # At most two bends for each change of the column, and one at each corner.
        passed = np.abs(np.diff(corners[:, 0])).sum() * columns / 8 + len(corners)
        assert pieces <= 2 * passed + len(corners)


@pytest.mark.parametrize("p", [1, 2, 4])
def test_no_network_errs_by_more_than_the_bound(p):
    for seed in range(6):
        for columns, sharpness in ((1, 2), (2, 0), (4, 8), (8, 16)):
            found = broken_lines.mean_power(off(drawn(seed, 4), columns, sharpness), p)
            assert 0 < found <= zigzag.bound(columns, sharpness, p)
    assert zigzag.bound(2**20, 80, p) < Fraction(1, 10**5) ** p


def test_the_bound_by_hand_needs_both_parts():
    assert zigzag.bound(8, 3, 1) == Fraction(19, 32) + 1
    assert zigzag.bound(16, 4, 2) == Fraction(19, 64) ** 2 + 4
    # More columns alone do not help: fast parts take the same share of the time, and err by as much.
    slow = [broken_lines.mean_power(off(LOCKED, columns, 2), 4) for columns in (8, 16, 32)]
    assert max(slow) < 1.2 * min(slow)
    assert min(slow) > Fraction(19, 32) ** 4


def test_errors_are_those_of_a_fine_grid():
    # Fast parts of 1/16 of a step are seen by 2^16 points.
    x = (np.arange(2**18) + 0.5) / 2**18
    away = off(LOCKED, 8, 4)
    sampled = np.abs(outputs(zigzag.network(LOCKED, 8, 4), x) - plane_curves.follow(LOCKED, x))
    for p in (1, 2, 4):
        assert float(broken_lines.mean_power(away, p)) == pytest.approx((sampled**p).sum(1).mean(), rel=2e-2)
    assert float(broken_lines.largest_square(away)) ** 0.5 >= np.linalg.norm(sampled, axis=1).max()


def test_a_vertical_curve_on_a_column_has_no_error_and_a_faster_network_a_smaller_one():
    up = np.array([(3, -4), (3, 4), (3, 0), (3, 0), (3, 0)])
    assert broken_lines.largest_square(off(up, 8, 4)) == 0
    errors = [broken_lines.mean_power(off(LOCKED, 8, sharpness), 4) for sharpness in (0, 4, 8)]
    assert errors[0] > 10 * errors[1] > 100 * errors[2]


def test_what_cannot_be_built_is_refused():
    for corners, columns, sharpness, said in (
        (LOCKED, 12, 4, "12 columns"),
        (LOCKED[:4], 8, 4, "3 pieces"),
        (LOCKED + np.array([2, 0]), 8, 4, "at 5"),
        (LOCKED, 8, 60, "smaller sharpness"),
    ):
        with pytest.raises(ValueError, match=said):
            zigzag.network(corners, columns, sharpness)
