"""What flattening costs: the formulas against sums over all matrices, and against each other's limits."""

import itertools

import numpy as np
import pytest

from theory.depth import flattening


@pytest.mark.parametrize("weights", ["zero-one", "signs"])
@pytest.mark.parametrize("p", [0.0, 0.3, 0.8, 1.0])
def test_the_chance_of_a_synapse_is_the_sum_over_all_ways(weights, p):
    n, values = 3, {"zero-one": {0: 1 - p, 1: p}, "signs": {0: 1 - p, 1: p / 2, -1: p / 2}}[weights]
    chance = 0.0
    for a in itertools.product(values, repeat=n):
        for b in itertools.product(values, repeat=n):
            if np.dot(a, b):
                chance += np.prod([values[v] for v in (*a, *b)])
    assert flattening.WEIGHTS[weights][1](n, p) == pytest.approx(chance, abs=1e-14)


def test_the_published_examples():
    assert flattening.ratio(1000, 0.05) == pytest.approx(9.18, abs=0.005)
    assert flattening.ratio(256, 0.1) == pytest.approx(4.62, abs=0.005)


def test_small_and_large_densities():
    assert flattening.ratio(1000, 1e-7) == pytest.approx(1000 * 1e-7 / 2, rel=1e-6)
    assert flattening.ratio(1000, 0.7) == pytest.approx(1 / 1.4, rel=1e-9)
    for p in (0.01, 0.1, 1.0):
        assert 0 < flattening.ratio(50, p, "signs") < flattening.ratio(50, p)


@pytest.mark.parametrize("n", [64, 1000, 10_000])
def test_it_costs_between_two_synapses_a_row_and_every_second(n):
    low, high = flattening.costly_band(n)
    assert low == pytest.approx(2 / n, rel=0.05)
    assert high == pytest.approx(0.5, rel=1e-3)
    for p, above in ((0.99 * low, False), (1.01 * low, True), (0.99 * high, True), (1.01 * high, False)):
        assert (flattening.ratio(n, p) > 1) == above


@pytest.mark.parametrize("n", [64, 1000, 10_000])
def test_it_costs_at_most_a_third_of_the_root_of_n(n):
    p, most = flattening.worst(n)
    grid = np.geomspace(1e-3 / n, 1, 2_001)
    assert most == pytest.approx(max(flattening.ratio(n, q) for q in grid.tolist()), rel=1e-4)
    # t = n p² solves exp(t) = 1 + 2t.
    assert p * np.sqrt(n) == pytest.approx(np.sqrt(1.2564), rel=0.01)
    assert most / np.sqrt(n) == pytest.approx(0.319, rel=0.01)


def test_small_matrices_are_never_worth_keeping_apart():
    assert np.isnan(flattening.costly_band(5)).all()


@pytest.mark.parametrize("weights", list(flattening.WEIGHTS))
def test_counted_synapses_have_the_expected_number(weights):
    rng, n, p = np.random.default_rng(0), 60, 0.15
    counts = np.array([flattening.synapses(rng, n, p, weights) for _ in range(200)], float)
    mean, error = counts.mean(0), counts.std(0) / np.sqrt(200)
    expected = [2 * p * n**2, 2 * p * n**2 * flattening.ratio(n, p, weights)]
    assert (np.abs(mean - expected) < 4 * error).all()


def test_the_band_opens_where_flattening_first_costs_anything():
    assert 1 < flattening.worst(12)[1] < 2
    low, high = flattening.costly_band(12)
    assert flattening.ratio(12, 0.99 * low) < 1 < flattening.ratio(12, 1.01 * low)
    assert flattening.ratio(12, 1.01 * high) < 1 < flattening.ratio(12, 0.99 * high)
