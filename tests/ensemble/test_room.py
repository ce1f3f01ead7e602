"""Networks in a room: the network inside computes what it does alone, its dead units are silent, and it comes out."""

import numpy as np
import pytest
import scipy.special

from experiments.ensemble import room
from experiments.ensemble.program import Program
from experiments.errors import UserError
from tests.ensemble import by_hand
from theory.network import Layer

ON_HOST = {
    "tanh": np.tanh,
    "logistic": scipy.special.expit,
    "rectifier": lambda a: np.maximum(a, 0),
}


def inside(activation: str = "tanh", **changes) -> Program:
    return by_hand.program(sizes=(2, 3, 2, 1), room=(4, 5, 2, 1), activation=activation, **changes)


def networks(p: Program, members: int = 3) -> tuple[Layer, ...]:
    rng = np.random.default_rng(1)
    return tuple(
        Layer(rng.normal(size=(members, a, b)), rng.normal(size=(members, b)))
        for a, b in zip(p.sizes, p.sizes[1:], strict=False)
    )


def outputs(layers: tuple[Layer, ...], x: np.ndarray, activation: str) -> list[np.ndarray]:
    """Outputs of every layer, with the axis of members in front."""
    found, z = [], np.broadcast_to(x, (len(layers[0].b), *x.shape))
    for number, (W, b) in enumerate(layers):
        z = z @ W + b[:, None]
        z = z if number == len(layers) - 1 else ON_HOST[activation](z)
        found.append(z)
    return found


@pytest.mark.parametrize("activation", list(ON_HOST))
def test_a_network_in_its_room_computes_the_same_and_its_dead_units_nothing(activation):
    p = inside(activation)
    alone, x = networks(p), np.random.default_rng(2).normal(size=(7, 2))
    larger = room.embed(p, alone)
    assert [layer.W.shape[1:] for layer in larger] == [(4, 5), (5, 2), (2, 1)]
    found = outputs(larger, room.with_missing_inputs(p, x), activation)
    np.testing.assert_allclose(found[-1], outputs(alone, x, activation)[-1], rtol=1e-12)
    assert not found[0][:, :, 3:].any()
    for own, back in zip(alone, room.extract(p, larger), strict=True):
        np.testing.assert_array_equal(own.W, back.W)
        np.testing.assert_array_equal(own.b, back.b)


def test_without_a_room_nothing_changes():
    p = by_hand.program(repeats=3)
    layers = networks(p)
    assert room.embed(p, layers) is layers
    assert room.extract(p, layers) is layers
    assert room.roomy(p) == by_hand.program()
    x = np.ones((2, 2))
    np.testing.assert_array_equal(room.with_missing_inputs(p, x), x)


def test_the_program_that_is_compiled_is_that_of_the_room():
    found = room.roomy(inside(repeats=2))
    assert (found.sizes, found.room, found.repeats) == ((4, 5, 2, 1), (), 1)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"room": (4, 2, 2, 1)}, "does not hold networks of sizes"),
        ({"room": (4, 5, 1)}, "does not hold networks of sizes"),
        ({"room": (4, 5, 2, 2)}, "with as many outputs"),
        ({"activation": "softplus"}, "softplus units cannot be dead"),
        ({"patches": (1, 1, 1)}, "room holds dense layers only"),
    ],
)
def test_what_has_no_room_is_refused(changes, words):
    settings = {"sizes": (2, 3, 2, 1), "room": (4, 5, 2, 1)} | changes
    with pytest.raises(UserError, match=words):
        room.roomy(by_hand.program(**settings))
