"""Bounds on numbers of functions."""

import itertools
import math

import numpy as np
import pytest

from theory.boolean.functions import inputs
from theory.counting import bounds


@pytest.mark.parametrize("weights", [1, 3, 10, 50])
def test_the_dimension_is_the_last_that_the_inequality_allows(weights):
    d = bounds.vc_dimension(weights)
    assert 2.0**d <= (np.e * d) ** weights
    assert 2.0 ** (d + 1) > (np.e * (d + 1)) ** weights
    assert bounds.sauer(d, weights) == d
    assert bounds.sauer(4 * d, weights) < 4 * d


def by_real_weights(n: int, units: int) -> int:
    """Functions of one hidden layer of threshold units with weights and biases from a fine grid of real numbers."""
    x = inputs(n)
    grid = list(itertools.product((-1.0, 0.0, 1.0), repeat=n))
    rows = {tuple((x @ np.array(w) + b > 0).tolist()) for w in grid for b in (-1.5, -0.5, 0.5, 1.5)}
    found = set()
    for hidden in itertools.combinations_with_replacement(sorted(rows), units):
        z = np.array(hidden, float).T
        for v in itertools.product((-2.0, -1.0, 1.0, 2.0), repeat=units):
            found |= {tuple((z @ np.array(v) + c > 0).tolist()) for c in (-2.5, -1.5, -0.5, 0.5, 1.5, 2.5)}
    return len(found)


@pytest.mark.parametrize(("n", "units"), [(1, 1), (2, 1), (2, 2)])
def test_no_network_has_more_functions_than_the_bounds_allow(n, units):
    functions = by_real_weights(n, units)
    assert functions == {(1, 1): 4, (2, 1): 14, (2, 2): 16}[n, units]
    assert math.log2(functions) <= bounds.dichotomies(n, units)
    weights = (n + 1) * units + units + 1
    assert math.log2(functions) <= bounds.sauer(2**n, weights) <= 2**n


def test_sauers_bound_is_the_number_of_points_while_these_may_be_shattered_and_then_less():
    d = bounds.vc_dimension(5)
    assert bounds.sauer(d, 5) == d
    assert bounds.sauer(d + 1, 5) == pytest.approx(math.log2(2 ** (d + 1) - 1))
    # Of many points the bound grows as d log2 of their number.
    assert bounds.sauer(10**6, 5) < d * math.log2(10**6)
    assert bounds.sauer(10**6, 5) - bounds.sauer(10**5, 5) == pytest.approx(d * math.log2(10), rel=1e-3)


def test_bounds_grow_with_units_and_weights():
    assert bounds.dichotomies(4, 3) > bounds.dichotomies(4, 2) > bounds.dichotomies(3, 2)
    dimensions = [bounds.vc_dimension(weights) for weights in range(1, 60)]
    assert all(a < b for a, b in itertools.pairwise(dimensions))
    assert all(d >= weights for weights, d in enumerate(dimensions, 1))
