"""Depth at an equal number of parameters: planted errors, and a small measurement."""

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.claims.depth import equal_budget
from experiments.claims.depth._chosen import ChosenDepth, best_of
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, quantities, verdicts
from theory.depth import budget
from theory.network import parameter_count


def planted(error_of_depth, target: str = "tree", noise: float = 0.1, **others) -> pd.DataFrame:
    """Twelve restarts at two budgets and two learning rates; errors at the second rate are ten times larger.

    `before` gives the errors at half of the updates, `known` the depth of a known network, `flat` the parameters of a
    known network of one layer.
    """
    rng, before = np.random.default_rng(0), others.get("before", error_of_depth)
    index = itertools.product(range(1, 7), (0.01, 0.1), (5, 10), range(12))
    table = pd.DataFrame(list(index), columns=["depth", "learning_rate", "steps", "restart"])
    now, early = table["depth"].map(error_of_depth), table["depth"].map(before)
    table["error"] = now.where(table["steps"] == 10, early) * np.exp(noise * rng.normal(size=len(table)))
    table["error"] *= np.where(table["learning_rate"] == 0.1, 10, 1)
    table["validation_error"] = table["error"] * np.exp(noise * rng.normal(size=len(table)))
    known, flat = others.get("known"), others.get("flat", np.nan)
    facts = dict(zip(("depth", "parameters", "error"), (known, 121, 1e-9) if known else [np.nan] * 3, strict=True))
    table = table.assign(**{f"construction_{name}": value for name, value in facts.items()})
    table = table.assign(flat_parameters=flat, flat_error=0.0, flat_is_least=others.get("least", 0.0))
    return table.assign(target=target, activation="tanh", budget=400, parameters=400)


@pytest.mark.parametrize(
    ("error_of_depth", "noise", "composed", "control"),
    [
        # Three layers are three times as good; no depth is better; all are worse; there is too much noise to tell.
        (lambda depth: 0.1 if depth == 3 else 0.3, 0.1, SUPPORTED, CONTRADICTED),
        (lambda depth: 0.3, 0.03, CONTRADICTED, SUPPORTED),
        (lambda depth: 0.1 * depth, 0.1, CONTRADICTED, SUPPORTED),
        (lambda depth: 0.3 / (1.25 if depth > 1 else 1), 0.4, INCONCLUSIVE, INCONCLUSIVE),
        # Both errors are tiny, but one is smaller.
        (lambda depth: 1e-3 / depth, 0.1, SUPPORTED, CONTRADICTED),
        # Neither network learned anything.
        (lambda depth: 1.0, 0.001, INCONCLUSIVE, INCONCLUSIVE),
    ],
)
def test_whether_depth_wins(error_of_depth, noise, composed, control):
    for target, expected in (("tree", composed), ("ridge", control)):
        found = equal_budget.judge(planted(error_of_depth, target, noise))
        assert verdicts(found) == {f"wins/{target}/tanh/400": expected}
        assert found[0].samples == 9
        assert ("neither depth learned anything" in found[0].hypotheses) == (error_of_depth(1) == 1.0)


def test_a_planted_factor_is_measured():
    (one,) = equal_budget.judge(planted(lambda depth: 0.06 if depth == 4 else 0.3, noise=0.05))
    assert one.low < 5 < one.high
    assert one.measured == pytest.approx(5, rel=0.1)
    assert "best depth: 4" in one.hypotheses


def test_errors_of_networks_that_are_nearly_right_are_compared_as_they_are():
    # The ratio is 200: with a zero of 0.01 both errors would count as zero.
    (one,) = equal_budget.judge(planted(lambda depth: 2e-5 if depth == 1 else 4e-3, "boolean", 0.05))
    assert one.measured == pytest.approx(1 / 200, rel=0.1)
    assert one.verdict == SUPPORTED


def test_a_factor_that_goes_with_more_updates_decides_nothing():
    def gone(depth):
        return 0.3 if depth == 1 else 0.2

    def earlier(depth):
        return 0.3 if depth == 1 else 0.1

    (one,) = equal_budget.judge(planted(gone, noise=0.01))
    assert one.verdict == SUPPORTED
    (one,) = equal_budget.judge(planted(gone, noise=0.01, before=earlier))
    assert one.verdict == INCONCLUSIVE
    table = planted(gone, noise=0.01)
    (one,) = equal_budget.judge(table[table["steps"] == 10])
    assert (one.verdict, one.low, one.high) == (INCONCLUSIVE, 0, np.inf)


