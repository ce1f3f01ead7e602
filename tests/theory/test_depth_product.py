"""Products by few neurons: constructions, sizes, bounds and scales, each against something independent."""

import numpy as np
import pytest

from tests.theory.test_depth_taylor import ON_HOST
from theory.depth.product import BIASES, bounds, differences, flat, size, three_biased
from theory.depth.taylor import DERIVATIVES, derivatives


def outputs(layers, x: np.ndarray, activation: str) -> np.ndarray:
    """An independent evaluation, in float64 on the host."""
    for W, b in layers[:-1]:
        x = ON_HOST[activation](x @ W + b)
    return (x @ layers[-1][0] + layers[-1][1])[:, 0]


@pytest.mark.parametrize("order", [1, 2, 3, 4])
@pytest.mark.parametrize("nodes", ["symmetric", "one-sided"])
def test_differences_see_one_power_only(order, nodes):
    a, c = differences(order, nodes)
    assert [float(c @ a**k) for k in range(order + 1)] == pytest.approx([0.0] * order + [1.0], abs=1e-12)


# Neurons by the formulas: 2^n; one less; half; none.
COUNTS: dict[tuple[str, str], list[float]] = {
    ("exponential", "none"): [4, 8, 16, 32],
    ("exponential", "output"): [3, 7, 15, 31],
    ("exponential", "hidden"): [4, 8, 16, 32],
    ("softplus", "none"): [4, np.inf, 8, np.inf],
    ("softplus", "output"): [3, np.inf, 8, np.inf],
    ("softplus", "hidden"): [3, 8, 8, 16],
    ("gelu", "none"): [3, np.inf, 8, np.inf],
    ("gelu", "hidden"): [2, 4, 8, 16],
    ("tanh", "none"): [np.inf, 4, np.inf, 16],
    ("tanh", "output"): [np.inf, 4, np.inf, 16],
    ("tanh", "hidden"): [3, 4, 8, 16],
    ("sine", "hidden"): [2, 4, 8, 16],
}


@pytest.mark.parametrize("switch", COUNTS)
def test_neurons_of_flat_products_and_their_bounds(switch):
    for n, expected in zip((2, 3, 4, 5), COUNTS[switch], strict=True):
        least, built = bounds((1,) * n, *switch)
        assert built == expected
        assert 2 ** (n - 1) <= least <= built


@pytest.mark.parametrize("switch", [(name, bias) for name in DERIVATIVES for bias in BIASES])
@pytest.mark.parametrize("exponents", [(1, 1), (1, 1, 1), (1, 1, 1, 1), (2, 1), (2, 2), (3, 1)])
def test_flat_products_multiply_and_have_the_biases_they_may_have(switch, exponents):
    activation, bias = switch
    try:
        layer = flat(exponents, activation, bias)
    except ValueError:
        assert bias != "hidden"
        assert derivatives(activation, 0.0, sum(exponents))[-1] == 0
        return
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (50, len(exponents)))
    y = np.prod(x ** np.array(exponents), axis=1)
    # A larger scale for many factors: rounding is divided by a power of it.
    scale = 2.0 ** (-14 / sum(exponents) ** 0.75)
    errors = [np.abs(outputs(layer.layers(s), x, activation) - y).max() for s in (scale, scale / 2)]
    assert errors[1] < min(0.75 * errors[0], 0.05) or errors[1] < 1e-4
    assert bias == "hidden" or not layer.b.any()
    assert bias == "output" or layer.constant == 0


@pytest.mark.parametrize("activation", ["tanh", "logistic", "sine"])
def test_odd_networks_without_biases_cannot_multiply_two_numbers(activation):
    with pytest.raises(ValueError, match="no derivative of order 2"):
        flat((1, 1), activation, "none")
    # Whatever the weights: at x or at -x the error is at least |uv|, but for a constant.
    rng = np.random.default_rng(1)
    x = np.array([[1.0, 1.0], [-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0]])
    for _ in range(20):
        layers = (rng.normal(size=(2, 9)), np.zeros(9)), (rng.normal(size=(9, 1)), np.zeros(1))
        assert np.abs(outputs(layers, x, activation) - x[:, 0] * x[:, 1]).max() >= 1


def test_three_neurons_with_biases_of_their_own_where_no_slope_vanishes():
    assert three_biased("exponential") is None
    gate = three_biased("tanh")
    assert gate is not None
    σ = np.array([derivatives("tanh", float(b), 2) for b in gate.b])
    assert gate.v @ σ[:, 0] == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose((gate.v * σ[:, 1]) @ gate.a, 0, atol=1e-9)
    quadratic = np.einsum("j,ji,jk->ik", gate.v * σ[:, 2] / 2, gate.a, gate.a)
    np.testing.assert_allclose(quadratic, [[0, 0.5], [0.5, 0]], atol=1e-9)


@pytest.mark.parametrize("exponents", [(1, 1), (1, 1, 1), (2, 1), (3, 1), (2, 2), (2, 1, 1)])
@pytest.mark.parametrize("switch", [(name, bias) for name in DERIVATIVES for bias in BIASES])
def test_sizes_are_those_of_the_layers(exponents, switch):
    try:
        built = flat(exponents, *switch)
    except ValueError:
        assert size(exponents, *switch) == np.inf
        return
    assert size(exponents, *switch) == len(built.v)
    activation, bias = switch
    shared = flat(exponents, activation, bias, with_constant=True)
    # Between symmetric nodes there may be a neuron of direction 0 that is one of many biases.
    if (shared.a >= 0).all() or 0 not in shared.a:
        assert size(exponents, *switch, with_constant=True) == np.sum(shared.a.any(axis=1))
