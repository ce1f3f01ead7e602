"""Bilinear schemes against products of matrices, and what is found against what is known."""

import numpy as np
import pytest

from theory.depth import decomposition, schemes
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


def found(r: int, runs: int, iterations: int = 600) -> Scheme:
    starts = Scheme(*RANDOM.standard_normal((3, runs, r, 4)))
    *_, last = decomposition.alternating_least_squares(starts, iterations)
    return last


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


def test_seven_products_are_found_and_six_come_no_closer_than_one():
    seven, six = found(7, 20), found(6, 20)
    residuals = schemes.residual(seven)
    assert (residuals < 1e-6).sum() >= 3
    assert (residuals > 0.5).sum() >= 3
    assert schemes.residual(six).min() > 1 - 1e-9


def test_what_is_found_becomes_strassens_scheme_and_what_is_not_is_refused():
    parts = found(7, 20)
    for run, residual in enumerate(schemes.residual(parts)):
        one = Scheme(*(part[run] for part in parts))
        whole = decomposition.rounded(one)
        # In between are runs that have not quite arrived.
        assert (whole is not None) >= (residual < 1e-6)
        assert (whole is not None) <= (residual < 0.01)
        if whole is not None:
            A, B = RANDOM.integers(-99, 99, (2, 4, 4))
            np.testing.assert_array_equal(multiply(whole, A, B), A @ B)
            assert set(np.unique(np.concatenate(whole))) == {-1, 0, 1}
            assert sorted(map(np.count_nonzero, whole)) == [12, 12, 12]


def test_strassens_scheme_is_recognised_in_any_bases():
    P, Q, R = RANDOM.standard_normal((3, 2, 2))
    U, V, W = (part.reshape(7, 2, 2).astype(float) for part in schemes.strassen())
    U, V = np.linalg.inv(P).T @ U @ Q.T, np.linalg.inv(Q).T @ V @ R.T
    W = P @ W @ np.linalg.inv(R)
    disguised = Scheme(*(part.reshape(7, 4) for part in (U, V, W)))
    assert schemes.residual(disguised) < 1e-10
    assert decomposition.rounded(disguised) is not None
    assert decomposition.rounded(schemes.naive()) is None
    assert decomposition.rounded(disguised._replace(U=disguised.U + 0.1)) is None
    assert decomposition.rounded(disguised._replace(U=disguised.U * np.nan)) is None


def test_a_run_does_not_depend_on_who_runs_beside_it():
    starts = RANDOM.standard_normal((3, 9, 7, 4))
    *_, together = decomposition.alternating_least_squares(Scheme(*starts), 50)
    *_, alone = decomposition.alternating_least_squares(Scheme(*starts[:, 4:5]), 50)
    for one, other in zip(together, alone, strict=True):
        np.testing.assert_array_equal(one[4:5], other)


def test_every_half_step_is_the_best_there_is():
    # With V and W held, no other U has a smaller penalised residual: the gradient there is zero.
    scheme = Scheme(*RANDOM.standard_normal((3, 1, 5, 4)))
    U = next(iter(decomposition.alternating_least_squares(scheme, 1))).U
    λ = decomposition.FIRST_PENALTY

    def objective(U):
        return schemes.residual(Scheme(U, scheme.V, scheme.W))[0] ** 2 + λ * np.sum(U**2)

    best = objective(U)
    for _ in range(20):
        assert objective(U + 1e-4 * RANDOM.standard_normal(U.shape)) > best


def test_the_loss_for_descent_is_the_mean_square_of_the_defects():
    parts = RANDOM.standard_normal((3, 6, 4))
    T = schemes.product_tensor().astype(float)
    assert float(decomposition.loss(parts, T)) == pytest.approx(schemes.residual(Scheme(*parts)) ** 2 / 64)
