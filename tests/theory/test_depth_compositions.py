"""Blocks, trees of gates, and the networks that they are."""

import itertools
import math

import numpy as np
import pytest

from tests.theory.test_depth_targets import forward
from theory.depth import compositions
from theory.depth.compositions import Block


def test_a_tree_is_its_gates_applied_pair_by_pair():
    rng = np.random.default_rng(4)
    points = rng.uniform(-1, 1, (1000, 4))
    first, second = levels = compositions.random_tree(4, points, rng)
    x = points[7]
    left = np.tanh(x[:2] @ first.A[:2, :2] + first.a[:2]) @ first.C[:2, 0] + first.c[0]
    right = np.tanh(x[2:] @ first.A[2:, 2:] + first.a[2:]) @ first.C[2:, 1] + first.c[1]
    top = np.tanh(np.array([left, right]) @ second.A + second.a) @ second.C[:, 0] + second.c[0]
    assert compositions.applied(levels, x[None])[0] == pytest.approx(top, abs=1e-12)
    # No gate sees the inputs of another.
    assert not first.A[:2, 2:].any()
    assert not first.A[2:, :2].any()
    values = compositions.applied(levels, points)
    assert (values.mean(), values.std()) == (pytest.approx(0, abs=1e-9), pytest.approx(1))


def test_blocks_side_by_side_and_one_after_the_other_are_one_network():
    rng = np.random.default_rng(5)

    def block(inputs: int, units: int, outputs: int) -> Block:
        return Block(*(rng.normal(size=s) for s in ((inputs, units), units, (units, outputs), outputs)))

    pair = compositions.side_by_side([block(1, 3, 1), block(2, 2, 1)])
    levels = [pair, block(2, 4, 1)]
    x = rng.normal(size=3)
    direct = compositions.applied(levels, x[None])[0]
    assert forward(compositions.network(levels), x, math.tanh) == pytest.approx(direct, abs=1e-12)


def test_the_gate_that_multiplies_errs_as_the_square_of_its_weights():
    def error(λ: float) -> float:
        gate = compositions.network([compositions.product_gate(λ)])
        return abs(forward(gate, (0.9, -0.7), math.tanh) / (0.9 * -0.7) - 1)

    assert error(0.1) / error(0.05) == pytest.approx(4, rel=0.05)
    assert error(1e-3) < 1e-5
    # tanh'' at β by differences of tanh itself.
    β, h = compositions.BENT, 1e-4
    second = (math.tanh(β + h) - 2 * math.tanh(β) + math.tanh(β - h)) / h**2
    assert second == pytest.approx(compositions.CURVATURE, rel=1e-5)


@pytest.mark.parametrize("inputs", [2, 4, 8])
def test_a_tree_of_sign_gates_is_the_parity_of_all_signs_and_as_deep_as_the_tree(inputs):
    x = np.array(list(itertools.product((-1.0, 1.0), repeat=inputs)))
    layers = compositions.network(compositions.tree(compositions.sign_gate(), inputs))
    z = x
    for W, b in layers[:-1]:
        z = np.maximum(z @ W + b, 0)
    np.testing.assert_array_equal((z @ layers[-1][0] + layers[-1][1])[:, 0], x.prod(1))
    assert len(layers) - 1 == inputs.bit_length() - 1
    assert [b.size for _, b in layers[:-1]] == [inputs // 2**level for level in range(len(layers) - 1)]
    assert compositions.parameters(layers) == sum(W.size + b.size for W, b in layers)


def test_the_triangle_folds_the_line():
    u = np.linspace(-1, 1, 9)[:, None]
    block = compositions.triangle()
    folded = np.maximum(u @ block.A + block.a, 0) @ block.C + block.c
    np.testing.assert_array_equal(folded, 1 - 2 * np.abs(u))
    # Folded once more it goes up and down twice as often.
    twice = np.maximum(folded @ block.A + block.a, 0) @ block.C + block.c
    assert (np.diff(np.sign(np.diff(twice[:, 0]))) != 0).sum() == 3


def test_every_level_of_a_random_tree_has_mean_zero_and_variance_one():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(500, 8))
    levels, u = compositions.random_tree(8, points, rng), points
    for level in levels:
        u = np.tanh(u @ level.A + level.a) @ level.C + level.c
        np.testing.assert_allclose(u.mean(0), 0.0, atol=1e-12)
        np.testing.assert_allclose(u.std(0), 1.0, atol=1e-12)
    np.testing.assert_array_equal(u[:, 0], compositions.applied(levels, points))


def test_the_bias_of_the_product_gate_is_where_tanh_bends_most():
    a = np.linspace(-2, 2, 4001)
    second = -2 * np.tanh(a) * (1 - np.tanh(a) ** 2)
    assert a[np.argmin(second)] == pytest.approx(compositions.BENT, abs=1e-3)
    assert second.min() == pytest.approx(compositions.CURVATURE, abs=1e-6)
