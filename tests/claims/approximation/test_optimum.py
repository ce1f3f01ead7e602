"""Whether training finds what exists: planted gaps, and the interval of the best of k runs."""

import itertools
import logging

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from experiments.claims.approximation import optimum
from experiments.claims.approximation.optimum import fair_runs
from experiments.judging import statistics
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import verdicts


def planted_optimum(
    factor, noise: float = 0.01, restarts: int = 32, haste: float = 1.0, floor: float = 1.0
) -> pd.DataFrame:
    rng, parts = np.random.default_rng(0), []
    for width, steps in itertools.product((2, 4, 8, 16), (50, 100)):
        best = 0.3 * width**-2.0
        facts = {
            "floor": floor * best,
            "reachable": best,
            "asymptote": best,
            "interpolant": 9 * best,
            "bound": 10 * best,
            "random_rms": 8 * best,
        }
        rms = best * factor(width) * np.exp(noise * np.abs(rng.normal(size=restarts)))
        # Runs with half of the budget.
        rms = rms * haste if steps == 50 else rms
        rows = {"width": width, "steps": steps, "restart": np.arange(restarts), "rms": rms, "trained_rms": 2 * rms}
        parts.append(pd.DataFrame(rows).assign(**facts))
    names = {"target": "sine", "optimizer": "adam", "network": "", "known": ""} | {
        "learning_rate": 0.1,
        "input_scale": 1.0,
    }
    return pd.concat(parts, ignore_index=True).assign(**names)


@pytest.mark.parametrize(
    ("factor", "floor", "gap", "growth"),
    [
        (lambda width: 1.2, 1.0, SUPPORTED, SUPPORTED),
        (lambda width: 5.0, 1.0, CONTRADICTED, SUPPORTED),
        (lambda width: width, 1.0, CONTRADICTED, CONTRADICTED),
        (lambda width: 8 / width, 1.0, SUPPORTED, SUPPORTED),
        (lambda width: 0.4 * width**0.5, 0.95, SUPPORTED, CONTRADICTED),
        # If the floor is far below the known network, the best network may be anywhere between them.
        (lambda width: 0.4 * width**0.5, 0.01, INCONCLUSIVE, INCONCLUSIVE),
    ],
)
def test_whether_training_finds_what_exists(factor, floor, gap, growth):
    found = verdicts(optimum.judge(planted_optimum(factor, floor=floor)))
    assert found["gap/sine/adam"] == gap
    assert found["gap-growth/sine/adam"] == growth


def test_too_much_noise_decides_nothing_about_growth():
    # Powers about 0.25, which is the limit.
    found = verdicts(optimum.judge(planted_optimum(lambda width: 5 * width**0.25, noise=3.0)))
    assert found["gap-growth/sine/adam"] == INCONCLUSIVE


def test_one_lucky_run_at_one_width_does_not_decide_about_growth():
    table = planted_optimum(lambda width: width**0.6, noise=0.3)
    lucky = table["rms"].where((table["width"] != 16) | (table["restart"] != 31), table["floor"])
    assert verdicts(optimum.judge(table))["gap-growth/sine/adam"] == CONTRADICTED
    assert verdicts(optimum.judge(table.assign(rms=lucky)))["gap-growth/sine/adam"] in (CONTRADICTED, INCONCLUSIVE)


def test_slopes_need_three_widths_from_four_on_and_a_floor_that_is_none_of_them_zero():
    table = planted_optimum(lambda width: 1.2)

    def names(some: pd.DataFrame) -> set[str]:
        return {one.claim.split("/")[0] for one in optimum.judge(some)}

    assert names(table) == {"floor", "best-rate", "gap", "gap-growth"}
    assert names(table[table["width"] != 16]) == {"floor", "gap"}
    assert names(table.assign(floor=table["floor"].mask(table["width"] == 8, 0.0))) == {"floor", "gap"}


