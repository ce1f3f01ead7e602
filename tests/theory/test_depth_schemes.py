"""Bilinear schemes against products of matrices, and what is found against what is known."""

import numpy as np
import pytest

from theory.depth import schemes
from theory.depth.schemes import SCHEMES, Scheme

RANDOM = np.random.default_rng(0)


def multiply(scheme: Scheme, A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """A B by a scheme, applied to blocks as long as they can be halved: written block by block, as textbooks do."""
    n = len(A)
    if n % 2:
        return A @ B
    half = n // 2
    blocks = [(slice(i, i + half), slice(j, j + half)) for i in (0, half) for j in (0, half)]
    products = [
        multiply(
            scheme,
            sum(u * A[block] for u, block in zip(row, blocks, strict=True)),
            sum(v * B[block] for v, block in zip(column, blocks, strict=True)),
        )
        for row, column in zip(scheme.U.tolist(), scheme.V.tolist(), strict=True)
    ]
    C = np.zeros_like(A)
    for product, weights in zip(products, scheme.W.tolist(), strict=True):
        for block, w in zip(blocks, weights, strict=True):
            C[block] += w * product
    return C


@pytest.mark.parametrize("name", SCHEMES)
@pytest.mark.parametrize("n", [1, 2, 4, 8, 12])
def test_schemes_multiply_matrices_that_do_not_commute(name, n):
    A, B = RANDOM.integers(-1000, 1000, (2, n, n))
    np.testing.assert_array_equal(multiply(SCHEMES[name](), A, B), A @ B)
    assert not schemes.defects(SCHEMES[name]()).any()


def test_numbers_of_products_and_of_non_zeros():
    sizes = {name: (len(one().U), *map(np.count_nonzero, one())) for name, one in SCHEMES.items()}
    assert sizes == {"naive": (8, 8, 8, 8), "strassen": (7, 12, 12, 12), "winograd": (7, 14, 14, 14)}


@pytest.mark.parametrize("name", ["strassen", "winograd"])
def test_a_wrong_sign_or_a_missing_product_shows(name):
    scheme = SCHEMES[name]()
    for part in range(3):
        for place in np.argwhere(scheme[part]):
            wrong = [one.copy() for one in scheme]
            wrong[part][tuple(place)] *= -1
            assert schemes.defects(Scheme(*wrong)).any()
    for left_out in range(7):
        assert schemes.residual(Scheme(*(np.delete(one, left_out, 0) for one in scheme))) >= 1
