"""Settling: networks go down, and come to rest where an independent optimiser does."""

import numpy as np
import pytest
import scipy.optimize

from theory.restarts.least_squares import Residuals, settle

X = np.linspace(-1, 1, 9)


def residuals_of(targets):
    """y = v tanh(w x + b) + c, each network with targets of its own."""

    def residuals(θ, rows):
        w, b, v, c = (θ[:, i : i + 1] for i in range(4))
        h = np.tanh(w * X + b)
        slope = v * (1 - h**2)
        J = np.stack([slope * X, slope, h, np.ones_like(h)], axis=2)
        return Residuals(v * h + c - targets[rows], J)

    return residuals


def test_networks_come_to_rest_where_scipy_does_and_each_at_its_own_targets():
    rng = np.random.default_rng(0)
    starts, targets = rng.normal(size=(6, 4)), rng.normal(size=(6, len(X)))
    residuals = residuals_of(targets)
    begun = residuals(starts, np.arange(6)).losses()
    ends = settle(residuals, starts, 2000, 1e-14, 1e-9)
    assert (ends.loss <= begun).all()
    assert np.mean(ends.gradient_norm < 1e-6) > 0.5
    for i in np.flatnonzero(ends.gradient_norm < 1e-6):
        # From there scipy finds nothing lower.
        other = scipy.optimize.least_squares(lambda θ, i=i: residuals(θ[None], np.array([i])).r[0], ends.parameters[i])
        assert ends.loss[i] <= np.mean(other.fun**2) + 1e-12


def test_more_parameters_than_points_are_solved_by_the_smaller_system():
    rng = np.random.default_rng(1)
    J, y = rng.normal(size=(3, 12)), rng.normal(size=3)

    def linear(θ, rows):
        return Residuals(θ @ J.T - y, np.broadcast_to(J, (len(θ), *J.shape)))

    ends = settle(linear, np.zeros((2, 12)), 100, 1e-20, 1e-12)
    np.testing.assert_allclose(ends.parameters[0] @ J.T, y, atol=1e-9)
    # From 0 steps stay in the span of the rows: the solution is the shortest.
    np.testing.assert_allclose(ends.parameters[0], np.linalg.pinv(J) @ y, atol=1e-8)


def test_those_that_overflow_stay_where_they_are():
    starts = np.array([[1.0, 0.0, 1e200, 0.0], [1.0, 0.0, 1.0, 0.0]])
    ends = settle(residuals_of(np.zeros((2, len(X)))), starts, 100, 1e-12, 1e-9)
    assert ends.loss[0] == np.inf
    assert (ends.parameters[0] == starts[0]).all()
    assert ends.loss[1] == pytest.approx(0, abs=1e-11)
