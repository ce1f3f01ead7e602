"""Products by few neurons: derivatives, constructions, bounds, scales, groups, each against something independent."""

from fractions import Fraction
from itertools import product as grid_of
from math import factorial, prod

import jax
import numpy as np
import pytest
from scipy.special import erf, expit

from theory.activations import ACTIVATIONS
from theory.depth.equations import (
    CHOICES,
    all_directions,
    degrees,
    directions,
    eliminate,
    least_neurons,
    moments,
    multi_indices,
    rank,
    solvable,
)
from theory.depth.groups import best_groups, equal_groups, formula, grouped, neurons
from theory.depth.product import BIASES, bounds, differences, flat, three_biased
from theory.depth.scale import UNIT, predicted
from theory.depth.taylor import DERIVATIVES, derivatives, tanh_polynomial, vanishes, vanishing_bias

ON_HOST = {
    "exponential": np.exp,
    "gelu": lambda a: a * (1 + erf(a / np.sqrt(2))) / 2,
    "logistic": expit,
    "silu": lambda a: a * expit(a),
    "sine": np.sin,
    "softplus": lambda a: np.logaddexp(0, a),
    "tanh": np.tanh,
}

IN_THE_PLANE = ON_HOST | {
    "logistic": lambda z: 1 / (1 + np.exp(-z)),
    "silu": lambda z: z / (1 + np.exp(-z)),
    "softplus": lambda z: np.log(1 + np.exp(z)),
}


def outputs(layers, x: np.ndarray, activation: str) -> np.ndarray:
    """An independent evaluation, in float64 on the host."""
    for W, b in layers[:-1]:
        x = ON_HOST[activation](x @ W + b)
    return (x @ layers[-1][0] + layers[-1][1])[:, 0]


