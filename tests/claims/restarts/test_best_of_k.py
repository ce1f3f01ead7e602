"""Best of k: the rules on planted runs, and XOR."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.restarts import best_of_k
from experiments.claims.restarts.best_of_k.runs import Runs, series
from experiments.claims.restarts.best_of_k.verdicts import MARGIN
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import measured


def planted_runs(rates: list[float], runs: int, seed: int = 0, copies: int = 1) -> pd.DataFrame:
    """Settings with runs that succeed with the given rates; each result is repeated, which makes neighbours depend."""
    rng, tables = np.random.default_rng(seed), []
    for width, rate in enumerate(rates, 1):
        solved = np.repeat(rng.random(runs // copies) < rate, copies)
        tables.append(
            pd.DataFrame(
                {
                    "task": "parity",
                    "n": 2,
                    "width": width,
                    "activation": "tanh",
                    "learning_rate": 0.1,
                    "restart": np.arange(len(solved)),
                    "solved": solved,
                    "loss": np.where(solved, 1e-6, 0.5),
                    "steps": np.where(solved, 10, 5000),
                    "known": 1,
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def test_independent_runs_follow_the_formula_and_copied_ones_do_not():
    for seed in range(3):
        formula = best_of_k.judge(planted_runs([0.1, 0.3, 0.6] * 40, 2000, seed))[0]
        assert formula.verdict == SUPPORTED
        assert abs(formula.measured) < MARGIN / 2
    assert best_of_k.judge(planted_runs([0.1, 0.3, 0.45], 4000, copies=4))[0].verdict == CONTRADICTED
    assert best_of_k.judge(planted_runs([0.3], 40))[0].verdict == INCONCLUSIVE
    nothing = best_of_k.judge(planted_runs([0.0, 1.0], 40))[0]
    assert (nothing.verdict, nothing.samples) == (INCONCLUSIVE, 0)


@pytest.mark.parametrize(
    ("rate", "runs", "expected"),
    [
        (0.5, 200, SUPPORTED),
        (0.02, 2000, SUPPORTED),
        # A network exists, and none of 1000 runs has found it: the best of 1000 does not.
        (0.0, 1000, CONTRADICTED),
        (0.0, 200, INCONCLUSIVE),
    ],
)
def test_the_best_of_a_thousand(rate, runs, expected):
    thousand = best_of_k.judge(planted_runs([rate], runs))[1]
    assert thousand.verdict == expected
    assert thousand.low <= thousand.measured <= thousand.high


@pytest.mark.parametrize(
    ("solved", "expected"), [(17, SUPPORTED), (16, INCONCLUSIVE), (4, INCONCLUSIVE), (3, CONTRADICTED)]
)
def test_the_best_of_a_thousand_at_its_border(solved, expected):
    # 1 - (1 - p)^1000 is 0.99 at p = 0.004595; of 2000 runs 17 are the first with an exact interval above it.
    runs = planted_runs([0.0], 2000)
    assert best_of_k.judge(runs.assign(solved=runs["restart"] < solved))[1].verdict == expected


def test_the_best_of_a_thousand_is_judged_where_a_network_is_known_whatever_the_runs_have_found():
    runs = planted_runs([0.5, 0.0, 0.9], 1000, seed=3).assign(known=2)
    thousand = best_of_k.judge(runs)[1]
    assert (thousand.measured, thousand.verdict) == (0.0, CONTRADICTED)
    assert thousand.switches["width"] == 2
    assert "0 of 1000 runs succeed" in thousand.notes
    # Of the widths there are the least one that is as large; of none that is known nothing is said.
    assert best_of_k.judge(runs[runs["width"] != 2])[1].verdict == SUPPORTED
    assert len(best_of_k.judge(runs.assign(known=0))) == 1


def test_a_lucky_rate_does_not_judge_itself():
    runs = planted_runs([0.0], 2000)
    lucky = runs.assign(learning_rate=0.2, solved=runs["restart"] < 1000)
    thousand = best_of_k.judge(pd.concat([runs, lucky], ignore_index=True))[1]
    assert (thousand.measured, thousand.samples, thousand.verdict) == (0.0, 1000, CONTRADICTED)


def test_one_unit_cannot_compute_xor_and_two_often_do():
    settings = best_of_k.Settings(
        task=["parity"], n=[2], width=[1, 2], activation=["tanh", "rectifier"], restarts=40, steps=2000
    )
    table = measured(best_of_k, settings)
    solved = table.groupby("width")["solved"].mean()
    assert solved[1] == 0
    assert solved[2] > 0.2
    assert table["key"].is_unique
    assert (table["key"].str.len() == 16).all()


def test_groups_that_fail_are_counted_in_the_second_half_only():
    # Of 20 runs in the first half 5 succeed, a quarter: of groups of 3 a share of 0.42 should fail.
    solved = np.zeros(41, bool)
    solved[:5] = True
    solved[[20, 21, 24, 40]] = True
    runs = Runs(planted_runs([0.0], 41).assign(solved=solved))
    assert runs.groups() == (3, 7, 4)
    excess = runs.excess()
    assert excess is not None
    p, k, groups = 0.25, 3, 7
    expected = (1 - p) ** k
    variance = expected * (1 - expected) / groups + (k * (1 - p) ** 2) ** 2 * p * (1 - p) / 20
    assert excess == pytest.approx((4 / 7 - expected, variance, groups))
    for first in (0.0, 1.0):
        changed = np.where(np.arange(41) < 20, bool(first), solved)
        assert Runs(planted_runs([0.0], 41).assign(solved=changed)).excess() is None


def test_the_formula_weighs_settings_by_their_groups_and_leaves_out_rates_near_0_and_1():
    table = planted_runs([0.2, 0.5, 0.01, 0.99], 400, seed=1)
    parts = [runs.excess() for runs in series(table) if 0.02 <= runs.rate <= 0.98]
    assert len(parts) == 2
    differences, variances, groups = np.array(parts).T
    value = (groups @ differences) / groups.sum()
    error = np.sqrt(groups**2 @ variances) / groups.sum()
    formula = best_of_k.judge(table)[0]
    assert formula.samples == groups.sum()
    ends = value - 1.959964 * error, value + 1.959964 * error
    assert (formula.measured, formula.low, formula.high) == pytest.approx((value, *ends), rel=1e-4)


@pytest.mark.parametrize(("solved", "counts"), [(8, True), (7, False), (392, True), (393, False)])
def test_rates_count_from_a_fiftieth_on(solved, counts):
    # Spread over both halves.
    table = planted_runs([0.0], 400)
    table["solved"] = (table["restart"] * solved) // 400 != ((table["restart"] + 1) * solved) // 400
    assert table["solved"].sum() == solved
    assert (best_of_k.judge(table)[0].samples > 0) == counts


@pytest.mark.parametrize(
    ("difference", "error", "expected"),
    [
        (0.0, 0.0101, SUPPORTED),
        (0.0, 0.0103, INCONCLUSIVE),
        (0.03, 0.0052, INCONCLUSIVE),
        (0.03, 0.005, CONTRADICTED),
        (-0.03, 0.005, CONTRADICTED),
    ],
)
def test_the_formula_is_right_within_a_fiftieth(monkeypatch, difference, error, expected):
    monkeypatch.setattr(Runs, "excess", lambda self: (difference, error**2, 100))
    formula = best_of_k.judge(planted_runs([0.5], 40))[0]
    assert (formula.verdict, formula.measured, formula.samples) == (expected, difference, 100)
