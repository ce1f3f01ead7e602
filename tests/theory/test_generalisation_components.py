"""Shares of the variance against exact ones, without noise and with it, and over tasks that were not drawn."""

import numpy as np
import pytest
import scipy.stats

from theory.generalisation import components


def without_noise(y):
    return y, y


def test_shares_of_sums_of_effects_are_their_variances():
    """y = task + a + b + task x a: exact if tasks come in all combinations of signs."""
    task = np.tile([1.0, 1.0, -1.0, -1.0], 500)[:, None, None]
    both = np.tile([1.0, -1.0, 1.0, -1.0], 500)[:, None, None] * np.array([1.0, -1.0])[:, None]
    y = 2 * task + 3 * np.array([1.0, -1.0])[:, None] + np.array([1.0, -1.0, 1.0, -1.0]) + 0.5 * both
    whole = 4 + 9 + 1 + 0.25
    halves = without_noise(y)
    assert components.variance(halves) == pytest.approx(whole, rel=0.01)
    assert components.main_share(halves, 1) == pytest.approx(9 / whole, rel=0.01)
    assert components.total_share(halves, 1) == pytest.approx(9.25 / whole, rel=0.01)
    assert components.main_share(halves, 2) == components.total_share(halves, 2) == pytest.approx(1 / whole, rel=0.01)
    assert components.total_share(halves, 0) == pytest.approx(4.25 / whole, rel=0.01)


def test_estimates_have_no_bias_by_noise_or_by_few_tasks():
    """What an activation does for one task and not for others is no effect of the activation."""
    rng = np.random.default_rng(0)
    found = []
    for _ in range(2000):
        mean = rng.normal(size=(4, 3)) * 0.5 + np.array([0.2, 0.0, -0.2])
        halves = mean + rng.normal(size=(4, 3)), mean + rng.normal(size=(4, 3))
        found.append([components.main_effect(halves, 1), components.within(halves, 1), components.variance(halves)])
    effect = 0.08 / 3
    expected = [effect, effect + 0.25 * 2 / 3, effect + 0.25]
    errors = scipy.stats.sem(found, axis=0)
    assert (np.abs(np.mean(found, 0) - expected) < 4 * errors).all()
    # Without the products of different tasks it would be larger by a quarter of the interaction.
    assert 4 * errors[0] < 0.25 * 2 / 3 / 4


def test_the_jackknife_of_a_mean_is_the_values_themselves():
    rng = np.random.default_rng(1)
    y = rng.normal(size=(6, 2))
    found = components.jackknife(lambda halves: float(halves[0].mean()), (y, y))
    np.testing.assert_allclose(found, y.mean(1))


def test_a_factor_of_one_level_explains_nothing_and_a_constant_has_no_shares():
    rng = np.random.default_rng(2)
    assert components.main_share(without_noise(rng.normal(size=(5, 1, 3))), 1) == 0
    assert np.isnan(components.total_share(without_noise(np.ones((5, 2))), 1))
