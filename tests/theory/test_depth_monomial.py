"""Monomials by squares and products: what they calculate, in whole numbers and in floats, and how many neurons."""

from itertools import product as grid_of
from math import prod

import numpy as np
import pytest

from tests.theory.test_depth_product import outputs
from theory.depth.groups import neurons
from theory.depth.monomial import Schedule, count, gate, network, published_bound, schedule
from theory.depth.product import flat

# Bias-free neurons, as the formulas say: a square, two and three numbers, a number that is carried.
COSTS = {(2,): 3, (1, 1): 4, (1, 1, 1): 8, (1,): 2}
# Exponents of scales: a gate of three loses more to rounding.
SCALES = {1: -11, 2: -11, 3: -7}
SEVERAL = [*((r,) for r in range(2, 130)), *grid_of(range(1, 14), repeat=2), *grid_of(range(1, 7), repeat=3)]


def calculated(plan: Schedule, values: list[int]) -> list[int]:
    """What the gates make of whole numbers, exactly."""
    for layer in plan:
        values = [prod(values[place] ** power for place, power in zip(*one, strict=True)) for one in layer]
    return values


def random_exponents(number: int) -> list[tuple[int, ...]]:
    rng = np.random.default_rng(1)
    return [tuple(int(2 ** rng.uniform(0, 12)) for _ in range(rng.integers(1, 8))) for _ in range(number)]


@pytest.mark.parametrize("largest", [2, 3])
def test_schedules_calculate_the_monomial_exactly(largest):
    for exponents in [*SEVERAL, *random_exponents(10), (1,)]:
        primes = [2, 3, 5, 7, 11, 13, 17][: len(exponents)]
        expected = prod(p**r for p, r in zip(primes, exponents, strict=True))
        assert calculated(schedule(exponents, largest), primes) == [expected]
        # The schedule of other exponents does not.
        other = (exponents[0] + 1, *exponents[1:])
        assert calculated(schedule(other, largest), primes) != [expected]


@pytest.mark.parametrize("largest", [2, 3])
def test_counts_are_those_of_binary_digits(largest):
    for exponents in [*SEVERAL, *random_exponents(200)]:
        plan = schedule(exponents, largest)
        total, carried = count(plan, COSTS.__getitem__)
        digits = [f"{r:b}" for r in exponents]
        squares, ones = sum(len(one) - 1 for one in digits), sum(one.count("1") for one in digits)
        assert total == 3 * squares + 4 * (ones - 1) + carried
        assert len(plan) >= max(len(one) - 1 for one in digits)


def test_with_gates_of_three_the_bound_holds_and_by_as_much_as_proved():
    for exponents in [*SEVERAL, *random_exponents(1000), (1023, 1, 1)]:
        total, carried = count(schedule(exponents, 3), COSTS.__getitem__)
        zeros = sum(f"{r:b}".count("0") for r in exponents)
        others = sum(r & (r - 1) > 0 for r in exponents)
        assert carried / 2 <= 1 + zeros
        assert published_bound(exponents) - total == 4 + 4 * zeros + 7 * others - carried
        assert published_bound(exponents) - total >= 2


def test_with_gates_of_two_the_bound_holds_but_for_what_is_carried():
    total, carried = count(schedule((1023, 1, 1), 2), COSTS.__getitem__)
    assert (total, carried, published_bound((1023, 1, 1))) == (91, 20, 82)
    for exponents in SEVERAL:
        total, carried = count(schedule(exponents, 2), COSTS.__getitem__)
        assert total - carried <= published_bound(exponents)


def test_the_bound_is_the_published_formula():
    # 7 ⌈log2 r⌉ + 4 by counting doublings.
    for r in range(1, 2000):
        assert published_bound((r,)) == 7 * (r - 1).bit_length() + 4
    assert published_bound((1, 3)) == 4 + 18


@pytest.mark.parametrize(
    ("activation", "bias", "expected"),
    [
        ("exponential", "none", {(2,): 3, (1, 1): 4, (1, 1, 1): 8, (1,): 2}),
        ("exponential", "output", {(2,): 2, (1, 1): 3, (1, 1, 1): 7, (1,): 1}),
        ("exponential", "hidden", {(2,): 3, (1, 1): 4}),
        ("gelu", "none", {(2,): 2, (1, 1): 3, (1,): 1}),
        ("gelu", "hidden", {(2,): 2, (1, 1): 2}),
        ("sine", "hidden", {(2,): 2, (1, 1): 2, (1, 1, 1): 4, (1,): 1}),
        ("tanh", "hidden", {(2,): 3, (1, 1): 3}),
    ],
)
def test_gates_have_so_many_neurons_and_do_what_they_should(activation, bias, expected):
    rng = np.random.default_rng(2)
    for powers, number in expected.items():
        one = gate(powers, activation, bias)
        x = rng.uniform(-1, 1, (50, len(powers)))
        found = outputs(one.layers(2.0**-9), x, activation)
        assert len(one.v) == number
        np.testing.assert_allclose(found, np.prod(x ** np.array(powers), axis=1), atol=0.01)
        assert np.abs(found - np.prod(x, axis=1)).max() > 0.1 or powers != (2,)


@pytest.mark.parametrize("activation", ["sine", "tanh"])
def test_bias_free_odd_neurons_cannot_square(activation):
    with pytest.raises(ValueError, match="square a number"):
        gate((2,), activation, "none")


@pytest.mark.parametrize("exponents", [(2,), (3,), (13,), (64,), (3, 2), (5, 1, 1), (7, 4, 2)])
@pytest.mark.parametrize(
    ("activation", "bias"), [("exponential", "none"), ("exponential", "output"), ("sine", "hidden")]
)
@pytest.mark.parametrize("largest", [2, 3])
def test_networks_calculate_the_monomial_with_as_many_neurons_as_counted(exponents, activation, bias, largest):
    plan = schedule(exponents, largest)
    gates = {powers: gate(powers, activation, bias) for powers in {one.powers for layer in plan for one in layer}}
    layers = network(plan, len(exponents), lambda _, powers: gates[powers].layers(2.0 ** SCALES[sum(powers)]))
    x = np.random.default_rng(3).choice([-1, 1], (60, len(exponents))) * np.linspace(0.5, 1, 60)[:, None]
    assert neurons(layers) == count(plan, lambda powers: len(gates[powers].v))[0]
    assert len(layers) == len(plan) + 1
    # Biases stand where the switch allows them. Every layer but the last is followed by one that has biases.
    assert bias != "none" or not any(b.any() for _, b in layers)
    assert bias != "hidden" or not layers[-1][1].any()
    np.testing.assert_allclose(outputs(layers, x, activation), np.prod(x ** np.array(exponents), axis=1), atol=0.03)


def test_a_flat_monomial_has_the_published_number_of_neurons():
    for exponents in [(2,), (5,), (2, 2), (3, 1, 2)]:
        assert len(flat(exponents, "exponential", "none").v) == prod(r + 1 for r in exponents)


@pytest.mark.parametrize(("exponents", "largest", "words"), [((0, 2), 3, "at least 1"), ((2,), 4, "at most 3")])
def test_what_is_not_allowed(exponents, largest, words):
    with pytest.raises(ValueError, match=words):
        schedule(exponents, largest)
