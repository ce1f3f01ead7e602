"""Largest margins: against scipy's solvers, and a set of points that is solved by hand."""

import numpy as np
import pytest
import scipy.optimize

from theory.modern import max_margin as theory

# Two support vectors on both sides of the x axis, and a point beyond. ŵ = (1, 0) = ⅔ z_1 + ⅓ z_2.
BY_HAND = np.array([[[1.0, 1.0], [1.0, -2.0], [3.0, 0.5]]])


def points(sets: int, d: int, number: int = 12) -> np.ndarray:
    rng = np.random.default_rng(101)
    z = rng.normal(size=(sets, number, d))
    return z * np.sign(z[..., :1]) + 0.5 * np.eye(d)[0]


@pytest.mark.parametrize("d", [1, 2, 3, 4])
def test_the_separator_is_that_of_a_solver(d):
    z = points(5, d)
    w, α = theory.separator(z)
    np.testing.assert_allclose(np.einsum("sp,spd->sd", α, z), w)
    for one, expected in zip(z, w, strict=True):
        # The dual: the shortest point of the convex hull, as non-negative least squares with a sum that is heavy.
        system = np.vstack([one.T, 1e4 * np.ones(len(one))])
        weights, _ = scipy.optimize.nnls(system, np.append(np.zeros(d), 1e4))
        nearest = weights @ one / weights.sum()
        np.testing.assert_allclose(nearest / (nearest @ nearest), expected, rtol=1e-5, atol=1e-6)
        assert (one @ expected).min() == pytest.approx(1.0)


def test_points_that_no_hyperplane_separates_are_refused():
    z = np.concatenate([points(1, 2), -0.9 * points(1, 2)[:, :3] + 0.01], axis=1)
    with pytest.raises(ValueError, match="no hyperplane through 0 separates the points of set 1"):
        theory.separator(np.concatenate([points(1, 2, 15), z]))


def test_a_set_by_hand():
    w, α = theory.separator(BY_HAND)
    np.testing.assert_allclose(w, [[1.0, 0.0]], atol=1e-12)
    np.testing.assert_allclose(α, [[2 / 3, 1 / 3, 0.0]])
    np.testing.assert_allclose(np.exp(-BY_HAND[0, :2] @ theory.residual(BY_HAND, α)[0]), [2 / 3, 1 / 3])
    assert theory.constant(BY_HAND, w, α) == pytest.approx(np.log(2) / 3)


def test_fewer_support_vectors_than_dimensions_have_no_constant():
    z = np.array([[[1.0, 0.0], [2.0, 3.0]]])
    w, α = theory.separator(z)
    assert theory.supports(α).tolist() == [[True, False]]
    assert np.isnan(theory.constant(z, w, α)).all()


def test_angles_small_and_large():
    to = np.array([[2.0, 0.0]] * 3)
    w = np.array([[1.0, 1e-12], [0.0, 3.0], [-1.0, 0.0]])
    np.testing.assert_allclose(theory.angle(w, to), [1e-12, np.pi / 2, np.pi])
