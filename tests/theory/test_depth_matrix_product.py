"""Linear networks that multiply by a fixed matrix: right, and counted, against the networks written out in full."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from theory import network
from theory.activations import identity
from theory.depth import matrix_product
from theory.depth.schemes import SCHEMES

RANDOM = np.random.default_rng(0)
CASES = [(name, n, k) for name in SCHEMES for n, k in ((2, 1), (4, 1), (4, 2), (6, 1), (4, 0))]


def generic(n: int) -> np.ndarray:
    """Integers; hardly any two add up to 0."""
    return RANDOM.integers(1, 10**8, (n, n)) * RANDOM.choice([-1, 1], (n, n))


def test_inputs_are_numbered_block_by_block():
    M = np.arange(16).reshape(4, 4)
    assert matrix_product.as_inputs(M, 0).tolist() == list(range(16))
    assert matrix_product.as_inputs(M, 1).tolist() == [0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15]
    np.testing.assert_array_equal(matrix_product.as_inputs(M, 2), matrix_product.as_inputs(M, 1))


@pytest.mark.parametrize(("name", "n", "k"), CASES)
def test_written_out_in_full_they_are_networks_that_multiply_and_have_as_many_edges(name, n, k):
    N = RANDOM.integers(-9, 10, (n, n))
    M = RANDOM.integers(-9, 10, (n, n))
    layers = matrix_product.layers(SCHEMES[name](), N, k)
    matrices = [layer.matrix().toarray() for layer in layers]
    assert sum(np.count_nonzero(W) for W in matrices) == matrix_product.edges(layers)
    assert [layer.neurons for layer in layers] == [W.shape[1] for W in matrices]
    carried = sum(int(((np.abs(W).sum(0) == 1) & (W.sum(0) == 1)).sum()) for W in (*matrices[:k], *matrices[k + 1 :]))
    assert carried == matrix_product.wires(layers)
    with jax.enable_x64(True):
        # Sums of integers far below 2^53 are exact in float64.
        written = network.from_arrays([(W, np.zeros(W.shape[1])) for W in matrices], jnp.float64)
        z = network.apply(written, jnp.asarray(matrix_product.as_inputs(M, k), jnp.float64), identity)
        np.testing.assert_array_equal(np.asarray(z), matrix_product.as_inputs(M @ N, k))
    np.testing.assert_array_equal(matrix_product.product(layers, M), M @ N)


@pytest.mark.parametrize("name", SCHEMES)
@pytest.mark.parametrize(("n", "k"), [(16, 4), (48, 4), (64, 1), (96, 5)])
def test_larger_ones_multiply_and_have_as_many_edges_as_the_formula_says(name, n, k):
    layers = matrix_product.layers(SCHEMES[name](), N := generic(n), k)
    M = RANDOM.integers(-9, 10, (n, n))
    np.testing.assert_array_equal(matrix_product.product(layers, M), M @ N)
    assert matrix_product.edges(layers) == matrix_product.predicted_edges(SCHEMES[name](), n, k)


def test_the_formula_in_closed_form():
    for n, k in ((64, 0), (64, 3), (1024, 5)):
        assert matrix_product.predicted_edges(SCHEMES["strassen"](), n, k) == round(
            7**k * (n / 2**k) ** 3 + 8 * n**2 * ((7 / 4) ** k - 1)
        )
        assert matrix_product.predicted_edges(SCHEMES["naive"](), n, k) == n**3 + 4 * n**2 * (2**k - 1)


def test_a_flat_network_has_n_cubed_edges_and_its_weights_are_the_only_ones():
    N = generic(5)
    (layer,) = matrix_product.layers(SCHEMES["strassen"](), N, 0)
    assert layer.edges == 5**3
    # What a network without hidden layers makes of the unit matrices are its weights: there is no choice.
    units = np.eye(25, dtype=int).reshape(25, 5, 5)
    responses = np.array([(unit @ N).reshape(-1) for unit in units])
    np.testing.assert_array_equal(layer.matrix().toarray(), responses)
    N[0, :3] = 0
    assert matrix_product.layers(SCHEMES["strassen"](), N, 0)[0].edges == 5 * 22


def test_strassen_breaks_even_at_48_and_the_definition_never():
    def share(name, n):
        return matrix_product.predicted_edges(SCHEMES[name](), n, 1) / n**3

    assert (share("strassen", 46) > 1, share("strassen", 48), share("strassen", 50) < 1) == (True, 1, True)
    assert all(share("naive", n) > 1 for n in range(2, 3000, 2))
    assert (share("winograd", 56), share("winograd", 58) < 1) == (1, True)


def test_a_wrong_scheme_does_not_multiply():
    scheme = SCHEMES["strassen"]()
    wrong = scheme._replace(W=scheme.W[::-1])
    N, M = generic(8), RANDOM.integers(-9, 10, (8, 8))
    assert (matrix_product.product(matrix_product.layers(wrong, N, 1), M) != M @ N).any()


def test_numbers_that_would_not_fit_and_sizes_that_cannot_be_halved_are_refused():
    N = np.full((8, 8), 2**40)
    network_of_it = matrix_product.layers(SCHEMES["strassen"](), N, 1)
    M = np.full((8, 8), 2**10)
    assert matrix_product.bound(network_of_it, M) >= np.abs(M.astype(object) @ N.astype(object)).max()
    np.testing.assert_array_equal(matrix_product.product(network_of_it, M), M @ N)
    with pytest.raises(OverflowError, match="smaller entries"):
        matrix_product.product(network_of_it, M * 2**10)
    with pytest.raises(ValueError, match="multiple of 2"):
        matrix_product.layers(SCHEMES["strassen"](), np.ones((6, 6), int), 2)


@pytest.mark.parametrize("name", SCHEMES)
def test_multiplied_out_to_one_hidden_layer_edges_are_those_of_dense_products(name):
    layers = matrix_product.layers(SCHEMES[name](), generic(4), 2)
    W = [layer.matrix().toarray().astype(object) for layer in layers]
    counts = []
    for cut in range(1, 5):
        first, second = W[0], W[cut]
        for matrix in W[1:cut]:
            first = first @ matrix
        for matrix in W[cut + 1 :]:
            second = second @ matrix
        counts.append(np.count_nonzero(first) + np.count_nonzero(second))
    assert matrix_product.edges_through_one_hidden_layer(layers) == min(counts) >= 4**3


def test_an_entry_of_the_product_is_a_bilinear_form_of_rank_n():
    # The forms M, N -> (M N)_il as matrices over the entries of M and of N; with the rank go n edges into each output.
    n = 3
    T = np.einsum("ad,be,cf->acdbef", np.eye(n), np.eye(n), np.eye(n)).reshape(n * n, n * n, n * n)
    M, N = RANDOM.integers(-9, 10, (2, n, n))
    np.testing.assert_array_equal(np.einsum("kij,i,j->k", T, M.ravel(), N.ravel()), (M @ N).ravel())
    assert [np.linalg.matrix_rank(form) for form in T] == [n] * n**2
