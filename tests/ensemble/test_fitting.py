"""Fits of any smooth loss against a loop by hand."""

import math

import numpy as np
import optax
import pytest

from experiments.ensemble import fitting

CENTRE = np.array([[1.0, -2.0], [3.0, 0.5]])


def two_wells(point, centre):
    """Σ (x² - c²)²: a loss with several minima, so that members end in different ones."""
    return ((point**2 - centre**2) ** 2).sum()


def slope(point):
    return 4 * point * (point**2 - CENTRE**2)


def by_hand(start, rate, steps, optimizer, fall):
    transformation = {"adam": optax.scale_by_adam(), "sgd": optax.identity(), "momentum": optax.trace(0.9)}[optimizer]
    point, memory = start, transformation.init(start)
    for t in range(steps):
        change, memory = transformation.update(slope(point), memory)
        point = point - rate * fall(t / steps) * np.asarray(change)
    return point


FALLS = {"constant": lambda p: 1.0, "linear": lambda p: 1 - p, "cosine": lambda p: (1 + math.cos(math.pi * p)) / 2}


@pytest.mark.parametrize(
    ("optimizer", "schedule", "rate"),
    [("adam", "cosine", 0.1), ("sgd", "constant", 0.002), ("momentum", "linear", 0.001)],
)
def test_every_member_makes_the_steps_of_a_loop_by_hand(optimizer, schedule, rate):
    starts = np.random.default_rng(0).standard_normal((5, 2, 2))
    rates = rate * np.array([1, 1, 0.5, 0.2, 1])
    fit = fitting.fit(two_wells, starts, rates, CENTRE, 40, optimizer, schedule)
    assert fit.curve.shape == (5, 40)
    for start, eta, point, loss, curve in zip(starts, rates, *fit, strict=True):
        # optax calculates in float32 here.
        np.testing.assert_allclose(point, by_hand(start, eta, 40, optimizer, FALLS[schedule]), rtol=2e-4, atol=2e-4)
        assert loss == pytest.approx(two_wells(point, CENTRE))
        assert curve[0] == pytest.approx(two_wells(start, CENTRE))
        assert loss < curve[0]


def test_members_do_not_depend_on_each_other():
    starts = np.random.default_rng(1).standard_normal((300, 2, 2))
    together = fitting.fit(two_wells, starts, np.full(300, 0.05), CENTRE, 20)
    for chosen in ([7], list(range(299, -1, -1))):
        apart = fitting.fit(two_wells, starts[chosen], np.full(len(chosen), 0.05), CENTRE, 20)
        for one, other in zip(together, apart, strict=True):
            np.testing.assert_array_equal(one[chosen], other)


def test_who_diverges_leaves_the_others_alone():
    starts = np.array([np.full((2, 2), 1e3), np.ones((2, 2))])
    fit = fitting.fit(two_wells, starts, np.array([0.01, 0.01]), CENTRE, 300, "sgd", "constant")
    assert not np.isfinite(fit.loss[0])
    assert fit.loss[1] < 1e-3


def moving(centre, t):
    return centre * (1 + t)


def test_data_may_be_drawn_anew_at_every_step():
    start, steps = np.array([[0.5, -1.0], [2.0, 0.3]]), 3
    fit = fitting.fit(two_wells, start[None], np.array([0.01]), CENTRE, steps, "sgd", "constant", moving)
    point = start
    for t in range(steps):
        assert fit.curve[0, t] == pytest.approx(two_wells(point, moving(CENTRE, t)))
        point = point - 0.01 * 4 * point * (point**2 - moving(CENTRE, t) ** 2)
    np.testing.assert_allclose(fit.points[0], point, rtol=1e-12)
    assert fit.loss[0] == pytest.approx(two_wells(point, moving(CENTRE, steps)))
