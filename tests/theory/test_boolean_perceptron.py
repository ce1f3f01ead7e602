import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory import boolean


@given(st.integers(1, 6), st.data())
def test_every_number_of_ones_comes_once_over_all_sign_patterns(n, data):
    sizes = np.array(data.draw(st.lists(st.integers(1, 10**6), min_size=n, max_size=n)))
    ones = np.sort(boolean.counts_over_sign_patterns(sizes))
    if boolean.has_distinct_subset_sums(sizes):
        assert ones.tolist() == list(range(2**n))


def test_equal_sizes_break_the_hypothesis_and_the_statement():
    sizes = np.array([3, 3])
    assert not boolean.has_distinct_subset_sums(sizes)
    assert sorted(boolean.counts_over_sign_patterns(sizes)) != [0, 1, 2, 3]


def test_counting_ones_is_counting_inputs_one_by_one():
    rng = np.random.default_rng(0)
    w, x = rng.integers(-9, 10, (20, 3)), boolean.inputs(3)
    slow = [sum(int(np.dot(weights, point) > 0) for point in x) for weights in w]
    assert boolean.count_ones(w, x).tolist() == slow


@pytest.mark.parametrize("n", [1, 2, 3])
def test_the_prediction_is_the_integral_over_all_signed_orders(n):
    # For n <= 3 the outcome depends on signs, on the order of sizes and on whether the largest exceeds the sum of the
    # others; Monte Carlo over uniform weights, symmetric but not Gaussian, must agree as well.
    rng = np.random.default_rng(n)
    draws = 100_000
    counts = np.bincount(boolean.count_ones(rng.uniform(-1, 1, (draws, n)), boolean.inputs(n)), minlength=2**n + 1)
    expected = boolean.probability_of_ones(n) * draws
    assert expected.sum() == draws
    assert np.abs(counts - expected).max() < 5 * np.sqrt(draws * 2.0**-n)


def test_with_a_bias_the_statement_is_false():
    patterns = itertools.product([-1, 1], repeat=3)
    w = np.array([[s1 * 2, s2 * 5] for s1, s2, _ in patterns])
    b = np.array([s * 3 for *_, s in itertools.product([-1, 1], repeat=3)])
    ones = boolean.count_ones(w, boolean.inputs(2), b.astype(float))
    assert 4 in ones
