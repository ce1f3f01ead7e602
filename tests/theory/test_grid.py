"""Grids of weights: numbers and networks, exact signs, and a census by an algorithm of another kind."""

import itertools
import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory import activations, boolean, network
from theory.restarts import grid
from theory.restarts.grid import Grid

RNG = np.random.default_rng(0)
SHAPES = [(1, 0), (2, 0), (3, 0), (1, 1), (2, 1), (2, 2), (3, 2), (2, 3)]


def truth_of(family: str, n: int) -> np.ndarray:
    return boolean.FAMILIES[family](n, RNG)


def census(one: Grid, truth: np.ndarray) -> int:
    return int(grid.solves(one, truth, np.arange(one.settings)).sum())


@pytest.mark.parametrize(("n", "m"), SHAPES)
def test_weights_are_counted_as_networks_have_them(n, m):
    sizes = (n, m, 1) if m else (n, 1)
    assert grid.weight_count(n, m) == network.parameter_count(sizes)
    assert Grid(3, n, m, "tanh").settings == 3 ** network.parameter_count(sizes)


def test_levels_are_symmetric_integers_that_hold_zero_if_odd():
    assert grid.levels(2).tolist() == [-1, 1]
    assert grid.levels(5).tolist() == [-4, -2, 0, 2, 4]


@given(st.sampled_from(SHAPES), st.integers(2, 6), st.data())
def test_a_setting_and_its_number_are_each_other_s_inverse(shape, B, data):
    inputs, width = shape
    one = Grid(B, inputs, width, "tanh")
    number = data.draw(st.integers(0, one.settings - 1))
    layers = grid.decode(one, np.asarray(number))
    assert grid.encode(one, layers) == number
    assert all(set(part.ravel().tolist()) <= set(grid.levels(B).tolist()) for layer in layers for part in layer)


def test_digits_stand_in_the_documented_order():
    one = Grid(3, 2, 2, "tanh")
    # Digits, the least first: weights, bias and output weight of unit 1, then of unit 2, then the last bias.
    digits = [0, 1, 2, 0, 2, 2, 1, 1, 0]
    (W, b), (v, c) = grid.decode(one, np.asarray(sum(digit * 3**k for k, digit in enumerate(digits))))
    assert W.tolist() == [[-2, 2], [0, 2]]
    assert (b.tolist(), v.ravel().tolist(), c.tolist()) == ([2, 0], [-2, 0], [-2])
    ((w, bias),) = grid.decode(Grid(3, 2, 0, "identity"), np.asarray(0 + 3 * 2 + 9 * 1))
    assert (w.ravel().tolist(), bias.tolist()) == ([-2, 2], [0])


@pytest.mark.parametrize("activation", ["threshold", "rectifier", "logistic", "tanh"])
def test_sums_of_terms_are_the_margins_of_the_decoded_networks(activation):
    one, truth = Grid(4, 3, 2, activation), truth_of("parity", 3)
    numbers = RNG.integers(0, one.settings, 50)
    margins = grid.summed(grid.margin_terms(one, truth), numbers)
    y = 2.0 * truth - 1
    for number, margin in zip(numbers, margins, strict=True):
        layers = network.from_arrays(grid.decode(one, np.asarray(number)))
        z = network.evaluate(layers, boolean.signed_inputs(3), activations.ACTIVATIONS[activation])[:, 0]
        assert np.allclose(margin / one.S, y * z, atol=1e-5)


@pytest.mark.parametrize("activation", ["threshold", "rectifier", "logistic", "tanh"])
@pytest.mark.parametrize(("n", "m"), [(2, 2), (3, 1)])
def test_no_sum_of_terms_is_larger_than_the_largest(activation, n, m):
    one = Grid(5, n, m, activation)
    terms = grid.margin_terms(one, truth_of("parity", n))
    reached = sum(abs(term).max() for term in terms)
    assert one.largest * 0.9 < reached <= one.largest <= grid.LARGEST_MARGIN


def test_terms_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="larger than"):
        grid.margin_terms(Grid(50_000, 1, 1, "rectifier"), truth_of("and", 1))


def patterns(one: Grid) -> Counter:
    """How many weights and biases of a hidden unit lead to each tuple of its outputs, exact and in no float."""
    exact = {"threshold": lambda a: int(a > 0), "rectifier": lambda a: max(a, 0)}[one.activation]
    points = [tuple(int(bit) for bit in x) for x in boolean.signed_inputs(one.n)]
    units = itertools.product(range(-one.B + 1, one.B, 2), repeat=one.n + 1)
    return Counter(tuple(exact(sum(map(math.prod, zip(w, x, strict=True))) + b) for x in points) for *w, b in units)