@pytest.mark.parametrize(("share", "expected"), [(1 - 0.9e-6, SUPPORTED), (1 - 1.1e-6, CONTRADICTED)])
def test_no_more_than_rounding_is_allowed_below_the_floor(share, expected):
    table = planted_optimum(lambda width: 1.2)
    table.loc[5, "trained_rms"] = share * table.loc[5, "floor"]
    assert verdicts(optimum.judge(table))["floor"] == expected
    # A floor of rounding is none.
    flat = table.assign(floor=1e-6, rms=0.0)
    assert verdicts(optimum.judge(flat))["floor"] == INCONCLUSIVE


def test_where_the_floor_is_zero_errors_below_a_thousandth_of_the_norm_count_as_that():
    norm = optimum.CURVES["sine"].root_mean_square
    table = planted_optimum(lambda width: 1.0).assign(floor=0.0, reachable=0.0)
    for error, expected in ((1.99e-3, SUPPORTED), (2.01e-3, CONTRADICTED)):
        found = optimum.judge(table.assign(rms=error * norm))
        (gap,) = (one for one in found if one.claim.startswith("gap/"))
        assert gap.measured == pytest.approx(error / 1e-3)
        assert gap.verdict == expected


def test_the_floor_and_its_asymptote_are_on_trial_themselves(caplog):
    table = planted_optimum(lambda width: 1.2)
    assert verdicts(optimum.judge(table)).items() >= {"floor": SUPPORTED, "best-rate/sine": SUPPORTED}.items()
    assert not caplog.records
    broken = table.assign(rms=table["rms"].where(table.index != 5, table["floor"] * 0.99))
    assert verdicts(optimum.judge(broken))["floor"] == CONTRADICTED
    assert [(one.levelno, one.getMessage()[:10]) for one in caplog.records] == [(logging.ERROR, "1 networks")]
    assert verdicts(optimum.judge(table.assign(floor=0.0)))["floor"] == INCONCLUSIVE
    for high, expected in ((0.3, CONTRADICTED), (0.6, INCONCLUSIVE)):
        assert verdicts(optimum.judge(table.assign(asymptote=high * table["floor"])))["best-rate/sine"] == expected


def test_the_gap_grows_with_the_power_that_was_planted():
    table = planted_optimum(lambda width: 3 * width**0.7, noise=1e-6)
    growth = next(one for one in optimum.judge(table) if one.claim.startswith("gap-growth/"))
    assert (growth.measured, growth.low, growth.high) == pytest.approx((0.7, 0.7, 0.7), abs=1e-5)
    assert growth.high - growth.low > 0


@pytest.mark.parametrize(
    ("power", "width", "diverged", "expected"),
    [
        # A few diverged runs of the 24 judged ones do not change the median, whatever their errors.
        (0.0, 16, 4, SUPPORTED),
        (0.0, 4, 4, SUPPORTED),
        (0.7, 4, 4, CONTRADICTED),
        # Many diverged runs may hide a larger upper end, but not the lower end.
        (0.0, 16, 9, INCONCLUSIVE),
        (0.7, 16, 9, CONTRADICTED),
        (0.7, 4, 9, INCONCLUSIVE),
        # The typical run has diverged, and another doubling of the updates may change anything.
        (0.7, 16, 20, INCONCLUSIVE),
    ],
)
def test_runs_that_diverge_are_censored(power, width, diverged, expected):
    table = planted_optimum(lambda width: 1.2 * width**power)
    # The first 8 runs choose.
    lost = (table["width"] == width) & (table["restart"] >= 8) & (table["restart"] < 8 + diverged)
    found = optimum.judge(table.assign(rms=table["rms"].mask(lost)))
    growth = next(one for one in found if one.claim.startswith("gap-growth/"))
    assert growth.verdict == expected
    assert f" {diverged} of these runs have diverged" in growth.rule


def test_the_growth_of_the_gap_holds_wherever_the_best_network_is():
    # The best network is between the known one and a floor of half of it: the error may be 1 bit more at 16, or at 4.
    table = planted_optimum(lambda width: 3.0, noise=1e-6, floor=0.5)
    growth = next(one for one in optimum.judge(table) if one.claim.startswith("gap-growth/"))
    assert (growth.measured, growth.low, growth.high) == pytest.approx((0.0, -0.5, 0.5), abs=1e-5)


