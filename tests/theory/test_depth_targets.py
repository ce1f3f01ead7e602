"""Targets against slow evaluations, their networks against them, and both against counts on paper."""

import itertools
import math

import numpy as np
import pytest

from theory.depth import compositions, targets
from theory.network import parameter_count


def forward(layers, x, σ):
    """One point at a time, one unit at a time."""
    z = list(x)
    for number, (W, b) in enumerate(layers):
        a = [b[j] + sum(z[i] * W[i, j] for i in range(len(z))) for j in range(len(b))]
        z = a if number == len(layers) - 1 else [σ(value) for value in a]
    return z[0]


ACTIVATION = {"tanh": math.tanh, "rectifier": lambda a: max(a, 0.0)}


def slowly(name: str, x: np.ndarray) -> float:
    if name == "product" or name == "parity":
        return math.prod(x)
    z = x[0]
    for _ in range({"sawtooth-8": 3, "sawtooth-32": 5}[name]):
        z = 2 * z + 1 if z < 0 else 1 - 2 * z
    return z


@pytest.mark.parametrize("name", ["product", "sawtooth-8", "sawtooth-32", "parity"])
def test_compositions_are_what_they_are_called(name):
    target = targets.TARGETS[name](np.random.default_rng(0))
    x = target.points(256, np.random.default_rng(1))
    assert target.value(x) == pytest.approx([slowly(name, point) for point in x], rel=1e-12)


@pytest.mark.parametrize(
    ("name", "hidden", "parameters", "precise"),
    [
        # Widths: four units a gate, or two; parameters of dense layers of these widths, by hand.
        ("product", (16, 8, 4), 8 * 16 + 16 + 16 * 8 + 8 + 8 * 4 + 4 + 4 + 1, 1e-5),
        ("sawtooth-8", (2, 2, 2), 4 + 2 * 6 + 3, 1e-12),
        ("sawtooth-32", (2,) * 5, 4 + 4 * 6 + 3, 1e-12),
        ("tree", (8, 4, 2), 72 + 36 + 10 + 3, 1e-12),
        ("parity", (8, 4, 2), 72 + 36 + 10 + 3, 1e-12),
    ],
)
def test_the_network_that_is_known_is_the_target(name, hidden, parameters, precise):
    target = targets.TARGETS[name](np.random.default_rng(2))
    x = target.points(40, np.random.default_rng(3))
    assert target.construction is not None
    assert target.activation is not None
    outputs = [forward(target.construction, point, ACTIVATION[target.activation]) for point in x]
    assert np.abs(outputs - target.value(x)).max() <= precise * max(1, np.abs(target.value(x)).max())
    assert tuple(len(b) for _, b in target.construction[:-1]) == hidden
    assert compositions.parameters(target.construction) == parameters == parameter_count((x.shape[1], *hidden, 1))


@pytest.mark.parametrize(
    ("name", "activation", "units", "parameters"),
    [
        ("sawtooth-8", "rectifier", 8, 25),
        ("sawtooth-32", "rectifier", 32, 97),
        ("parity", "rectifier", 8, 81),
        ("parity", "tanh", 8, 81),
    ],
)
def test_one_hidden_layer_is_some_targets_as_well(name, activation, units, parameters):
    target = targets.TARGETS[name](np.random.default_rng(2))
    layers = target.flat[activation]
    x = target.points(256, np.random.default_rng(3))
    outputs = [forward(layers, point, ACTIVATION[activation]) for point in x]
    assert np.abs(outputs - target.value(x)).max() <= 1e-11
    assert [len(b) for _, b in layers] == [units, 1]
    assert compositions.parameters(layers) == parameters
    assert target.flat_is_least == name.startswith("sawtooth")


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_parity_of_any_number_of_signs_is_a_zigzag_of_their_sum(n):
    for layers, activation in ((targets.zigzag_of_sum(n), "rectifier"), (targets.steps_of_sum(n), "tanh")):
        for signs in itertools.product([-1.0, 1.0], repeat=n):
            assert forward(layers, np.array(signs), ACTIVATION[activation]) == pytest.approx(math.prod(signs))


def test_sawteeth_have_as_many_pieces_as_their_names_say():
    for name, pieces in (("sawtooth-8", 8), ("sawtooth-32", 32)):
        ends = np.linspace(-1, 1, pieces + 1)[:, None]
        # It is at -1 and 1 in turn at the ends of its pieces, and at 0 in the middle of each.
        value = targets.TARGETS[name](np.random.default_rng(0)).value
        assert value(ends).tolist() == [-1.0 if i % 2 == 0 else 1.0 for i in range(pieces + 1)]
        assert np.abs(value((ends[1:] + ends[:-1]) / 2)).max() == 0


def test_controls_are_what_they_are_called():
    rng = np.random.default_rng(6)
    boolean = targets.TARGETS["boolean"](rng)
    x = boolean.points(512, rng)
    assert np.array_equal(x[:256], x[256:])
    assert boolean.value(x[:256]).sum() == 0
    assert set(boolean.value(x)) == {-1.0, 1.0}
    ridge = targets.TARGETS["ridge"](rng)
    points = rng.uniform(-1, 1, (5, 8))
    gradients = np.array(
        [[(ridge.value(p + h)[0] - ridge.value(p - h)[0]) / 2e-5 for h in 1e-5 * np.eye(8)] for p in points[:, None]]
    )
    # All gradients of a ridge are along one direction.
    assert np.linalg.matrix_rank(gradients, tol=1e-4) == 1
    smooth = np.concatenate([targets.TARGETS["smooth"](rng).value(rng.uniform(-1, 1, (50, 2))) for _ in range(200)])
    assert smooth.std() == pytest.approx(1, abs=0.1)


def test_random_targets_are_drawn_and_others_are_not():
    x = {
        name: make(np.random.default_rng(0)).points(256, np.random.default_rng(1))
        for name, make in targets.TARGETS.items()
    }
    for name, make in targets.TARGETS.items():
        values = [make(np.random.default_rng(seed)).value(x[name]) for seed in (0, 0, 1)]
        assert np.array_equal(values[0], values[1])
        assert np.array_equal(values[0], values[2]) == (name in ("product", "sawtooth-8", "sawtooth-32", "parity"))


@pytest.mark.parametrize("n", [1, 2, 3])
def test_products_of_any_number(n):
    target = targets.product_of(n, -1.0, 1.0)
    x = target.points(50, np.random.default_rng(0))
    assert np.abs(x).max() <= 1
    assert x.min() < 0
    assert target.value(x) == pytest.approx([math.prod(point) for point in x])
    assert (target.construction is None) == (n != 2)
