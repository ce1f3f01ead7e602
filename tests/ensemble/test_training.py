"""Every layout against training written out by hand, and against each other."""

import dataclasses
import functools
import json
import subprocess
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats

from experiments.ensemble import Members, layouts, requests, trace, train_ensemble
from experiments.ensemble.choice import LAYOUTS as NAMES
from experiments.errors import UserError
from tests.ensemble import by_hand
from theory import boolean, network
from theory.activations import ACTIVATIONS

X = boolean.signed_inputs(2)
# 0 is the chunk of the house.
WITH_FUSED = [*by_hand.LAYOUTS, ("fused", 0)]
FALLING = {"optimizer": "sgd", "schedule": "linear"}


@pytest.mark.parametrize(("layout", "chunk"), by_hand.LAYOUTS)
@pytest.mark.parametrize(
    "changes",
    [
        {"activation": "tanh"},
        {"activation": "rectifier", "optimizer": "sgd", "loss": "squared"},
        {"activation": "logistic", "schedule": "linear"},
        {"activation": "tanh", "schedule": "cosine", "optimizer": "sgd", "sizes": (2, 3, 2, 1)},
        {"gradient_bound": 0.2, "stop_when_solved": False},
        {"stop_when_solved": False, "steps": 30},
    ],
    ids=str,
)
def test_training_is_what_is_written_out_by_hand(layout, chunk, changes):
    p, some = by_hand.program(**changes), by_hand.members(10)
    outcome = train_ensemble(p, X, some, layout, chunk)
    for i in range(10):
        loss, errors, steps, norm = by_hand.trained(p, X, by_hand.member(some, i))
        assert outcome.loss[i] == pytest.approx(loss, rel=2e-3)
        assert (outcome.errors[i], outcome.steps[i]) == (errors, steps)
        if p.gradient_bound and steps < p.steps:
            assert norm < p.gradient_bound
    assert p.stops or (outcome.steps == p.steps).all()


@functools.cache
def orders_of(members: int, passes: int) -> np.ndarray:
    """The order of the four points in each pass of each member."""
    every = jax.jit(jax.vmap(jax.vmap(layouts.Single().shuffled, (None, 0, None)), (0, None, None)), static_argnums=2)
    return np.asarray(every(by_hand.members(members).key, jnp.arange(passes), 4))


@pytest.mark.parametrize(("layout", "chunk"), by_hand.LAYOUTS)
@pytest.mark.parametrize(
    "changes", [{"batch": 1}, {"batch": 2, **FALLING}, {"batch": 4, "stop_when_solved": False}], ids=str
)
def test_mini_batches_go_through_the_points_in_an_order_of_each_members_own(layout, chunk, changes):
    p, some = by_hand.program(steps=25, **changes), by_hand.members(5)
    outcome = train_ensemble(p, X, some, layout, chunk)
    for i in range(5):
        orders = orders_of(5, 25)[i]
        assert (np.sort(orders) == [0, 1, 2, 3]).all()
        assert len({tuple(order) for order in orders}) > 1
        loss, errors, steps, _ = by_hand.trained(
            p, X, by_hand.member(some, i), lambda count, orders=orders: orders[count]
        )
        assert outcome.loss[i] == pytest.approx(loss, rel=2e-3)
        assert (outcome.errors[i], outcome.steps[i]) == (errors, steps)
    assert p.stops or (outcome.steps == p.steps).all()


@pytest.mark.parametrize("ranked", [True, False])
def test_an_order_of_points_is_each_of_the_possible_ones_equally_often(ranked, monkeypatch):
    monkeypatch.setattr(layouts, "RANKED", 256 * ranked)
    keys = np.random.default_rng(0).integers(0, 2**32, (24_000, 2), dtype=np.uint32)
    orders = np.asarray(jax.vmap(lambda key: layouts._shuffled(key, jnp.int32(3), 4))(keys))
    _, counts = np.unique(orders, axis=0, return_counts=True)
    assert len(counts) == 24
    assert scipy.stats.chisquare(counts).pvalue > 1e-4


