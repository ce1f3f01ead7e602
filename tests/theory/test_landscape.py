"""Polishing and names of end points, on functions with known stationary points."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.optimize

from theory import network
from theory.restarts import kinds
from theory.restarts.landscape import EndPoint, LossDerivatives, polish, units_of


def bowl(θ):
    """A strict minimum of 0.5 at (1, -2)."""
    return 0.5 + (θ[0] - 1) ** 2 + 3 * (θ[1] + 2) ** 2


def trough(θ):
    """Minima of 0.5 on the whole circle of radius 1: flat along it."""
    return 0.5 + (θ[0] ** 2 + θ[1] ** 2 - 1) ** 2


def two_wells(θ):
    """A saddle at 0 with the loss 1, minima at (±1, 0) with the loss 0.75."""
    return 1 - θ[0] ** 2 / 2 + θ[0] ** 4 / 4 + θ[1] ** 2


def slide(θ):
    """Falls to 0.5 for ever."""
    return 0.5 + jnp.exp(-θ[0]) + θ[1] ** 2


def polished(function, start, steps=200) -> EndPoint:
    with jax.enable_x64(True):
        of_one = jax.jit(jax.vmap(lambda θ: (*jax.value_and_grad(function)(θ), jax.hessian(function)(θ))))
        ends = polish(lambda θ: LossDerivatives(*map(np.asarray, of_one(θ))), np.array([start, start], float), steps)
    for leaf in ends:
        np.testing.assert_array_equal(leaf[0], leaf[1])
    return EndPoint(*(leaf[0] for leaf in ends))


def name(function, start, steps=200, dead=False, saturated=False, on_a_kink=False) -> str:
    point = polished(function, start, steps)
    flags = (np.array([flag]) for flag in (dead, saturated, on_a_kink))
    return kinds.kinds(*(np.asarray(leaf)[None] for leaf in point[1:]), *flags)[0]


@pytest.mark.parametrize("function", [bowl, trough, two_wells])
def test_polishing_ends_where_the_gradient_vanishes_and_no_higher_than_scipy(function):
    start = np.array([0.3, 0.4])
    point = polished(function, start)
    assert point.gradient_norm <= kinds.STATIONARY / 100
    other = scipy.optimize.minimize(lambda θ: float(function(θ)), start, method="BFGS", tol=1e-10)
    assert point.loss == pytest.approx(other.fun, abs=1e-9)
    Λ = np.linalg.eigvalsh(np.asarray(jax.hessian(function)(point.parameters)))
    np.testing.assert_allclose([point.smallest, point.largest], Λ[[0, -1]], atol=1e-4)


def test_every_kind_has_a_point_that_is_called_so():
    assert name(bowl, [4.0, 4.0]) == kinds.STRICT
    assert name(lambda θ: bowl(θ) - 0.5, [4.0, 4.0]) == kinds.GLOBAL
    assert name(trough, [0.3, 0.4]) == kinds.WEAK
    assert name(trough, [0.3, 0.4], dead=True) == kinds.DEAD
    assert name(two_wells, [0.0, 0.0]) == kinds.SADDLE
    assert name(two_wells, [1e-3, 0.5]) == kinds.STRICT
    assert name(slide, [1.0, 1.0], saturated=True) == kinds.PLATEAU
    assert name(slide, [1.0, 1.0], steps=2) == kinds.UNFINISHED
    assert name(lambda θ: 0.5 + jnp.abs(θ[0]) + θ[1] ** 2, [1.0, 1.0], on_a_kink=True) == kinds.KINK
    assert name(lambda θ: bowl(θ) * jnp.nan, [1.0, 1.0]) == kinds.DIVERGED


def test_many_points_have_each_a_name_of_its_own():
    loss = np.array([np.inf, 0.0, 0.5, np.nan, 0.5])
    zeros, none = np.zeros(5), np.zeros(5, bool)
    smallest = np.array([0.0, 0.0, 1.0, 0.0, -1.0])
    expected = [kinds.DIVERGED, kinds.GLOBAL, kinds.STRICT, kinds.DIVERGED, kinds.SADDLE]
    assert kinds.kinds(loss, zeros, smallest, zeros + 1, none, none, none) == expected


def test_at_a_kink_nothing_is_read_off_derivatives():
    # A dead rectifier that touches a point: what is calculated there is the slope of the side on which nothing happens.
    for dead in (False, True):
        assert name(trough, [0.3, 0.4], dead=dead, on_a_kink=True) == kinds.KINK
    assert name(bowl, [4.0, 4.0], on_a_kink=True) == kinds.KINK
    # The loss of y = [w]+ for a target of 1 is stationary to the left of w = 0, and falls to the right.
    assert (max(0.0, 0.01) - 1) ** 2 < (max(0.0, 0.0) - 1) ** 2 == (max(0.0, -0.01) - 1) ** 2
    assert name(lambda θ: bowl(θ) - 0.5, [4.0, 4.0], on_a_kink=True) == kinds.GLOBAL


def test_polishing_leaves_a_saddle_but_not_a_point_where_the_gradient_is_exactly_zero():
    assert polished(two_wells, [1e-6, 0.1]).loss == pytest.approx(0.75)
    assert polished(two_wells, [0.0, 0.1]).loss == pytest.approx(1.0)


def test_what_units_do_is_seen():
    x = jnp.array([[-1.0, 1.0], [1.0, 1.0]])

    def units(activation, W, b):
        θ = network.from_arrays([(np.array(W, float), np.array(b, float)), (np.ones((2, 1)), np.zeros(1))])
        return [bool(flag) for flag in units_of(θ, x, activation)]

    assert units("rectifier", [[1, 0], [0, 1]], [0, 0]) == [False, False, False]
    assert units("rectifier", [[1, 0], [0, -1]], [0, 0]) == [True, False, False]
    assert units("rectifier", [[1, 0], [0, 1]], [1, 1]) == [False, False, True]
    assert units("tanh", [[1, 0], [0, 1]], [0, 0]) == [False, False, False]
    assert units("tanh", [[9, 0], [0, 1]], [0, 0]) == [False, True, False]
    assert units("logistic", [[9, 0], [0, 1]], [0, 0]) == [False, False, False]
    assert units("logistic", [[15, 0], [0, 1]], [0, 0]) == [False, True, False]
