import itertools

import numpy as np
import pytest

from theory.modern import addition
from theory.modern.addition import Adder


def random(p: int, units: int, *networks: int) -> Adder:
    rng = np.random.default_rng(0)
    return Adder(*(rng.normal(size=(*networks, *shape)) for shape in ((p, units), (p, units), (units, p))))


def tied(p: int, units: int, draws: int) -> Adder:
    a, b = np.random.default_rng(1).uniform(-np.pi, np.pi, (2, draws, units))
    return addition.cosines(p, a, b, a + b)


def test_outputs_are_those_of_one_unit_after_the_other():
    U, V, W = network = random(5, 3)
    slow = [
        [[sum((U[n, k] + V[m, k]) ** 2 * W[k, q] for k in range(3)) for q in range(5)] for m in range(5)]
        for n in range(5)
    ]
    np.testing.assert_allclose(addition.outputs(network), slow, rtol=1e-12)


def test_many_networks_are_each_as_alone():
    many = random(7, 4, 3)
    for i in range(3):
        alone = Adder(*(weights[i] for weights in many))
        np.testing.assert_allclose(addition.outputs(many)[i], addition.outputs(alone), rtol=1e-12)
        np.testing.assert_array_equal(addition.right(many)[i], addition.right(alone))


def test_right_answers_and_leads_are_those_of_a_search_through_all_inputs():
    z = addition.outputs(random(5, 6))
    leads = [
        z[n, m, (n + m) % 5] - max(z[n, m, q] for q in range(5) if q != (n + m) % 5)
        for n, m in itertools.product(range(5), repeat=2)
    ]
    assert addition.margin(z) == pytest.approx(min(leads))
    np.testing.assert_array_equal(addition.right(random(5, 6)).ravel(), np.array(leads) > 0)


def test_a_lookup_table_of_cosines_without_noise_adds_exactly():
    # For each frequency, the phases 0, π/2, ... of both inputs cancel all but the sum exactly: 16 units a frequency.
    p = 7
    quarters = np.pi / 2 * np.arange(4)
    a, b = (phases.ravel() for phases in np.meshgrid(quarters, quarters))
    a, b = np.repeat(a, p - 1), np.repeat(b, p - 1)
    z = addition.outputs(addition.cosines(p, a, b, a + b))
    n = np.arange(p)
    distance = (n[:, None, None] + n[:, None] - n) % p
    np.testing.assert_allclose(z, np.where(distance == 0, 8 * (p - 1), -8), atol=1e-9)


def test_wide_networks_add_and_untied_ones_guess():
    assert addition.right(tied(11, 110, 20)).mean() > 0.99
    a, b, c = np.random.default_rng(2).uniform(-np.pi, np.pi, (3, 100, 110))
    assert addition.right(addition.cosines(11, a, b, c)).mean() == pytest.approx(1 / 11, abs=0.03)


@pytest.mark.parametrize(("p", "units"), [(5, 40), (7, 30), (11, 44)])
def test_the_bound_is_chernoffs_over_both_phases(p, units):
    # All pairs of phases of the inputs on a grid, without the identities for S and D.
    grid = 2 * np.pi * np.arange(64) / 64
    A, B = grid[:, None], grid
    total = 0.0
    for d in range(1, p):
        leads = [
            (np.cos(A) + np.cos(B)) ** 2 * (np.cos(A + B) - np.cos(A + B + 2 * np.pi * f * d / p)) for f in range(1, p)
        ]
        turns = [leads[k % (p - 1)] for k in range(units)]
        bounds = [np.prod([np.exp(-t * lead).mean() for lead in turns]) for t in addition.TILTS]
        total += min(1.0, *bounds)
    assert addition.error_bound(p, units) == pytest.approx(total, rel=1e-9)


@pytest.mark.parametrize(("p", "units"), [(5, 40), (11, 44), (23, 69)])
def test_errors_stay_below_the_bound_and_are_not_far_from_it(p, units):
    error = 1 - addition.right(tied(p, units, 200)).mean()
    assert error < addition.error_bound(p, units) < 30 * error


def test_the_width_that_the_bound_asks_for_grows_as_the_logarithm_of_p():
    least = [next(n for n in range(8, 400, 4) if addition.error_bound(p, n) < 0.01) for p in (11, 23, 47, 97)]
    steps = np.diff(least)
    assert all(steps > 0)
    assert max(steps) <= 16
    assert least[-1] < 2 * least[0]


def test_features_of_the_construction_are_one_frequency_and_tied_phases():
    a, b, c = np.random.default_rng(3).uniform(-np.pi, np.pi, (3, 2, 12))
    found = addition.features(addition.cosines(11, a, b, c))
    np.testing.assert_allclose(found.share, 1, atol=1e-12)
    np.testing.assert_allclose(found.tied, np.cos(a + b - c), atol=1e-9)


def test_features_of_other_weights_are_less():
    found = addition.features(random(23, 400))
    # The largest of 11 shares, each of four squared normal numbers out of 46.
    assert 0.15 < found.share.mean() < 0.25
    assert abs(found.tied.mean()) < 0.15
    # A constant beside a cosine of half its power: 1/3 of the squares belong to the cosine.
    n = np.arange(5)[:, None]
    wave = 1 + np.cos(2 * np.pi * n / 5)
    network = Adder(wave, wave, np.cos(2 * np.pi * n.T / 5))
    assert addition.features(network).share == pytest.approx(1 / 3)
