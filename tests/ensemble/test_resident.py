"""Members that stay on their devices, as on an accelerator: the same bits as through the host."""

import jax
import numpy as np
import pytest

from experiments.ensemble import devices, resident, train_ensemble
from experiments.ensemble.batches import packings
from experiments.ensemble.choice import ChosenLayout
from experiments.ensemble.engine import initial_networks, plan_ensemble, trace
from experiments.ensemble.fields import OPTIMIZERS
from experiments.ensemble.optimizers import direction
from experiments.ensemble.room import embed, roomy
from experiments.ensemble.training import starting_states
from tests.ensemble import by_hand
from theory import boolean

X = boolean.signed_inputs(2)


@pytest.fixture
def remote(monkeypatch):
    """A function that pretends that the devices have a memory of their own."""

    def pretend(are_remote: bool) -> None:
        monkeypatch.setattr(devices, "are_remote", lambda: are_remote)

    return pretend


def assert_same(one, other):
    for mine, theirs in zip(jax.tree.leaves(one), jax.tree.leaves(other), strict=True):
        np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize(
    ("layout", "chunk", "changes"),
    [
        ("lanes", 8, {}),
        ("vmap", 4, {"batch": 2, "steps": 40}),
        ("vmap", 8, {"stop_when_solved": False, "optimizer": "sgd"}),
        ("lanes", 8, {"room": (3, 5, 1), "repeats": 2}),
        ("map", 1, {"gradient_bound": 0.05, "activation": "logistic", "room": (2, 4, 1)}),
    ],
)
def test_whatever_is_trained_ends_with_the_same_bits(remote, layout, chunk, changes):
    p, some = by_hand.program(**({"steps": 300} | changes)), by_hand.members(61)
    remote(False)
    through_the_host = train_ensemble(p, X, some, layout, chunk)
    remote(True)
    assert_same(train_ensemble(p, X, some, layout, chunk), through_the_host)


def test_members_are_moved_together_and_keep_their_names(remote, monkeypatch):
    p, some, moves = by_hand.program(steps=2000), by_hand.members(200), []
    seat = resident.ResidentWave._seat

    def noted(wave, who):
        moves.append(len(who))
        seat(wave, who)

    monkeypatch.setattr(resident.ResidentWave, "_seat", noted)
    remote(False)
    expected = train_ensemble(p, X, some, "lanes", 4)
    remote(True)
    assert_same(train_ensemble(p, X, some, "lanes", 4), expected)
    assert len(moves) > 2
    assert moves == sorted(moves, reverse=True)


def test_more_members_than_a_call_holds_are_several_waves_of_one_call(remote, monkeypatch):
    p, some = by_hand.program(), by_hand.members(50)
    remote(False)
    expected = train_ensemble(p, X, some, "vmap", 2)
    remote(True)
    monkeypatch.setattr("experiments.ensemble.engine.MOST_GROUPS", 4)
    plan = plan_ensemble(roomy(p), len(X), 50, ChosenLayout("vmap", 2, "settings"))
    assert plan.wave == 4 * 2 * jax.local_device_count() < 50
    assert_same(train_ensemble(p, X, some, "vmap", 2), expected)
    traced, losses = trace(p, X, some, "vmap", 2, [5, 10])
    assert_same(traced, expected)
    assert losses.shape == (2, 50)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("activation", ["tanh", "logistic"])
def test_a_recipe_makes_the_rows_that_the_host_packs(optimizer, activation):
    p = by_hand.program(optimizer=optimizer, activation=activation, sizes=(2, 3, 1), room=(3, 5, 1))
    keys, inside = by_hand.members(7).key, roomy(p)
    _, packing = packings(inside, len(X))
    networks = initial_networks(p, keys)
    packed = packing.pack(
        jax.tree.map(np.asarray, starting_states(inside, direction(optimizer), embed(p, networks), len(X)))
    )
    how = resident.recipe(p, inside, len(X), packing)
    flat = np.concatenate([np.concatenate([W.reshape(7, -1), b], 1) for W, b in networks], 1)
    # Normal numbers are what the recipe scales; here they are read back from the scaled network.
    scales = np.concatenate(
        [np.concatenate([W.reshape(1, -1), b], 1) for W, b in p.networks(np.ones((1, p.parameters), np.float32))], 1
    )
    np.testing.assert_allclose((flat / scales)[:, how.source] * how.scale + how.offset, packed.floats, rtol=1e-6)
    np.testing.assert_array_equal(np.tile(how.integers, (7, 1)), packed.integers)