def test_random_features_are_drawn_for_every_seed_width_and_restart():
    facts = {"seed": 1, "target": "sine", "width": 8, "restart": 0, "train_points": 64, "points": 101}
    others = [{name: value} for name, value in (("seed", 2), ("width", 9), ("restart", 1), ("target", "bump"))]
    found = [optimum._random_error(*(facts | other).values()) for other in ({}, *others)]
    assert len(set(found)) == 5
    # The best output layer is better than a constant.
    assert 0 < found[0] < optimum.CURVES["sine"].root_mean_square


@pytest.mark.parametrize("choice", ["learning_rate", "input_scale"])
def test_the_first_quarter_chooses_how_to_begin_and_the_others_are_judged(choice):
    good = planted_optimum(lambda width: 1.0)
    lucky = good.assign(**{choice: 0.9, "rms": np.where(good["restart"] < 8, 0.0, 99.0)})
    rows = pd.concat([good, lucky], ignore_index=True)
    chosen = fair_runs.judged(rows[rows["width"] == 4], "rms")
    assert set(chosen[choice]) == {0.9}
    assert set(chosen["rms"]) == {99.0}
    assert chosen["restart"].min() == 8


def test_what_training_may_find_with_more_updates_is_not_contradicted():
    # The error is 3 times the best, half of that with half of the updates: twice the updates may give 1.5 times.
    for haste, expected in ((1.0, CONTRADICTED), (1.4, CONTRADICTED), (2.0, INCONCLUSIVE)):
        found = verdicts(optimum.judge(planted_optimum(lambda width: 3.0, haste=haste)))
        assert found["gap/sine/adam"] == expected
    table = planted_optimum(lambda width: 3.0 * width**0.7)
    slower = np.where(table["steps"] == 50, table["width"] ** 0.6, 1.0)
    assert verdicts(optimum.judge(table))["gap-growth/sine/adam"] == CONTRADICTED
    found = verdicts(optimum.judge(table.assign(rms=slower * table["rms"])))
    assert found["gap-growth/sine/adam"] == INCONCLUSIVE
    one_budget = verdicts(optimum.judge(table[table["steps"] == 100]))
    assert one_budget["gap/sine/adam"] == one_budget["gap-growth/sine/adam"] == INCONCLUSIVE


def test_a_gap_names_what_it_is_measured_against():
    table = planted_optimum(lambda width: 1.2, noise=0.0, floor=0.8)
    gap = next(one for one in optimum.judge(table) if one.claim.startswith("gap/"))
    # The interval goes from the ratio to the known network to the ratio to the floor.
    assert (gap.measured, gap.low, gap.high) == pytest.approx((1.2, 1.2, 1.5))
    assert gap.prediction.endswith("measured over the known network")
    assert gap.samples == 24


def test_the_interval_of_the_best_of_k_errs_as_often_as_it_says_with_runs_of_the_default_size():
    rng, k = np.random.default_rng(0), fair_runs.tries(24)
    assert k == fair_runs.BEST_OF
    for draw, quantile in (
        (rng.standard_cauchy, scipy.stats.cauchy.ppf),
        (rng.standard_exponential, scipy.stats.expon.ppf),
    ):
        runs = [fair_runs.Series("", "", k, pd.DataFrame(), [1e6 + draw(24)], [], {}) for _ in range(3000)]
        truth = 1e6 + quantile(runs[0].share)
        ends = np.array([one.interval()[0] for one in runs])
        assert 0.005 < np.mean(ends[:, 0] > truth) < 0.031
        assert 0.005 < np.mean(ends[:, 1] < truth) < 0.031
        # The median of the least of k runs is this quantile.
        least = 1e6 + draw((20_000, k)).min(axis=1)
        assert np.mean(least < truth) == pytest.approx(0.5, abs=0.015)


@pytest.mark.parametrize(("runs", "k"), [(1, 1), (8, 1), (11, 2), (21, 3), (22, 4), (500, 4)])
def test_k_is_the_most_for_which_there_is_a_lower_end(runs, k):
    assert fair_runs.tries(runs) == k
    lower, _ = statistics.quantile_interval(np.arange(1.0, runs + 1), 1 - 2 ** (-1 / k))
    assert (lower > 0) == (runs >= 6)
