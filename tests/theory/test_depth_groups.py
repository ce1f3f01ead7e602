"""The cheapest groups of factors against all groups there are, and products that are built of them."""

import numpy as np
import pytest

from tests.theory.test_depth_equations import least_together
from theory.depth.groups import Prices, best_groups, formula
from theory.depth.monomial import prices


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
