"""Products by few neurons: derivatives, constructions, bounds, scales, groups, each against something independent."""

from fractions import Fraction
from itertools import pairwise
from itertools import product as grid_of
from math import factorial, prod

import jax
import numpy as np
import pytest
from scipy.special import erf, expit

from theory.activations import ACTIVATIONS
from theory.depth import moving
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
from theory.depth.groups import Prices, best_groups, formula, neurons, plan
from theory.depth.monomial import prices
from theory.depth.product import BIASES, bounds, differences, flat, size, three_biased
from theory.depth.scale import UNIT, predicted
from theory.depth.stages import network
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


# Bounds by hand, and the degrees of the equations that prove them.
BOUNDS = {
    (1, 1): (4, 3, 2),
    (1, 1, 1): (8, 7, 4),
    (2, 1): (6, 5, 3),
    (3, 1): (8, 7, 4),
    (2, 2): (9, 8, 3),
    (3, 2): (12, 11, 4),
    (2, 1, 1): (12, 11, 6),
}


@pytest.mark.parametrize("exponents", BOUNDS)
def test_bounds_by_hand(exponents):
    assert tuple(least_neurons(exponents, switch) for switch in ("all", "not 0", "highest")) == BOUNDS[exponents]
    N = sum(exponents)
    found = [list(degrees(N, switch)) for switch in ("all", "not 0", "highest")]
    assert found == [list(range(N + 1)), list(range(1, N + 1)), [N]]


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


def test_weights_that_move_do_with_no_fewer_neurons_if_all_degrees_count():
    # The matrix Σ v w^(β + r - γ), whose rank is no larger than the number of neurons, becomes that of [β = γ].
    for exponents in [(1, 1), (2, 1), (1, 1, 1)]:
        layer, λ = flat(exponents, "exponential", "none"), 1e-3
        v, w = layer.v * λ**-layer.order / prod(factorial(r) for r in exponents), λ * layer.a
        below = list(grid_of(*(range(r + 1) for r in exponents)))
        matrix = [[v @ np.prod(w ** (np.array(β) + exponents - γ), axis=1) for γ in below] for β in below]
        np.testing.assert_allclose(matrix, np.eye(len(below)), atol=0.01)


def least_together(monomials: list[tuple[int, ...]]) -> int:
    """Fewest neurons for all of these monomials of the same inputs at once: so many β are below any of them.

    Bias-free, all derivatives non-zero, fixed directions.
    """
    return len({β for r in monomials for β in grid_of(*(range(one + 1) for one in r))})


def test_monomials_together_take_what_is_below_any_of_them():
    assert least_together([(1, 1)]) == 4
    assert least_together([(2, 0), (1, 1)]) == 5
    assert least_together([(1, 1, 0, 0), (0, 0, 1, 1)]) == 7
    # No four of {-2, ..., 2}² make x² and xy at once; the five below do.
    kept, both = range(3), [(2, 0), (1, 1)]

    def make_all(a: np.ndarray) -> bool:
        return all(solvable(*moments(a, r, kept)) for r in both)

    assert make_all(np.array([[0, 0], [1, 0], [2, 0], [0, 1], [1, 1]]))
    assert not any(make_all(a) for a in all_directions(2, 4, 1))


@pytest.mark.parametrize(("exponents", "number", "fixed"), [((2, 1), 2, 3), ((3, 1), 2, 4), ((2, 1, 1), 4, 6)])
def test_directions_that_move_do_with_fewer(exponents, number, fixed):
    assert moving.least_moving(exponents) == number < least_neurons(exponents, "highest") == fixed
    left = [moving.remainder(exponents, moving.neurons_at(exponents, Fraction(1, 2**k))) for k in (6, 7, 8)]
    assert len(moving.neurons_at(exponents, Fraction(1, 2))) == number
    assert [float(a / b) for a, b in pairwise(left)] == pytest.approx([4, 4], rel=1e-3)
    with pytest.raises(ValueError, match="come together"):
        moving.neurons_at(exponents, Fraction(0))


