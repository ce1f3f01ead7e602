"""How fast a width grows over the dimensions that were measured: planted slopes, and unknown widths."""

import numpy as np
import pytest

from experiments.claims.approximation.dimension.growth import Bounds, growth
from experiments.judging.statistics import slope_of_means

D = np.array([2.0, 3, 4, 5])


def known(y) -> list[Bounds]:
    return [Bounds(np.asarray(one, float), np.asarray(one, float)) for one in y]


def planted(bits: float, seed: int, spread: float = 0.5, cap: float = np.inf) -> list[Bounds]:
    """Six logarithms of widths at every dimension; those above the cap are not seen."""
    rng = np.random.default_rng(seed)
    y = bits * D[:, None] + spread * (rng.standard_exponential((len(D), 6)) - 1)
    return [Bounds(np.minimum(one, cap), np.where(one > cap, np.inf, one)) for one in y]


def test_widths_that_are_known_have_the_slope_of_means_with_its_interval():
    y = planted(1.3, 0)
    assert growth(D, y) == pytest.approx(slope_of_means(D, [one.low for one in y]))


@pytest.mark.parametrize("cap", [np.inf, 5.0, 4.5])
def test_either_end_errs_at_most_as_often_as_it_says(cap):
    found = np.array([growth(D, planted(1.0, seed, cap=cap))[1:] for seed in range(800)])
    # 2.5 % of 800 are 20 with a standard deviation of 4.4.
    assert (found[:, 0] > 1.0).sum() <= 33
    assert (found[:, 1] < 1.0).sum() <= 33


def test_a_law_that_is_no_exponential_is_not_called_one():
    # The growth of 20 + d^4 is its mean growth over these dimensions, which is known exactly.
    y = np.log2(20 + D**4)
    slope, low, high = growth(D, known([[one] * 3 for one in y]))
    expected = np.polyfit(D, y, 1)[0]
    assert (slope, low, high) == pytest.approx((expected, expected, expected))


def test_what_is_not_reached_leaves_the_other_end_open():
    above = [*known([[1.0, 1.1], [2.0, 2.1], [3.0, 3.1]]), Bounds(np.array([4.0, 3.9]), np.array([np.inf, 3.9]))]
    slope, low, high = growth(D, above)
    assert (0.85 < low < slope, high) == (True, np.inf)
    # An unknown width at the first dimension may be arbitrarily large, and then the slope is arbitrarily small.
    below = [above[3], *known([[2.0, 2.1], [3.0, 3.1], [4.0, 4.1]])]
    _, low, high = growth(D, below)
    assert (low, np.isfinite(high)) == (-np.inf, True)


def test_a_dimension_near_the_mean_counts_by_the_side_it_is_on():
    y = known([[1.0, 1.1], [2.0, 2.1], [3.0, 3.1], [4.0, 4.1]])
    for place, ends in ((1, (False, True)), (2, (True, False))):
        some = [*y[:place], Bounds(np.array([2.0, 2.1]), np.array([np.inf, 2.1])), *y[place + 1 :]]
        assert tuple(np.isfinite(growth(D, some)[1:])) == ends


def test_what_is_not_known_at_the_mean_dimension_has_no_weight():
    y = known([[1.0, 1.1], [2.0, 2.1], [3.0, 3.1]])
    some = [y[0], Bounds(np.array([2.0, 2.1]), np.array([np.inf, 2.1])), y[2]]
    assert growth(D[:3], some) == pytest.approx(growth(D[:3], y))


def test_one_dimension_or_one_target_tells_nothing():
    for y, d in ((known([[1.0], [2.0]]), D[:2]), (known([[1.0, 2.0]]), D[:1])):
        assert growth(d, y)[1:] == (-np.inf, np.inf)
