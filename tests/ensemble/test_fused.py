"""The layout of one kernel: held against lanes in interpreted kernels, and lowered for a GPU that is not here."""

import itertools
from typing import Any

import jax
import numpy as np
import pytest
from jax.experimental.pallas import triton

from experiments.ensemble import choice, fused, train_ensemble
from experiments.ensemble.batches import packings
from experiments.ensemble.fields import OPTIMIZERS
from experiments.ensemble.layouts import make_chunk
from experiments.ensemble.packing import Packed
from experiments.ensemble.program import CLASSES, LOSSES, SCHEDULES, TWO_ANSWERS, VECTORS, Program
from experiments.errors import UserError
from tests.ensemble import by_hand
from theory import boolean
from theory.network import WEIGHT_VARIANCE

STOPS: list[dict[str, Any]] = [
    {},
    {"stop_when_solved": False},
    {"stop_when_solved": False, "gradient_bound": 0.03},
    {"gradient_bound": 0.03},
]
FUSED = [word for word in WEIGHT_VARIANCE if word not in fused.NO_ACTIVATIONS]


def words(number: int, activation: str) -> dict[str, Any]:
    """A program of an activation, in which the other words take turns."""

    def turn(allowed: Any) -> Any:
        words = list(allowed)
        return words[number % len(words)]

    loss = turn(one for one in LOSSES if one not in (*CLASSES, *VECTORS))
    output = "logistic" if number % 3 == 2 and loss not in TWO_ANSWERS else "identity"
    return {
        "activation": activation,
        "loss": loss,
        "output": output,
        "optimizer": turn(OPTIMIZERS),
        "schedule": turn(SCHEDULES),
        **turn(STOPS),
    }


@pytest.mark.parametrize(("number", "activation"), list(enumerate(FUSED)))
def test_it_trains_as_lanes_do(number, activation):
    # Polynomials diverge with these steps; what comes after is rounding.
    p = by_hand.program(
        sizes=(2, 2, 1), steps=15 if activation in ("square", "cube") else 40, **words(number, activation)
    )
    x, some = boolean.signed_inputs(2), by_hand.members(13, learning_rate=0.02)
    lanes, kernel = (train_ensemble(p, x, some, layout, 16) for layout in ("lanes", "fused"))
    np.testing.assert_array_equal(kernel.steps, lanes.steps)
    np.testing.assert_array_equal(kernel.errors, lanes.errors)
    np.testing.assert_allclose(kernel.loss, lanes.loss, rtol=1e-4, atol=1e-6)
    for one, other in zip(jax.tree.leaves(kernel.network), jax.tree.leaves(lanes.network), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-4)


def test_several_layers_more_points_and_blocks_that_end_at_different_updates():
    p, some = by_hand.program(sizes=(3, 3, 2, 1), steps=300), by_hand.members(150, n=3)
    x = boolean.signed_inputs(3)
    lanes, kernel = (train_ensemble(p, x, some, layout, 64) for layout in ("lanes", "fused"))
    assert 0 < (kernel.errors == 0).mean() < 1
    # A member with a margin within rounding of 0 may be stopped an update earlier or later.
    assert (kernel.steps == lanes.steps).mean() > 0.98
    assert (kernel.errors == lanes.errors).mean() > 0.98


def lowered(program: Program, points: int = 4, seats: int = 256) -> str:
    """The kernel as it would be handed to a GPU's compiler, in a language of its own."""
    packed = packings(program, points)
    number, chunk = np.dtype(program.precision), make_chunk(program, "fused")

    def trained(x: Any, members: Packed, state: Packed, times: Any) -> Any:
        of_members, of_state = packed
        begun = of_state.unpack(state, members_last=True)
        return chunk.train(x, of_members.unpack(members, members_last=True), begun, (times[0], times[1], times[2]))

    def of(dtype: Any, *sizes: int) -> Any:
        return jax.ShapeDtypeStruct(sizes, dtype)

    arrays = (
        Packed(of(number, seats, floats), of(np.int32, seats, integers))
        for floats, integers in (one.widths() for one in packed)
    )
    traced = jax.jit(trained).trace(of(number, points, program.sizes[0]), *arrays, of(np.int32, 3))
    return traced.lower(lowering_platforms=("cuda",)).as_text()


@pytest.fixture
def for_a_gpu(monkeypatch):
    monkeypatch.setattr(fused, "_how", lambda block: {"compiler_params": triton.CompilerParams(num_warps=4)})


@pytest.mark.parametrize(("number", "activation"), list(enumerate(WEIGHT_VARIANCE)))
def test_a_gpu_gets_a_kernel_of_all_that_is_said_to_fuse_and_of_nothing_else(for_a_gpu, number, activation):
    p = by_hand.program(**words(number, activation))
    if fused.why_not(p):
        with pytest.raises(NotImplementedError):
            lowered(p)
    else:
        assert "triton" in lowered(p)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_in_float64_too(for_a_gpu, optimizer):
    with jax.enable_x64(True):
        p = by_hand.program(optimizer=optimizer, precision="float64")
        if fused.why_not(p):
            with pytest.raises(AssertionError):
                lowered(p)
        else:
            assert "f64" in lowered(p)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"batch": 2}, "mini-batches"),
        ({"activation": "gelu"}, "error function"),
        ({"sizes": (8, 16, 1)}, "room for 224"),
    ],
)
def test_what_does_not_fuse_is_refused_in_a_sentence_and_goes_elsewhere(changes, word, monkeypatch):
    p = by_hand.program(**changes)
    with pytest.raises(UserError, match=word):
        choice.choose(p, boolean.signed_inputs(2), 100, "fused")
    monkeypatch.setattr(jax, "default_backend", lambda: "gpu")
    monkeypatch.setattr(choice, "remembered", dict)
    monkeypatch.setattr(choice, "_estimated_seconds", lambda *_: 0.0)
    assert choice.choose(p, boolean.signed_inputs(2), 100).layout == "vmap"
    assert choice.choose(by_hand.program(), boolean.signed_inputs(2), 100).layout == "fused"


def test_numbers_held_are_parameters_gradients_and_memory():
    sizes = ((2, 2, 1), (4, 8, 1))
    held = [
        fused.numbers_held(by_hand.program(sizes=own, optimizer=optimizer))
        for own, optimizer in itertools.product(sizes, ("sgd", "momentum", "adam"))
    ]
    assert held == [2 * 9, 3 * 9, 4 * 9, 2 * 49, 3 * 49, 4 * 49]
