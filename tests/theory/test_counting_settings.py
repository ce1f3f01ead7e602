"""All settings of small networks, against a loop over every one of them, and bounds that hold for any levels."""

import itertools
from collections import Counter
from typing import Any

import numpy as np
import pytest

from theory.boolean.functions import FAMILIES, inputs, pack
from theory.counting import bounds, settings
from theory.network import parameter_count

TERNARY = (-1, 0, 1)


def one_by_one(n, m, levels, activation):
    """Every setting of a network, with its outputs at every input in floating point, rounded so that 0 is 0."""
    σ: Any = {"threshold": lambda a: float(a > 0), "rectifier": lambda a: max(a, 0.0), "tanh": np.tanh}[activation]
    found: Counter[int] = Counter()
    for weights in itertools.product(levels, repeat=(n + 1) * m + m + 1):
        hidden, output = np.reshape(weights[: (n + 1) * m], (m, n + 1)), weights[(n + 1) * m :]
        function = 0
        for i, x in enumerate(inputs(n)):
            z = sum(v * σ(unit[:n] @ x + unit[n]) for v, unit in zip(output, hidden, strict=False)) + output[-1]
            function |= int(round(float(z), 9) > 0) << i
        found[function] += 1
    return dict(found)


@pytest.mark.parametrize("activation", settings.HIDDEN)
@pytest.mark.parametrize(
    ("n", "m", "levels"),
    [(1, 1, TERNARY), (2, 1, (-2, -1, 0, 1, 2)), (2, 2, (-1, 1)), (3, 1, TERNARY), (1, 3, (-1, 1))],
)
def test_every_function_has_as_many_settings_as_a_loop_finds(activation, n, m, levels):
    found = settings.functions(n, m, levels, activation)
    assert dict(zip(found.functions.tolist(), found.settings.tolist(), strict=True)) == one_by_one(
        n, m, levels, activation
    )


@pytest.mark.parametrize(
    ("n", "m", "levels", "functions", "parity"),
    [
        # Counted by another program, setting by setting.
        (2, 2, TERNARY, 16, 10),
        (2, 2, (-1, 1), 16, 2),
        (3, 2, TERNARY, 220, 0),
        (3, 3, TERNARY, 256, 330),
        (3, 2, (-2, -1, 0, 1, 2), 254, 0),
        (4, 2, TERNARY, 6034, 0),
        (4, 3, (-1, 1), 4275, 0),
    ],
)
def test_counts_of_threshold_networks(n, m, levels, functions, parity):
    found = settings.functions(n, m, levels, "threshold")
    assert len(found.functions) == functions
    assert found.of(pack(FAMILIES["parity"](n, np.random.default_rng()))) == parity
    assert found.settings.sum() == len(levels) ** settings.weights(n, m)
    assert np.log2(functions) <= bounds.dichotomies(n, m)


def test_tables_that_are_sorted_hold_the_same_functions_as_tables_that_are_tallied(monkeypatch):
    tallied = settings.functions(3, 2, TERNARY, "tanh")
    monkeypatch.setattr(settings, "TABLE", 0)
    monkeypatch.setattr(settings, "HELD", 200)
    in_parts = settings.functions(3, 2, TERNARY, "tanh")
    np.testing.assert_array_equal(tallied.functions, in_parts.functions)
    np.testing.assert_array_equal(tallied.settings, in_parts.settings)
    assert tallied.of(2**8 - 1) > 0
    assert tallied.of(12345) == 0


def test_what_float64_cannot_decide_is_refused(monkeypatch):
    monkeypatch.setitem(settings.HIDDEN, "tanh", lambda a: a * (1 + 1e-12))
    with pytest.raises(ArithmeticError, match="float64"):
        settings.functions(2, 1, (-1, 0, 1), "tanh")
    with pytest.raises(ValueError, match="give n from 1 to 6"):
        settings.functions(7, 1, TERNARY, "threshold")
    with pytest.raises(ValueError, match="fewer units"):
        settings.functions(6, 6, TERNARY, "threshold")


def test_weights_are_counted_as_everywhere():
    assert settings.weights(3, 5) == parameter_count((3, 5, 1))
