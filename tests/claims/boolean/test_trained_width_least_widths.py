"""Midpoints of success curves against slow calculations, and what their intervals must know."""

import numpy as np
import pytest
import scipy.optimize
import scipy.special

from experiments.claims.boolean.trained_width import least_widths
from experiments.claims.boolean.trained_width.least_widths import SuccessCurve
from experiments.judging.statistics import reach

WIDTHS = np.array([1, 2, 3, 4, 6, 8, 12, 16, 24, 32])


def curve(successes, functions: int = 1, runs: int = 40, widths=WIDTHS) -> SuccessCurve:
    """Clusters that all have these success rates."""
    return SuccessCurve(8, widths, np.tile(np.asarray(successes, float), (functions, 1)), runs)


def independent(successes: list[int], runs: int) -> SuccessCurve:
    """Runs as clusters of their own; `successes` of them succeed at each width."""
    return SuccessCurve(8, WIDTHS, np.arange(runs)[:, None] < np.array(successes), 1)


GRADUAL = [0, 0, 1, 2, 9, 22, 33, 38, 40, 40]


def test_the_deviance_is_the_one_that_an_optimiser_finds():
    found = least_widths.midpoints(independent(GRADUAL, 40))

    def loss(μ: float, s: float) -> float:
        logits = s * (np.log2(WIDTHS) - μ)
        k = np.array(GRADUAL)
        return float(-2 * np.sum(k * -np.log1p(np.exp(-logits)) + (40 - k) * -np.log1p(np.exp(logits))))

    best = scipy.optimize.minimize(lambda θ: loss(*θ), [3.0, 3.0], method="Nelder-Mead")
    assert found.bits[found.deviance.argmin()] == pytest.approx(best.x[0], abs=least_widths.SPACING)
    assert found.typical() == pytest.approx(best.x[0], abs=0.02)
    for μ in (2.5, 2.8, 3.2):
        profile = scipy.optimize.minimize_scalar(lambda s, μ=μ: loss(μ, s), bounds=(0.5, 20), method="bounded").fun
        at = found.deviance[np.abs(found.bits - μ).argmin()]
        assert at == pytest.approx(profile - best.fun, rel=0.03, abs=0.05)


def test_where_rates_jump_every_midpoint_between_two_widths_fits():
    found = least_widths.midpoints(independent([0] * 6 + [40] * 4, 40))
    between = (found.bits > 3.05) & (found.bits < np.log2(12) - 0.05)
    assert found.deviance[between].max() < 0.01
    _, low, high = least_widths.combined([found], np.ones(1))
    assert 2.9 < low <= 3.02
    assert np.log2(12) - 0.02 <= high < 3.7


def test_widths_below_one_count_as_one_and_beyond_the_widest_nothing_is_excluded():
    always = least_widths.midpoints(independent([40] * 10, 40))
    value, low, high = least_widths.combined([always], np.ones(1))
    assert (low, value, high) == pytest.approx((0.0, 0.0, 0.0), abs=0.03)
    never = least_widths.midpoints(independent([0] * 10, 40))
    _, low, high = least_widths.combined([never], np.ones(1))
    assert low >= 4.9
    assert high == np.inf
    _, low, high = least_widths.combined([never], -np.ones(1))
    assert low == -np.inf


def test_runs_on_one_function_count_for_less_the_more_functions_differ():
    same, rng = curve(np.array(GRADUAL) / 40, functions=10, runs=10), np.random.default_rng(0)
    assert least_widths.design_effect(same) == 1
    midpoints = np.repeat(rng.normal(3, 0.8, 10), len(WIDTHS)).reshape(10, -1)
    differ = same._replace(rates=rng.binomial(10, scipy.special.expit(8 * (np.log2(WIDTHS) - midpoints))) / 10)
    assert least_widths.design_effect(differ) > 5
    assert least_widths.design_effect(curve([0] * 5 + [1] * 5, functions=10, runs=10)) == 10
    assert least_widths.design_effect(independent(GRADUAL, 40)) == 1
    one = least_widths.combined([least_widths.midpoints(curve(np.array(GRADUAL) / 40))], np.ones(1))
    assert one[1:] == (-np.inf, np.inf)


def test_the_design_effect_is_the_variance_of_the_area_over_that_of_runs_alone():
    # Areas of 1.5 and 2 have the variance 1/8; ten runs at a mean rate of 3/4 that of 3/16 / 10.
    two = SuccessCurve(8, np.array([1, 2, 4]), np.array([[0.0, 0.5, 1.0], [0.0, 1.0, 1.0]]), 10)
    assert least_widths.design_effect(two) == pytest.approx(1 / 8 / (3 / 160))
    # Twice the distance of widths weighs both alike.
    assert least_widths.design_effect(two._replace(widths=np.array([1, 4, 16]))) == pytest.approx(20 / 3)
    assert least_widths.design_effect(two._replace(runs=1)) == 1
    assert least_widths.design_effect(two._replace(rates=two.rates[:1])) == 1


def test_a_sum_of_midpoints_has_the_end_that_a_search_over_all_of_them_finds():
    curves = [independent(k, 40) for k in (GRADUAL, [0, 1, 8, 20, 34, 39, 40, 40, 40, 40])]
    found = [least_widths.midpoints(one) for one in curves]
    _, low, high = least_widths.combined(found, np.array([1.0, -0.5]))
    # Each curve brings eight degrees of freedom, two less than its widths.
    freedom = (1 + 0.25) ** 2 / (1 / 8 + 0.0625 / 8)
    fits = found[0].deviance[:, None] + found[1].deviance <= reach(1.0, freedom) ** 2
    sums = (found[0].bits[:, None] - 0.5 * found[1].bits)[fits]
    assert (low, high) == pytest.approx((sums.min(), sums.max()), abs=2 * least_widths.SPACING)


def test_slopes_are_those_of_the_midpoints_and_unbounded_where_nothing_is_known():
    n = np.array([2, 3, 4, 5])
    # 400 runs at each width, of curves about lines through 1 with a slope of one half.
    rates = [scipy.special.expit(6 * (np.log2(WIDTHS) - 1 - (i - 2) / 2)) for i in n]
    found = [least_widths.midpoints(independent(np.round(400 * rate).astype(int).tolist(), 400)) for rate in rates]
    value, low, high = least_widths.slope(found, n)
    assert value == pytest.approx(0.5, abs=0.01)
    assert low < value < high < low + 0.1
    assert np.isnan(least_widths.slope(found[:1], n[:1])[0])
    assert least_widths.slope(found, n, 0.0)[1:] == (-np.inf, np.inf)
