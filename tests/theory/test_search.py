"""The cost of a search until the first solution."""

import itertools
import math
from fractions import Fraction

import jax
import numpy as np
import pytest

from theory import activations, boolean, network
from theory.restarts import grid, search

SHAPES = [(1, 0), (2, 0), (3, 0), (1, 1), (2, 1), (2, 2), (3, 2), (2, 3)]


@pytest.mark.parametrize(("N", "S"), [(1, 1), (4, 1), (5, 2), (6, 3), (6, 6)])
def test_expected_evaluations_of_small_urns(N, S):
    orders = list(itertools.permutations(range(N)))
    firsts = [1 + min(order.index(solution) for solution in range(S)) for order in orders]
    assert search.expected_in_random_order(N, S) == Fraction(sum(firsts), len(orders))
    assert search.worst_case(N, S) == max(firsts)


@pytest.mark.parametrize("S", [0, 7])
def test_a_first_solution_needs_a_solution(S):
    for expected in (search.expected_in_random_order, search.worst_case):
        with pytest.raises(ValueError, match="solutions among 6"):
            expected(6, S)


def test_rounds_of_the_post():
    assert search.rounds_of_the_post(1) == 18446744073709551616
    assert len(str(search.rounds_of_the_post(9))) == 174


@pytest.mark.parametrize(("n", "m"), SHAPES)
def test_a_step_costs_less_than_three_evaluations_as_jax_counts_multiplications(n, m):
    cost = search.step_cost(n, m)
    assert 2 < cost < 3
    sizes, points = ((n, m, 1) if m else (n, 1)), 2**n
    # Products of weights with activations alone: the identity keeps σ' out of it, biases and moves are counted by hand.
    layers = network.initialize(jax.random.key(0), sizes, 1.0)
    x = boolean.signed_inputs(n).astype(np.float32)

    def loss(layers):
        return jax.vmap(lambda x: network.apply(layers, x, activations.identity))(x).sum()

    def multiplications(function) -> int:
        jaxpr = jax.make_jaxpr(function)(layers)
        dots = [equation for equation in jaxpr.jaxpr.eqns if equation.primitive.name == "dot_general"]
        return sum(_multiply_adds(equation) for equation in dots)

    biases = m + 1
    by_jax = multiplications(jax.grad(loss)) + 2 * biases * points + grid.weight_count(n, m)
    assert cost * grid.weight_count(n, m) * points == by_jax
    assert search.run_cost(n, m, 10) == 10 * cost + 1


def _multiply_adds(equation) -> int:
    (contracted, _), _ = equation.params["dimension_numbers"]
    left = equation.invars[0].aval.shape
    return math.prod(equation.outvars[0].aval.shape) * math.prod(left[axis] for axis in contracted)


def test_random_order_is_never_dearer_than_guesses_and_one_solution_takes_half_of_all_settings():
    for N, S in ((10, 1), (10, 9), (4096, 3)):
        assert search.expected_in_random_order(N, S) <= Fraction(N, S)
        assert search.expected_in_random_order(N, S) <= search.worst_case(N, S)
    assert search.expected_in_random_order(99, 1) == 50
    assert search.expected_in_random_order(7, 7) == search.worst_case(7, 7) == 1
    # On finer grids with the same share of solutions both tend to the reciprocal of that share.
    assert float(search.expected_in_random_order(10**9, 10**8)) == pytest.approx(10, rel=1e-7)


@pytest.mark.parametrize(("n", "m"), [(2, 0), (2, 2), (3, 5)])
def test_a_run_costs_its_steps_and_one_evaluation_at_the_end(n, m):
    assert search.run_cost(n, m, 0) == 1
    assert search.run_cost(n, m, 10) - search.run_cost(n, m, 9) == search.step_cost(n, m)
    assert 2 < search.step_cost(n, m) < 3
