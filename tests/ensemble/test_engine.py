"""Waves, segments, packing and room: nothing of it is seen in a member's result."""

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import jax
import numpy as np
import pytest

from experiments.ensemble import devices, engine, recording, room, train_ensemble, waves
from experiments.ensemble.choice import LAYOUTS, ChosenLayout
from experiments.ensemble.packing import Packing
from experiments.errors import UserError
from tests.ensemble import by_hand
from theory import activations, boolean

X = boolean.signed_inputs(3)


def equal(one, other) -> None:
    jax.tree.map(np.testing.assert_array_equal, one, other)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_members_are_the_same_bits_in_other_company(layout):
    p, some = by_hand.program(sizes=(3, 4, 1), steps=200), by_hand.members(75, n=3)
    together = train_ensemble(p, X, some, layout)
    order = np.random.default_rng(1).permutation(75)[:7]
    apart = train_ensemble(p, X, jax.tree.map(lambda leaf: leaf[order], some), layout)
    equal(jax.tree.map(lambda leaf: leaf[order], together), apart)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_segments_waves_and_calls_leave_no_trace(layout, monkeypatch):
    batch = 0 if layout == "fused" else 2
    p, some = by_hand.program(sizes=(3, 4, 1), steps=150, batch=batch), by_hand.members(150, n=3)
    whole = train_ensemble(p, X, some, layout)
    monkeypatch.setattr(engine, "FIRST_SEGMENT", 3)
    monkeypatch.setattr(engine, "GROWTH", 0.1)
    monkeypatch.setattr(engine, "SEGMENT_SECONDS", 0.0)
    monkeypatch.setattr(engine, "MOST_GROUPS", 1)
    plan = engine.plan_ensemble
    monkeypatch.setattr(engine, "plan_ensemble", lambda *arguments: plan(*arguments)._replace(wave=70))
    equal(train_ensemble(p, X, some, layout), whole)


def test_finished_members_stop_costing(monkeypatch):
    paid = []

    def counted(call, batch, x, members, state, times):
        # Whole chunks are trained, whoever sits in them.
        paid.append(int(call.used.sum()) * 32 * (times[1] - times[0]))
        advance(call, batch, x, members, state, times)

    advance = waves.Call.advance
    monkeypatch.setattr(waves.Call, "advance", counted)
    monkeypatch.setattr(engine, "SEGMENT_SECONDS", 0.0)
    p, some = by_hand.program(sizes=(2, 4, 1), steps=2000), by_hand.members(4000, learning_rate=0.01)
    outcome = train_ensemble(p, boolean.signed_inputs(2), some)
    assert np.median(outcome.steps) < outcome.steps.max() / 10
    assert outcome.steps.sum() <= sum(paid) <= 1.3 * outcome.steps.sum()


def test_the_same_rows_on_one_and_on_four_devices():
    code = """
import json, sys
from experiments.ensemble import devices
devices.start("cpu", "float32")
from experiments.ensemble import train_ensemble
from tests.ensemble import by_hand
from theory import boolean
p, some = by_hand.program(sizes=(3, 4, 1), steps=100), by_hand.members(101, n=3)
results = [train_ensemble(p, boolean.signed_inputs(3), some, layout) for layout in ("lanes", "vmap", "map")]
json.dump([[one.loss.tolist(), one.errors.tolist(), one.steps.tolist()] for one in results], sys.stdout)
"""
    root = Path(__file__).parents[2]
    answers = []
    # One device is the rule on a machine with a GPU; four are more than this test has members for in equal parts.
    for count in (1, 4):
        # Of two flags the last counts.
        flags = f"{os.environ['XLA_FLAGS']} --xla_force_host_platform_device_count={count}"
        own = {"XLA_FLAGS": flags, "PATH": "", "JAX_PLATFORMS": "cpu"}
        done = subprocess.run([sys.executable, "-c", code], cwd=root, env=own, capture_output=True, check=True)
        answers.append(json.loads(done.stdout))
    assert answers[0] == answers[1]


