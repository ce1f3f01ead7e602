"""The map of widths and depths: planted errors, and a small measurement."""

import itertools

import numpy as np
import pandas as pd
import pytest

from experiments.claims.depth import width_and_depth
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, units, verdicts
from theory.depth import groups, uniform_products


def planted_map(error_of, noise: float = 0.02, budgets: tuple[int, ...] = (900, 2700)) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    index = itertools.product(budgets, range(1, 7), (4, 16, 64, 128), range(2))
    table = pd.DataFrame(list(index), columns=["updates", "depth", "width", "restart"])
    errors = [error_of(*one) for one in zip(table["depth"], table["width"], table["updates"], strict=True)]
    table["error"] = errors * np.exp(noise * rng.normal(size=len(table)))
    facts = {"deviation": 0.001, "activation": "tanh", "n": 20, "batch": 64, "learning_rate": 1.0}
    return table.assign(validation_error=table["error"], neurons=table["depth"] * table["width"], **facts)


@pytest.mark.parametrize(
    ("error_of", "beats", "enough", "deeper"),
    [
        # As theory predicts: networks are near the product if the first layer has enough neurons.
        (lambda k, w, _: 0.1 if w >= groups.formula(20, k) else 1.05, SUPPORTED, SUPPORTED, INCONCLUSIVE),
        (lambda k, w, _: 1.2, CONTRADICTED, CONTRADICTED, INCONCLUSIVE),
        # All layers together have enough neurons, but no layer has: this says nothing about the formula.
        (lambda k, w, _: 0.1 if w < groups.formula(20, k) <= k * w else 0.99, SUPPORTED, CONTRADICTED, INCONCLUSIVE),
        # Nothing is found, but errors still fall: more updates might find it.
        (lambda k, w, updates: 1.0 if updates == 900 else 0.9, SUPPORTED, INCONCLUSIVE, INCONCLUSIVE),
        (lambda k, w, _: 0.9 + 0.1 * k, INCONCLUSIVE, CONTRADICTED, CONTRADICTED),
        (lambda k, w, _: 1.2 - 0.1 * k, SUPPORTED, CONTRADICTED, SUPPORTED),
    ],
)
def test_verdicts_about_a_planted_map(error_of, beats, enough, deeper):
    table = planted_map(error_of, noise=0.002)
    if beats == INCONCLUSIVE:
        table = table.assign(deviation=1.0)
    found = verdicts(width_and_depth.judge(table))
    assert found == {
        "beats-constant/tanh": beats,
        "can/tanh": SUPPORTED,
        "enough-neurons/tanh": enough,
        "deeper-is-better/tanh": deeper,
    }


def test_one_budget_alone_contradicts_nothing_and_samples_are_those_that_decide():
    table = planted_map(lambda *_: 1.2, budgets=(2700,))
    found = {one.claim.split("/")[0]: one for one in width_and_depth.judge(table)}
    assert found["enough-neurons"].verdict == INCONCLUSIVE
    # Width 64 meets the formula from three layers on, width 128 from two on; there are two runs each.
    assert (found["enough-neurons"].samples, found["can"].samples) == (18, 9)


def test_learning_rates_are_chosen_on_other_points_than_those_that_judge():
    table = planted_map(lambda *_: 0.9, noise=0.0)
    lucky = table.assign(learning_rate=0.1, error=0.1, validation_error=1.5)
    both = pd.concat([table, lucky], ignore_index=True)
    assert verdicts(width_and_depth.judge(both)) == verdicts(width_and_depth.judge(table))


def test_a_small_measurement_of_width_and_depth():
    settings = width_and_depth.Settings(
        width=[4, 8], depth=[1, 2], restarts=2, updates=[20, 40], where="", batch=0, points=256, judges=512, n=3
    )
    table = measured(width_and_depth, settings)
    # The error of the last network by its own weights, one point at a time.
    unit = units(width_and_depth, settings)[-1]
    regression = width_and_depth._regression(unit)
    constant = [(np.zeros((3, 2)), np.zeros(2)), (np.zeros((2, 1)), np.full(1, uniform_products.median_of_product(3)))]
    ratio, deviation = width_and_depth._over_constant(unit, regression, [constant] * 2, "tanh", "test")
    assert ratio == pytest.approx([1, 1])
    assert deviation == pytest.approx([0, 0])
    assert table["error"].between(0, 5).all()
    assert table["neurons"].equals(table["width"] * table["depth"])
    assert set(verdicts(width_and_depth.judge(table))) == {
        "beats-constant/tanh",
        "can/tanh",
        "deeper-is-better/tanh",
        "enough-neurons/tanh",
    }
    (drawing,) = drawn(width_and_depth, table).values()
    assert len(drawing.numbers) == 4
