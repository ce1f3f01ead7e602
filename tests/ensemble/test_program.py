"""Losses, schedules and margins of a program against their definitions in plain numpy."""

import itertools
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.special

from experiments.ensemble.fields import LOSSES as OFFERED
from experiments.ensemble.fields import SCHEDULES as OFFERED_SCHEDULES
from experiments.ensemble.program import LOSSES, SCHEDULES, TWO_ANSWERS
from tests.ensemble import by_hand

Y = np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0], np.float32)
Z = np.array([2.0, 2.0, -0.3, -0.3, 0.0, -40.0], np.float32)
BY_HAND = {
    "cross-entropy": lambda y, z: np.log1p(np.exp(-y * z)),
    "squared": lambda y, z: (y - z) ** 2,
    "absolute": lambda y, z: np.abs(y - z),
    "hinge": lambda y, z: np.maximum(0, 1 - y * z),
    "huber": lambda y, z: np.where(np.abs(y - z) <= 1, (y - z) ** 2 / 2, np.abs(y - z) - 0.5),
}


@pytest.mark.parametrize("name", list(BY_HAND))
def test_losses_are_their_definitions(name):
    expected = BY_HAND[name](Y.astype(float), Z.astype(float))
    np.testing.assert_allclose(LOSSES[name](jnp.asarray(Y), jnp.asarray(Z)), expected, rtol=1e-5, atol=1e-30)


def test_the_slope_of_the_cross_entropy_is_that_of_differences_and_never_overflows():
    slopes = jax.grad(lambda z: LOSSES["cross-entropy"](jnp.asarray(Y), z).sum())(jnp.asarray(Z))
    np.testing.assert_allclose(slopes, -Y * scipy.special.expit(-Y.astype(float) * Z), rtol=1e-5, atol=1e-30)
    both = jax.grad(lambda z: LOSSES["cross-entropy"](jnp.array([1.0, 1.0]), z).sum())(jnp.array([-1e4, 1e4]))
    assert both.tolist() == [-1.0, 0.0]


def test_the_loss_of_classes_is_minus_the_log_of_the_share_of_the_right_one():
    z = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    y = np.array([0, 1, 2, 2, 0], np.float32)
    shares = scipy.special.softmax(z.astype(float), axis=1)
    expected = -np.log(shares[np.arange(5), y.astype(int)])
    np.testing.assert_allclose(LOSSES["softmax"](jnp.asarray(y), jnp.asarray(z)), expected, rtol=1e-5)
    # With an axis of members at the end, each member has the loss that it has alone.
    two = np.stack([z, 2 * z], axis=-1)
    together = LOSSES["softmax"](jnp.asarray(np.stack([y, y], -1)), jnp.asarray(two))
    np.testing.assert_allclose(together[:, 0], expected, rtol=1e-5)


@pytest.mark.parametrize("name", list(SCHEDULES))
def test_a_schedule_begins_with_the_whole_step_and_never_grows(name):
    factors = [float(SCHEDULES[name](jnp.asarray(p))) for p in np.linspace(0, 1, 11)]
    assert factors[0] == 1.0
    assert all(after <= before + 1e-7 for before, after in itertools.pairwise(factors))
    assert factors[-1] == pytest.approx(1.0 if name == "constant" else 0.0, abs=1e-6)
    assert factors[5] == pytest.approx(1.0 if name == "constant" else 0.5, abs=1e-6)


def test_what_settings_offer_is_what_programs_know():
    assert set(OFFERED) <= set(LOSSES)
    assert set(OFFERED_SCHEDULES) == set(SCHEDULES)
    assert set(TWO_ANSWERS) <= set(LOSSES)


def test_a_margin_is_above_zero_where_the_answer_is_right():
    logistic = by_hand.program(output="logistic", loss="squared")
    y, z = np.array([0.0, 0.0, 1.0, 1.0]), np.array([0.4, 0.6, 0.4, 0.6])
    assert (np.asarray(logistic.margins(y, z)) > 0).tolist() == [True, False, False, True]
    signs = by_hand.program()
    assert (np.asarray(signs.margins(Y, Z)) > 0).tolist() == (Y * Z > 0).tolist()
    assert not (np.asarray(signs.margins(Y[:1], np.array([np.nan]))) > 0).any()


def test_a_class_is_answered_right_if_its_output_is_above_all_others():
    classes = by_hand.program(sizes=(2, 3, 3), loss="softmax")
    z = np.array([[1.0, 0.5, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 2.0]], np.float32)
    margins = np.asarray(classes.margins(np.array([0.0, 0.0, 2.0], np.float32), z))
    assert margins.tolist() == [0.5, 0.0, 2.0]


def test_a_program_counts_its_parameters_and_scales_its_first_weights():
    p = by_hand.program(sizes=(4, 3, 1))
    assert p.parameters == 4 * 3 + 3 + 3 + 1
    normals = np.random.default_rng(0).normal(size=p.parameters).astype(np.float32)
    small = by_hand.program(sizes=(4, 3, 1), initial_variance=1 / 16)
    for (W, b), (V, c) in zip(p.networks(normals), small.networks(normals), strict=True):
        np.testing.assert_allclose(np.asarray(V), np.asarray(W) / 4, rtol=1e-6)
        np.testing.assert_allclose(np.asarray(c), np.asarray(b) / 4, rtol=1e-6)
    assert math.prod(p.networks(normals)[0].W.shape) == 12


def test_members_end_at_different_updates_only_where_a_rule_stops_them():
    assert by_hand.program().stops
    assert not by_hand.program(stop_when_solved=False).stops
    assert by_hand.program(stop_when_solved=False, gradient_bound=1e-3).stops
