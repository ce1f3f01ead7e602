"""Monomials by squares and products: what they calculate, in whole numbers and in floats, and how many neurons."""

import heapq
from itertools import combinations, combinations_with_replacement
from itertools import product as grid_of
from math import prod

import numpy as np
import pytest

from tests.theory.test_depth_equations import least_together
from tests.theory.test_depth_product import outputs
from theory.depth.groups import neurons
from theory.depth.monomial import gate, prices, published_bound, schedule
from theory.depth.product import flat
from theory.depth.stages import Gate, Schedule, Stage, network

BIAS_FREE = prices("exponential", "none")
# Exponents of scales: a gate of three loses more to rounding.
SCALES = {1: -11, 2: -11, 3: -7}
SEVERAL = [*((r,) for r in range(2, 130)), *grid_of(range(1, 14), repeat=2), *grid_of(range(1, 7), repeat=3)]


def calculated(plan: Schedule, values: list[int]) -> list[int]:
    """What the gates make of whole numbers, exactly."""
    for stage in plan:
        values = [prod(values[place] ** power for place, power in zip(*one, strict=True)) for one in stage.gates]
    return values


def counted(plan: Schedule) -> int:
    """Bias-free neurons of the stages, each as many as there are exponents below one of its monomials."""
    inputs, total = 1 + max((place for stage in plan[:1] for one in stage.gates for place in one.places), default=0), 0
    for stage in plan:
        monomials = []
        for one in stage.gates:
            powers = [0] * inputs
            for place, power in zip(*one, strict=True):
                powers[place] = power
            monomials.append(tuple(powers))
        total, inputs = total + least_together(monomials), len(stage.gates)
    return total


def by_search(target: tuple[int, ...], degree: int, most: int) -> int:
    """Fewest bias-free neurons over all networks of layers of at most `most` monomials, each of at most `degree`.

    Dijkstra's algorithm over the sets of exponents that a layer has made.
    """
    start = frozenset(tuple(int(i == j) for j in range(len(target))) for i in range(len(target)))
    queue, done, order = [(0, 0, start)], set(), 0
    while queue:
        cost, _, made = heapq.heappop(queue)
        if made == {target}:
            return cost
        if made in done:
            continue
        done.add(made)
        values = sorted(made)
        ways = []
        for size in range(1, degree + 1):
            for chosen in combinations_with_replacement(range(len(values)), size):
                vector = tuple(sum(values[i][j] for i in chosen) for j in range(len(target)))
                if all(a <= b for a, b in zip(vector, target, strict=True)):
                    ways.append((tuple(chosen.count(i) for i in range(len(values))), vector))
        for number in range(1, most + 1):
            for some in combinations(ways, number):
                vectors = frozenset(vector for _, vector in some)
                if vectors not in done:
                    order += 1
                    heapq.heappush(queue, (cost + least_together([powers for powers, _ in some]), order, vectors))
    raise AssertionError(f"no network makes {target}")


def random_exponents(number: int) -> list[tuple[int, ...]]:
    rng = np.random.default_rng(1)
    return [tuple(int(2 ** rng.uniform(0, 12)) for _ in range(rng.integers(1, 8))) for _ in range(number)]


@pytest.mark.parametrize("largest", [2, 3])
def test_schedules_calculate_the_monomial_exactly(largest):
    for exponents in [*SEVERAL[::2], *random_exponents(10), (1,)]:
        primes = [2, 3, 5, 7, 11, 13, 17][: len(exponents)]
        expected = prod(p**r for p, r in zip(primes, exponents, strict=True))
        assert calculated(schedule(exponents, largest, BIAS_FREE), primes) == [expected]
        # The schedule of other exponents does not.
        other = (exponents[0] + 1, *exponents[1:])
        assert calculated(schedule(other, largest, BIAS_FREE), primes) != [expected]


@pytest.mark.parametrize("largest", [2, 3])
def test_no_gate_is_larger_than_allowed(largest):
    for exponents in [*SEVERAL[::3], *random_exponents(20)]:
        sizes = {sum(one.powers) for stage in schedule(exponents, largest, BIAS_FREE) for one in stage.gates}
        assert max(sizes, default=1) <= largest


def test_counts_by_hand():
    # Three neurons a squaring; x^3: x, 2x and the constant, then a pair. Of x^1023 y z: 9 layers of a square, of a
    # pair that shares a neuron with it and of one that is carried, 6 each; then 5; then 4.
    expected = {(2,): 3, (64,): 18, (3,): 7, (1, 1): 4, (1023, 1, 1): 63, (1023,): 47}
    for exponents, number in expected.items():
        assert counted(schedule(exponents, 2, BIAS_FREE)) == number
    assert counted(schedule((1023, 1, 1), 3, BIAS_FREE)) == 53
    # Without biases of hidden neurons, but with those of outputs, a layer has no constant.
    assert sum(len(stage.gates) for stage in schedule((64,), 2, prices("exponential", "output"))) == 6


@pytest.mark.parametrize("largest", [2, 3])
def test_the_bound_is_kept(largest):
    for exponents in [*SEVERAL[::3], *random_exponents(50), (1023, 1, 1)]:
        assert counted(schedule(exponents, largest, BIAS_FREE)) <= published_bound(exponents)


@pytest.mark.parametrize(
    ("exponents", "least"),
    [((3,), 7), ((4,), 6), ((5,), 11), ((6,), 10), ((7,), 12), ((1, 1), 4), ((1, 1, 1), 9), ((2, 1), 8), ((3, 1), 9)],
)
def test_schedules_against_a_search_of_all_networks_of_monomials(exponents, least):
    assert by_search(exponents, 2, 3) == counted(schedule(exponents, 2, BIAS_FREE)) == least


def test_other_schemes_may_be_smaller_than_the_space():
    # A flat fourth power; and (xy)², where the space squares before it multiplies.
    assert by_search((4,), 4, 2) == 5 < counted(schedule((4,), 3, BIAS_FREE))
    assert by_search((2, 2), 2, 3) == 7 < counted(schedule((2, 2), 2, BIAS_FREE))


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
    plan = schedule(exponents, largest, prices(activation, bias))
    scales = [2.0 ** max(SCALES[sum(one.powers)] for one in stage.gates) for stage in plan]
    layers = network(
        plan, len(exponents), lambda i, powers: gate(powers, activation, bias, plan[i].shares).layers(scales[i])
    )
    x = np.random.default_rng(3).choice([-1, 1], (60, len(exponents))) * np.linspace(0.5, 1, 60)[:, None]
    if (activation, bias) == ("exponential", "none"):
        assert neurons(layers) == counted(plan)
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
        schedule(exponents, largest, BIAS_FREE)


def test_neurons_that_are_the_same_are_one():
    plan = (Stage((Gate((0,), (2,)), Gate((0, 1), (1, 1)), Gate((2,), (1,))), True),)
    layers = network(plan, 3, lambda _, powers: gate(powers, "exponential", "none", True).layers(2.0**-9))
    # x, -x, the constant; y, x + y; z.
    assert neurons(layers) == layers[0][0].shape[1] == 6
    x = np.random.default_rng(0).uniform(-1, 1, (20, 3))
    found = np.exp(x @ layers[0][0]) @ layers[1][0] + layers[1][1]
    np.testing.assert_allclose(found, np.stack([x[:, 0] ** 2, x[:, 0] * x[:, 1], x[:, 2]], axis=1), atol=0.01)
