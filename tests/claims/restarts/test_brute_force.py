"""Brute force against restarts: the rules on planted tables, and a small run of the real thing."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.claims.restarts import brute_force
from experiments.claims.restarts.brute_force.searches import sampled, searches
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from experiments.judging.statistics import wilson
from tests.support import drawn, measured, quantities, verdicts
from theory.restarts import search


def planted(restarts: float, solutions: dict[int, int], name: str = "and", width: int = 0) -> pd.DataFrame:
    """A network of two inputs: restarts with evaluations to a success, and grids with their numbers of solutions."""
    cell: dict[str, Any] = {
        "family": name,
        "n": 2,
        "width": width,
        "activation": "tanh" if width else "identity",
        "weights": 4 * width + 1 if width else 3,
    }
    runs = {
        "search": "restarts",
        "trials": 1000,
        "solutions": 500,
        "evaluations": 500 * restarts,
        "relative_error": 0.05,
    }
    rest = {"first": -1, "close": 0, "steps": 10, "budget": 30, "learning_rate": 3.0, "relative_error": np.nan}
    rows = [cell | rest | runs | {"levels": 0}]
    rows.append(cell | rest | {"search": "guesses", "trials": 100, "solutions": 0, "evaluations": 100.0, "levels": 0})
    for levels, solved in solutions.items():
        N = levels ** cell["weights"]
        row = {"search": "exhaustive", "trials": N, "solutions": solved, "evaluations": float(N), "levels": levels}
        rows.append(cell | rest | row)
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("restarts", "solved", "expected"),
    [
        (1.0, 3, SUPPORTED),
        (1.0, 0, SUPPORTED),
        (2000.0, 3, CONTRADICTED),
        # Cheaper, but not vastly: the interval is wholly below what the sentence predicts.
        (50.0, 3, CONTRADICTED),
        (1.0, 4, CONTRADICTED),
        (1.02, 3, INCONCLUSIVE),
    ],
)
def test_a_first_solution_is_judged_on_the_finest_grid(restarts, solved, expected):
    # 16^3 = 4096 settings, and 3 of them solve: 1024.25 evaluations; with an interval of a tenth 1000 is not exceeded.
    table = planted(restarts, {2: 8, 16: solved})
    if expected == SUPPORTED and solved:
        table["relative_error"] /= 10
    judged = brute_force.judge(table)
    assert verdicts(judged)["and-2-1/identity/first-solution"] == expected
    ratio = next(one for one in judged if one.claim.endswith("first-solution"))
    assert ratio.measured == (pytest.approx(4097 / (solved + 1) / restarts) if solved else np.inf)
    assert ratio.low <= ratio.measured <= ratio.high


def test_the_crossover_is_the_smallest_ratio_of_all_networks_and_grids():
    small, large = planted(10.0, {2: 7, 4: 1}), planted(10.0, {2: 1, 3: 2}, "parity", 2)
    crossover = "crossover"
    assert verdicts(brute_force.judge(pd.concat([large, small])))[crossover] == CONTRADICTED
    assert verdicts(brute_force.judge(large))[crossover] == SUPPORTED
    assert verdicts(brute_force.judge(planted(4.5, {2: 1})))[crossover] == INCONCLUSIVE
    smallest = next(one for one in brute_force.judge(pd.concat([large, small])) if one.claim.endswith("crossover"))
    assert smallest.measured == pytest.approx(9 / 8 / 10)
    assert "B = 2: 7 of 8" in smallest.hypotheses


@pytest.mark.parametrize(
    ("solutions", "expected"),
    [
        ({2: 2, 8: 2}, SUPPORTED),
        ({2: 1, 4: 8, 8: 64}, CONTRADICTED),
        ({2: 1, 4: 0, 8: 64}, CONTRADICTED),
    ],
)
def test_finer_weights_cost_more_only_if_the_share_of_solutions_falls(solutions, expected):
    assert verdicts(brute_force.judge(planted(1.0, solutions)))["finer-weights"] == expected


def test_one_network_for_which_finer_weights_do_not_cost_as_many_more_is_a_counterexample():
    same = [planted(1.0, {2: 2, 8: 2}), planted(1.0, {2: 2, 4: 2}, "parity", 2)]
    assert verdicts(brute_force.judge(pd.concat(same)))["finer-weights"] == SUPPORTED
    both = pd.concat([planted(1.0, {2: 2, 8: 2}), planted(1.0, {2: 1, 4: 512}, "parity", 2)])
    assert verdicts(brute_force.judge(both))["finer-weights"] == CONTRADICTED
    assert "finer-weights" not in verdicts(brute_force.judge(planted(1.0, {2: 0, 8: 5})))


def test_the_count_of_the_post_is_judged_by_runs_that_use_all_their_updates(monkeypatch):
    judged = brute_force.judge(planted(1.0, {2: 1}))[0]
    assert (judged.claim, judged.verdict) == ("every-setting", SUPPORTED)
    # 2^192 settings; a run of 30 updates of 2 + 1/4 evaluations each, and one more.
    assert judged.measured == pytest.approx(192 * np.log10(2) - np.log10(1e6 * (30 * 2.25 + 1)))
    # Of coarser weights there are fewer settings: of 8 bits 2^24, of 10 bits 2^30, of 13 bits 2^39, against some 10^8
    # evaluations, a thousand times as many as which it must be.
    for bits, expected in ((8, CONTRADICTED), (10, CONTRADICTED), (13, SUPPORTED)):
        monkeypatch.setattr(search, "BITS", bits)
        assert brute_force.judge(planted(1.0, {2: 1}))[0].verdict == expected


def test_networks_that_were_trained_or_enumerated_alone_are_not_compared():
    table = planted(1.0, {2: 1, 4: 3})
    assert set(verdicts(brute_force.judge(table[table["search"] != "exhaustive"]))) == {"every-setting"}
    assert set(verdicts(brute_force.judge(table[table["search"] != "restarts"]))) == {"finer-weights"}


def test_no_success_leaves_the_cost_of_restarts_open():
    table = planted(1.0, {2: 1})
    table.loc[table["search"] == "restarts", ["solutions", "evaluations"]] = [0, 30_000.0]
    one = next(searches(table))
    assert one.restarts is not None
    assert (one.restarts.value, one.restarts.high) == (np.inf, np.inf)
    assert one.restarts.low == pytest.approx(30 / wilson(0, 1000)[1])
    assert verdicts(brute_force.judge(table))["and-2-1/identity/first-solution"] == CONTRADICTED


def test_the_interval_of_restarts_covers_the_expected_cost():
    # Runs of 10 evaluations that succeed with probability 0.2: 50 evaluations to a success.
    rng, covered = np.random.default_rng(0), 0
    for _ in range(200):
        solved = rng.random(500) < 0.2
        cost = np.where(solved, 6.0, 11.0)
        per_solution = cost.sum() / solved.sum()
        error = np.sqrt(((cost - per_solution * solved) ** 2).sum()) / cost.sum()
        row = planted(1.0, {}).iloc[0].copy()
        row["solutions"], row["trials"], row["evaluations"], row["relative_error"] = (
            solved.sum(),
            500,
            cost.sum(),
            error,
        )
        estimate = sampled(row)
        covered += estimate.low <= 0.2 * 6 / 0.2 + 0.8 * 11 / 0.2 <= estimate.high
    assert 180 <= covered <= 199


@pytest.fixture(scope="module")
def small() -> pd.DataFrame:
    settings = brute_force.Settings(
        family=["and", "parity"],
        n=[2],
        width=[0, 2],
        activation=["identity", "threshold", "tanh"],
        levels=[0, 2, 3, 4],
        guesses=20_000,
        restarts=200,
    )
    return measured(brute_force, settings)


def test_small_networks_are_measured_judged_and_drawn(small):
    rows = small.set_index(["family", "activation", "levels", "search"])
    assert rows.loc[("and", "identity", 2, "exhaustive"), ["trials", "solutions", "first"]].tolist() == [8, 1, 3]
    assert rows.loc[("parity", "tanh", 2, "exhaustive"), ["trials", "solutions", "first"]].tolist() == [512, 16, 3]
    assert rows.loc[("parity", "tanh", 3, "exhaustive"), "close"] > 0
    assert ("parity", "threshold", 0, "restarts") not in rows.index
    runs = rows.loc[("parity", "tanh", 0, "restarts")]
    assert 0.3 < runs["solutions"] / runs["trials"] < 0.8
    assert runs["evaluations"] == pytest.approx(runs["steps"] * float(search.step_cost(2, 2)) + 200)
    judged = verdicts(brute_force.judge(small))
    assert judged["every-setting"] == SUPPORTED
    assert judged["crossover"] == CONTRADICTED
    drawings = drawn(brute_force, small)
    assert set(drawings) == {"brute-force-networks", "brute-force-levels"}
    numbers = drawings["brute-force-levels"].numbers.set_index(["network", "activation", "search", "levels"])
    assert numbers.loc[("parity 2-2-1", "tanh", "exhaustive", 2), "value"] == pytest.approx(513 / 17)
    assert numbers.loc[("parity 2-2-1", "tanh", "exhaustive", 2), "worst"] == 512 - 16 + 1


def test_rows_depend_on_the_setting_and_the_seed_alone(small):
    alone = brute_force.Settings(
        family=["parity"], n=[2], width=[2], activation=["tanh"], levels=[0], guesses=20_000, restarts=200
    )
    columns = ["search", "solutions", "evaluations", "relative_error"]
    together = small[(small["family"] == "parity") & (small["activation"] == "tanh") & (small["levels"] == 0)]
    again = measured(brute_force, alone)
    assert len(brute_force.draw(again)) == 2
    pd.testing.assert_frame_equal(together[columns].reset_index(drop=True), again[columns])
    assert measured(brute_force, alone, seed=1)["evaluations"].tolist() != again["evaluations"].tolist()


def test_what_is_measured_of_searches_is_the_least_ratio_and_the_power_farthest_from_one():
    small, large = planted(10.0, {2: 2, 4: 16}), planted(20.0, {2: 16, 4: 16}, "parity", 2)
    found = quantities(brute_force.judge(pd.concat([large, small], ignore_index=True)))
    # A run of 30 updates; the larger network has fewer evaluations of its million runs to each of more settings.
    logs = [
        64 * weights * np.log10(2) - np.log10(1e6 * (30 * float(search.step_cost(2, width)) + 1))
        for weights, width in ((3, 0), (9, 2))
    ]
    assert found["every-setting"] == pytest.approx((min(logs), min(logs), min(logs), 2))
    assert found["and-2-1/identity/first-solution"][::3] == (pytest.approx(65 / 17 / 10), 1000)
    assert found["crossover"][0] == pytest.approx(9 / 3 / 10)
    powers = [np.log((65 / 17) / (9 / 3)) / np.log(8), np.log((4**9 + 1) / (2**9 + 1)) / np.log(2**9)]
    assert abs(powers[0] - 1) > abs(powers[1] - 1)
    assert found["finer-weights"] == pytest.approx((powers[0],) * 3 + (8 + 64 + 2**9 + 4**9,))


@pytest.mark.parametrize(
    ("restarts", "expected"),
    # 9 evaluations of the grid; an interval of e^±0.098 about the evaluations of restarts.
    [(9 * 1.11, CONTRADICTED), (9 * 1.09, INCONCLUSIVE), (9 / 1.09, INCONCLUSIVE), (9 / 1.11, SUPPORTED)],
)
def test_restarts_are_cheaper_than_a_grid_if_the_whole_interval_says_so(restarts, expected):
    one = planted(restarts, {2: 0, 3: 0})
    grid = one["search"] == "exhaustive"
    one.loc[grid & (one["levels"] == 2), ["trials", "solutions"]] = [8, 0]
    one.loc[grid & (one["levels"] == 3), ["trials", "solutions"]] = [17, 1]
    assert verdicts(brute_force.judge(one))["crossover"] == expected


def test_the_level_of_a_crossover_is_divided_by_the_networks_and_not_by_their_grids():
    # The factor at a level of 0.05 / 2 is e^0.112, about 1.119.
    for factor, expected in ((1.11, INCONCLUSIVE), (1.13, CONTRADICTED)):
        both = [planted(9 * factor, {2: 0}), planted(1.0, {2: 1, 3: 1, 4: 1}, "parity", 2)]
        table = pd.concat(both, ignore_index=True)
        mine = (table["search"] == "exhaustive") & (table["family"] == "and")
        table.loc[mine, ["trials", "solutions"]] = [17, 1]
        assert verdicts(brute_force.judge(table))["crossover"] == expected


@pytest.mark.parametrize(("power", "expected"), [(1.099, SUPPORTED), (1.101, CONTRADICTED), (0.899, CONTRADICTED)])
def test_rounds_grow_as_settings_do_within_a_tenth(monkeypatch, power, expected):
    monkeypatch.setattr(brute_force.verdicts, "growth", lambda one: power)
    assert verdicts(brute_force.judge(planted(1.0, {2: 2, 8: 2})))["finer-weights"] == expected


def test_guesses_have_wilsons_interval_and_restarts_the_delta_methods():
    table = planted(2.0, {2: 1})
    table.loc[table["search"] == "guesses", ["solutions", "evaluations"]] = [20, 300.0]
    (one,) = searches(table)
    assert one.guesses is not None
    assert one.restarts is not None
    low, high = wilson(20, 100)
    assert (one.guesses.value, one.guesses.low, one.guesses.high) == pytest.approx((15, 3 / high, 3 / low))
    factor = np.exp(1.959964 * 0.05)
    assert (one.restarts.value, one.restarts.low, one.restarts.high) == pytest.approx((2, 2 / factor, 2 * factor))
    assert (one.guesses.samples, one.restarts.samples) == (100, 1000)
