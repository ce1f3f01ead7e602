"""Floors of mean errors: every step of the proof on drawn networks and lines, and eigenvalues by numpy."""

import itertools

import numpy as np
import pytest

from tests.theory.rectifiers import outputs
from theory.modern import broken_lines, mean_floors, plane_curves, zigzag

LOCKED = plane_curves.LOCKED


def error(layers, corners, p: int) -> float:
    off = broken_lines.difference(broken_lines.line(layers), broken_lines.through(corners))
    return float(broken_lines.mean_power(off, p)) ** (1 / p)


def drawn(sizes, seed: int, scale: float = 1.0):
    rng = np.random.default_rng(seed)
    return [(scale * rng.normal(size=pair), rng.normal(size=pair[1])) for pair in itertools.pairwise(sizes)]


def clipping(seed: int, x: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """A network whose every unit is 0 for a sixth of the times."""
    layers = list[tuple[np.ndarray, np.ndarray]]()
    z = x[:, None]
    for W, b in drawn((1, 2, 2, 2, 2, 2), seed):
        layers.append((W, -np.quantile(z @ W, 1 / 6, axis=0) if len(layers) < 4 else b))
        z = np.maximum(z @ layers[-1][0] + layers[-1][1], 0)
    return layers


def clips(layers, x: np.ndarray):
    """Number of the last clip of each time, and for each clip its edge in coordinates of the output."""
    z, number, edges, count = x[:, None], np.zeros(len(x), int), [], 0
    for position, (W, b) in enumerate(layers[:-1]):
        z = z @ W + b
        # From here to the output without rectifiers.
        A, d = np.eye(2), np.zeros(2)
        for V, c in layers[position + 1 :]:
            A, d = A @ V, d @ V + c
        for unit in range(2):
            count += 1
            number[z[:, unit] < 0] = count
            z[:, unit] = np.maximum(z[:, unit], 0)
            inverse = np.linalg.inv(A)[:, unit]
            edges.append((inverse, d @ inverse))
    return number, edges


def test_clips_leave_places_on_their_edges_and_all_before_inside():
    x, several = np.linspace(0, 1, 401), 0
    for seed in range(24):
        layers = clipping(seed, x)
        number, edges = clips(layers, x)
        places = outputs(layers, x)
        for j, (normal, offset) in enumerate(edges, start=1):
            heights = (places @ normal - offset) / np.linalg.norm(normal)
            np.testing.assert_allclose(heights[number == j], 0, atol=1e-9)
            assert (heights[number <= j] >= -1e-9).all()
        # What no clip moves is on one straight line.
        straight = places[number == 0]
        assert np.linalg.matrix_rank(straight - straight[:1], tol=1e-9) <= 1
        several += len(np.unique(number)) > 3
    assert several > 8


def test_places_near_the_outer_halves_keep_the_edge_away():
    # Four places up to r/8 off the outer halves of arms of length r = 1, and a half-plane that contains them.
    rng = np.random.default_rng(0)
    for _ in range(300):
        arms = np.array([(1, 0), (0, 1), (-1, 0), (0, -1)]) * rng.uniform(0.5, 1, (4, 1))
        angle, far = rng.uniform(0, 2 * np.pi, (2, 4))
        near = arms + 0.125 * rng.uniform(0, 1, (4, 1)) * np.stack([np.cos(far), np.sin(far)], axis=1)
        normal = np.array([np.cos(angle[0]), np.sin(angle[0])])
        assert (near @ normal).max() >= mean_floors.KAPPA
    # The worst case: all at half of their arms and moved back, with the edge at 45°.
    normal = np.array([0.5, 0.5]) ** 0.5
    near = np.array([(0.5, 0), (0, 0.5), (-0.5, 0), (0, -0.5)]) - 0.125 * normal
    assert (near @ normal).max() == pytest.approx(mean_floors.KAPPA)


def test_an_edge_that_is_away_from_a_crossing_is_near_an_arm_only_for_a_short_time():
    rng = np.random.default_rng(1)
    u = np.linspace(0, 1, 401)
    for h, s in rng.uniform((mean_floors.KAPPA, -1), (2, 1), (300, 2)):
        d = h / s if s and 0 < h / s < 1 else 1.0
        assert (np.abs(h - s * u) >= mean_floors.KAPPA * np.abs(u - d) - 1e-12).all()


@pytest.mark.parametrize("p", [1, 2, 4])
def test_the_floor_by_a_search_for_the_best_lengths(p):
    # The arms are 2√2 long, and the curve moves at 8 · 5√2; n edges, and what is not good costs (r/8)^p.
    r, v, layers = 8**0.5, 8 * 50**0.5, 2
    n, good = 2 * layers, np.linspace(0, r / 2, 2001)
    integral = 2 * n * mean_floors.KAPPA**p * (good / n / 2) ** (p + 1) / (p + 1) + (r / 2 - good) * (r / 8) ** p
    norm = {1: 1, 2: 1, 4: 0.5}[p]
    assert mean_floors.of_layers(LOCKED, layers, p) == pytest.approx((norm * integral.min() / v) ** (1 / p))
    assert mean_floors.of_layers(LOCKED, 2 * layers, p) == pytest.approx(mean_floors.of_layers(LOCKED, layers, p) / 2)
    assert mean_floors.of_layers(3 * LOCKED, layers, p) == pytest.approx(3 * mean_floors.of_layers(LOCKED, layers, p))
    assert mean_floors.of_layers(plane_curves.BEND, layers, p) == 0


def test_norms_of_both_kinds():
    # |x|^p + |y|^p is at least `norm` times the Euclidean length to the power p.
    angle = np.linspace(0, 2 * np.pi, 1001)
    for p in (1, 2, 3, 4):
        least = (np.abs(np.cos(angle)) ** p + np.abs(np.sin(angle)) ** p).min()
        assert least == pytest.approx(min(1.0, 2.0 ** (1 - p / 2)))


def test_networks_of_width_2_are_above_the_floor_of_their_layers():
    for p in (1, 2, 4):
        for seed in range(5):
            assert error(drawn((1, 2, 2, 2), seed, 3), LOCKED, p) >= mean_floors.of_layers(LOCKED, 2, p)
        network = zigzag.network(LOCKED, 8, 12)
        assert error(network, LOCKED, p) >= mean_floors.of_layers(LOCKED, len(network) - 1, p) > 0


def test_moments_are_those_of_a_fine_grid():
    mean, products = mean_floors.moments(broken_lines.through(LOCKED))
    x = (np.arange(80_000) + 0.5) / 80_000
    places = plane_curves.follow(LOCKED, x)
    np.testing.assert_allclose(mean.astype(float), places.mean(axis=0), atol=1e-7)
    np.testing.assert_allclose(products.astype(float), places.T @ places / len(x), atol=1e-7)
    smaller = np.linalg.eigvalsh(np.cov(places.T, bias=True))[0]
    assert mean_floors.of_width_1(LOCKED) == pytest.approx(smaller**0.5)


def test_no_straight_line_is_nearer_than_the_floor_and_one_is_as_near():
    x = (np.arange(4000) + 0.5) / 4000
    for corners in (LOCKED, plane_curves.BEND):
        places = plane_curves.follow(corners, x) - plane_curves.follow(corners, x).mean(axis=0)
        angles = np.linspace(0, np.pi, 1001)
        across = places @ np.stack([np.cos(angles), np.sin(angles)])
        distances = np.sqrt((across**2).mean(axis=0))
        assert min(distances) == pytest.approx(mean_floors.of_width_1(corners), rel=1e-3)
    assert mean_floors.of_width_1(np.array([(0, 0), (1, 2), (3, 6)])) == pytest.approx(0, abs=1e-9)
    assert mean_floors.of_width_1(np.array([(2, 1), (2, 1)])) == 0


def test_networks_of_width_1_are_above_the_floor():
    for seed in range(20):
        assert error(drawn((1, 1, 1, 2), seed), LOCKED, 2) >= mean_floors.of_width_1(LOCKED)
    best = mean_floors.straight(LOCKED)
    x = (np.arange(80_000) + 0.5) / 80_000
    found = np.polynomial.polynomial.polyfit(x, plane_curves.follow(LOCKED, x), 1)
    np.testing.assert_allclose(np.stack([best[-1][1], best[-1][0][0]]), found, atol=1e-4)
    assert {W.shape[1] for W, _ in best[:-1]} == {1}
    assert error(best, LOCKED, 2) >= mean_floors.of_width_1(LOCKED)
