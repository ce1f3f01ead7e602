"""Rules about trained depth on planted tables, and small measurements of every claim."""

import dataclasses
import itertools

import numpy as np
import pandas as pd
import pytest

from experiments.claims.depth import _depths as depths
from experiments.claims.depth import equal_budget, neurons_to_accuracy, width_and_depth
from experiments.claims.depth._chosen import ChosenDepth, best_of
from experiments.judging import neurons_needed
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from experiments.judging.statistics import line_slope, mean_interval
from tests.support import drawn, measured, units, verdicts
from theory.depth import budget, groups, targets, uniform_products
from theory.network import parameter_count

# Statistics.


def test_students_interval_of_a_mean_covers_as_stated():
    rng = np.random.default_rng(0)
    intervals = [mean_interval(rng.normal(3, 2, 4)) for _ in range(1000)]
    covered = sum(low <= 3 <= high for _, low, high in intervals)
    # 950, with a standard deviation of 7.
    assert 925 <= covered <= 975
    assert mean_interval(np.array([2.0])) == (2.0, -np.inf, np.inf)


def test_slopes_of_noisy_lines_are_covered_as_stated():
    rng, x = np.random.default_rng(0), np.arange(6.0)
    intervals = [line_slope(x, 1.5 * x + rng.normal(0, 2, 6)) for _ in range(1000)]
    assert 925 <= sum(low <= 1.5 <= high for _, low, high in intervals) <= 975
    assert line_slope(x, 2 - 3 * x) == (pytest.approx(-3), pytest.approx(-3), pytest.approx(-3))
    assert line_slope(x[:2], x[:2])[1:] == (-np.inf, np.inf)


# Equal budgets.


