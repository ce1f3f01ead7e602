"""Targets against slow evaluations, their networks against them, and both against counts on paper."""

import itertools
import math

import numpy as np
import pytest
import scipy.integrate

from theory.depth import budget, compositions, targets, uniform_products
from theory.depth.compositions import Block
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


@pytest.mark.parametrize(("inputs", "depth"), list(itertools.product([1, 2, 8, 20], range(1, 7))))
@pytest.mark.parametrize("wanted", [100, 400, 1600])
def test_widths_are_the_nearest_to_the_budget(inputs, depth, wanted):
    widths = budget.hidden_widths(inputs, depth, wanted)

    def count(widths) -> int:
        sizes = [inputs, *widths, 1]
        return sum(a * b + b for a, b in itertools.pairwise(sizes))

    assert len(widths) == depth
    assert max(widths) - min(widths) <= 1
    others = [[w + (i < more) for i in range(depth)] for w in range(1, 60) for more in range(depth)]
    # Every other network of this kind misses the budget by as much, or more.
    assert abs(count(widths) - wanted) == min(abs(count(w) - wanted) for w in [*others, list(widths)])
    if wanted >= 400:
        assert abs(count(widths) - wanted) / wanted < 0.03


def test_halved_widths():
    assert budget.halved_widths(16, 3) == (16, 8, 4)
    assert budget.halved_widths(2, 3) == (2, 1, 1)


def test_weighted_points_have_the_means_of_equally_likely_ones():
    x, weights = uniform_products.weighted_points(20, 200_000, np.random.default_rng(0))
    product = np.prod(x, axis=1)
    assert weights.mean() == pytest.approx(1, rel=0.01)
    # A mean that 200,000 points from U[0, 2]^20 miss by a few per cent, and by much more now and then.
    assert (weights * product).mean() == pytest.approx(1, rel=0.01)
    assert (weights * x[:, 0] * (product < 1)).mean() < 1 == pytest.approx((weights * x[:, 0]).mean(), rel=0.01)
    missed = weights * np.abs(product - uniform_products.median_of_product(20))
    assert missed.mean() == pytest.approx(uniform_products.constant_absolute_error(20), rel=0.01)


@pytest.mark.parametrize("n", [1, 2, 3, 8])
def test_the_error_of_the_best_constant_against_quadrature(n):
    """The density of a product p = 2^n exp(-g) by quadrature over g."""
    median = uniform_products.median_of_product(n)

    def over(function, low=0.0, high=120.0):
        density = lambda g: math.exp(-g) * g ** (n - 1) / math.gamma(n)  # noqa: E731
        return scipy.integrate.quad(lambda g: function(2**n * math.exp(-g)) * density(g), low, high, limit=500)[0]

    at = n * math.log(2) - math.log(median)
    assert over(lambda p: 1.0, at) == pytest.approx(0.5, abs=1e-6)
    error = over(lambda p: median - p, at) + over(lambda p: p - median, 0.0, at)
    assert uniform_products.constant_absolute_error(n) == pytest.approx(error, abs=1e-6)
    other = 1.2 * median
    worse = over(lambda p: abs(p - other), 0, at) + over(lambda p: abs(p - other), at)
    assert worse > error


def test_the_error_of_the_best_constant_against_a_sample():
    assert (uniform_products.median_of_product(1), uniform_products.constant_absolute_error(1)) == (
        pytest.approx(1),
        pytest.approx(0.5),
    )
    product = np.random.default_rng(0).uniform(0, 2, (400_000, 4)).prod(1)
    assert np.median(product) == pytest.approx(uniform_products.median_of_product(4), rel=0.02)
    missed = np.abs(product - uniform_products.median_of_product(4)).mean()
    assert missed == pytest.approx(uniform_products.constant_absolute_error(4), rel=0.02)
