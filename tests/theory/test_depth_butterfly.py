"""Butterflies against the transforms of scipy and numpy, and floors against what optimisation reaches."""

import itertools

import numpy as np
import pytest
import scipy.linalg
import scipy.optimize

from theory.depth import butterfly

RANDOM = np.random.default_rng(0)
SIZES = [2, 4, 8, 32, 128]


def random_butterflies(N: int) -> np.ndarray:
    shape = (N.bit_length() - 1, N // 2, 2, 2)
    return RANDOM.standard_normal(shape) + 1j * RANDOM.standard_normal(shape)


@pytest.mark.parametrize("N", SIZES)
def test_fourier_and_hadamard_are_those_of_scipy(N):
    order = butterfly.bit_reversal(N)
    fourier = butterfly.matrix(butterfly.fourier(N), order)
    np.testing.assert_allclose(fourier, scipy.linalg.dft(N), atol=1e-12)
    x = RANDOM.standard_normal(N)
    np.testing.assert_allclose(x @ fourier, np.fft.fft(x), atol=1e-11)
    np.testing.assert_array_equal(butterfly.matrix(butterfly.hadamard(N), np.arange(N)), scipy.linalg.hadamard(N))


@pytest.mark.parametrize("N", SIZES)
def test_exponents_are_exact_and_a_wrong_one_shows(N):
    j = np.arange(N)
    exponents = butterfly.fourier_exponents(N)
    count, total = butterfly.paths(exponents)
    assert (count == 1).all()
    np.testing.assert_array_equal(total[np.argsort(butterfly.bit_reversal(N))] % N, np.outer(j, j) % N)
    exponents[-1, 0, 1, 1] += 1
    assert (butterfly.paths(exponents)[1] != total).any()


@pytest.mark.parametrize("N", SIZES)
def test_every_layer_has_2_N_edges_two_at_each_neuron(N):
    F = butterfly.fourier(N)
    for layer, weights in enumerate(F):
        W = butterfly.layer_matrix(weights, layer)
        assert (np.count_nonzero(W, 0) == 2).all()
        assert (np.count_nonzero(W, 1) == 2).all()
    assert np.count_nonzero(F) == np.count_nonzero(butterfly.hadamard(N)) == 2 * N * np.log2(N)
    assert np.count_nonzero(scipy.linalg.dft(N)) == N**2


def test_layers_multiply_to_the_matrix_and_are_mixed_at_their_strides():
    F = random_butterflies(16)
    W = [butterfly.layer_matrix(weights, layer) for layer, weights in enumerate(F)]
    np.testing.assert_allclose(W[0] @ W[1] @ W[2] @ W[3], butterfly.matrix(F, np.arange(16)))
    np.testing.assert_allclose(butterfly.butterflies(F, np.eye(16)), butterfly.multiplied(F))
    for layer, one in enumerate(W):
        i, j = np.nonzero(one)
        assert set((i ^ j).tolist()) == {0, 2**layer}


def test_edges_between_real_neurons_are_those_of_the_real_matrices():
    F = butterfly.fourier(16)
    W = [butterfly.layer_matrix(weights, layer) for layer, weights in enumerate(F)]
    real = [np.block([[one.real, one.imag], [-one.imag, one.real]]) for one in W]
    assert butterfly.real_edges(F) == sum(np.count_nonzero(one) for one in real)
    # 1, -1, i and -i have one part that is exactly 0.
    assert np.count_nonzero(butterfly.roots(np.arange(8), 8).real) == 6


@pytest.mark.parametrize("N", [4, 8, 16])
def test_butterflies_have_no_floor_and_no_error_is_below_a_floor(N):
    for order in (np.arange(N), butterfly.bit_reversal(N), RANDOM.permutation(N)):
        own = butterfly.matrix(random_butterflies(N), order)
        assert butterfly.floor(own, order) < 1e-12 * np.abs(own).max()
        near = own + 0.1 * RANDOM.standard_normal((N, N))
        floor = butterfly.floor(near, order)
        assert 0.01 < floor <= np.sqrt(np.mean(np.abs(near - own) ** 2))


def test_the_floor_for_four_inputs_is_what_optimisation_reaches():
    T, order = RANDOM.standard_normal((4, 4)), np.array([2, 0, 3, 1])

    def error(flat):
        return np.mean((butterfly.matrix(flat.reshape(2, 2, 2, 2), order) - T) ** 2)

    best = min(scipy.optimize.minimize(error, RANDOM.standard_normal(16)).fun for _ in range(3))
    assert np.sqrt(best) == pytest.approx(float(butterfly.floor(T, order)), rel=1e-5)


def test_the_wrong_order_is_out_of_reach():
    for N in (4, 8, 64):
        for name, good, bad in (("fourier", "bit-reversal", "own"), ("hadamard", "own", "bit-reversal")):
            T = butterfly.target(name, N)
            assert butterfly.floor(T, butterfly.ORDERS[good](N)) < 1e-14
            assert butterfly.floor(T, butterfly.ORDERS[bad](N)) > 0.7 / np.sqrt(N)


def test_the_floor_of_all_orders_is_the_least_of_them():
    T = butterfly.target("random", 4)
    every = [float(butterfly.floor(T, np.array(order))) for order in itertools.permutations(range(4))]
    assert butterfly.floor_of_all_orders(T) == pytest.approx(min(every))
    T = butterfly.target("random", 8)
    least = butterfly.floor_of_all_orders(T)
    some = [float(butterfly.floor(T, RANDOM.permutation(8))) for _ in range(300)]
    assert least <= min(some) < 1.2 * least
    assert butterfly.floor_of_all_orders(butterfly.target("fourier", 8)) < 1e-14


def test_targets_have_rows_of_norm_one():
    for name in ("fourier", "hadamard"):
        T = butterfly.target(name, 16)
        np.testing.assert_allclose(T @ T.conj().T, np.eye(16), atol=1e-12)
    np.testing.assert_allclose(np.mean(butterfly.target("random", 64) ** 2), 1 / 64, rtol=0.1)


def test_the_loss_is_the_mean_square_error():
    order, T = butterfly.bit_reversal(8), butterfly.target("fourier", 8)
    F = random_butterflies(8)
    rows = T[order]
    loss = butterfly.loss(np.stack([F.real, F.imag], -1), np.array([rows.real, rows.imag]))
    assert float(loss) == pytest.approx(butterfly.root_mean_square_error(F, T, order) ** 2)


def test_a_few_samples_are_mixed_as_the_matrix_of_the_layer_says():
    rng = np.random.default_rng(3)
    for layer in range(3):
        F, z = rng.normal(size=(4, 2, 2)), rng.normal(size=(3, 8))
        np.testing.assert_allclose(butterfly.one_layer(F, layer, z), z @ butterfly.one_layer(F, layer, np.eye(8)))
