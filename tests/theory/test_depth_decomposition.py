"""Schemes that are found, and exact ones that are made of them."""

import numpy as np
import pytest

from tests.theory.test_depth_schemes import multiply
from theory.depth import decomposition, near_schemes, schemes
from theory.depth.schemes import Scheme

RANDOM = np.random.default_rng(0)


def found(r: int, runs: int, iterations: int = 600) -> Scheme:
    starts = Scheme(*RANDOM.standard_normal((3, runs, r, 4)))
    *_, last = decomposition.alternating_least_squares(starts, iterations)
    return last


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
    for shape in (schemes.SQUARE, schemes.LONG, schemes.Shape(3, 1, 2)):
        parts = Scheme(*(RANDOM.standard_normal((6, entries)) for entries in shape.entries))
        T = schemes.product_tensor(shape).astype(float)
        missed = schemes.residual(parts) ** 2 / T.size
        assert float(decomposition.loss(np.concatenate(parts, axis=1), T)) == pytest.approx(missed)


@pytest.mark.parametrize(("shape", "r"), [(schemes.SQUARE, 7), (schemes.LONG, 11), (schemes.Shape(2, 1, 3), 6)])
def test_polishing_is_newtons_step_with_damping(shape, r):
    exact = {7: schemes.strassen, 11: schemes.long, 6: lambda: schemes.naive(shape)}[r]()
    moved = Scheme(*(part[None] + 1e-3 * RANDOM.standard_normal((1, *part.shape)) for part in exact))
    # The step of one iteration against a dense system of derivatives by differences.
    flat = np.concatenate([part.ravel() for part in moved])
    sizes = np.cumsum([part.size for part in moved])[:-1]

    def missed(weights):
        parts = (one.reshape(part.shape) for one, part in zip(np.split(weights, sizes), moved, strict=True))
        return schemes.defects(Scheme(*parts)).ravel()

    h = 1e-6
    J = np.stack([(missed(flat + h * e) - missed(flat - h * e)) / (2 * h) for e in np.eye(len(flat))], axis=1)
    expected = np.linalg.solve(J.T @ J + decomposition.DAMPING * np.eye(len(flat)), -J.T @ missed(flat))
    once = decomposition.polished(moved, 1)
    step = np.concatenate([(new - old).ravel() for new, old in zip(once, moved, strict=True)])
    np.testing.assert_allclose(step, expected, atol=1e-7)
    assert schemes.residual(decomposition.polished(moved))[0] < decomposition.EXACT


def test_polishing_never_makes_worse_and_leaves_others_alone(monkeypatch):
    monkeypatch.setattr(decomposition, "BLOCK", 2)
    far = Scheme(*RANDOM.standard_normal((3, 5, 6, 4)))
    polished = decomposition.polished(far, 10)
    assert (schemes.residual(polished) <= schemes.residual(far)).all()
    alone = decomposition.polished(Scheme(*(part[3:4] for part in far)), 10)
    for one, other in zip(polished, alone, strict=True):
        np.testing.assert_array_equal(one[3:4], other)
    # Ten products for 2x3 by 3x2 become no exact network, however near they are.
    near = Scheme(*(part[None] for part in near_schemes.long().at(2.0**-10)))
    assert schemes.residual(decomposition.polished(near))[0] > decomposition.EXACT
