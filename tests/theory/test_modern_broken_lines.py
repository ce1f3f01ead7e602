"""Broken lines: networks against float64 on a fine grid and against another exact count, means against quadrature."""

import itertools
from fractions import Fraction

import numpy as np
import pytest

from tests.theory.rectifiers import outputs
from theory.modern import broken_lines, plane_curves


def networks(seed: int):
    rng = np.random.default_rng(seed)
    for sizes in ((1, 2, 2, 2, 2), (1, 5, 3, 2), (1, 2), (1, 1, 1, 2)):
        yield [(rng.normal(size=pair), rng.normal(size=pair[1])) for pair in itertools.pairwise(sizes)]


def floats(line) -> tuple[np.ndarray, np.ndarray]:
    return np.array([float(time) for time in line.times]), line.places.astype(float)


def test_a_network_is_its_broken_line():
    x = np.linspace(0, 1, 1001)
    for seed in range(5):
        for layers in networks(seed):
            line = broken_lines.line(layers)
            times, places = floats(line)
            assert (line.times[0], line.times[-1]) == (0, 1)
            assert all(before < after for before, after in itertools.pairwise(line.times))
            found = np.stack([np.interp(x, times, column) for column in places.T], axis=1)
            np.testing.assert_allclose(found, outputs(layers, x), atol=1e-12)


def test_the_largest_error_is_that_of_the_other_calculation():
    for seed in range(3):
        for layers in networks(seed):
            off = broken_lines.difference(broken_lines.line(layers), broken_lines.through(plane_curves.LOCKED))
            assert broken_lines.largest_square(off) == plane_curves.squared_error(layers, plane_curves.LOCKED)


@pytest.mark.parametrize("p", [1, 2, 3, 4])
def test_means_are_those_of_a_fine_grid(p):
    x = (np.arange(40_000) + 0.5) / 40_000
    for layers in networks(7):
        off = broken_lines.difference(broken_lines.line(layers), broken_lines.through(plane_curves.LOCKED))
        sampled = np.abs(outputs(layers, x) - plane_curves.follow(plane_curves.LOCKED, x)) ** p
        assert float(broken_lines.mean_power(off, p)) == pytest.approx(sampled.sum(axis=1).mean(), rel=1e-6)


def test_means_of_one_line_by_hand():
    # From -1 to 2: |x| is a triangle of 1/3 · 1 / 2 and one of 2/3 · 2 / 2.
    line = broken_lines.through(np.array([[-1], [2]]))
    assert broken_lines.mean_power(line, 1) == Fraction(5, 6)
    assert broken_lines.mean_power(line, 2) == 1
    assert broken_lines.mean_power(broken_lines.through(np.array([[3, 0], [3, 0]])), 4) == 81
    assert broken_lines.mean_power(broken_lines.through(np.array([[0, 1], [0, 1], [0, 3]])), 1) == Fraction(3, 2)


def test_units_that_are_0_at_the_same_time_make_one_bend():
    hidden = np.array([[4.0, -8.0, 1.0]]), np.array([-1.0, 2.0, 0.0])
    line = broken_lines.line([hidden, (np.array([[1.0], [1.0], [0.0]]), np.zeros(1))])
    assert line.times == [0, Fraction(1, 4), 1]
    assert line.places[:, 0].tolist() == [2, 0, 3]


def test_bends_of_both_lines_count():
    hat, other = np.array([[0], [1], [0]]), np.array([[0], [1], [1], [0]])
    off = broken_lines.difference(broken_lines.through(hat), broken_lines.through(other))
    assert off.times == [0, Fraction(1, 3), Fraction(1, 2), Fraction(2, 3), 1]
    assert off.places[:, 0].tolist() == [0, Fraction(-1, 3), 0, Fraction(-1, 3), 0]


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_a_weight_that_is_not_finite_is_refused(number):
    with pytest.raises(ValueError, match="not finite"):
        broken_lines.line([(np.array([[number]]), np.zeros(1)), (np.ones((1, 2)), np.zeros(2))])
