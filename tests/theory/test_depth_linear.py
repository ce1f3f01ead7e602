"""Deep networks of identity units are one matrix."""

import numpy as np
import pytest

from theory.depth import linear


@pytest.mark.parametrize("layers", [1, 2, 5])
def test_linear_networks_collapse_exactly_and_float64_is_within_its_bound(layers):
    rng = np.random.default_rng(10)
    network = linear.random_whole((4, *[6] * layers, 3), 99, rng)
    x = rng.integers(-99, 100, (30, 4)).astype(object)
    W, b = linear.collapse(network)
    exact = linear.outputs(network, x, linear.identity)
    assert (exact == x @ W + b).all()
    assert not linear.second_difference(network, x, linear.identity).any()
    assert linear.second_difference(network, x, linear.rectify).any()
    floats = tuple((W.astype(float), b.astype(float)) for W, b in network)
    error = np.abs(linear.outputs(floats, x.astype(float), linear.identity) - exact.astype(float))
    assert (error <= linear.rounding(network, x)).all()
    np.testing.assert_allclose(W.astype(float), np.linalg.multi_dot([*(W for W, _ in floats)]), rtol=1e-12)


def test_a_wrong_matrix_is_told_apart():
    rng = np.random.default_rng(11)
    network = linear.random_whole((4, 5, 3), 9, rng)
    x = rng.integers(-9, 10, (30, 4)).astype(object)
    W, b = linear.collapse(network)
    W[0, 0] += 1
    assert not (linear.outputs(network, x, linear.identity) == x @ W + b).all()


@pytest.mark.parametrize(("sizes", "rank"), [((5, 2, 4), 2), ((5, 3, 1, 6, 5), 1), ((3, 7, 4), 3), ((4, 4), 4)])
def test_the_matrix_has_the_rank_of_the_narrowest_layer(sizes, rank):
    W, b = linear.collapse(linear.random_whole(sizes, 9, np.random.default_rng(1)))
    assert W.shape == (sizes[0], sizes[-1])
    assert b.shape == (sizes[-1],)
    assert np.linalg.matrix_rank(W.astype(float)) == rank


def test_second_differences_tell_a_kink_from_one_matrix():
    rng = np.random.default_rng(2)
    layers = linear.random_whole((3, 6, 6, 1), 5, rng)
    x = rng.integers(-4, 5, (20, 3)).astype(object)
    assert (linear.second_difference(layers, x, linear.identity) == 0).all()
    assert (linear.second_difference(layers, x, linear.rectify) != 0).any()
    # A convex function of one unit: |x| has the second difference 2|x|.
    absolute = (
        (np.array([[1, -1]], object), np.zeros(2, object)),
        (np.array([[1], [1]], object), np.zeros(1, object)),
    )
    ones = np.array([[-3], [2]], object)
    assert linear.second_difference(absolute, ones, linear.rectify).ravel().tolist() == [6, 4]


def test_whole_weights_reach_both_ends_and_the_bound_of_rounding_scales():
    layers = linear.random_whole((30, 40, 1), 2, np.random.default_rng(3))
    assert {int(w) for W, b in layers for w in (*W.ravel(), *b)} == {-2, -1, 0, 1, 2}
    floats = tuple((W.astype(float), b.astype(float)) for W, b in layers)
    unbiased = tuple((W, 0 * b) for W, b in floats)
    x = np.random.default_rng(4).normal(size=(5, 30))
    np.testing.assert_allclose(linear.rounding(unbiased, 1024 * x), 1024 * linear.rounding(unbiased, x))
    assert (linear.rounding(unbiased, 0 * x) == 0).all()
