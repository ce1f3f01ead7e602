"""Networks of gates, stage by stage."""

import numpy as np
import pytest

from tests.theory.test_depth_product import outputs
from theory.depth.groups import best_groups, neurons, plan
from theory.depth.monomial import prices
from theory.depth.product import flat
from theory.depth.stages import Gate, Stage, network


@pytest.mark.parametrize(
    ("n", "depth", "bias"), [(4, 2, "none"), (6, 3, "none"), (12, 4, "none"), (8, 3, "output"), (5, 3, "none")]
)
def test_grouped_products_multiply_with_as_many_neurons_as_counted(n, depth, bias):
    count, layers = best_groups(n, depth, prices("exponential", bias))
    built = network(
        plan(layers),
        n,
        lambda i, powers: flat(powers, "exponential", bias, layers[i].shares).layers(2.0**-10),
    )
    x = np.random.default_rng(5).uniform(-1, 1, (40, n))
    assert neurons(built) == count
    assert len(built) == depth + 1
    assert np.abs(outputs(built, x, "exponential") - np.prod(x, axis=1)).max() < 0.05
    assert bias == "output" or not any(b.any() for _, b in built)


def squares(_: int, powers: tuple[int, ...]):
    """The exact gate u v = ((u + v)² - (u - v)²) / 4 for neurons that square; u² alone takes one of them."""
    if powers == (2,):
        return (np.array([[1.0]]), np.zeros(1)), (np.array([[1.0]]), np.zeros(1))
    A = np.array([[1.0, 1.0], [1.0, -1.0]])
    return (A, np.zeros(2)), (np.array([[0.25], [-0.25]]), np.zeros(1))


def evaluated(layers, x: np.ndarray) -> np.ndarray:
    for W, b in layers[:-1]:
        x = (x @ W + b) ** 2
    return x @ layers[-1][0] + layers[-1][1]


def test_stages_multiply_whole_numbers_exactly():
    pairs = Stage((Gate((0, 1), (1, 1)), Gate((2, 3), (1, 1))))
    both = Stage((Gate((0, 1), (1, 1)),))
    x = np.random.default_rng(0).integers(-9, 10, (50, 4)).astype(float)
    layers = network((pairs, both), 4, squares)
    np.testing.assert_array_equal(evaluated(layers, x)[:, 0], x.prod(1))
    assert [b.size for _, b in layers] == [4, 2, 1]


def test_gates_with_the_same_neurons_share_them_and_each_keeps_its_own_output():
    stage = Stage((Gate((0,), (2,)), Gate((0, 1), (1, 1)), Gate((0, 1), (1, 1)), Gate((0,), (2,))))
    layers = network((stage,), 2, squares)
    x = np.array([[3.0, -2.0], [5.0, 0.5]])
    np.testing.assert_array_equal(evaluated(layers, x), np.stack([x[:, 0] ** 2, *[x.prod(1)] * 2, x[:, 0] ** 2], 1))
    # One neuron that squares x_0, and two for both products.
    assert layers[0][1].size == 3


def test_the_place_of_a_value_decides_which_input_a_gate_sees():
    layers = network((Stage((Gate((2, 0), (1, 1)),)),), 3, squares)
    assert evaluated(layers, np.array([[2.0, 100.0, 7.0]])).tolist() == [[14.0]]
    assert (layers[0][0][1] == 0).all()