def planted(error_of_depth, target: str = "tree", noise: float = 0.1, **others) -> pd.DataFrame:
    """Twelve restarts at two budgets and two learning rates, of which the second is ten times worse.

    `before` gives the errors at half of the updates, `known` the depth of a known network, `flat` the parameters of one
    of a single layer.
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
        # Three layers are three times as good; no depth is better; all are worse; too much noise to tell.
        (lambda depth: 0.1 if depth == 3 else 0.3, 0.1, SUPPORTED, CONTRADICTED),
        (lambda depth: 0.3, 0.03, CONTRADICTED, SUPPORTED),
        (lambda depth: 0.1 * depth, 0.1, CONTRADICTED, SUPPORTED),
        (lambda depth: 0.3 / (1.25 if depth > 1 else 1), 0.4, INCONCLUSIVE, INCONCLUSIVE),
        # However small both are, one is smaller.
        (lambda depth: 1e-3 / depth, 0.1, SUPPORTED, CONTRADICTED),
        # Nothing was learned by either.
        (lambda depth: 1.0, 0.001, INCONCLUSIVE, INCONCLUSIVE),
    ],
)
def test_whether_depth_wins(error_of_depth, noise, composed, control):
    for target, expected in (("tree", composed), ("ridge", control)):
        found = equal_budget.judge(planted(error_of_depth, target, noise))
        assert verdicts(found) == {f"wins/{target}/tanh/400": expected}
        assert found[0].samples == 9
        assert ("nothing was learned" in found[0].hypotheses) == (error_of_depth(1) == 1.0)


def test_a_planted_factor_is_measured():
    (one,) = equal_budget.judge(planted(lambda depth: 0.06 if depth == 4 else 0.3, noise=0.05))
    assert one.low < 5 < one.high
    assert one.measured == pytest.approx(5, rel=0.1)
    assert "best depth: 4" in one.hypotheses


def test_errors_of_networks_that_are_nearly_right_are_compared_as_they_are():
    # 200 times: at 0.01 both would count as zero.
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
    assert found["wins/tree/tanh/400"].statement.startswith("At an equal number of parameters, no more hidden layers")
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
        # One layer fails as well: that says nothing of depth.
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


SMALL = {"learning_rate": [0.03], "batch": 0}
TWO = {**SMALL, "steps": [30, 60]}


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
    # Parity's deep network has rectifiers; one layer is it with either kind of units.
    assert set(table.loc[table["target"] == "parity", "flat_parameters"]) == {81}
    assert table.loc[table["target"] != "parity", "flat_parameters"].isna().all()
    assert table.loc[table["target"] != "tree", "construction_error"].isna().all()
    # On all 256 inputs what trains and what judges is the same; losses are of the standard deviation's square.
    parity = table[table["target"] == "parity"]
    assert np.allclose(parity["error"] ** 2, parity["loss"], rtol=1e-3)
    assert table["error"].lt(1.5).all()
    names = verdicts(equal_budget.judge(table))
    assert {"wins/ridge/tanh/400", "found/tree/tanh/400", "representable/tree/tanh/400"} <= set(names)
    drawn(equal_budget, table)


def test_any_row_is_made_again_and_random_targets_differ_by_restart_alone():
    settings = equal_budget.Settings(
        **TWO, target=["tree"], depth=[1, 3], activation=["tanh"], budget=[400], points=256, restarts=4
    )
    first, *_, second = units(equal_budget, settings)
    x = np.random.default_rng(0).uniform(-1, 1, (20, 8))
    of_first, of_second = (
        [target.value(x) for target in equal_budget._problem(unit).targets] for unit in (first, second)
    )
    assert np.array_equal(of_first, of_second)
    assert not np.allclose(of_first[0], of_first[1])
    row = equal_budget.measure(first).iloc[2].to_dict()
    alone = dataclasses.replace(first, cells=first.cells.iloc[[2]].reset_index(drop=True))
    again = equal_budget.rebuild(alone, row)
    assert again.values["loss"] == row["loss"]
    assert depths.parameters(again.layers) == row["parameters"]
    assert again.curve["loss"].iloc[-1] == row["loss"]


def test_relative_errors_are_one_for_the_best_constant():
    target = targets.product_of(3, 0.0, 2.0)
    x = target.points(500, np.random.default_rng(0))
    problem = depths.Problem([target, target], x)
    nothing = [(np.zeros((3, 2)), np.zeros(2)), (np.zeros((2, 1)), np.zeros(1))]
    diverged = [(np.zeros((3, 2)), np.full(2, np.nan)), (np.zeros((2, 1)), np.zeros(1))]
    assert problem.relative_errors([nothing, diverged], "tanh", x) == pytest.approx([1, np.inf])
    raw = depths.Problem([target], x, standard=False)
    by_hand = np.sqrt(np.mean(x.prod(1) ** 2)) / x.prod(1).std()
    assert raw.relative_errors([nothing], "tanh", x) == pytest.approx([by_hand])


# Neurons to accuracy.


def planted_growth(flat, deep, largest: int = 1024, before=None) -> pd.DataFrame:
    """Errors that fall as 1/neurons and are 0.1 at the number that is needed; two restarts, two budgets, of which the
    smaller needs `before` for flat networks, if it is given.
    """
    parts = []
    for n, (form, needs), steps in itertools.product(range(2, 9), (("flat", flat), ("deep", deep)), (5, 10)):
        if n == 2 and form == "deep":
            continue
        needed = before if before and form == "flat" and steps == 5 else needs
        neurons = 2 ** np.arange(int(np.log2(largest)) + 1)
        facts = {"n": n, "form": form, "neurons": neurons, "error": 0.1 * needed(n) / neurons, "steps": steps}
        parts += [pd.DataFrame({**facts, "restart": restart}) for restart in range(2)]
    table = pd.concat(parts, ignore_index=True)
    shared = {"domain": "positive", "activation": "tanh", "learning_rate": 0.01}
    return table.assign(validation_error=table["error"], **shared)


def test_what_is_planted_is_read_off():
    table = planted_growth(lambda n: 2.0**n, lambda n: 4.0 * (n - 1))
    settings = list(neurons_to_accuracy.series(table))
    assert [one.level for one in settings] == [0.2, 0.1]
    for one in settings:
        # Errors fall as 1/neurons, so that twice the error takes half of them.
        share = 0.1 / one.level
        assert one.forms["flat"]["needed"].to_numpy() == pytest.approx(share * 2.0 ** np.arange(2, 9))
        # For n = 2 both forms are one hidden layer.
        assert one.forms["deep"]["needed"].to_numpy() == pytest.approx(share * 4.0 * np.arange(1, 8))
        assert one.earlier["flat"].equals(one.forms["flat"])


def other_runs_choose(table: pd.DataFrame) -> pd.DataFrame:
    """The same with another rate, at which the restart that chooses is right by luck and the other is not."""
    lucky = table["restart"] == 0
    return pd.concat([table, table.assign(learning_rate=0.9, error=1.0, validation_error=np.where(lucky, 0.0, 1.0))])


def test_a_rate_that_was_lucky_is_judged_by_other_runs():
    table = other_runs_choose(planted_growth(lambda n: 2.0**n, lambda n: 4.0 * (n - 1)))
    for one in neurons_to_accuracy.series(table):
        assert not one.forms["flat"]["reached"].any()


@pytest.mark.parametrize(
    ("flat", "deep", "growth_of_flat", "growth_of_deep", "advantage"),
    [
        (lambda n: 2.0**n, lambda n: 4.0 * (n - 1), SUPPORTED, SUPPORTED, SUPPORTED),
        (lambda n: 2.0 * n, lambda n: 2.0**n, CONTRADICTED, CONTRADICTED, CONTRADICTED),
        (
            lambda n: n**2 * 1.1 ** (-1) ** n,
            lambda n: n**2 * 1.1 ** (-1) ** n,
            INCONCLUSIVE,
            INCONCLUSIVE,
            INCONCLUSIVE,
        ),
        # The flat ones are never there after n = 5: that shows fast growth, and an advantage, as far as it is known.
        (lambda n: 2.0 ** (2 * n - 1) if n < 6 else 1e9, lambda n: 4.0 * (n - 1), SUPPORTED, SUPPORTED, SUPPORTED),
        # The deep ones are not: nothing says that they grow slowly.
        (lambda n: 4.0 * n, lambda n: 4.0 * n if n < 5 else 1e9, CONTRADICTED, INCONCLUSIVE, INCONCLUSIVE),
    ],
)
def test_how_neurons_grow(flat, deep, growth_of_flat, growth_of_deep, advantage):
    found = verdicts(neurons_to_accuracy.judge(planted_growth(flat, deep)))
    assert found["growth/flat/positive/tanh/0.1"] == growth_of_flat
    assert found["growth/deep/positive/tanh/0.1"] == growth_of_deep
    assert found["advantage/positive/tanh/0.1"] == advantage


def test_growth_below_the_square_is_called_so_though_it_is_faster():
    # n^2.9 / 7 is below n² for all n that are tried.
    found = {one.claim: one for one in neurons_to_accuracy.judge(planted_growth(lambda n: n**2.9 / 7, lambda n: n))}
    one = found["growth/flat/positive/tanh/0.1"]
    assert (one.verdict, one.measured) == (SUPPORTED, pytest.approx(2.9))
    assert "more than n² for n = none of these" in one.hypotheses


def test_growth_that_changes_with_the_updates_is_not_decided():
    def cube(n):
        return 2.0 * n**3

    def deep(n):
        return 4.0 * (n - 1)

    def faster(n):
        return 2.0 * n**4.5

    name = "growth/flat/positive/tanh/0.1"
    assert verdicts(neurons_to_accuracy.judge(planted_growth(cube, deep)))[name] == SUPPORTED
    moved = planted_growth(cube, deep, before=faster, largest=2**15)
    assert verdicts(neurons_to_accuracy.judge(moved))[name] == INCONCLUSIVE
    one_budget = moved[moved["steps"] == 10]
    assert verdicts(neurons_to_accuracy.judge(one_budget))[name] == INCONCLUSIVE


@pytest.mark.parametrize(
    ("flat", "expected"),
    [(lambda n: 2.0**n, SUPPORTED), (lambda n: 1.1 * 2**n, INCONCLUSIVE), (lambda n: 4.0, SUPPORTED)],
)
def test_neurons_against_paper(flat, expected):
    found = neurons_to_accuracy.judge(planted_growth(flat, lambda n: 4.0 * (n - 1)))
    assert verdicts(found)["on-paper/flat/positive/tanh/0.1"] == expected


def test_networks_that_were_not_large_enough_prove_nothing_against_paper():
    # 2^8 = 256 neurons suffice on paper, and 128 did not.
    table = planted_growth(lambda n: 2.0**n, lambda n: 4.0 * (n - 1), largest=128)
    assert verdicts(neurons_to_accuracy.judge(table))["on-paper/flat/positive/tanh/0.1"] == INCONCLUSIVE


def test_units_needed_are_read_off_a_power_law_between_two_sizes():
    curve = pd.Series([1.0, 0.25, 0.0625], index=[4, 8, 16])
    assert neurons_needed.needed(curve, 0.5) == pytest.approx(np.sqrt(32))
    assert neurons_needed.needed(curve, 1.0) == 4
    assert np.isnan(neurons_needed.needed(curve, 0.01))
    assert neurons_needed.needed(pd.Series([np.inf, 0.25], index=[4, 8]), 0.5) == 8
    table = neurons_needed.units_needed({2: curve, 3: curve * 100, 4: curve}, 0.25)
    assert table["n"].tolist() == [2, 3]
    assert table["needed"].tolist() == [8, 16]
    assert table["reached"].tolist() == [True, False]


def test_a_small_measurement_of_neurons():
    settings = neurons_to_accuracy.Settings(**TWO, domain=["signed"], n=[2, 4], width=[4, 16], points=256, restarts=2)
    table = measured(neurons_to_accuracy, settings)
    assert table[table["form"] == "flat"]["neurons"].equals(table[table["form"] == "flat"]["width"])
    deep = table[table["form"] == "deep"]
    assert dict.fromkeys(deep["neurons"]) == dict.fromkeys([4 + 2, 16 + 8])
    assert set(deep["n"]) == {4}
    assert set(deep["parameters"]) == {parameter_count((4, 4, 2, 1)), parameter_count((4, 16, 8, 1))}
    assert len(neurons_to_accuracy.judge(table)) == 5 * len(neurons_to_accuracy.LEVELS)
    drawn(neurons_to_accuracy, table)


# Width and depth.


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
        # As theory would have it: near where the first layer has neurons enough.
        (lambda k, w, _: 0.1 if w >= groups.formula(20, k) else 1.05, SUPPORTED, SUPPORTED, INCONCLUSIVE),
        (lambda k, w, _: 1.2, CONTRADICTED, CONTRADICTED, INCONCLUSIVE),
        # All layers together have neurons enough, and no layer has: that says nothing about the formula.
        (lambda k, w, _: 0.1 if w < groups.formula(20, k) <= k * w else 0.99, SUPPORTED, CONTRADICTED, INCONCLUSIVE),
        # Nothing is found, but errors still fall: with more updates it might be.
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
    # Width 64 meets the formula from three layers on, 128 from two on; two runs each.
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
    # Untrained, by its own weights: the error of the last network, one point at a time.
    unit = units(width_and_depth, settings)[-1]
    problem = width_and_depth._problem(unit)
    constant = [(np.zeros((3, 2)), np.zeros(2)), (np.zeros((2, 1)), np.full(1, uniform_products.median_of_product(3)))]
    ratio, deviation = width_and_depth._over_constant(unit, problem, [constant] * 2, "tanh", "test")
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
