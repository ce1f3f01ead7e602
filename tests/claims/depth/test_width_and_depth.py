"""The map of widths and depths: planted errors, and a small measurement."""

import itertools

import numpy as np
import pandas as pd
import pytest

from experiments.claims.depth import width_and_depth
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, quantities, units, verdicts
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


def test_what_is_measured_of_a_map_is_the_network_chosen_by_other_points_and_all_that_meet_the_formula():
    table = planted_map(lambda k, w, _: 0.45 if w >= groups.formula(20, k) else 0.8, noise=0.0)
    last = table["updates"] == 2700
    chosen = last & (table["depth"] == 2) & (table["width"] == 4) & (table["restart"] == 1)
    table.loc[chosen, ["validation_error", "error", "deviation"]] = 0.01, 0.7, 0.05
    table.loc[~last & (table["depth"] == 1), "validation_error"] = 0.0
    found = quantities(width_and_depth.judge(table))
    value, low, high, samples = found["beats-constant/tanh"]
    assert (value, low, high, samples) == pytest.approx((0.7, 0.7 - 1.96 * 0.05, 0.7 + 1.96 * 0.05, 48), rel=1e-4)
    assert found["enough-neurons/tanh"][::3] == (1.0, 18)
    # Its interval is of this network, and says nothing of what another run finds.
    beats = next(one for one in width_and_depth.judge(table) if one.claim.startswith("beats"))
    assert beats.quantity.of_this_run
    shares = [
        width_and_depth.verdicts._widest(20, k, "tanh") / w
        for k in range(1, 7)
        for w in (4, 16, 64, 128)
        if w >= groups.formula(20, k)
    ]
    assert found["can/tanh"] == pytest.approx((max(shares), min(shares), max(shares), 9))
    # Width 64 and 128 gain by 0.8 / 0.45 at most depths, the others by nothing but the chosen network.
    gains = [
        np.log(0.8) - np.mean([np.log(0.45 if w >= groups.formula(20, k) else 0.8) for k in range(2, 7)])
        for w in (16, 64, 128)
    ]
    gains.append((np.log(0.8) - np.log(0.7)) / 5 / 2)
    assert found["deeper-is-better/tanh"][::3] == pytest.approx((np.exp(np.mean(gains)), 4))


@pytest.mark.parametrize(("error", "rate"), [(0.4999, 1.0), (0.5001, 0.0)])
def test_a_product_is_approximated_from_half_of_the_constants_error_on(error, rate):
    found = quantities(width_and_depth.judge(planted_map(lambda *_: error, noise=0.0)))
    assert found["enough-neurons/tanh"][0] == rate


@pytest.mark.parametrize(("fall", "expected"), [(0.0199, CONTRADICTED), (0.0201, INCONCLUSIVE)])
def test_errors_have_settled_if_they_fall_by_a_fiftieth(fall, expected):
    table = planted_map(lambda k, w, updates: 1.2 if updates == 900 else 1.2 * (1 - fall), noise=0.0)
    found = verdicts(width_and_depth.judge(table))
    assert found["beats-constant/tanh"] == found["enough-neurons/tanh"] == expected


def test_one_hidden_layer_is_compared_with_more_only_where_both_were_trained():
    table = planted_map(lambda *_: 0.9)
    for some in (table[table["depth"] == 1], table[table["depth"] > 1]):
        assert not any(one.claim.startswith("deeper") for one in width_and_depth.judge(some))
