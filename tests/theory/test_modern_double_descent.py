"""Double descent: formulas against each other, against numpy's least squares, and against draws without any fit."""

import numpy as np
import pytest
import scipy.integrate

from theory.modern import double_descent as theory
from theory.modern.double_descent import DECAYING, SPREAD, Task

BELOW, BEYOND = Task(12, 5, 0.4, 0.6, 0.1), Task(12, 20, 0.7, 0.3, 0.1)


@pytest.mark.parametrize("task", [BELOW, BEYOND])
def test_the_mean_is_that_of_the_distribution(task):
    # The mean of a positive number is the integral of the probability to be above.
    mean, _ = scipy.integrate.quad(lambda risk: 1 - theory.distribution(task, risk), 0, np.inf, limit=200)
    assert mean == pytest.approx(theory.mean_risk(task), rel=1e-4)
    assert theory.distribution(task, theory.median_risk(task)) == pytest.approx(0.5, abs=1e-9)


@pytest.mark.parametrize("task", [BELOW, BEYOND, Task(12, 12, 0.5, 0.5, 0.1), Task(12, 20, 1.0, 0.0, 0.001)])
def test_draws_have_the_distribution(task):
    drawn = theory.drawn_risks(task, 20_000, np.random.default_rng(101))
    for risk in np.quantile(drawn, [0.1, 0.5, 0.9]):
        assert np.mean(drawn <= risk) == pytest.approx(theory.distribution(task, risk), abs=0.015)


def test_the_mean_is_known_where_all_is_seen_and_infinite_at_the_peak():
    assert theory.mean_risk(Task(40, 10, 1.0, 0.0, 0.5)) == pytest.approx(0.5 * 10 / 29)
    assert theory.mean_risk(Task(10, 40, 0.0, 0.0, 0.5)) == pytest.approx(0.5 * 10 / 29)
    # Without noise only the part outside of the rows is lost.
    assert theory.mean_risk(Task(10, 40, 1.0, 0.0, 0.0)) == pytest.approx(0.75)
    assert [np.isinf(theory.mean_risk(Task(10, p, 1.0, 0.0, 0.5))) for p in range(8, 13)] == [False, *[True] * 3, False]


@pytest.mark.parametrize("p", [3, 8, 13])
def test_fits_are_those_of_numpy_and_ridge_tends_to_them(p):
    rng = np.random.default_rng(101)
    X, y = rng.normal(size=(4, 8, p)), rng.normal(size=(4, 8))
    expected = [np.linalg.lstsq(one, target, rcond=None)[0] for one, target in zip(X, y, strict=True)]
    np.testing.assert_allclose(theory.least_norm(X, y), expected, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(theory.ridge(X, y, 1e-9), expected, rtol=1e-3, atol=1e-4)
    # Ridge is least squares with further samples: zeros, seen through the root of the penalty.
    more = np.concatenate([X, np.broadcast_to(2.0 * np.eye(p), (4, p, p))], axis=1)
    longer = theory.least_norm(more, np.concatenate([y, np.zeros((4, p))], axis=1))
    np.testing.assert_allclose(theory.ridge(X, y, 4.0), longer, rtol=1e-9, atol=1e-12)


def test_the_penalty_is_the_best():
    task, rng = Task(20, 10, 0.5, 0.5, 0.2), np.random.default_rng(101)
    β = rng.normal(size=(4000, 10)) * np.sqrt(task.seen / task.p)
    X = rng.normal(size=(4000, 20, 10))
    y = np.einsum("dnp,dp->dn", X, β) + np.sqrt(task.unexplained) * rng.normal(size=(4000, 20))
    risks = [((theory.ridge(X, y, λ * theory.best_penalty(task)) - β) ** 2).sum(1).mean() for λ in (0.7, 1.0, 1.4)]
    assert risks[1] == min(risks)


def test_coefficients_have_norm_1_and_are_split():
    for signal in (SPREAD, DECAYING):
        task = theory.task(signal, 50, 10, 20, 0.1)
        assert task.seen + task.unseen == pytest.approx(1.0)
        assert task.unexplained == task.unseen + 0.1
    assert theory.task(SPREAD, 50, 10, 20, 0.1).seen == pytest.approx(0.4)
    assert np.unique(np.round(np.arange(1, 51) * theory.coefficients(DECAYING, 50), 12)).size == 1
