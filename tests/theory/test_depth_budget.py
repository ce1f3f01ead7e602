"""Widths for a budget."""

import itertools

import pytest

from theory.depth import budget
from theory.network import parameter_count


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


def test_one_hidden_layer_has_the_width_of_the_closed_form():
    # (n + 2) w + 1 parameters for one output.
    for inputs, width in ((1, 5), (4, 1), (9, 30)):
        assert budget.hidden_widths(inputs, 1, (inputs + 2) * width + 1) == (width,)


@pytest.mark.parametrize("depth", [1, 2, 5])
def test_a_larger_budget_buys_no_narrower_network_and_no_layer_is_empty(depth):
    budgets = range(4 * depth, 400, 43)
    found = [budget.hidden_widths(3, depth, wanted) for wanted in budgets]
    neurons = [sum(widths) for widths in found]
    assert neurons == sorted(neurons)
    assert all(len(widths) == depth and max(widths) - min(widths) <= 1 <= min(widths) for widths in found)
    parameters = [parameter_count((3, *widths, 1)) for widths in found]
    # One neuron more takes at most the widths beside it, twice, and a few weights.
    assert all(abs(p - b) <= 2 * max(w) + 6 for p, b, w in zip(parameters, budgets, found, strict=True))
