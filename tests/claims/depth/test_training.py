"""Rules about trained sawtooths and linear networks on planted tables, budgets of training, and small real runs."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from experiments.claims.depth import linear_trained, sawtooth_trained
from experiments.judging import budgets, choosing
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from experiments.judging.statistics import exact_interval, median_interval
from tests.support import drawn, units, verdicts

# Statistics and budgets.


def test_the_interval_of_a_median_leaves_out_what_the_binomial_distribution_says():
    # Of 9 tosses at most one is heads with the chance 10 / 512, of 8 none with 1 / 256, of 5 none with 1 / 32.
    assert median_interval(np.arange(9.0)[::-1]) == (4, 1, 7)
    assert median_interval(np.arange(8.0)) == (3.5, 0, 7)
    assert median_interval(np.arange(5.0)) == (2, -np.inf, np.inf)
    assert median_interval(np.array([]))[1:] == (-np.inf, np.inf)
    assert median_interval(np.array([1.0, np.inf, 3.0])) == (3, -np.inf, np.inf)
    assert median_interval(np.arange(99.0), 0.0)[1:] == (-np.inf, np.inf)


def test_medians_are_covered_as_stated_whatever_the_distribution():
    rng = np.random.default_rng(0)
    intervals = [median_interval(rng.standard_cauchy(12)) for _ in range(2000)]
    wrong = np.mean([not low <= 0 <= high for _, low, high in intervals])
    # 2 * 79 / 4096.
    assert wrong == pytest.approx(0.0386, abs=0.013)


def test_an_interval_is_extended_to_where_it_went():
    assert budgets.extended(3.0, 2.5, 3.5, 2.0) == (2.5, 4.5)
    assert budgets.extended(3.0, 2.5, 3.5, 4.0) == (1.5, 3.5)
    assert budgets.extended(3.0, 2.5, 3.5, np.nan) == (-np.inf, np.inf)


def test_budgets_are_the_largest_and_at_most_half_of_it():
    rows = pd.DataFrame({"steps": [10, 30, 40, 100]})
    assert [some["steps"].tolist() for some in budgets.by_budget(rows)] == [[100], [40]]
    assert [some["steps"].tolist() for some in budgets.by_budget(rows[rows["steps"] > 50])] == [[100], []]


def test_a_success_counts_as_it_is_and_a_failure_only_when_nothing_changes():
    def solved(share: float) -> pd.Series:
        return pd.Series(np.arange(40) < 40 * share)

    def outcome(now: float, before: float | None, reference: float | None = None) -> tuple[str, str]:
        earlier = solved(0.0)[:0] if before is None else solved(before)
        share = budgets.success_share(solved(now), earlier)
        if reference is not None:
            other = budgets.success_share(solved(reference), solved(reference))
            share = dataclasses.replace(share, beside={**share.beside, "reference": other})
        return budgets.FOUND.outcome(share), budgets.FOUND_BESIDE.outcome(share)

    # Without a reference, or with one that is not found either, a failure says nothing.
    assert outcome(0.9, 0.0) == (SUPPORTED, SUPPORTED)
    failed = budgets.success_share(solved(0.2), solved(0.2))
    assert (failed.low, failed.high) == exact_interval(8, 40)
    assert outcome(0.2, 0.2) == outcome(0.2, 0.2, 0.2) == outcome(0.2, 0.2, 0.6) == (CONTRADICTED, INCONCLUSIVE)
    assert outcome(0.2, 0.2, 0.9) == (CONTRADICTED, CONTRADICTED)
    assert outcome(0.2, 0.0)[0] == outcome(0.0, None)[0] == INCONCLUSIVE


def test_the_worst_of_many_has_a_wider_interval():
    always, never = pd.Series([True] * 20), pd.Series([False] * 20)
    name, worst = budgets.worst_share({4: (always, always), 8: (never, never)})
    assert (name, worst.high) == (8, exact_interval(0, 20, 0.025)[1])
    assert worst.beside["later"].high == worst.high


# Sawtooths.


def planted_training(rate: float, before: float | None = None, reference: float = 1.0) -> pd.DataFrame:
    """100 restarts at two budgets of a deep network, and of a wide flat one that is found in another share of them."""
    parts = []
    for shape, times, shares in (
        ("deep", 1, {5: rate if before is None else before, 10: rate}),
        ("shallow", 8, {5: reference, 10: reference}),
    ):
        for steps, share in shares.items():
            solved = np.arange(100) % 10 < 10 * share
            facts = {"shape": shape, "times": times, "steps": steps, "restart": np.arange(100), "solved": solved}
            parts.append(pd.DataFrame(facts))
    return pd.concat(parts, ignore_index=True).assign(k=2, loss=0.01, pieces=3.0, neurons=4.0, learning_rate=0.01)


@pytest.mark.parametrize(
    ("rate", "others", "expected"),
    [
        (0.9, {}, SUPPORTED),
        (0.9, {"before": 0.0, "reference": 0.0}, SUPPORTED),
        (0.1, {}, CONTRADICTED),
        (0.5, {}, INCONCLUSIVE),
        # It still grows; and a failure of the flat network as well, which says nothing of depth.
        (0.3, {"before": 0.0}, INCONCLUSIVE),
        (0.0, {"reference": 0.1}, INCONCLUSIVE),
    ],
)
def test_whether_training_finds_the_sawtooth(rate, others, expected):
    table = planted_training(rate, **others)
    found = sawtooth_trained.judge(table)
    assert verdicts(found)["found/deep/2/1"] == expected
    assert {one.samples for one in found} == {75}
    alone = sawtooth_trained.judge(table[table["shape"] == "deep"])
    assert verdicts(alone)["found/deep/2/1"] == (expected if expected == SUPPORTED else INCONCLUSIVE)


def test_the_learning_rate_is_chosen_by_other_runs_than_are_judged():
    good, lucky = planted_training(0.2), planted_training(0.0).assign(learning_rate=0.9)
    lucky["solved"] = lucky["restart"] < 25
    found = sawtooth_trained.searches(pd.concat([good, lucky], ignore_index=True))
    (deep,) = [one for one in found if one.shape == "deep"]
    assert set(deep.rows["learning_rate"]) == {0.9}
    assert deep.success().value == 0


def test_most_solved_counts_first_and_then_the_error():
    table = pd.DataFrame({"learning_rate": [0.1, 0.1, 0.2, 0.2], "solved": [True, False, True, False], "n": 1})
    table["loss"] = [0.0, 0.5, 0.0, 0.1]
    assert choosing.most_solved(table, ["n"], "loss").tolist() == [(1, 0.2)]
    table.loc[1, "solved"] = True
    assert choosing.most_solved(table, ["n"], "loss").tolist() == [(1, 0.1)]


def test_sawtooths_are_trained_and_a_row_is_made_again():
    settings = sawtooth_trained.Settings(
        restarts=3, k=[1], shape=["deep"], times=[2], learning_rate=[0.03], steps=[800]
    )
    (unit,) = units(sawtooth_trained, settings)
    table = sawtooth_trained.measure(unit)
    assert (table["pieces"] >= 1).all()
    assert table["solved"].equals(table["loss"] <= 0.01 / 12)
    row = table.iloc[1].to_dict()
    alone = dataclasses.replace(unit, cells=unit.cells.iloc[[1]].reset_index(drop=True))
    rebuilt = sawtooth_trained.rebuild(alone, row)
    assert (rebuilt.values["loss"], rebuilt.values["steps"]) == pytest.approx((row["loss"], row["steps"]), rel=1e-3)
    assert len(rebuilt.layers) == 2
    assert set(drawn(sawtooth_trained, table)) == {"sawtooth-trained"}
    assert sawtooth_trained.sizes_of(3, "shallow", 2) == (1, 16, 1)


# Linear networks.


def planted_linear(ratio: float, activation="identity", **others) -> pd.DataFrame:
    facts = {"layers": 2, "width": 4, "activation": activation, "learning_rate": 0.1, "floor": 0.1} | others
    loss = 0.1 * np.full(50, ratio)
    table = pd.DataFrame({"loss": loss, "solved": loss <= 0.101, "restart": np.arange(50)}).assign(**facts)
    return pd.concat([table.assign(steps=5), table.assign(steps=10)], ignore_index=True)


def test_linear_training_is_judged_by_the_least_squares():
    both = pd.concat([planted_linear(1.0), planted_linear(0.5, "tanh")], ignore_index=True)
    assert set(verdicts(linear_trained.judge(both)).values()) == {SUPPORTED}
    assert verdicts(linear_trained.judge(planted_linear(0.99)))["floor"] == CONTRADICTED
    assert verdicts(linear_trained.judge(planted_linear(1.1)))["reached/2"] == CONTRADICTED
    assert verdicts(linear_trained.judge(planted_linear(1.0, "tanh")))["control"] == CONTRADICTED


def test_one_width_that_fails_is_not_hidden_by_others():
    wide = pd.concat([planted_linear(1.0, width=width) for width in (4, 8, 16)], ignore_index=True)
    both = pd.concat([wide, planted_linear(1.1, width=1)], ignore_index=True)
    (one,) = [one for one in linear_trained.judge(both) if "reached" in one.claim]
    assert (one.verdict, one.samples, one.measured) == (CONTRADICTED, 38, 0)
    assert "width = 1" in one.prediction


def test_a_small_linear_training_arrives_and_is_made_again():
    settings = linear_trained.Settings(
        restarts=3, layers=[2], width=[4], activation=["identity"], learning_rate=[0.03], steps=[300, 600]
    )
    _, unit = units(linear_trained, settings)
    table = linear_trained.measure(unit)
    assert table["solved"].all()
    assert (table["loss"] >= table["floor"] * (1 - 1e-4)).all()
    # Every restart has targets of its own, the same for all networks.
    assert table["floor"].nunique() == 3
    assert set(drawn(linear_trained, table)) == {"linear-trained"}
    one = dataclasses.replace(unit, cells=unit.cells.iloc[[1]].reset_index(drop=True))
    row = table.iloc[1].to_dict()
    assert linear_trained.rebuild(one, row).values["loss"] == pytest.approx(row["loss"], rel=1e-5)