def test_chunks_calls_and_waves_shrink_with_the_memory(monkeypatch):
    p = by_hand.program(sizes=(8, 64, 1))
    wide = engine.plan_ensemble(p, 256, 10_000, ChosenLayout("vmap", 64, "settings"))
    monkeypatch.setattr(devices, "available_memory", lambda: 20 << 20)
    narrow = engine.plan_ensemble(p, 256, 10_000, ChosenLayout("vmap", 64, "settings"))
    assert narrow.chunk < wide.chunk
    assert narrow.groups * narrow.chunk < wide.groups * wide.chunk
    assert narrow.wave < 10_000 < wide.wave
    assert narrow.wave >= narrow.groups * narrow.chunk * jax.local_device_count()


# In every layout one that is dead at 0 and the one that is dead far from it. More take long to compile, and all that a
# network sees of a dead unit is its value and its slope.
IN_ROOM = [*itertools.product(["lanes", "vmap", "map"], ["rectifier", "logistic"]), ("lanes", "gelu")]


@pytest.mark.parametrize(("activation", "bias"), room.DEAD.items())
def test_a_dead_unit_is_silent_and_its_slope_is_a_number(activation, bias):
    value, slope = jax.value_and_grad(activations.ACTIVATIONS[activation])(bias)
    assert value == 0
    assert np.isfinite(slope)


@pytest.mark.parametrize(("layout", "activation"), IN_ROOM)
def test_a_network_in_a_larger_room_is_trained_as_if_it_were_alone(layout, activation):
    trained_in_room(layout, activation, own=(3, 3, 2, 1), larger=(4, 5, 3, 1))


@pytest.mark.parametrize("activation", ["rectifier", "logistic"])
def test_a_network_in_a_larger_room_is_trained_in_one_kernel_as_if_it_were_alone(activation):
    trained_in_room("fused", activation, own=(3, 2, 1), larger=(4, 3, 1))


def trained_in_room(layout: str, activation: str, own: tuple[int, ...], larger: tuple[int, ...]) -> None:
    small = by_hand.program(sizes=own, activation=activation, steps=60)
    roomy = by_hand.program(sizes=own, activation=activation, steps=60, room=larger, repeats=2)
    some = by_hand.members(12, n=3)
    alone, inside = train_ensemble(small, X, some, layout), train_ensemble(roomy, X, some, layout)
    assert [layer.W.shape for layer in inside.network] == [(12, *sizes) for sizes in itertools.pairwise(own)]
    np.testing.assert_array_equal(alone.steps, inside.steps)
    np.testing.assert_array_equal(alone.errors, inside.errors)
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=2e-3, atol=2e-4), alone.network, inside.network)


def test_a_room_must_be_large_enough_and_points_be_repeated_only_in_full_batches():
    with pytest.raises(UserError, match="does not hold networks of sizes"):
        room.roomy(by_hand.program(room=(2, 2, 1)))
    with pytest.raises(UserError, match="does not hold networks of sizes"):
        room.roomy(by_hand.program(room=(2, 3, 3, 1)))
    with pytest.raises(UserError, match="cannot be repeated"):
        train_ensemble(by_hand.program(repeats=2, batch=2), boolean.signed_inputs(2), by_hand.members(2))


def test_what_was_packed_comes_out_again():
    rng = np.random.default_rng(0)
    tree = {
        "W": rng.normal(size=(5, 2, 3)).astype(np.float32),
        "b": rng.normal(size=(5,)).astype(np.float32),
        "flag": rng.random(5) < 0.5,
        "key": rng.integers(0, 2**32, (5, 2), dtype=np.uint32),
    }
    packing = Packing.of(tree, np.float32)
    assert packing.widths() == (7, 3)
    packed = packing.pack(tree)
    equal(packing.unpack(packed), tree)
    last = packing.unpack(packed, members_last=True)
    equal(last, jax.tree.map(lambda leaf: np.moveaxis(leaf, 0, -1), tree))
    equal(packing.pack(last, members_last=True), packed)


def test_every_ensemble_is_recorded_with_how_it_was_held():
    with recording() as records:
        train_ensemble(by_hand.program(), boolean.signed_inputs(2), by_hand.members(5), "vmap", 8)
        train_ensemble(by_hand.program(), boolean.signed_inputs(2), by_hand.members(60))
    assert [(one.layout, one.chunk, one.by, one.members) for one in records] == [
        ("vmap", 8, "settings", 5),
        ("lanes", 32, "rule", 60),
    ]
    assert records[0].network_steps == records[0].facts()["network_steps"] > 0
