"""Worlds of tasks: their points, and values at them by hand."""

import numpy as np
import pytest

from theory.generalisation import worlds


def rng(seed: int = 3) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("world", worlds.REGRESSIONS)
def test_values_are_of_the_points_and_of_nothing_else(world):
    points, draw = worlds.REGRESSIONS[world]
    x = points(50, rng())
    assert x.shape == (50, worlds.INPUTS)
    if world != "teachers":
        assert (np.abs(x) <= 1).all()
    kinds = set()
    for seed in range(12):
        kind, values = draw(x, rng(seed))
        order = rng().permutation(50)
        np.testing.assert_allclose(draw(x[order], rng(seed))[1], values[order])
        assert values.std() > 0
        kinds.add(kind)
    assert len(kinds) > 1


def test_a_product_is_the_monomial_of_its_exponents():
    x = worlds.REGRESSIONS["products"][0](20, rng())
    for seed in range(20):
        kind, values = worlds.product(x, rng(seed))
        exponents = [int(one) for one in kind.split()]
        assert sum(e > 0 for e in exponents) >= 2
        np.testing.assert_allclose(
            values, [np.prod([p**e for p, e in zip(point, exponents, strict=True)]) for point in x]
        )


def test_a_teacher_has_three_units():
    x = rng().normal(size=(400, worlds.INPUTS))
    for seed in range(10):
        activation, values = worlds.teacher(x, rng(seed))
        again = rng(seed)
        assert activation == str(again.choice(list(worlds.TEACHERS)))
        W, b, v = again.normal(size=(3, 3)), again.normal(size=3), again.normal(size=3)
        by_hand = sum(v[j] * worlds.TEACHERS[activation](x @ W[:, j] + b[j]) for j in range(3))
        np.testing.assert_allclose(values, by_hand)


def test_values_are_standardized_and_constants_are_refused():
    values = worlds.standardized(np.array([1.0, 2.0, 6.0]))
    assert (values.mean(), values.std()) == pytest.approx((0, 1))
    with pytest.raises(ValueError, match="no scale"):
        worlds.standardized(np.ones(3))
