"""Curves in the plane: crossings and windings against angles, errors against a grid, and networks that are built."""

import itertools
from fractions import Fraction

import numpy as np
import pytest

from tests.theory.rectifiers import outputs
from theory.modern import plane_curves

# A loop to the left and one to the right of it, side by side: neither winds around the crossing of the other.
APART = np.array([(-4, 1), (-9, -4), (-9, 4), (-4, -1), (4, -1), (9, 4), (9, -4), (4, 1), (4, 1)])


def turns(polygon, place) -> float:
    """Winding number by summed angles along a fine polygon."""
    corners = np.array([[float(one) for one in corner] for corner in [*polygon, polygon[0]]])
    fine = np.concatenate([np.linspace(a, b, 200) for a, b in itertools.pairwise(corners)])
    seen = (fine - np.array([float(one) for one in place])) @ [1, 1j]
    return float(np.angle(seen[1:] / seen[:-1]).sum() / (2 * np.pi))


def test_crossings_are_where_both_segments_are():
    found = plane_curves.crossings(plane_curves.LOCKED)
    assert {one.place for one in found} == {(1, 0), (0, -1), (0, 1), (-1, 0)}
    for one in found:
        for segment in (one.first, one.second):
            a, b = plane_curves.LOCKED[segment : segment + 2]
            to_place = np.array([float(x) for x in one.place]) - a
            assert np.cross(np.append(to_place, 0), np.append(b - a, 0))[2] == pytest.approx(0)
            assert one.arm <= np.linalg.norm(to_place) + 1e-12
            assert one.arm <= np.linalg.norm(b - a) - np.linalg.norm(to_place) + 1e-12
    assert plane_curves.crossings(plane_curves.BEND) == []


def test_windings_are_those_of_angles():
    rng = np.random.default_rng(0)
    for _ in range(20):
        polygon = [(Fraction(int(x)), Fraction(int(y))) for x, y in rng.integers(-9, 10, (7, 2))]
        place = Fraction(int(rng.integers(-50, 50)), 11), Fraction(int(rng.integers(-50, 50)), 13)
        assert plane_curves.winding(polygon, place) == pytest.approx(turns(polygon, place), abs=1e-6)


def test_loops_are_locked_on_one_curve_and_not_on_others():
    ((p, q),) = plane_curves.locked(plane_curves.LOCKED)
    assert (p.place, q.place) == ((1, 0), (-1, 0))
    for one, other in ((p, q), (q, p)):
        polygon = plane_curves.loop(plane_curves.LOCKED, one)
        assert abs(turns(polygon, other.place)) == pytest.approx(1)
    # r = √2, D = √2, d = 2.
    assert plane_curves.floor(plane_curves.LOCKED) == pytest.approx(2 / (1 + 2 * 2**0.5))
    assert plane_curves.floor(3 * plane_curves.LOCKED) == pytest.approx(6 / (1 + 2 * 2**0.5))
    assert len(plane_curves.crossings(APART)) == 2
    assert plane_curves.floor(APART) == plane_curves.floor(plane_curves.BEND) == 0
    # Moved towards each other, one loop winds around both crossings, and its own is on the edge of the other.
    nearer = APART - np.sign(APART) * [[3, 0]]
    assert plane_curves.floor(nearer) == 0


def test_the_floor_is_the_least_of_three_distances():
    p, q = next(plane_curves.locked(plane_curves.LOCKED))
    short = p._replace(arm=0.2)
    assert plane_curves._floor(plane_curves.LOCKED, short, q) == pytest.approx(0.1)
    # The segments x = y + 1 and x = 3 are √2 and 2 away from (1, 0).
    assert plane_curves._distance(plane_curves.LOCKED, q, p.place) == pytest.approx(2**0.5)
    # Beyond the ends of all segments a corner is nearest.
    assert plane_curves._distance(plane_curves.LOCKED, q, (Fraction(0), Fraction(10))) == pytest.approx(45**0.5)
    near = p._replace(place=(Fraction(29, 10), Fraction(0)))
    assert plane_curves._floor(plane_curves.LOCKED, near, q) == pytest.approx(0.1 / (1 + 2**0.5))