def test_more_points_than_are_ranked_are_sorted_in_every_layout(monkeypatch):
    monkeypatch.setattr(layouts, "RANKED", 3)
    p, some = by_hand.program(sizes=(3, 3, 1), batch=2, steps=12), by_hand.members(3, n=3)
    losses = [train_ensemble(p, boolean.signed_inputs(3), some, layout).loss for layout in ("lanes", "vmap", "map")]
    np.testing.assert_allclose(losses[1:], [losses[0]] * 2, rtol=1e-4)


def test_points_of_several_blocks_and_terms_of_several_chains():
    # 32 points are two blocks of lanes, 20 units more than one chain of terms; 5 x 20 weights differ in every place.
    p, some, x = by_hand.program(sizes=(5, 20, 3, 1), steps=12), by_hand.members(3, n=5), boolean.signed_inputs(5)
    outcome = train_ensemble(p, x, some, "lanes", 16)
    for i in range(3):
        assert outcome.loss[i] == pytest.approx(by_hand.trained(p, x, by_hand.member(some, i))[0], rel=1e-3)


@pytest.mark.parametrize(
    ("layout", "chunk", "changes"),
    [*((*held, {}) for held in WITH_FUSED), *((*held, {"batch": 2, **FALLING}) for held in by_hand.LAYOUTS)],
    ids=str,
)
def test_a_trace_is_the_training_itself_looked_at(layout, chunk, changes):
    p, some = by_hand.program(**changes), by_hand.members(6, learning_rate=0.5) if changes else by_hand.members(10)
    outcome = train_ensemble(p, X, some, layout, chunk)
    assert len(np.unique(outcome.steps)) > 1
    traced, losses = trace(p, X, some, layout, chunk, [0, 1, 30, 60])
    jax.tree.map(np.testing.assert_array_equal, traced, outcome)
    np.testing.assert_array_equal(losses[-1], outcome.loss)
    for i in range(0 if changes else 10):
        one = by_hand.member(some, i)
        for t, loss in zip((0, 1, 30), losses, strict=False):
            assert loss[i] == pytest.approx(by_hand.trained(dataclasses.replace(p, steps=t), X, one)[0], rel=2e-3)


@pytest.mark.parametrize("optimizer", ["momentum", "amsgrad", "lion", "rms"])
def test_any_optimiser_does_the_same_in_every_layout(optimizer):
    p, some = by_hand.program(optimizer=optimizer, steps=40, stop_when_solved=False), by_hand.members(6)
    # One that remembers most goes through all; which of them a fused kernel knows is held in its own tests.
    names = NAMES if optimizer == "amsgrad" else ("lanes", "vmap")
    losses = [train_ensemble(p, X, some, layout).loss for layout in names]
    for other in losses[1:]:
        np.testing.assert_allclose(losses[0], other, rtol=1e-3)


def test_an_unknown_optimiser_is_named_with_what_there_is():
    with pytest.raises(UserError, match="no 'addam'; give sgd, momentum, adam"):
        train_ensemble(by_hand.program(optimizer="addam"), X, by_hand.members(2))
    with pytest.raises(UserError, match="no 'schedule'"):
        train_ensemble(by_hand.program(optimizer="schedule"), X, by_hand.members(2))


