"""What is said of the targets on a line is true."""

import numpy as np
import pytest
from scipy.integrate import quad

from theory.approximation.curves import CURVES, grid, midpoints, root_mean_square

X = grid(2001)


@pytest.mark.parametrize("name", CURVES)
def test_what_is_said_of_a_target_is_true_and_not_wasteful(name):
    curve = CURVES[name]
    y = curve.of(X)
    assert np.abs(y).max() == pytest.approx(curve.largest, rel=1e-6)
    square, _ = quad(lambda x: float(curve.of(np.array(x))) ** 2, -1, 1, points=[0], limit=200)
    assert curve.root_mean_square == pytest.approx(np.sqrt(square / 2), rel=1e-6)
    ratios = [np.abs(y[k:] - y[:-k]).max() / (X[k] - X[0]) ** curve.exponent for k in (1, 2, 5, 20, 100, 1000)]
    assert max(ratios) <= curve.steepness * (1 + 1e-9)
    assert max(ratios) > 0.99 * curve.steepness
    if np.isfinite(curve.curvature):
        second = np.abs(np.diff(y, 2)) / (X[1] - X[0]) ** 2
        assert 0.99 * curve.curvature < second.max() <= curve.curvature * (1 + 1e-6)


def test_training_and_evaluation_points_are_apart():
    for points in (64, 128, 256, 512):
        assert not np.intersect1d(np.round(grid(1001), 12), np.round(midpoints(points), 12)).size


def test_points_of_training_are_the_middles_of_equal_parts():
    for points in (1, 4, 64):
        edges = np.linspace(-1, 1, points + 1)
        np.testing.assert_allclose(midpoints(points), (edges[:-1] + edges[1:]) / 2, atol=1e-15)
    assert grid(3).tolist() == [-1.0, 0.0, 1.0]


def test_the_root_mean_square_of_known_values():
    assert root_mean_square(np.array([3.0, -4.0])) == pytest.approx(np.sqrt(12.5))
    # Of a line from -1 to 1 it is √(1/3), and the midpoint rule misses 1 / (3 m²) of the square.
    assert root_mean_square(midpoints(50)) ** 2 == pytest.approx(1 / 3 - 1 / (3 * 50**2))


@pytest.mark.parametrize("name", list(CURVES))
def test_a_modulus_is_concave_and_a_curve_is_even_or_odd(name):
    curve = CURVES[name]
    for a, b in ((0.1, 0.3), (0.5, 2.0)):
        assert curve.modulus((a + b) / 2) >= (curve.modulus(a) + curve.modulus(b)) / 2 - 1e-12
    assert curve.modulus(0.0) == 0.0
    sign = -1 if name in ("sine", "ramp", "saw") else 1
    np.testing.assert_allclose(curve.of(-X), sign * curve.of(X), atol=1e-12)