def test_depth_cannot_win_what_one_layer_within_the_budget_is():
    found = {one.claim: one for one in equal_budget.judge(planted(lambda depth: 0.3, flat=81.0))}
    assert "get no closer to" in found["wins/tree/tanh/400"].statement
    assert found["one-layer/tree/tanh/400"].verdict == CONTRADICTED
    beyond = verdicts(equal_budget.judge(planted(lambda depth: 0.3, noise=0.03, flat=401.0)))
    assert beyond == {"wins/tree/tanh/400": CONTRADICTED, "one-layer/tree/tanh/400": INCONCLUSIVE}
    least = verdicts(equal_budget.judge(planted(lambda depth: 0.3, flat=401.0, least=1.0)))
    assert least["one-layer/tree/tanh/400"] == SUPPORTED


def test_some_restarts_choose_and_the_others_judge():
    table = planted(lambda depth: 0.3, noise=0.01)
    lucky = (table["depth"] == 5) & (table["restart"] < 3)
    table.loc[lucky, ["error", "validation_error"]] = 0.03
    choice = ChosenDepth(table)
    assert choice.best == 5
    assert choice.factor().value == pytest.approx(1, abs=0.05)
    assert set(choice.judged["learning_rate"]) == {0.01}
    assert set(choice.judged["restart"]) == set(range(3, 12))
    assert (set(choice.judged["steps"]), set(choice.earlier["steps"])) == ({10}, {5})


def test_diverged_networks_are_bad_and_no_more():
    table = planted(lambda depth: 0.1, noise=0.05)
    table.loc[(table["depth"] > 1) & (table["restart"] == 7), "error"] = np.inf
    factor = ChosenDepth(table).factor()
    mean, low, high = factor.value, factor.low, factor.high
    assert low < mean < high < np.inf
    both = table.assign(error=np.inf)
    factor = ChosenDepth(both).factor()
    assert (factor.value, factor.low, factor.high) == (1, 1, 1)


def test_the_best_of_many_is_chosen_by_other_points():
    table = planted(lambda depth: 0.3, noise=0.0)
    table.loc[(table["depth"] == 2) & (table["restart"] == 3), "validation_error"] = 0.1
    table.loc[(table["depth"] == 2) & (table["restart"] == 3), "error"] = 0.2
    table.loc[(table["depth"] == 2) & (table["restart"] == 4), "error"] = 0.05
    assert best_of(table).to_dict() == pytest.approx({d: 0.2 if d == 2 else 0.3 for d in range(1, 7)})


@pytest.mark.parametrize(
    ("error_of_depth", "expected"),
    [
        (lambda depth: 0.02, SUPPORTED),
        (lambda depth: 0.02 if depth == 1 else 0.9, CONTRADICTED),
        # One layer fails as well, so this says nothing about depth.
        (lambda depth: 0.9, INCONCLUSIVE),
    ],
)
def test_whether_training_finds_what_is_known(error_of_depth, expected):
    found = verdicts(equal_budget.judge(planted(error_of_depth, known=3)))
    assert found["found/tree/tanh/400"] == expected
    assert found["representable/tree/tanh/400"] == SUPPORTED


def test_a_network_beyond_the_budget_or_another_function_does_not_count():
    table = planted(lambda depth: 0.3, known=3)
    for column, value in (("construction_parameters", 401), ("construction_error", 0.1)):
        found = verdicts(equal_budget.judge(table.assign(**{column: value})))
        assert found["representable/tree/tanh/400"] == INCONCLUSIVE


SMALL: dict[str, Any] = {"learning_rate": [0.03], "batch": 0}


TWO: dict[str, Any] = {**SMALL, "steps": [30, 60]}


def test_a_small_measurement_of_equal_budgets():
    settings = equal_budget.Settings(
        **TWO,
        target=["tree", "parity", "ridge"],
        depth=[1, 3],
        activation=["tanh"],
        budget=[400],
        points=256,
        restarts=4,
    )
    table = measured(equal_budget, settings)
    for row in table.itertuples():
        widths = [int(width) for width in row.widths.split("-")]
        assert row.parameters == parameter_count((8, *widths, 1))
        assert tuple(widths) == budget.hidden_widths(8, row.depth, 400)
        assert row.neurons == sum(widths)
        assert abs(row.parameters - 400) <= 12
    trees = table[table["target"] == "tree"]
    assert trees["construction_error"].max() < 1e-9
    assert set(trees["construction_parameters"]) == {121}
    # The deep network of parity needs rectifiers; the flat one exists with both kinds of units.
    assert set(table.loc[table["target"] == "parity", "flat_parameters"]) == {81}
    assert table.loc[table["target"] != "parity", "flat_parameters"].isna().all()
    assert table.loc[table["target"] != "tree", "construction_error"].isna().all()
    # On all 256 inputs, the points that train and those that judge are the same; losses are over the variance.
    parity = table[table["target"] == "parity"]
    assert np.allclose(parity["error"] ** 2, parity["loss"], rtol=1e-3)
    assert table["error"].lt(1.5).all()
    names = verdicts(equal_budget.judge(table))
    assert {"wins/ridge/tanh/400", "found/tree/tanh/400", "representable/tree/tanh/400"} <= set(names)
    drawn(equal_budget, table)