def test_layouts_differ_by_rounding_and_by_nothing_else(tmp_path):
    # Rounding is known by its size: two layouts, and a layout and itself in double precision, differ by as much as
    # float32 rounds, amplified by the training; in float64 the difference of the layouts must shrink by 2^29 with
    # the unit of rounding. A slip in one of the layouts would stay as large as it is.
    code = """
import json, sys
import numpy as np
from experiments.ensemble import devices
devices.start("cpu", "float64")
from experiments.ensemble import train_ensemble
from tests.ensemble import by_hand
from theory import boolean
results = {}
for precision in ("float32", "float64"):
    p = by_hand.program(sizes=(3, 4, 1), steps=40, precision=precision, stop_when_solved=False)
    some = by_hand.members(32, n=3)
    outcomes = [train_ensemble(p, boolean.signed_inputs(3), some, layout) for layout in ("lanes", "vmap", "map")]
    results[precision] = [outcome.loss.tolist() for outcome in outcomes]
json.dump(results, sys.stdout)
"""
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    results = {precision: np.array(losses) for precision, losses in json.loads(done.stdout).items()}
    # The initial weights of float32 and float64 are other draws: only layouts within a precision are comparable.
    spread = {precision: np.ptp(losses, axis=0) / losses[0] for precision, losses in results.items()}
    assert 0 < np.median(spread["float32"]) < 100 * 2.0**-23
    assert spread["float32"].max() < 1e4 * 2.0**-23
    assert np.median(spread["float64"]) < 100 * 2.0**-52
    assert spread["float64"].max() < 1e4 * 2.0**-52


def test_a_solved_network_is_right_on_every_point_and_stops_there():
    p, some = by_hand.program(steps=2000), by_hand.members(40)
    outcome = train_ensemble(p, X, some)
    solved = outcome.errors == 0
    assert solved.any()
    assert (outcome.steps[solved] < 2000).all()
    assert (outcome.steps[~solved] == 2000).all()


@pytest.mark.parametrize(("layout", "chunk"), WITH_FUSED)
def test_the_networks_that_come_back_have_the_loss_and_errors_that_are_reported(layout, chunk):
    p, some = by_hand.program(steps=50), by_hand.members(10)
    outcome = train_ensemble(p, X, some, layout, chunk)
    for i in range(10):
        one = jax.tree.map(lambda leaf, i=i: leaf[i], outcome.network)
        z = np.array(network.evaluate(network.from_arrays(one), jnp.float32(X), ACTIVATIONS["tanh"]))[:, 0]
        assert np.mean(np.log1p(np.exp(-some.targets[i] * z))) == pytest.approx(outcome.loss[i], rel=1e-5)
        assert np.sum(some.targets[i] * z <= 0) == outcome.errors[i]


@pytest.mark.parametrize(("layout", "chunk"), WITH_FUSED)
def test_a_network_that_diverges_is_said_to_and_spoils_no_other(layout, chunk, monkeypatch):
    # Nobody may ask for such a step: it takes the place of numbers that overflow on the way.
    monkeypatch.setattr(requests, "check", lambda program, x, members: None)
    some = by_hand.members(10)
    some.learning_rate[3] = np.nan
    outcome = train_ensemble(by_hand.program(), X, some, layout, chunk)
    clean = train_ensemble(by_hand.program(), X, by_hand.members(10), layout, chunk)
    others = np.arange(10) != 3
    assert not np.isfinite(outcome.loss[3])
    assert (outcome.errors[3], outcome.steps[3]) == (4, 1)
    np.testing.assert_array_equal(outcome.loss[others], clean.loss[others])


def test_a_batch_is_not_larger_than_the_set_of_points():
    with pytest.raises(UserError, match="batch: 5 is more than the 4 points"):
        train_ensemble(by_hand.program(batch=5), X, by_hand.members(2))


def test_targets_between_zero_and_one_are_answered_by_a_logistic_output():
    p = by_hand.program(output="logistic", loss="squared", steps=3000, activation="logistic")
    some = by_hand.members(20)
    outcome = train_ensemble(p, X, Members(some.key, (some.targets + 1) / 2, some.learning_rate))
    assert (outcome.errors == 0).any()
    # Right on both sides of one half: the distance is below a half everywhere, its square below a quarter.
    assert (outcome.loss[outcome.errors == 0] < 0.25).all()