def census_by_patterns(one: Grid, truth: np.ndarray) -> int:
    """The same count, from multisets of responses of hidden units instead of weights, in Python's integers."""
    values, responses = range(-one.B + 1, one.B, 2), patterns(one)
    y = [2 * int(bit) - 1 for bit in truth]
    total = 0
    for chosen in itertools.combinations_with_replacement(responses, one.m):
        orders = math.factorial(one.m)
        for count in Counter(chosen).values():
            orders //= math.factorial(count)
        ways = orders * math.prod(responses[pattern] for pattern in chosen)
        for *v, c in itertools.product(values, repeat=one.m + 1):
            outputs = [sum(map(math.prod, zip(v, h, strict=True))) + c for h in zip(*chosen, strict=True)]
            total += ways * all(sign * z > 0 for sign, z in zip(y, outputs, strict=True))
    return total


@pytest.mark.parametrize(
    ("family", "n", "m", "B"), [("parity", 2, 2, 3), ("parity", 2, 2, 4), ("and", 2, 1, 6), ("majority", 3, 1, 4)]
)
@pytest.mark.parametrize("activation", ["threshold", "rectifier"])
def test_census_against_multisets_of_response_patterns(family, n, m, B, activation):
    one, truth = Grid(B, n, m, activation), truth_of(family, n)
    assert census(one, truth) == census_by_patterns(one, truth)


@pytest.mark.parametrize(("family", "n", "B", "expected"), [("and", 2, 2, 1), ("and", 2, 4, 5), ("majority", 3, 3, 1)])
def test_census_of_a_single_neuron_in_fractions(family, n, B, expected):
    truth = truth_of(family, n)
    values = [Fraction(value) for value in range(-B + 1, B, 2)]
    by_hand = sum(
        all(
            (2 * int(bit) - 1) * (sum(wi * int(xi) for wi, xi in zip(w, x, strict=True)) + b) > 0
            for bit, x in zip(truth, boolean.signed_inputs(n), strict=True)
        )
        for *w, b in itertools.product(values, repeat=n + 1)
    )
    assert census(Grid(B, n, 0, "identity"), truth) == by_hand == expected


@pytest.mark.parametrize("B", [2, 3, 4])
@pytest.mark.parametrize("activation", ["logistic", "tanh"])
def test_census_of_smooth_units_against_floats_where_these_are_far_from_zero(B, activation):
    one, truth = Grid(B, 2, 2, activation), truth_of("parity", 2)
    (W, b), (v, c) = grid.decode(one, np.arange(one.settings))
    a = np.einsum("pi,sij->spj", boolean.signed_inputs(2), W) + b[:, None]
    h = np.tanh(a) if activation == "tanh" else (1 + np.tanh(a / 2)) / 2
    margins = (((h * v[:, None, :, 0]).sum(-1) + c) * (2.0 * truth - 1)).min(1)
    assert np.array_equal(grid.solves(one, truth, np.arange(one.settings)), margins > 1e-9)
    # No setting is left that floats could not tell from a tie.
    assert (abs(margins[abs(margins) < 1e-9]) < 1e-13).all()


def test_saturated_units_differ_and_symmetric_ones_cancel():
    # tanh(18) and tanh(17) are the same number in 64 bits, and yet one is larger.
    assert np.tanh(20.0) == np.tanh(19.0)
    assert grid.sign_of_sum(0, (1, -1), (40, 38)) == 1
    assert grid.sign_of_sum(0, (1, -1), (38, 40)) == -1
    assert grid.sign_of_sum(1, (-1,), (200,)) == 1
    assert grid.sign_of_sum(0, (3, -1, -2), (7, 7, 7)) == 0
    assert grid.sign_of_sum(2, (5,), (0,)) == 1
    assert grid.sign_of_sum(-2, (5, -5), (4, 4)) == -1
    assert grid.sign_of_sum(0, (), ()) == 0


@given(st.integers(-3, 3), st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 6)), max_size=3))
def test_signs_of_sums_are_those_of_floats_far_from_zero(constant, pairs):
    value = constant + sum(coefficient * math.tanh(k / 2) for coefficient, k in pairs)
    sign = grid.sign_of_sum(constant, tuple(c for c, _ in pairs), tuple(k for _, k in pairs))
    assert sign == (0 if abs(value) < 1e-12 else math.copysign(1, value))


@pytest.mark.parametrize("activation", ["logistic", "tanh"])
def test_exact_signs_are_those_of_floats_far_from_zero(activation):
    one = Grid(5, 3, 2, activation)
    numbers, point = RNG.integers(0, one.settings, 400), RNG.integers(0, 8, 400)
    layers = grid.decode(one, numbers)
    signs = grid._exact_signs(one, layers, np.arange(400), point)
    (W, b), (v, c) = layers
    a = np.einsum("si,sij->sj", boolean.signed_inputs(3)[point], W) + b
    h = np.tanh(a) if activation == "tanh" else (1 + np.tanh(a / 2)) / 2
    z = (h * v[..., 0]).sum(1) + c[:, 0]
    far = abs(z) > 1e-9
    assert far.sum() > 300
    assert np.array_equal(signs[far], np.sign(z[far]))
    assert not signs[abs(z) < 1e-13].any()