@pytest.mark.parametrize("activation", DERIVATIVES)
@pytest.mark.parametrize("b", [0.0, -1.3, 0.7])
def test_derivatives_are_those_of_cauchys_integral(activation, b):
    # All of these are analytic within a distance of π/2 of the real line.
    circle = np.exp(2j * np.pi * np.arange(128) / 128)
    values = IN_THE_PLANE[activation](b + circle)
    expected = [factorial(k) * np.mean(values / circle**k).real for k in range(9)]
    np.testing.assert_allclose(derivatives(activation, b, 8), expected, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("activation", DERIVATIVES)
def test_activations_on_the_device_are_those_on_the_host(activation):
    a = np.linspace(-4, 4, 41)
    np.testing.assert_allclose(
        ACTIVATIONS[activation](jax.numpy.asarray(a)), ON_HOST[activation](a), rtol=1e-5, atol=1e-6
    )


def test_derivatives_of_tanh_at_0_are_the_tangent_numbers():
    # OEIS A000182 with signs.
    assert [tanh_polynomial(k)[0] for k in range(1, 12, 2)] == [1, -2, 16, -272, 7936, -353792]
    assert all(tanh_polynomial(k)[0] == 0 for k in range(0, 20, 2))


def test_where_derivatives_vanish():
    assert vanishing_bias("sine", 1) == pytest.approx(np.pi / 2) or vanishing_bias("sine", 1) == pytest.approx(
        -np.pi / 2
    )
    assert vanishing_bias("gelu", 1) == pytest.approx(-0.7517915)
    assert vanishing_bias("silu", 1) == pytest.approx(-1.2784645)
    assert vanishing_bias("tanh", 2) == 0.0
    assert [vanishing_bias(name, 1) for name in ("exponential", "tanh", "logistic", "softplus")] == [None] * 4
    assert vanishes("softplus", 0.0, 3)
    assert not vanishes("tanh", 0.0, 1)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
@pytest.mark.parametrize("nodes", ["symmetric", "one-sided"])
def test_differences_see_one_power_only(order, nodes):
    a, c = differences(order, nodes)
    assert [float(c @ a**k) for k in range(order + 1)] == pytest.approx([0.0] * order + [1.0], abs=1e-12)


# Neurons by the formulas: 2^n; one less; half; none.
COUNTS = {
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
    # A larger scale for many factors, whose rounding is divided by its power.
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


@pytest.mark.parametrize("n", [2, 4, 8])
def test_errors_of_exponentials_are_as_predicted(n):
    x = np.random.default_rng(2).choice([-1.0, 1.0], (200, n))
    layer = flat((1,) * n, "exponential", "none")
    model = predicted(layer, "exponential", x, "float64")
    # At a corner the network is ∏ sinh(λ) / λ^n.
    assert model.p == 2
    assert n / 6 == pytest.approx(model.C)
    above, below = 16 * model.best_scale, model.best_scale / 8
    error = np.abs(outputs(layer.layers(above), x, "exponential") - np.prod(x, axis=1)).max()
    assert error == pytest.approx((np.sinh(above) / above) ** n - 1, rel=1e-3)
    # Corners have too few different roundings to show the largest.
    inside = x * np.random.default_rng(3).uniform(0.5, 1, x.shape)
    error = np.abs(outputs(layer.layers(below), inside, "exponential") - np.prod(inside, axis=1)).max()
    assert model.R * below**-model.q / 4 < error < model.R * below**-model.q * 2
    assert model.at(model.best_scale) < min(model.at(2 * model.best_scale), model.at(model.best_scale / 2))


def test_best_scales_fall_as_the_fourth_root_for_two_numbers():
    x = np.array([[1.0, 1.0]])
    low, high = (predicted(flat((1, 1), "exponential", "none"), "exponential", x, one).best_scale for one in UNIT)
    assert low / high == pytest.approx((UNIT["float32"] / UNIT["float64"]) ** 0.25)


def test_scales_are_larger_where_roundings_come_in():
    x, layer = np.array([[1.0, 1.0]]), flat((1, 1), "exponential", "output")
    alone, deeper = (predicted(layer, "exponential", x, "float64", M) for M in (0.0, 1e6))
    assert deeper.best_scale > 2 * alone.best_scale
    balanced = predicted(flat((1, 1), "exponential", "none"), "exponential", x, "float64", 1e6)
    assert balanced.S == 0


MONOMIALS = [(1, 1), (1, 1, 1), (2, 1), (2, 2), (3, 1), (1, 1, 1, 1)]


@pytest.mark.parametrize("exponents", MONOMIALS)
@pytest.mark.parametrize("switch", ["all", "not 0", "highest"])
def test_taylor_equations_have_solutions_from_the_bound_on_and_not_below(exponents, switch):
    N, n, least = sum(exponents), len(exponents), least_neurons(exponents, switch)
    rng = np.random.default_rng(3)
    for choice in CHOICES:
        a = directions(choice, n, least - 1, rng)
        assert len(a) == least - 1
        assert not solvable(*moments(a, exponents, degrees(N, switch)))
    bias = {"all": "none", "not 0": "output", "highest": "none"}[switch]
    enough = flat(exponents, "exponential", bias).a.astype(int)
    assert solvable(*moments(enough, exponents, degrees(N, switch)))


def test_a_degree_that_asks_for_nothing_lets_half_of_the_neurons_do():
    # Planted falsehood for the bound of 2^n: without the equations of degree n - 1 half of the signs suffice.
    half = np.array([s for s in grid_of((-1, 1), repeat=4) if s[0] == 1])
    assert solvable(*moments(half, (1, 1, 1, 1), [0, 1, 2, 4]))
    assert not solvable(*moments(half, (1, 1, 1, 1), [0, 1, 2, 3, 4]))


def test_no_three_small_directions_multiply_two_numbers_and_some_four_do():
    tried = list(all_directions(2, 3, 1))
    assert len(tried) == 165
    assert not any(solvable(*moments(a, (1, 1), range(3))) for a in tried)
    assert any(solvable(*moments(a, (1, 1), range(3))) for a in all_directions(2, 4, 1))


def test_elimination_agrees_with_fractions_and_with_floats():
    rng = np.random.default_rng(4)
    for _ in range(50):
        rows = rng.integers(-3, 4, (rng.integers(1, 5), 4))
        rows[-1] = rows[0] * 2
        right = rng.integers(-3, 4, 4) if rng.random() < 0.5 else rng.integers(-2, 3, len(rows)) @ rows
        found, rest = eliminate(rows, right)
        assert found == np.linalg.matrix_rank(rows.astype(float)) == rank(rows)
        together = np.linalg.matrix_rank(np.vstack([rows, right]).astype(float))
        assert (together == found) == (not rest.any())


def test_moments_are_powers_and_indices_are_complete():
    assert sorted(multi_indices(3, 2)) == [(0, 0, 2), (0, 1, 1), (0, 2, 0), (1, 0, 1), (1, 1, 0), (2, 0, 0)]
    rows, right = moments(np.array([[2, 3]]), (1, 1), range(3))
    assert sorted(rows[0].tolist()) == [1, 2, 3, 4, 6, 9]
    assert rows[0][right.astype(bool)].tolist() == [6]


def test_output_weights_of_the_construction_solve_the_equations():
    for exponents in MONOMIALS:
        layer = flat(exponents, "exponential", "none")
        rows, right = moments(layer.a.astype(int), exponents, range(sum(exponents) + 1))
        c = [Fraction(float(v)).limit_denominator(10**6) for v in layer.v / prod(factorial(r) for r in exponents)]
        assert [sum(one * row for one, row in zip(c, column, strict=True)) for column in rows.T] == right.tolist()


def partitions(n: int, largest: int):
    if n == 0:
        yield ()
    for first in range(min(n, largest), 0, -1):
        for rest in partitions(n - first, first):
            yield (first, *rest)


def cheapest(n: int, depth: int, cost) -> float:
    """Over all groupings, not only balanced ones."""
    if depth == 1:
        return cost(n)
    return min(sum(map(cost, sizes)) + cheapest(len(sizes), depth - 1, cost) for sizes in partitions(n, n))


@pytest.mark.parametrize("n", [2, 3, 5, 8, 11])
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_balanced_groups_are_the_cheapest(n, depth):
    count, groups = best_groups(n, depth, lambda b: 2.0**b)
    assert count == cheapest(n, depth, lambda b: 2.0**b)
    assert sum(groups[0]) == n
    assert [len(sizes) for sizes in groups[:-1]] == [sum(sizes) for sizes in groups[1:]]


def test_counts_of_groups_are_the_published_ones():
    assert best_groups(16, 4, lambda b: 2.0**b)[0] == 4 * 15 == equal_groups((2, 2, 2, 2))
    assert best_groups(16, 2, lambda b: 2.0**b)[0] == equal_groups((4, 4)) == 80
    assert [round(formula(20, k), 1) for k in (2, 3, 4)] == [99.3, 48.4, 41.0]
    assert best_groups(20, 5, lambda b: 2.0**b)[0] > 4 * 19


@pytest.mark.parametrize(("n", "depth", "bias"), [(4, 2, "none"), (6, 2, "none"), (8, 3, "output"), (5, 3, "none")])
def test_grouped_products_multiply_with_as_many_neurons_as_counted(n, depth, bias):
    count, groups = best_groups(n, depth, lambda b: bounds((1,) * b, "exponential", bias)[1])
    layers = grouped(groups, lambda layer, size: flat((1,) * size, "exponential", bias).layers(2.0**-8))
    x = np.random.default_rng(5).uniform(-1, 1, (40, n))
    assert neurons(layers) == count
    assert len(layers) == depth + 1
    assert np.abs(outputs(layers, x, "exponential") - np.prod(x, axis=1)).max() < 0.05
    assert bias == "output" or not any(b.any() for _, b in layers)
