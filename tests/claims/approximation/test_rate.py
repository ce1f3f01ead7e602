"""How errors fall with the width: planted power laws, and small measurements."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.claims.approximation import _ways as ways
from experiments.claims.approximation import rate
from experiments.claims.approximation.rate.verdicts import held
from experiments.claims.approximation.rate.verdicts import slope as slope_of
from experiments.drawing.style import house_style
from experiments.ensemble import train_ensemble
from experiments.ensemble.tracing import layers_of
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from experiments.plan import make_plan
from experiments.settings import RunSettings
from tests.support import drawn, measured, verdicts

WIDTHS = (4, 8, 16, 32, 64)


def planted_curves(power: float, noise: float = 0.1, constant: float = 1.0, seed: int = 0, **facts) -> pd.DataFrame:
    """Errors constant · m^power with noise, for four targets and two restarts, at two budgets."""
    rng = np.random.default_rng(seed)
    axes = {"function": range(4), "width": WIDTHS, "restart": range(2), "steps": (5, 10)}
    index = pd.MultiIndex.from_product(axes.values(), names=axes)
    table = index.to_frame(index=False)
    errors = {
        column: constant
        * (1 + table["function"])
        * table["width"] ** power
        * np.exp(noise * rng.normal(size=len(table)))
        for column in ways.WAYS
    }
    standard = {"family": "ridges", "d": 2, "activation": "tanh", "learning_rate": 0.01, "input_scale": 1.0} | {
        "norm": 5.0,
        "deviation": 1.0,
    }
    return table.assign(**errors, **(standard | {"points": 100} | facts))


def test_slopes_of_planted_power_laws_are_covered_as_stated():
    covered = 0
    for seed in range(200):
        table = planted_curves(-0.7, noise=0.3, seed=seed)
        slope = slope_of(table[table["steps"] == 10], "construction_error")
        covered += slope.low <= -0.7 <= slope.high
        assert slope.value == pytest.approx(-0.7, abs=0.2)
    # 95 % of 200 are 190, with a standard deviation of 3.
    assert 181 <= covered <= 198


@pytest.mark.parametrize(
    ("power", "noise", "expected"),
    [(-1.0, 0.1, SUPPORTED), (-0.2, 0.1, CONTRADICTED), (-0.5, 0.5, INCONCLUSIVE), (0.0, 0.0, CONTRADICTED)],
)
def test_whether_errors_fall_as_barron_says(power, noise, expected):
    found = verdicts(rate.judge(planted_curves(power, noise)))
    assert found["slope/training/ridges/d=2/tanh"] == expected
    assert found["slope/construction/ridges/d=2/tanh"] == expected
    # Random features are not Barron's units: his other theorem is about them.
    assert not any(name.startswith("slope/random-features") for name in found)


@pytest.mark.parametrize(
    ("power", "noise", "expected"),
    [(-2.0, 0.05, SUPPORTED), (-1.0, 0.05, CONTRADICTED), (-4.0, 0.05, CONTRADICTED), (-2.0, 1.0, INCONCLUSIVE)],
)
def test_whether_a_smooth_target_is_met_as_by_broken_lines(power, noise, expected):
    table = planted_curves(power, noise, d=1, activation="rectifier")
    assert verdicts(rate.judge(table))["smooth/training/ridges/d=1/rectifier"] == expected
    assert not any(name.startswith("smooth") for name in verdicts(rate.judge(table.assign(activation="tanh"))))


def test_more_updates_might_help_so_that_one_budget_contradicts_nothing():
    table = planted_curves(-0.2)
    found = verdicts(rate.judge(table[table["steps"] == 10]))
    assert found["slope/training/ridges/d=2/tanh"] == INCONCLUSIVE
    assert found["slope/construction/ridges/d=2/tanh"] == CONTRADICTED
    # Errors that fell much with the last doubling of the updates may fall further.
    falling = table.assign(error=table["error"] * np.where(table["steps"] == 5, table["width"] ** 0.5, 1))
    assert verdicts(rate.judge(falling))["slope/training/ridges/d=2/tanh"] == INCONCLUSIVE


def test_the_bound_is_judged_where_it_is_below_a_constant_only():
    # Barron's bound is 2 · 5 / √m deviations: below 1 from m = 101 on.
    (facts,) = held(planted_curves(-0.5, 0.0))["units"].unique()
    assert facts == 101
    assert held(planted_curves(-0.5))["vacuous"].to_numpy() == pytest.approx(10 / np.sqrt(64))
    (verdict,) = (one for one in rate.judge(planted_curves(-0.5, 0.0)) if one.claim.startswith("bound/"))
    assert verdict.verdict == SUPPORTED
    assert verdict.measured == pytest.approx(4 / np.sqrt(64) / (10 / np.sqrt(101)))
    # A constant meets the bound at every width tried, and does not count; nor does a network that is too wide.
    assert verdicts(rate.judge(planted_curves(0.0, 0.0, 1.1)))["bound/ridges/d=2/tanh"] == INCONCLUSIVE
    early = planted_curves(-0.5, 0.0, norm=0.6)
    assert held(early)["units"].unique() == [2]
    assert verdicts(rate.judge(early))["bound/ridges/d=2/tanh"] == INCONCLUSIVE
    assert not any(name.startswith("bound") for name in verdicts(rate.judge(early.assign(norm=np.nan))))


def test_two_rectifiers_count_as_one_sigmoidal_unit_and_all_ratios_are_reported():
    few = planted_curves(-0.5, 0.0, norm=0.6, activation="rectifier")
    facts = held(few)
    # From two units on Barron's bound is below the deviation; four rectifiers are two units, and 64 are 32.
    assert set(facts["units"]) == {2}
    assert facts["error"].to_numpy() == pytest.approx(np.arange(1, 5) / np.sqrt(4))
    assert facts["bound"].to_numpy() == pytest.approx(1.2 / np.sqrt(2))
    assert facts["vacuous"].to_numpy() == pytest.approx(1.2 / np.sqrt(32))
    (bound,) = (one for one in rate.judge(few) if one.claim.startswith("bound/"))
    ratio = 0.5 / (1.2 / np.sqrt(2))
    assert (bound.measured, bound.low, bound.high) == pytest.approx((4 * ratio, ratio, 4 * ratio))
    assert (bound.samples, bound.verdict) == (4, INCONCLUSIVE)


def test_some_targets_choose_the_setting_of_each_width_and_the_others_are_judged():
    table = planted_curves(-1.0)
    good, bad = table[table["steps"] == 10], table[table["steps"] == 10].assign(learning_rate=0.1)
    bad["error"] *= 5
    good = good.assign(error=good["error"].where(good["width"] != 64, 100 * good["error"]))
    # What the judged targets would choose does not matter.
    lucky = bad.assign(error=bad["error"].where(bad["function"] == 0, 0.0))
    judged = ways.judged(pd.concat([good, lucky], ignore_index=True), "error")
    assert judged.groupby("width")["learning_rate"].first().to_dict() == dict.fromkeys(WIDTHS[:-1], 0.01) | {64: 0.1}
    assert set(judged["function"]) == {1, 2, 3}
    # With one setting nothing is chosen; drawn units do not depend on the setting.
    assert set(ways.judged(good, "error")["function"]) == {0, 1, 2, 3}
    assert len(ways.judged(pd.concat([good, bad]), "random_error")) == len(good)


def test_a_family_of_one_function_varies_by_its_runs():
    table = planted_curves(-1.0)
    assert ways.tasks(table).nunique() == 4
    assert ways.tasks(table.assign(family="gaussian")).nunique() == 8


SMALL: dict[str, Any] = {"learning_rate": [0.01], "functions": 2, "restarts": 2, "steps": [50, 100]}


def test_a_small_measurement_of_rates():
    settings = rate.Settings(
        **SMALL, family=["ridges", "pyramids"], d=[1, 2], width=[4, 16], activation=["rectifier"], points=500, batch=100
    )
    table = measured(rate, settings)
    assert table["construction_error"].isna().equals(table["family"] == "pyramids")
    assert table["key"].is_unique
    assert (table["error"] <= 1.1 * table["trained_error"]).all()
    assert (table["largest_error"] >= table["error"]).all()
    medians = table.groupby("width")[["error", "random_error"]].median()
    assert (medians.loc[16] < medians.loc[4]).all()
    assert len(rate.judge(table)) > 0
    drawn(rate, table)


@pytest.mark.parametrize(
    ("norm", "dotted", "dashed"),
    [(50.0, WIDTHS, None), (2.0, WIDTHS, (16, 32, 64)), (0.5, None, WIDTHS), (np.nan, None, None)],
)
def test_barrons_bound_is_drawn_boldly_only_where_no_constant_meets_it(norm, dotted, dashed):
    # 2 C / √m is at most 1 from m = 4 C² on.
    table = planted_curves(-0.7, norm=norm)
    with house_style():
        figure = rate.draw(table[table["steps"] == 10])["rate-error-width"].figure
    lines = {line.get_linestyle(): tuple(np.asarray(line.get_xdata()).tolist()) for line in figure.axes[0].lines}
    assert (lines.get(":"), lines.get("--")) == (dotted, dashed)
    labels = {text.get_text() for text in figure.legends[0].get_texts()}
    assert ("Barron's bound" in labels) == (dashed is not None)
    assert labels > {"training", "the best constant"}


def test_inputs_are_scaled_for_training_only():
    small = SMALL | {"steps": [3], "restarts": 1, "input_scale": [4.0]}
    settings = rate.Settings(**small, family=["ridges"], d=[2], width=[4], activation=["tanh"], points=300, batch=0)
    unit = make_plan(RunSettings(sweep={"rate": settings}, family="approximation", name="approximation"))[0]
    problem = ways._problems(unit)[0]
    outcome = train_ensemble(*ways._training(unit, {0: problem, 1: problem}))
    trained, _ = ways._fitted(layers_of(outcome, 0, 4.0), problem)
    # The loss of training belongs to the network for inputs that are not scaled.
    assert np.mean(problem.residual(trained, problem.x) ** 2) == pytest.approx(outcome.loss[0], rel=1e-4)


def test_a_diverged_network_is_a_row_and_nothing_breaks():
    settings = rate.Settings(
        d=[1],
        width=[4],
        activation=["rectifier"],
        family=["ridges"],
        points=200,
        batch=0,
        learning_rate=[1e30],
        restarts=2,
        functions=2,
        steps=[20],
    )
    # A network with units that have all died during training is finite again: a constant.
    errors = measured(rate, settings)["error"]
    assert (np.isinf(errors) | (errors > 0.9)).all()
    assert np.isinf(errors).any()