@pytest.mark.parametrize("corners", [plane_curves.LOCKED, plane_curves.BEND, APART])
def test_width_3_is_every_broken_line(corners):
    layers = plane_curves.three_wide(corners)
    assert plane_curves.squared_error(layers, corners) == 0
    assert {W.shape[1] for W, _ in layers[:-1]} == {3}
    x = np.linspace(0, 1, 65)
    np.testing.assert_array_equal(outputs(layers, x), plane_curves.follow(corners, x))


def test_width_2_is_the_bend():
    layers = plane_curves.two_wide()
    assert plane_curves.squared_error(layers, plane_curves.BEND) == 0
    assert {W.shape[1] for W, _ in layers[:-1]} == {2}


def test_errors_are_those_of_a_fine_grid():
    x = np.linspace(0, 1, 40_001)
    for seed in range(4):
        rng = np.random.default_rng(seed)
        layers = [(rng.normal(size=(n, m)), rng.normal(size=m)) for n, m in itertools.pairwise((1, 3, 2, 2))]
        exact = float(plane_curves.squared_error(layers, plane_curves.LOCKED))
        off = outputs(layers, x) - plane_curves.follow(plane_curves.LOCKED, x)
        assert exact == pytest.approx((off**2).sum(1).max(), abs=0.02)
        assert exact >= (off**2).sum(1).max() - 1e-9


def test_an_error_may_be_largest_at_a_kink_of_the_network():
    hat = [(np.ones((1, 2)), np.array([0.0, -0.375])), (np.array([[1.0, 0.0], [-1.6, 0.0]]), np.zeros(2))]
    assert plane_curves.squared_error(hat, np.zeros((2, 2), int)) == Fraction(9, 64)


def clipped(polygon, normal, offset, along):
    """A polygon after points with normal · x + offset < 0 have moved to the edge of that half-plane, in fractions."""
    heights = [normal[0] * x + normal[1] * y + offset for x, y in polygon]
    moved = []
    for k, (x, y) in enumerate(polygon):
        if heights[k - 1] * heights[k] < 0:
            t = heights[k - 1] / (heights[k - 1] - heights[k])
            moved.append(tuple(a + t * (b - a) for a, b in zip(polygon[k - 1], polygon[k], strict=True)))
        far = -min(heights[k], 0)
        moved.append((x + far * along[0], y + far * along[1]))
    return moved


def test_clips_change_no_winding_around_what_is_inside_and_leave_none_around_the_edge():
    # Both steps of the proof, on random polygons and clips.
    rng, wound = np.random.default_rng(3), 0
    while wound < 40:
        numbers = [Fraction(int(one), 7) for one in rng.integers(-40, 41, 20)]
        polygon, place = list(zip(numbers[:8:2], numbers[1:8:2], strict=True)), (numbers[8], numbers[9])
        normal, along, offset = numbers[10:12], numbers[12:14], numbers[14]
        rate = normal[0] * along[0] + normal[1] * along[1]
        height = normal[0] * place[0] + normal[1] * place[1] + offset
        before = plane_curves.winding(polygon, place)
        if rate == 0 or height <= 0 or before == 0:
            continue
        along = [along[0] / rate, along[1] / rate]
        after = clipped(polygon, normal, offset, along)
        assert plane_curves.winding(after, place) == before
        # A place on the edge to which the polygon does not come.
        far = Fraction(10**6)
        edge = place[0] - height * along[0] - far * normal[1], place[1] - height * along[1] + far * normal[0]
        assert plane_curves.winding(after, edge) == 0
        wound += 1


def test_drawn_networks_of_width_2_are_above_the_floor():
    rng = np.random.default_rng(3)
    for _ in range(20):
        layers = [(3 * rng.normal(size=(n, m)), rng.normal(size=m)) for n, m in itertools.pairwise((1, 2, 2, 2, 2))]
        assert plane_curves.squared_error(layers, plane_curves.LOCKED) >= plane_curves.floor(plane_curves.LOCKED) ** 2
