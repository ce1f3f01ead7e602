"""Widths that reach a level, censored where they do not, and their growth with the dimension: laws that are planted."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.approximation.dimension import widths
from experiments.claims.approximation.dimension.growth import Bounds, growth
from theory.approximation import targets


def of_law(law, ds=(2, 3, 4, 5), tasks: int = 6, scatter: float = 0.0) -> pd.DataFrame:
    """Known widths `law(d)` of several tasks, with a norm that is the same for all."""
    rng = np.random.default_rng(0)
    rows = [(d, task, law(d) * 2 ** (scatter * rng.normal())) for d in ds for task in range(tasks)]
    table = pd.DataFrame(rows, columns=["d", "task", "low"])
    return table.assign(high=table["low"], norm=1.0, deviation=1.0)


def test_an_exponential_has_its_bits_for_each_dimension_and_a_power_has_its_power():
    slope, low, high = widths.bits(of_law(lambda d: 3 * 4.0**d))
    assert (slope, low, high) == pytest.approx((2.0, 2.0, 2.0))
    power, low, high = widths.power(of_law(lambda d: 5 * d**3), level=0.1)
    assert (power, low, high) == pytest.approx((3.0, 3.0, 3.0))


def test_tasks_that_scatter_give_an_interval_around_the_law():
    slope, low, high = widths.bits(of_law(lambda d: 2.0**d, tasks=30, scatter=0.3))
    assert low < 1.0 < high
    assert 0.05 < high - low < 0.5
    wider = widths.bits(of_law(lambda d: 2.0**d, tasks=30, scatter=0.3), 1e-4)
    assert wider[1] < low < high < wider[2]
    assert wider[0] == slope


def test_one_dimension_does_not_count_and_two_are_needed():
    assert widths.bits(of_law(lambda d: 2.0**d, ds=(1, 2)))[1:] == (-np.inf, np.inf)
    with_one = widths.bits(of_law(lambda d: 1000.0 if d == 1 else 2.0**d, ds=(1, 2, 3)))
    assert with_one[0] == pytest.approx(1.0)
    assert np.isnan(widths.power(of_law(lambda d: 2.0, ds=(2,)), 0.1)[0])


def test_a_width_that_was_not_reached_opens_the_end_that_it_may_move():
    x = np.array([2.0, 3.0, 4.0])
    known = [Bounds(np.array([d, d]), np.array([d, d])) for d in (2.0, 3.0)]
    above = growth(x, [*known, Bounds(np.array([4.0, 4.0]), np.array([4.0, np.inf]))])
    assert above[0] == pytest.approx(1.0)
    assert above[1] > -np.inf
    assert above[2] == np.inf
    below = growth(x, [Bounds(np.array([2.0, 2.0]), np.array([2.0, np.inf])), *known[1:], known[1]])
    assert below[1] == -np.inf
    assert below[2] < np.inf
    # In the middle it does not matter.
    middle = growth(
        x, [known[0], Bounds(np.array([3.0, 3.0]), np.array([np.inf, 3.0])), Bounds(*[np.array([4.0, 4.0])] * 2)]
    )
    assert np.isfinite(middle).all()


def test_the_power_of_barrons_bound_is_added_to_what_widths_grow_beyond_it():
    table = of_law(lambda d: 7 * d**2.0).assign(norm=lambda rows: rows["d"].astype(float))
    # Units are proportional to (norm / error)², so that they grow as d² where the norm is d.
    assert widths.barron_power(table, 0.1) == pytest.approx(2.0, abs=0.05)
    assert widths.power(table, 0.1)[0] == pytest.approx(2.0)
    units = widths.barron_widths(table, 0.1)
    np.testing.assert_array_equal(units, targets.barron_units(table["norm"].to_numpy(float), np.full(len(table), 0.1)))


def test_extremes_are_those_of_each_dimension():
    table = of_law(lambda d: 2.0**d).assign(low=lambda rows: rows["low"] * (1 + rows["task"]))
    assert widths.extremes(table)["min"].tolist() == [2.0, 3.0, 4.0, 5.0]
    assert widths.extremes(table)["max"].tolist() == pytest.approx([d + np.log2(6) for d in (2, 3, 4, 5)])
