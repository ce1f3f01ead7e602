"""Intervals of weighted sums against distances added by hand, and against a draw from normal errors."""

import numpy as np
import pytest

from experiments.judging import statistics


def test_each_quantity_gives_the_distance_that_moves_the_sum():
    weights, values = np.array([1.0, -2.0]), np.array([5.0, 1.0])
    found = statistics.combined_interval(weights, values, np.array([2.0, -1.0]), np.array([9.0, 1.5]))
    # Down go the first, by 3, and the second times -2, by 2 * 0.5; up they go by 4 and by 2 * 2.
    assert found == pytest.approx((3.0, 3.0 - np.hypot(3, 1), 3.0 + np.hypot(4, 4)))


def test_the_interval_of_a_difference_of_normal_means_misses_as_often_as_those_of_the_means():
    rng, half = np.random.default_rng(5), 1.96
    draws = rng.normal(size=(4000, 2))
    ends = [statistics.combined_interval(np.array([1.0, -1.0]), one, one - half, one + half)[1:] for one in draws]
    missed = np.mean([not low <= 0 <= high for low, high in ends])
    assert 0.04 < missed < 0.06


def test_an_open_end_makes_the_sum_open_to_the_side_that_it_moves():
    ends = np.array([0.0, -np.inf]), np.array([2.0, 2.0])
    assert statistics.combined_interval(np.array([1.0, -1.0]), np.array([1.0, 1.0]), *ends)[2] == np.inf
    assert np.isfinite(statistics.combined_interval(np.array([1.0, -1.0]), np.array([1.0, 1.0]), *ends)[1])