def test_two_units_make_x_squared_y():
    # As ((x + ty)^3 - (x - ty)^3) / (6 t), by z - sin z, whose derivatives at 0 below the third vanish.
    x = np.random.default_rng(0).uniform(-1, 1, (50, 2))
    for t, λ in ((0.1, 0.05), (0.01, 0.01)):
        found = sum(
            float(v) * 6 / λ**3 * (z - np.sin(z))
            for v, a in moving.neurons_at((2, 1), Fraction(t))
            for z in [λ * x @ np.array(a, float)]
        )
        assert np.abs(found - x[:, 0] ** 2 * x[:, 1]).max() < 2 * max(t, λ) ** 2


@pytest.mark.parametrize("exponents", [(1, 1), (1, 1, 1), (2, 1), (2, 2), (3, 1), (3, 2), (2, 1, 1)])
def test_flattenings_have_the_rank_that_is_counted(exponents):
    N, n, ranks = sum(exponents), len(exponents), []
    for k in range(N + 1):
        # The coefficient of x^γ in the derivative of x^r by x^β is not 0 where β + γ = r.
        rows = [[int(tuple(np.add(β, γ)) == exponents) for γ in multi_indices(n, N - k)] for β in multi_indices(n, k)]
        ranks.append(rank(np.array(rows)))
    assert moving.flattening_rank(exponents) == max(ranks)


def partitions(n: int, largest: int):
    if n == 0:
        yield ()
    for first in range(min(n, largest), 0, -1):
        for rest in partitions(n - first, first):
            yield (first, *rest)


def cheapest(n: int, depth: int, cost) -> float:
    """Over all groupings; `cost` is of the sizes in a layer."""
    if depth == 1:
        return cost((n,))
    return min(cost(sizes) + cheapest(len(sizes), depth - 1, cost) for sizes in partitions(n, n))


def bias_free(sizes) -> float:
    """Each layer by the number of exponents below one of its products."""
    places = np.repeat(range(len(sizes)), sizes)
    return float(least_together([tuple((places == group).astype(int).tolist()) for group in range(len(sizes))]))


@pytest.mark.parametrize("n", [2, 3, 5, 6, 8])
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_groups_are_the_cheapest_of_all(n, depth):
    count, layers = best_groups(n, depth, prices("exponential", "none"))
    assert count == cheapest(n, depth, bias_free)
    sizes = [layer.sizes for layer in layers]
    assert sum(sizes[0]) == n
    assert [len(one) for one in sizes[:-1]] == [sum(one) for one in sizes[1:]]
    # Where a product of three does not exist, groups are not as equal as can be.
    odd = {1: 1.0, 2: 3.0, 4: 8.0, 6: 32.0, 8: 128.0}
    uneven = Prices(own=lambda b: odd.get(b, np.inf), sharing=lambda b: np.inf)
    assert best_groups(n, depth, uneven)[0] == cheapest(n, depth, lambda one: sum(odd.get(b, np.inf) for b in one))


def equal_groups(sizes: tuple[int, ...]) -> int:
    """Σ_i (∏_{j>i} b_j) 2^{b_i}: neurons of bias-free products of n = ∏ b_i numbers in groups of these sizes."""
    return sum(int(np.prod(sizes[i + 1 :])) * 2**b for i, b in enumerate(sizes))


def test_counts_of_groups():
    # Without a shared constant they are the published ones.
    alone = Prices(own=lambda b: 2.0**b, sharing=lambda b: np.inf)
    assert best_groups(16, 4, alone)[0] == 4 * 15 == equal_groups((2, 2, 2, 2))
    assert best_groups(16, 2, alone)[0] == equal_groups((4, 4)) == 80
    assert best_groups(20, 5, alone)[0] > 4 * 19
    # With one, three for a pair, one for a number that is carried and one for the layer.
    found = {n: best_groups(n, depth, prices("exponential", "none"))[0] for n, depth in ((20, 5), (12, 4), (6, 3))}
    assert found == {20: 64, 12: 38, 6: 19}
    assert best_groups(20, 4, prices("exponential", "none"))[0] == 62
    assert formula(20, 1) == 2**20
    assert [round(formula(20, k), 1) for k in (2, 3, 4)] == [99.3, 48.4, 41.0]


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
