"""From a unit to a program: settings, axes and differences have their order, and keys are names."""

from typing import Any

import numpy as np
import pytest

from experiments.claims.restarts import step_size
from experiments.ensemble import cells
from experiments.ensemble.outputs import outputs
from tests.support import units
from theory.network import Layer

UNIT = units(step_size, step_size.Settings(**{**step_size.SMOKE, "restarts": 3}), seed=5)[0]  # type: ignore[arg-type]


def test_a_program_takes_settings_and_static_axes_and_differences_have_the_last_word():
    found = cells.program_with(UNIT, sizes=(2, 3, 1), steps=7, optimizer="sgd")
    assert found.precision == UNIT.precision
    assert found.activation == UNIT.static("activation")
    assert found.loss == UNIT.settings.loss
    assert (found.sizes, found.steps) == ((2, 3, 1), 7)
    own = {"optimizer": "adam", "precision": "float64", "activation": "sine", "loss": "hinge"}
    other = cells.program_with(UNIT, sizes=(2, 3, 1), steps=7, **own)
    assert {name: getattr(other, name) for name in own} == own


def test_keys_are_sixteen_hexadecimal_digits_and_belong_to_their_cells():
    keys = cells.hexadecimal(UNIT)
    assert all(len(key) == 16 for key in keys)
    assert len(set(keys)) == len(UNIT.cells)
    for key, (first, second) in zip(keys, UNIT.keys.tolist(), strict=True):
        assert (int(key[:8], 16), int(key[8:], 16)) == (first, second)
    alone = UNIT.with_cells(UNIT.cells.iloc[[1]])
    assert cells.hexadecimal(alone) == keys[1:2]


@pytest.mark.parametrize("activation", ["tanh", "rectifier"])
def test_outputs_of_several_networks_are_those_of_each_alone(activation):
    rng = np.random.default_rng(0)
    W, b, V, c = (rng.normal(size=size).astype(np.float32) for size in ((3, 2, 4), (3, 4), (3, 4, 1), (3, 1)))
    x = rng.normal(size=(6, 2))
    found = outputs((Layer(W, b), Layer(V, c)), x, activation)
    functions: dict[str, Any] = {"tanh": np.tanh, "rectifier": lambda a: np.maximum(a, 0)}
    σ = functions[activation]
    expected = [(σ(x @ W[i] + b[i]) @ V[i] + c[i])[:, 0] for i in range(3)]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    # No network's numbers depend on its neighbours, to the last bit.
    one = outputs((Layer(W[1:2], b[1:2]), Layer(V[1:2], c[1:2])), x, activation)
    np.testing.assert_array_equal(one[0], found[1])