@pytest.mark.parametrize(
    ("changes", "name", "expected"),
    [
        ({"construction_parameters": 400.0}, "representable", SUPPORTED),
        ({"construction_parameters": 400.5}, "representable", INCONCLUSIVE),
        ({"construction_error": 1e-3}, "representable", SUPPORTED),
        ({"construction_error": 1.001e-3}, "representable", INCONCLUSIVE),
        ({"flat_parameters": 400.0, "flat_error": 1e-3}, "one-layer", CONTRADICTED),
        ({"flat_parameters": 400.0, "flat_error": 1.001e-3}, "one-layer", INCONCLUSIVE),
        ({"flat_parameters": 400.5, "flat_is_least": 1.0}, "one-layer", SUPPORTED),
        # A proof that no smaller one equals the target says nothing of one that is within the budget and does not.
        ({"flat_parameters": 400.0, "flat_error": 0.1, "flat_is_least": 1.0}, "one-layer", INCONCLUSIVE),
    ],
)
def test_known_networks_count_within_the_budget_and_up_to_rounding(changes, name, expected):
    table = planted(lambda depth: 0.3, known=3, flat=81.0).assign(**changes)
    judged = equal_budget.judge(table)
    assert verdicts(judged)[f"{name}/tree/tanh/400"] == expected


def test_of_several_drawn_targets_the_largest_network_and_the_largest_error_count():
    table = planted(lambda depth: 0.3, known=3, flat=81.0)
    first = table["restart"] == 0
    uneven = table.assign(
        construction_parameters=np.where(first, 121.0, 90.0),
        flat_parameters=np.where(first, 401.0, 81.0),
        construction_error=np.where(first, 1e-9, 1.0),
    )
    found = quantities(equal_budget.judge(uneven))
    # A tree is drawn for every restart; any other target is one.
    assert found["representable/tree/tanh/400"] == (121, 121, 121, 12)
    assert found["one-layer/tree/tanh/400"] == (401, 401, 401, 12)
    assert found["found/tree/tanh/400"][::3] == (0, 9)
    assert verdicts(equal_budget.judge(uneven))["representable/tree/tanh/400"] == INCONCLUSIVE
    one = quantities(equal_budget.judge(uneven.assign(target="boolean")))
    assert {name.split("/")[0]: samples for name, (*_, samples) in one.items()} == {
        "wins": 9,
        "representable": 1,
        "found": 9,
        "one-layer": 1,
    }


@pytest.mark.parametrize(("error", "learned"), [(0.899, True), (0.901, False)])
def test_a_depth_has_learned_something_from_a_tenth_on(error, learned):
    (one,) = equal_budget.judge(planted(lambda depth: error if depth == 4 else 2.0, noise=0.0))
    assert one.verdict == (SUPPORTED if learned else INCONCLUSIVE)
    # Neither the flat network nor the best depth: another depth that learned does not count.
    table = planted(lambda depth: error if depth == 4 else 2.0, noise=0.0)
    other = table.assign(validation_error=table["error"].mask(table["depth"] == 4, 3.0))
    (one,) = equal_budget.judge(other)
    assert one.verdict == INCONCLUSIVE


@pytest.mark.parametrize(
    ("factor", "composed", "control"),
    [(1.26, SUPPORTED, CONTRADICTED), (1.24, CONTRADICTED, SUPPORTED)],
)
def test_depth_wins_by_a_quarter(factor, composed, control):
    for target, expected in (("tree", composed), ("ridge", control)):
        (one,) = equal_budget.judge(planted(lambda depth: 0.3 if depth == 1 else 0.3 / factor, target, noise=0.0))
        assert one.verdict == expected
        assert one.measured == pytest.approx(factor)


@pytest.mark.parametrize(("error", "rate"), [(0.0499, 1.0), (0.0501, 0.0)])
def test_a_target_is_found_with_an_error_of_a_twentieth(error, rate):
    found = quantities(equal_budget.judge(planted(lambda depth: error, known=3, noise=0.0)))
    assert found["found/tree/tanh/400"][0] == rate
    # Where no network of the known depth was trained, nothing is said of finding it.
    assert not any(
        name.startswith("found/") for name in quantities(equal_budget.judge(planted(lambda depth: error, known=9)))
    )


def test_one_depth_alone_is_not_compared_and_targets_come_in_their_order():
    table = planted(lambda depth: 0.3, known=3)
    for some in (table[table["depth"] == 1], table[table["depth"] > 1]):
        assert not any(one.claim.startswith("wins/") for one in equal_budget.judge(some))
